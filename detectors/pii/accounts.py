"""What somebody pays, is insured or logs in with: bank cards and accounts, social security, supplies, passwords."""

from __future__ import annotations

import re

from detectors.pii.checks import is_card, is_mobile, is_no_identity, is_resident_id
from detectors.pii.digits import grouped, joined
from detectors.pii.kind import Kind
from detectors.pii.surroundings import TO, in_address, label

# Whose account it is: that of a unit is published on purpose.
_UNIT = re.compile(
    r"公司|财政|专户|专用账户|单位|局|委员会|政府|街道办|合作社|基金会|慈善|红十字|协会|学会|商会|集团|医院|学校|大学|学院|中心|中学|小学|"
    r"保证金|捐款|捐赠|税务|国库|对公|基本户|基本账户|一般户|村委会|居委会|经济联合社|法院|检察院|党费|会费|竞买|拍卖"
)
_OWN = re.compile(
    r"个人|本人|持卡人|户主|受益人|领款人|收款人[:为]?[\u4e00-\u9fff]{2,4}(?![\u4e00-\u9fff])|一卡通|工资卡|存折|社保卡"
)


def _is_private_account(plain: str, start: int, end: int, number: str) -> bool:
    kind = label(plain, start)
    if kind == "other" or in_address(plain, start, end) or plain.startswith("*", end):
        return False
    if kind != "card" and not number.startswith("62"):
        return False
    around = plain[max(0, start - 60) : start] + plain[end : end + 30]
    return bool(_OWN.search(around)) or not _UNIT.search(around)


_CARD = joined(  # the longer first: a card of 16 digits may begin one of 19
    "[1-9][0-9]{15,18}",
    *(grouped(4, 4, 4, 4, rest) for rest in (3, 2, 1)),
    grouped(6, 4, 4, 5),
    grouped(8, 8, 3),
    grouped(8, 8),
    grouped(5, 4, 4, 4, 2),
    grouped(4, 4, 4, 4),
    grouped(6, 4, 4, 4),
    grouped(6, 13),
    grouped(6, 10),
)
BANK_CARD = Kind(
    "CN_BANK_CARD",
    "银行卡号",
    re.compile(rf"(?<![0-9a-z*]){_CARD}(?![0-9*])"),
    is_card,
    among_numbers=True,
    fits=_is_private_account,
)
PRIVATE_ACCOUNT = Kind(
    "CN_BANK_CARD",
    "个人银行账号",
    re.compile(
        rf"(?:一卡通|存折|惠农卡|工资卡|储蓄卡|银行卡|借记卡|社保卡银行|个人(?:银行)?)(?:卡号|[账帐][号户])?{TO}"
        r"(?P<value>[0-9]{4}[0-9 \-]{6,20}[0-9])(?![0-9*])"
    ),
    lambda number: (
        10 <= len(number) <= 21
        and not is_card(number)
        and not is_resident_id(number)
        and not is_mobile(number)
    ),
    fits=lambda plain, start, end, _: (
        not _UNIT.search(plain[max(0, start - 40) : start] + plain[end : end + 20])
    ),
)
SOCIAL_SECURITY = Kind(
    "CN_SOCIAL_SECURITY_NUMBER",
    "社会保障卡号",
    re.compile(
        rf"(?:社会?保障?卡|社会保障号?|社保|医保卡?|医疗保险|参保)(?:卡|个人)?{TO}(?P<value>[a-z]{{0,2}}[0-9]{{6,17}}[0-9a-z])(?![0-9a-z*年])"
    ),
    lambda number: is_no_identity(number) and not is_mobile(number) and not is_card(number),
    fits=lambda plain, start, _end, _number: (
        "号" in plain[max(0, start - 8) : start]
        and not re.search(r"电话|热线|咨询|单位|编码|代码|机构|12333", plain[max(0, start - 12) : start])
    ),
)
SERVICE_ACCOUNT = Kind(
    "CN_SERVICE_ACCOUNT",
    "宽带账号、水电气户号",
    re.compile(
        rf"(?:宽带(?:账[号户]|帐[号户]|用户名|号码?)|(?<![账帐开门专住用客过])(?:用[电水气]|电费|水费|燃气|天然气|供热|供暖|取暖|电力|自来水|缴费|有线电视)?"
        rf"(?:客户编号|用户编号|用户号|客户号|户号)){TO}(?P<value>[a-z]{{0,4}}[0-9]{{6,16}})(?![0-9a-z*年])"
    ),
    fits=lambda plain, start, _end, _number: (
        not re.search(r"示例|格式|例如|热线|电话", plain[max(0, start - 20) : start])
    ),
    near=re.compile("宽带|户号|户编号"),
    reach=(10, 40),
)
CREDENTIAL = Kind(
    "CN_CREDENTIAL",
    "账号口令",
    re.compile(
        r"(?:密码|口令|password|passwd|pwd)(?:\([^()\n]{0,12}\))?[ ]{0,2}(?:统一|均|都|默认|初始)?[ ]{0,2}(?:[:为是]|=)[ ]{0,2}[“\"']?"
        r"(?P<value>(?=[!-~]{0,31}[0-9a-z])[!-~]{4,32}?)(?=[”\"'\s,;。、)<\u4e00-\u9fff]|$)"
        r"(?![”\"' ]{0,2}(?:位|个|字|数字|至|到|次|分钟|天|以上|或|英文|字母))"
    ),
    lambda number: len(number) >= 3 and number not in {"http", "https", "null", "none"},
    fits=lambda plain, start, end, _number: (
        not re.match(r"[0-9]{1,2}[-~][0-9]{1,2}", plain[start:end]) and "://" not in plain[start:end]
    ),
)
