"""What the words around a number say of it: its label, its sentence, the web address it is part of."""

from __future__ import annotations

import re


class Words:
    """Words of several kinds, found in one pass: the last of them (the nearest before a number) tells the kind."""

    def __init__(self, **kinds: str) -> None:
        self.kinds = {word: kind for kind, words in kinds.items() for word in words.split("|")}
        # Plain words only, the longer first: then the engine skips to letters that one of them begins with.
        self.pattern = re.compile("|".join(map(re.escape, sorted(self.kinds, key=len, reverse=True))))

    def last(self, letters: str) -> str:
        """The kind of the last word; "" where there is none."""
        kind = ""
        for found in self.pattern.finditer(letters):
            kind = self.kinds[found[0]]
        return kind

    def first(self, letters: str) -> str:
        """The kind of the first word."""
        found = self.pattern.search(letters)
        return self.kinds[found[0]] if found else ""


_BREAK = re.compile(r"[。;!?\n\t]")
_REACH = 24  # how far before a number its label may stand, in characters
_LABELS = Words(
    id="身份证|身份号|证件号|公民身份|有效证件|证照号|居住证|社会保障号|社保号|残疾证|驾驶证|驾照",
    phone="手机|电话|联系方式|联系号码|联络方式|致电|拨打|来电|热线|短信|微信|支付宝|tel|mobile|phone|号码归属",
    card="银行卡|卡号|账号|帐号|账户|帐户|开户|一卡通|存折|储蓄卡|借记卡|信用卡|工资卡|社保卡|转账|打款|汇款",
    other="准考证|考号|考籍|报名号|报名序号|报名编号|档案|案号|立案|执行案|订单|合同|协议|单号|工单|流水|凭证|批号|批次|批准|文号|"
    "证书|许可证|备案|项目|标段|标书|采购|招标|投标|信用代码|机构代码|组织机构|税号|纳税人|登记号|注册号|注册证|条码|条形码|"
    "编号|编码|代码|序号|序列|索引|受理号|业务号|交易号|票号|发票|库号|设备号|机号|表号|户号|房号|宗地|地块|单元号|国标|标准号|型号|规格|"
    "岗位|职位|监督卡|诉求件|回执|查询码|验证码|防伪|追溯|耳标|检疫|物料|商品|isbn|issn|doi|imei|sn|id:|id号",
)

TO = r"(?:号码|编号|号)?[ ]{0,2}(?:[:为是]|\(?[a-z]{2,4}\)?:)?[ ]{0,3}"  # between a label and its number

_ADDRESS_BEFORE = re.compile(
    r"(?:https?:|www\.|\.htm|\.jsp|\.gov|\.com|\.cn|[?&][a-z_]\w{0,30}=)[^\s\u4e00-\u9fff]{0,80}$"
)


def before(plain: str, start: int) -> str:
    """What stands before a number in its own sentence and cell."""
    tail = plain[max(0, start - _REACH) : start]
    cut = 0
    for found in _BREAK.finditer(tail):
        cut = found.end()
    return tail[cut:]


def label(plain: str, start: int) -> str:
    """The nearest label before a number: "id", "phone", "card", "other" or "" where it has none."""
    return nearest(before(plain, start))


def nearest(words: str) -> str:
    """The kind of the last label in these words."""
    return _LABELS.last(words)


def in_address(plain: str, start: int, end: int) -> bool:
    """Whether a number is part of a web address or a file name."""
    return (start > 0 and plain[start - 1] in "/=_&?%#-.") and bool(
        _ADDRESS_BEFORE.search(plain, max(0, start - 100), start)
        or plain.startswith((".htm", ".shtm", ".jpg", ".pdf", ".doc"), end)
    )


def sentence_before(plain: str, start: int) -> str:
    """The same from further away: 30 letters, past exclamation and question marks."""
    said = plain[max(0, start - 30) : start]
    return said[max(said.rfind(mark) for mark in "。;\n\t") + 1 :]
