"""How somebody is reached: mobiles, telephones at home, private mailboxes, QQ, WeChat."""

from __future__ import annotations

import re

from detectors.pii.checks import is_mobile
from detectors.pii.digits import MARKS, TABBED, grouped, joined
from detectors.pii.kind import Kind
from detectors.pii.surroundings import TO, in_address, label

_CELL = joined(
    "1[3-9][0-9]{9}",
    grouped(3, 4, 4, first="1", gap=TABBED),
    # The rarer groupings also occur inside the groups of a longer number.
    rf"(?<![0-9][{MARKS}])"
    + joined(
        grouped(3, 8, first="1"),
        grouped(3, 3, 5, first="1"),
        grouped(4, 4, 3, first="1"),
        grouped(4, 3, 4, first="1"),
        grouped(5, 6, first="1"),
    ),
    grouped(*(1,) * 11, first="1", gap=r"(?:[ \t\n\u20e3\-]{1,2})"),
    "14[0-9]{11}",
)

_THING_AFTER = re.compile(
    r"号?(?:诉求|工单|来件|来信|文件|文|案|令|卷|线索|信访|提案|议案|建议|订单|件|机组|公告|通知|专利|专线|地块|车|船|岗|考场|考生)"
)
_AMOUNT = ("@", "*", "x", "%", "元", "万", "亿", "吨", "平方", "公里", "人次", "千瓦")


def _is_called(plain: str, start: int, end: int, number: str) -> bool:
    """Whether a number of a mobile's form is meant to be called."""
    kind = label(plain, start)
    if kind in {"other", "id"} or plain.startswith(_AMOUNT[:2], end):
        return False
    if kind == "phone":
        return True
    return not (
        plain.startswith(_AMOUNT, end)
        or (
            plain.startswith("号", end) and not plain.startswith("号码", end)
        )  # of a document, a case, a letter
        or (start > 1 and plain[start - 1] == "." and plain[start - 2].isdecimal())  # decimals
        or (
            len(number) == 13 and not number.startswith("86")
        )  # a machine's card: thirteen digits are too common
        or _THING_AFTER.match(plain, end)
        or in_address(plain, start, end)
    )


MOBILE = Kind(
    "CN_MOBILE_PHONE",
    "手机号码",
    re.compile(rf"(?<![0-9a-z*])(?:(?:00)?86\)?[- ]{{0,2}}|0(?=1[3-9]))?{_CELL}(?![0-9])(?!\.[0-9])"),
    is_mobile,
    among_numbers=True,
    fits=_is_called,
)
LANDLINE = Kind(
    "CN_PERSONAL_LANDLINE",
    "家庭固定电话",
    re.compile(
        rf"(?:(?:家(?:庭|里|中|(?<![国专商厂店酒大农东独]家))|住宅|宅)(?:固定)?(?:电话|座机)|宅电){TO}"
        r"(?P<value>(?:\(?0(?:10|2[0-9]|[3-9][0-9]{2})\)?[-—– ]{0,2})?[2-8][0-9]{2,3}[- ]?[0-9]{4})(?![0-9*])"
    ),
    near=re.compile("电话|座机|宅电"),
    reach=(8, 34),
)
_PERSONAL_MAIL = (
    r"(?:vip\.)?qq\.com|(?:vip\.)?163\.com|163\.net|(?:vip\.)?126\.com|(?:vip\.)?sina\.(?:com\.cn|com|cn)|foxmail\.com|gmail\.com|outlook\.com"
    r"|hotmail\.com|live\.(?:com|cn)|msn\.com|yeah\.net|188\.com|sohu\.com|tom\.com|21cn\.com|139\.com|189\.cn|wo\.cn|aliyun\.com"
    r"|yahoo\.(?:com|cn|com\.cn)|icloud\.com|me\.com|263\.net|eyou\.com|petalmail\.com"
)
# What is written for the sign, and for the dot, by those who hide from programs that collect mailboxes.
AT = r"[ ]?(?:@|[(\[{<]at?[)\]}>]|艾特|#|[*]at[*])[ ]?"
AT_WORD = r"[ ]at[ ]"
_DOTS = _PERSONAL_MAIL.replace(r"\.", r"(?:[ ]?[.．。][ ]?|[ ]?(?:dot|点)[ ]?)")
EMAIL = Kind(
    "CN_PERSONAL_EMAIL",
    "个人电子邮箱",
    re.compile(
        rf"(?<![a-z0-9._+\-*])[a-z0-9_][a-z0-9._+\-]{{0,63}}(?:{AT}|{AT_WORD})(?:{_DOTS})(?![a-z0-9\-]|\.[a-z])"
    ),
    near=re.compile(r"@|#(?=[qvsfgo1])|艾特|at?[)\]}>*]|at(?= )"),
    reach=(68, 28),
)
QQ = Kind(
    "CN_QQ_NUMBER",
    "QQ号",
    re.compile(
        rf"(?:(?<![a-z])q ?q|(?<![a-z0-9])q(?=号)|企鹅|扣扣)(?!群|邮|音乐|浏览|空间){TO}"
        r"(?P<value>[1-9](?:[0-9]{4,10}|(?: [0-9]){4,10}))(?! ?[0-9*@]|\.[a-z])"
    ),
)
WECHAT = Kind(
    "CN_WECHAT_ACCOUNT",
    "微信号",
    re.compile(
        r"[微薇威vw](?:(?<![vw])[ ]?信|(?<=v)[x信]|(?<=(?<![a-z])w)(?:x|echat|eixin))(?:[ ]?号码?|账号|id)?[ ]{0,2}[:为是(]?[ ]{0,2}"
        r"(?P<value>[a-z_][a-z0-9_\-]{5,19})(?![a-z0-9_\-@*]|\.[a-z])"
    ),
    lambda number: len(number) > 4,
)
