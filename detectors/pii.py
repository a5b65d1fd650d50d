"""Personal data by its form: patterns, check digits, labels; and the same as recognizers for presidio.

The only module that imports presidio, and only when somebody asks for recognizers: our own rules
call ``Kind.find`` and need nothing of it. All patterns read folded letters (``detectors.text.fold``).
Sources of the numbers: GB 11643-1999 (identity numbers), GB 32100-2015 (social credit codes),
GB/T 17710 MOD 11-2, ISO/IEC 7812 (Luhn), the numbering plan of mobile networks, GA 36 (plates).
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from detectors.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# --- digits in all their spellings ----------------------------------------------------------

_SPOKEN = "〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两"
_RINGED = "⓪①②③④⑤⑥⑦⑧⑨"
_DIGIT = str.maketrans(_SPOKEN + _RINGED, "00123456789" + "1123456789" + "2" + "0123456789")
_ANY = f"0-9{_SPOKEN}{_RINGED}"
_GAP = r" \-‐–—−·._/"  # what people write between the groups of one number
_NUMBERS = re.compile(rf"[{_ANY}](?:[{_GAP}\t\n\u20e3]{{0,3}}+[{_ANY}]){{6,}}+(?:[ \t\n-]?x)?")
_DATE = re.compile(r"(?:19|20)[0-9]{2}[-./ ][0-9]{1,2}(?:[-./ ][0-9]{1,2}(?:[ -]{1,3}[0-9]{1,2})?)?")


class Digits(NamedTuple):
    """A stretch of ``plain`` that holds numbers: ``letters[start:end]``, every digit an ASCII one."""

    letters: str
    start: int
    end: int


def stretches(plain: str) -> Iterator[Digits]:
    """Where numbers of seven and more digits stand, however spelled. One linear pass."""
    spoken: str | None = None
    for found in _NUMBERS.finditer(plain):
        start, end = found.span()
        if plain[start:end].isascii():
            if end - start > 18 or not _DATE.fullmatch(plain, start, end):
                yield Digits(plain, start, end)
        else:
            if spoken is None:
                spoken = _in_digits(plain.replace("\u20e3", " "))
            yield Digits(spoken, start, end)


def _in_digits(plain: str) -> str:
    """Every spoken and ringed digit as an ASCII one, each in its place.

    One replacement after the other: ten times as fast as translating a long page, which holds few of them.
    """
    for letter, digit in _DIGIT.items():
        plain = plain.replace(chr(letter), chr(digit))
    return plain


_NEITHER = re.compile(r"[^0-9A-Za-z]")


def bare(letters: str) -> str:
    """Digits and Latin letters only: what is left of a number without its gaps."""
    if not letters.isascii():
        letters = letters.translate(_DIGIT)
    return letters if letters.isascii() and letters.isalnum() else _NEITHER.sub("", letters)


# --- checks -----------------------------------------------------------------------------------

_REGIONS = frozenset(  # first two digits of a region; 71 and 81 to 83: Taiwan, Hong Kong, Macao
    str(code)
    for codes in (
        range(11, 16),
        range(21, 24),
        range(31, 38),
        range(41, 47),
        range(50, 55),
        range(61, 66),
        (71, 81, 82, 83),
    )
    for code in codes
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_birth(eight: str) -> bool:
    """Whether YYYYMMDD is a real day a living person may have been born on."""
    try:
        day = datetime.date(int(eight[:4]), int(eight[4:6]), int(eight[6:8]))
    except ValueError:
        return False
    # Past years need no clock.
    return day.year >= 1900 and (day.year < 2026 or day <= datetime.datetime.now(tz=datetime.UTC).date())


def has_identity_form(number: str) -> bool:
    """18 places, a region and a real birthday; the check digit may be wrong."""
    return (
        len(number) == 18
        and number[:17].isdecimal()
        and (number[:2] in _REGIONS or (number[0] == "9" and number[1:3] in _REGIONS))
        and is_birth(number[6:14])
    )


def is_resident_id(number: str) -> bool:
    """An identity number by GB 11643: citizens, residents from Hong Kong, Macao, Taiwan (81–83), foreigners (9…)."""
    if not has_identity_form(number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10x98765432"[total % 11] == number[17]


def is_old_resident_id(number: str) -> bool:
    """15 digits as issued until 1999: region, YYMMDD, three more; nothing to compute."""
    return (
        len(number) == 15 and number.isdecimal() and number[:2] in _REGIONS and is_birth("19" + number[6:12])
    )


def is_luhn(number: str) -> bool:
    """ISO/IEC 7812 check digit."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


_CREDIT = "0123456789abcdefghjklmnpqrtuwxy"


def is_credit_code(code: str) -> bool:
    """A unified social credit code (GB 32100): public, and sometimes 18 digits like an identity number."""
    if len(code) != 18 or any(letter not in _CREDIT for letter in code):
        return False
    total = sum(_CREDIT.index(letter) * 3**place % 31 for place, letter in enumerate(code[:17]))
    return _CREDIT[-total % 31] == code[17]


_MOBILE = re.compile(r"1(?:3[0-9]|4[579]|5[0-35-9]|6[2567]|7[0-35-8]|74[0-5]|8[0-9]|9[0-35-9])[0-9]{8}")
_THINGS = re.compile(r"14(?:[14]0|41|[68][0-9])[0-9]{9}")


def is_mobile(number: str) -> bool:
    """Eleven digits of a mobile network (virtual operators too), or the thirteen of a machine's card."""
    if len(number) == 13 and not number.startswith("86"):
        return _THINGS.fullmatch(number) is not None
    return number[:-11] in {"", "0", "86", "0086"} and _MOBILE.fullmatch(number[-11:]) is not None


def is_card(number: str) -> bool:
    """16 to 19 digits with a Luhn check digit that are no identity number."""
    return (
        16 <= len(number) <= 19
        and number.isdecimal()
        and is_luhn(number)
        and len(set(number)) > 3
        and not is_resident_id(number)
    )


def _anything(_: str) -> bool:
    return True


# --- words around a number -----------------------------------------------------------------------------------


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
_THING_AFTER = re.compile(
    r"号?(?:诉求|工单|来件|来信|文件|文|案|令|卷|线索|信访|提案|议案|建议|订单|件|机组|公告|通知|专利|专线|地块|车|船|岗|考场|考生)"
)
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


def _in_address(plain: str, start: int, end: int) -> bool:
    """Whether a number is part of a web address or a file name."""
    return (start > 0 and plain[start - 1] in "/=_&?%#-.") and bool(
        _ADDRESS_BEFORE.search(plain, max(0, start - 100), start)
        or plain.startswith((".htm", ".shtm", ".jpg", ".pdf", ".doc"), end)
    )


# --- kinds ------------------------------------------------------------------------------------


class Value(NamedTuple):
    """One personal value: its range in the folded letters, and its digits and Latin letters alone."""

    start: int
    end: int
    number: str


@dataclass(frozen=True)
class Kind:
    """One kind of personal value.

    Args:
        entity: its name for presidio.
        title: its name for an editor.
        pattern: over folded letters; what is personal is the group "value", or all of it.
        check: the arithmetic and the ranges of the bare number.
        among_numbers: looked for only inside ``stretches`` (digits made ASCII there).
        fits: (letters, value's range, number) → whether the words around allow it.
        grow: (letters, range) → the whole value where the pattern finds only its tail, or None.
        near: a cheaper pattern; the costly one is tried only around what this finds.
        reach: how many letters around, before and after.
    """

    entity: str
    title: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool] = _anything
    among_numbers: bool = False
    fits: Callable[[str, int, int, str], bool] | None = None
    grow: Callable[[str, int, int], tuple[int, int] | None] | None = None
    near: re.Pattern[str] | None = None
    reach: tuple[int, int] = (10, 24)

    def find(self, plain: str) -> Iterator[Value]:
        """All values of this kind in folded letters."""
        if self.among_numbers:
            for stretch in stretches(plain):
                yield from self.within(plain, stretch)
        elif self.near is not None:
            yield from self._matches(plain, self._around(plain, self.near))
        else:
            yield from self._matches(plain, self.pattern.finditer(plain))

    def _around(self, plain: str, near: re.Pattern[str]) -> Iterator[re.Match[str]]:
        done, (back, on) = 0, self.reach
        for anchor in near.finditer(plain):
            if anchor.start() < done:
                continue
            if found := self.pattern.search(plain, max(done, anchor.start() - back), anchor.end() + on):
                done = found.end()
                yield found

    def within(self, plain: str, stretch: Digits) -> Iterator[Value]:
        """The values of this kind in one stretch of numbers."""
        yield from self._matches(plain, self.pattern.finditer(stretch.letters, stretch.start, stretch.end))

    def _matches(self, plain: str, found: Iterator[re.Match[str]]) -> Iterator[Value]:
        named = "value" in self.pattern.groupindex
        for match in found:
            group = "value" if named and match["value"] is not None else 0
            start, end = match.span(group)
            number = bare(match[group])
            if not self.check(number) or (self.fits is not None and not self.fits(plain, start, end, number)):
                continue
            place = self.grow(plain, start, end) if self.grow is not None else (start, end)
            if place is not None:
                yield Value(*place, number)


_G = f"[{_GAP}]{{1,3}}"


def _grouped(*sizes: int, first: str = "[1-9]", last: str = "[0-9]", gap: str = _G) -> str:
    """A number in groups of these sizes with the same gap between all of them."""
    name = f"g{'_'.join(map(str, sizes))}" + ("t" if gap != _G else "")
    parts = []
    for place, size in enumerate(sizes):
        head = first if place == 0 else "[0-9]"
        tail = last if place == len(sizes) - 1 else "[0-9]"
        body = (
            head + (f"[0-9]{{{size - 2}}}" if size > 2 else "") + tail
            if size > 1
            else (head if place == 0 else tail)
        )
        parts.append(body)
    return parts[0] + f"(?P<{name}>{gap})" + f"(?P={name})".join(parts[1:])


def _joined(*forms: str) -> str:
    return "(?:" + "|".join(forms) + ")"


_TABBED = rf"(?:\t|\n|{_G})"
_ONES = (1,) * 18
_RESIDENT = _joined(
    "[1-9][0-9]{16}[0-9x]",
    _grouped(6, 8, 4, last="[0-9x]", gap=_TABBED),
    _grouped(6, 4, 4, 4, last="[0-9x]", gap=_TABBED),
    _grouped(6, 4, 2, 2, 4, last="[0-9x]"),
    _grouped(3, 3, 4, 4, 4, last="[0-9x]"),
    _grouped(3, 3, 8, 4, last="[0-9x]"),
    _grouped(4, 4, 4, 4, 2, last="[0-9x]"),
    _grouped(6, 6, 6, last="[0-9x]"),
    _grouped(*_ONES, last="[0-9x]", gap=r"(?:[ \t\n\u20e3\-]{1,2})"),
    "(?=[0-9\n ]{18}[0-9x](?![0-9]))[1-9][0-9]{2,16}[\n ][0-9]{0,14}[0-9x]",  # broken once at the end of a line
)


def _no_credit_code(plain: str, start: int, end: int, number: str) -> bool:
    del end
    words = before(plain, start)
    if ("代码" in words or "信用" in words) and is_credit_code(number):
        return False
    # A case or project number holds a region and today's date; one in eleven has the check digit too.
    return not (
        nearest(words) == "other" and int(number[6:10]) > datetime.datetime.now(tz=datetime.UTC).year - 16
    )


RESIDENT_ID = Kind(
    "CN_RESIDENT_ID",
    "居民身份证号",
    re.compile(rf"(?<![0-9]){_RESIDENT}(?![0-9])"),
    is_resident_id,
    among_numbers=True,
    fits=_no_credit_code,
)


def _labelled_id(plain: str, start: int, end: int, number: str) -> bool:
    del end
    words = before(plain, start)
    return nearest(words) == "id" and not (is_credit_code(number) and "信用" in words)


def _wrong_resident_id(number: str) -> bool:
    return has_identity_form(number) and not is_resident_id(number)


# A mistyped identity number still leads to the person.
MISTYPED_ID = Kind(
    "CN_RESIDENT_ID",
    "居民身份证号",
    re.compile(rf"(?<![0-9]){_RESIDENT}(?![0-9])"),
    _wrong_resident_id,
    among_numbers=True,
    fits=_labelled_id,
)
OLD_RESIDENT_ID = Kind(
    "CN_OLD_RESIDENT_ID",
    "15位身份证号",
    re.compile(rf"(?<![0-9a-z])(?:[1-8][0-9]{{14}}|{_grouped(6, 6, 3, first='[1-8]')})(?![0-9a-z])"),
    is_old_resident_id,
    among_numbers=True,
    fits=_labelled_id,
)

# The number of a disability card is the identity number with kind and grade behind it.
DISABILITY_CARD = Kind(
    "CN_RESIDENT_ID",
    "残疾人证号",
    re.compile(r"(?<![0-9])(?P<value>[1-9][0-9]{16}[0-9x])[1-7][1-4](?:b[1-9]?)?(?![0-9])"),
    is_resident_id,
    among_numbers=True,
    fits=lambda plain, start, _end, _number: "残疾" in before(plain, start),
)

_CELL = _joined(
    "1[3-9][0-9]{9}",
    _grouped(3, 4, 4, first="1", gap=_TABBED),
    # The rarer groupings also occur inside the groups of a longer number.
    rf"(?<![0-9][{_GAP}])"
    + _joined(
        _grouped(3, 8, first="1"),
        _grouped(3, 3, 5, first="1"),
        _grouped(4, 4, 3, first="1"),
        _grouped(4, 3, 4, first="1"),
        _grouped(5, 6, first="1"),
    ),
    _grouped(*(1,) * 11, first="1", gap=r"(?:[ \t\n\u20e3\-]{1,2})"),
    "14[0-9]{11}",
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
        or _in_address(plain, start, end)
    )


MOBILE = Kind(
    "CN_MOBILE_PHONE",
    "手机号码",
    re.compile(rf"(?<![0-9a-z*])(?:(?:00)?86\)?[- ]{{0,2}}|0(?=1[3-9]))?{_CELL}(?![0-9])(?!\.[0-9])"),
    is_mobile,
    among_numbers=True,
    fits=_is_called,
)

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
    if kind == "other" or _in_address(plain, start, end) or plain.startswith("*", end):
        return False
    if kind != "card" and not number.startswith("62"):
        return False
    around = plain[max(0, start - 60) : start] + plain[end : end + 30]
    return bool(_OWN.search(around)) or not _UNIT.search(around)


_CARD = _joined(  # the longer first: a card of 16 digits may begin one of 19
    "[1-9][0-9]{15,18}",
    *(_grouped(4, 4, 4, 4, rest) for rest in (3, 2, 1)),
    _grouped(6, 4, 4, 5),
    _grouped(8, 8, 3),
    _grouped(8, 8),
    _grouped(5, 4, 4, 4, 2),
    _grouped(4, 4, 4, 4),
    _grouped(6, 4, 4, 4),
    _grouped(6, 13),
    _grouped(6, 10),
)
BANK_CARD = Kind(
    "CN_BANK_CARD",
    "银行卡号",
    re.compile(rf"(?<![0-9a-z*]){_CARD}(?![0-9*])"),
    is_card,
    among_numbers=True,
    fits=_is_private_account,
)

_TO = r"(?:号码|编号|号)?[ ]{0,2}(?:[:为是]|\(?[a-z]{2,4}\)?:)?[ ]{0,3}"  # between a label and its number


def _no_identity(number: str) -> bool:
    return not is_resident_id(number) and any(letter.isdecimal() for letter in number)


PRIVATE_ACCOUNT = Kind(
    "CN_BANK_CARD",
    "个人银行账号",
    re.compile(
        rf"(?:一卡通|存折|惠农卡|工资卡|储蓄卡|银行卡|借记卡|社保卡银行|个人(?:银行)?)(?:卡号|[账帐][号户])?{_TO}"
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
PASSPORT = Kind(
    "CN_PASSPORT",
    "护照号码",
    re.compile(
        r"护照[^0-9a-z\n。;]{0,8}(?P<value>(?:e[a-hj-np-z][0-9]{7}|[eg][0-9]{8}|[spd]e[0-9]{7}|[spd][0-9]{7,8}|kj?[0-9]{7,8}"
        r"|h[0-9]{8}|m[ab][0-9]{7}|1[45][0-9]{7}|[a-z]{1,2}[0-9]{7}))(?![0-9a-z*])"
        r"|(?<![0-9a-z])(?:e[a-hj-np-z][0-9]{7}|[eg][0-9]{8})(?=号?[^0-9a-z\n。;]{0,3}护照)"
    ),
    near=re.compile("护照"),
    reach=(14, 24),
)
TRAVEL_PERMIT = Kind(
    "CN_TRAVEL_PERMIT",
    "往来通行证号",
    re.compile(
        r"(?:通行证|回乡证|台胞证)[^0-9a-z\n。;]{0,8}(?P<value>[hm][0-9]{8}(?:[0-9]{2})?|c[a-z0-9][0-9]{7}|[lt][0-9]{8}|[0-9]{8}(?:[0-9]{2})?)(?![0-9a-z*年.\-])"
    ),
    lambda number: not (len(number) == 8 and number.isdecimal() and is_birth(number)),
    fits=lambda plain, start, _end, _number: bool(
        re.search(r"港|澳|台|回乡|内地|大陆", plain[max(0, start - 24) : start])
    ),
)
FOREIGN_PERMIT = Kind(
    "CN_FOREIGN_RESIDENCE_PERMIT",
    "外国人永久居留证号",
    re.compile(r"(?:永久?居留?|居留)[^0-9a-z\n。;]{0,12}(?P<value>[a-z]{3}[0-9]{12})(?![0-9a-z*])"),
)
MILITARY_PAPER = Kind(
    "CN_MILITARY_PAPER",
    "军人证件号",
    re.compile(
        r"(?:军官|士兵|军士|士官|文职干部|文职人员|义务兵|学员|警官|武警|军人|退役军人优待|退休军人|伤残军人|残疾军人|优待)(?:身份)?证(?:件)?"
        r"[^0-9a-z\n。;]{0,8}?(?P<value>[\u4e00-\u9fff]{1,2}字第?[0-9a-z]{0,2}[0-9]{4,10}号?|[0-9]{7,10}|(?<=优待证号:)[0-9]{12,18}"
        r"|(?<=优待证号码:)[0-9]{12,18})(?![0-9*年月日])"
    ),
)
LANDLINE = Kind(
    "CN_PERSONAL_LANDLINE",
    "家庭固定电话",
    re.compile(
        rf"(?:(?:家(?:庭|里|中|(?<![国专商厂店酒大农东独]家))|住宅|宅)(?:固定)?(?:电话|座机)|宅电){_TO}"
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
        rf"(?:(?<![a-z])q ?q|(?<![a-z0-9])q(?=号)|企鹅|扣扣)(?!群|邮|音乐|浏览|空间){_TO}"
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
SOCIAL_SECURITY = Kind(
    "CN_SOCIAL_SECURITY_NUMBER",
    "社会保障卡号",
    re.compile(
        rf"(?:社会?保障?卡|社会保障号?|社保|医保卡?|医疗保险|参保)(?:卡|个人)?{_TO}(?P<value>[a-z]{{0,2}}[0-9]{{6,17}}[0-9a-z])(?![0-9a-z*年])"
    ),
    lambda number: _no_identity(number) and not is_mobile(number) and not is_card(number),
    fits=lambda plain, start, _end, _number: (
        "号" in plain[max(0, start - 8) : start]
        and not re.search(r"电话|热线|咨询|单位|编码|代码|机构|12333", plain[max(0, start - 12) : start])
    ),
)
STUDENT = Kind(
    "CN_STUDENT_NUMBER",
    "学籍号、学号",
    re.compile(
        rf"(?:学籍辅?{_TO}|(?<![大科文医数留])学号[ ]{{0,2}}[:为是]?[ ]{{0,3}})"
        r"(?P<value>[glj][0-9]{17}[0-9x]|[0-9]{6,19}x?)(?![0-9a-z*年])"
    ),
)
PROPERTY = Kind(
    "CN_PROPERTY_CERTIFICATE",
    "不动产权证号",
    re.compile(
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼兵]\((?:19|20)[0-9]{2}\)[\u4e00-\u9fff]{1,12}不动产(?:权|证明)第 ?[0-9]{5,8} ?号"
        r"|房(?:地)?权证[\u4e00-\u9fff]{0,8}字?第?[0-9a-z\-]{5,20}号"
        r"|土地(?:使用权?)?证(?:书)?(?:编?号码?)?[:为是 ]{0,2}(?P<value>[\u4e00-\u9fff]{1,8}[集国]用\([0-9]{4}\)(?:字)?第[0-9]{4,9}号)"
    ),
)
MEDICAL = Kind(
    "CN_MEDICAL_NUMBER",
    "就诊编号",
    re.compile(
        r"(?:住院|病历|病案|门诊|就诊卡?|医疗保险手册|医保手册|健康卡|诊疗卡|检验单)(?:号码|编号|号)[ ]{0,2}[:为是]?[ ]{0,3}(?P<value>[a-z]{0,3}[0-9]{5,20})(?![0-9a-z*])"
    ),
    lambda number: _no_identity(number) and not is_mobile(number),
)
_PLATE = r"(?:[a-hj-np-z][·.・• -]?(?:[dfabceghjk][a-hj-np-z0-9][0-9]{4}|[0-9]{5}[df])(?![a-z0-9*])|[a-hj-np-z][·.・• -]?(?=[a-z0-9]{0,4}[0-9])[a-hj-np-z0-9]{4}[a-hj-np-z0-9挂学港澳](?![a-z0-9*]))"
PLATE = Kind(
    "CN_LICENCE_PLATE",
    "车牌号码",
    re.compile(rf"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]{_PLATE}"),
    fits=lambda plain, _start, end, number: (
        sum(letter.isdecimal() for letter in number) >= 3
        and not plain.startswith(("年", "kg", "km", "mm"), end)
    ),
)
# Plates of embassies, consulates and the armed police: only where it is said that they are plates.
PLATE_OF_OFFICE = Kind(
    "CN_LICENCE_PLATE",
    "使领馆、武警车牌号码",
    re.compile(
        r"(?:车牌|号牌|牌照|车号)(?:号码?)?[:为是(]?[ ]?"
        r"(?P<value>使[0-9]{6}|[\u4e00-\u9fff][a-z][0-9]{4}领|wj[\u4e00-\u9fff]?[·.-]?[0-9]{4,5}[0-9a-z]?)(?![0-9a-z*])"
    ),
)
VEHICLE = Kind(
    "CN_VEHICLE_NUMBER",
    "车辆识别代号",
    re.compile(
        r"(?:车架|大架|识别代[号码]|(?<![a-z])vin)[号码]{0,2}[^0-9a-z\n。;]{0,6}(?P<value>[a-hj-npr-z0-9]{13}[0-9]{4})(?![0-9a-z*])"
    ),
    lambda number: any(letter.isalpha() for letter in number[:9]),
    fits=lambda plain, start, end, _number: (
        not plain.startswith(("至", "-", "~", "到"), end)
        and not any(word in plain[max(0, start - 40) : end + 12] for word in ("召回", "范围", "样车"))
    ),
)
DEVICE = Kind(
    "CN_DEVICE_NUMBER",
    "手机串号",
    re.compile(
        r"(?:imei|meid|串号|串码|设备识别码)[^0-9a-z\n。;]{0,6}(?P<value>[0-9]{2}-?[0-9]{6}-?[0-9]{6}-?[0-9]|[0-9a-f]{14})(?![0-9a-z*])"
    ),
    lambda number: any(letter.isdecimal() for letter in number),
)
SERVICE_ACCOUNT = Kind(
    "CN_SERVICE_ACCOUNT",
    "宽带账号、水电气户号",
    re.compile(
        rf"(?:宽带(?:账[号户]|帐[号户]|用户名|号码?)|(?<![账帐开门专住用客过])(?:用[电水气]|电费|水费|燃气|天然气|供热|供暖|取暖|电力|自来水|缴费|有线电视)?"
        rf"(?:客户编号|用户编号|用户号|客户号|户号)){_TO}(?P<value>[a-z]{{0,4}}[0-9]{{6,16}})(?![0-9a-z*年])"
    ),
    fits=lambda plain, start, _end, _number: (
        not re.search(r"示例|格式|例如|热线|电话", plain[max(0, start - 20) : start])
    ),
    near=re.compile("宽带|户号|户编号"),
    reach=(10, 40),
)
DRIVING_FILE = Kind(
    "CN_DRIVING_FILE",
    "驾驶证档案编号",
    re.compile(rf"档案编?号{_TO}(?P<value>[0-9]{{12}})(?![0-9a-z*])"),
    fits=lambda plain, start, end, _number: (
        "驾" in _sentence_before(plain, start) or "准驾" in plain[end : end + 20]
    ),
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
BIRTHDATE = Kind(
    "CN_BIRTHDATE",
    "出生日期",
    re.compile(
        r"(?:出生(?:日期|年月日?|时间)?|生日|生于)(?:\([^()\n]{0,8}\))?[ ]{0,2}(?:[:为是于]{1,2})?[ ]{0,3}"
        r"(?P<value>(?:19|20)[0-9]{2}(?:年[0-9]{1,2}月[0-9]{1,2}日?|[-./][0-9]{1,2}[-./][0-9]{1,2}|(?:0[1-9]|1[0-2])[0-3][0-9](?![0-9])))(?![0-9*])"
        r"|(?<![0-9])(?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日(?=(?:\([^()\n]{0,12}\))?(?:出)?生(?:[,。;)]|人|于)|出生)"
    ),
    near=re.compile("出生|生日|生于|日生"),
    reach=(24, 30),
)

# --- addresses that lead to a door (facts: standards 3.5) -------------------------------------

_N = r"(?:[0-9]{1,4}|[a-z][0-9]{0,3}|[0-9]{1,3}[a-z]|[一二三四五六七八九十]{1,3})"
_SPELT = "[一二三四五六七八九十〇零]{3,5}"  # a room in words
_ROOM = rf"(?:{_SPELT}|[a-z]?[0-9]{{2,5}}[a-z]?(?:-[0-9]{{1,2}}(?![0-9]))?)"
_NO_ROOM = r"(?![0-9a-z]|[年月日元万亿个人户套间岁米吨台盏辆件次名家处栋幢层%㎡]|平方|余|多|会议|教|办公|报告|培训|考|机房|评标|开标|窗口|大厅|实验|多功能|[-~至][0-9])"
_HOUSE = rf"(?<!第){_N}(?:号楼|栋|幢|座|#楼|#)"
_HOME = (
    "小区|花园|花苑|公寓|新村|家园|嘉园|佳园|家苑|佳苑|嘉苑|雅苑|名苑|东苑|西苑|南苑|北苑|苑|名邸|名府|华府|公馆|公寓楼|家属院|家属楼|家属区|"
    "宿舍|住宅|安置房|廉租房|公租房|人家|庭院|豪庭|华庭|雅居|名居|居|轩|阁|墅|邸|湾|里|坊|庄|村|社区|胡同|巷|弄|城|府|园|家|"
    + "|".join(
        [f"{one}区" for one in "东西南北一二三四五六七八九十0123456789"]
        + [f"{one}期" for one in "一二三四五六七八九十0123456789"]
    )
)
_OFFICE = (
    "大厦|大楼|楼宇|写字楼|商务|商贸|商业|商城|市场|广场|中心|酒店|宾馆|饭店|工业区|产业园|工业园|科技园|创业园|创意园|"
    "物流园|电商园|软件园|园区|孵化|厂|公司|集团|商店|店|商铺|铺|门市|局|委|委员会|政府|法院|检察院|医院|卫生院|学校|大学|学院|中学|小学|校区|幼儿园|"
    "机关|银行|车站|派出所|研究所|事务所|办事处|馆|办公|党校|仓库|物流|服务区|大院|行政|服装城|箱包城|皮革城|建材城|家具城|五金城|商厦|会所|"
    "博览|城管|综合楼|教学楼|主楼|副楼|附楼|裙楼|实验楼|科研楼|办公楼|业务楼|行政楼|图书馆|体育"
)
_PLACES = Words(road="路|街|大道|道|号|镇|乡|街道|区|县|市", home=_HOME, office=_OFFICE)
_DOOR = re.compile(
    rf"{_HOUSE}[,\- ]?(?:{_N}(?:单元|单|门|梯))?[\- ]?(?:{_N}(?:层|楼))?[\- ]?(?:[东西南北中左右]户|{_ROOM}(?:号房|室|号|房)?{_NO_ROOM})"
    rf"|{_N}单元[,\- _]?(?:{_N}(?:层|楼))?[\- ]?(?:[东西南北中左右]户|{_ROOM}(?:号房|室|号|房)?{_NO_ROOM})"
    rf"|[0-9]{{1,3}}(?:栋|幢|排)(?:[0-9]{{1,3}}-)?[0-9]{{1,3}}号(?:[0-9]{{2,4}}(?:室|房)?{_NO_ROOM}|(?![0-9线院楼]))"
    rf"|{_HOUSE}-?[0-9]{{1,2}}-[0-9]{{3,4}}(?:室|号|房)?{_NO_ROOM}"
    r"|(?:(?<=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff][0-9a-z]))(?<!第)[0-9]{1,3}[-_–—]{1,2}[0-9]{1,2}[-_–—]{1,2}[0-9]{3,4}(?:室|号|房)?(?![0-9a-z年月日元万亿个人%]|[-.~/][0-9])"
    rf"|(?:(?<=[路街道巷弄])|(?<=小区|新村|公寓|花园|家园))_?[0-9]{{1,5}}号(?:[a-z0-9]{{1,3}}-)?[a-z]?[0-9]{{3,5}}(?:室|号|房)?{_NO_ROOM}"
    rf"|(?<=小区|花园|公寓|新村|家园|[家佳嘉雅名花新]苑)[0-9]{{3,5}}(?:室|房)?{_NO_ROOM}(?![号路-])"
    r"|(?<=[栋幢])[a-z0-9]{1,2}-[0-9]{3,4}(?:室|号|房)?(?![0-9a-z年月日元万亿个人%]|[-.~/][0-9])"
    r"|(?<=号)[a-z]?[0-9]{1,3}[-_][0-9]{3,4}(?:室|号|房)?(?![0-9a-z年月日元万亿个人%]|[-.~/][0-9])"
    r"|[0-9]{1,4}弄(?:[0-9]{1,4}支?弄)?_?[0-9]{1,4}号(?:[0-9]{1,2}楼)?[0-9]{2,4}室?(?![0-9年])"
    rf"|(?:小区|花园|公寓|新村|家园|嘉园|佳园|[家佳嘉雅名东西南北花]?苑|名邸|[华名]府|家属院|宿舍|人家|[豪华名]庭|城|[东西南北一二三四五六七八九十0-9][区期村]|村|园|庭|湾|府|居|里|庄|坊|国际|半岛|华都|时代|首府|家缘)"
    rf"(?:{_N}(?:座|区|期|组团|号))?[0-9a-z]{{1,4}}(?:[-_一–—~][0-9]{{1,3}})?[-_一–—~][0-9]{{2,5}}(?:室|号|房)?(?![0-9a-z年月日元万亿个人%]|[-.~/][0-9])"
    rf"|[0-9]{{3,5}}[a-z]?(?:室|号房)(?!会议|教|办公|内|外|温)"
    rf"|(?<=[路街道巷弄])[0-9]{{2}}室(?!会议|教|办公|内|外|温)"
)
# Where a door may be: looked for on the whole page, and the door itself only around it.
_KNOB = re.compile(
    r"[0-9a-z一二三四五六七八九十区园寓村苑](?:栋|幢|座|号楼|单元|弄|室|#|排|号房|号[a-z]?[0-9]{1,2}[-0-9][0-9]|一[0-9]{3}"
    r"|(?<!-[0-9]{4})[-_–—]{1,2}[0-9]{1,3}(?:[-_–—]{1,2}[0-9]{2}|(?<=[0-9]{3})(?![0-9年月日-])|[0-9]{1,2}(?![-0-9年])|(?=号|室))|(?<=[区园寓村苑])[0-9]{3})"
)
_HOME_LABEL = (
    r"家庭住址|家庭地址|现住址|现住地|常住地址?|户籍地址?|户籍所在地|户口所在地|居住地址?|住址|住处|家住|现住|现居住?|居住|租住|暂住|"
    r"收件地址|邮寄地址|收货地址|户主|通讯地址|送达地址|住(?<=[,;(\n]住)(?!所|处|院|房|宅|户|建|在国|国|村|宿|持|校|保)"
)
_LABELLED = re.compile(
    rf"(?:{_HOME_LABEL})(?:[:为是]|[于在]|地|:)?(?:[:为是于在])?[ \t]?(?P<value>[\u4e00-\u9fff][\u4e00-\u9fff0-9a-z\-#·]{{4,50}})"
)
_DETAIL = re.compile(
    r"(?:路|街|巷|弄|道|胡同|里|村|庄|小区|花园|苑|公寓|家园|院|城|园|坊|社区)[\u4e00-\u9fff]{0,6}[0-9]{1,5}(?:号|栋|幢|-[0-9])"
    r"|(?:村|社区|镇|乡)[\u4e00-\u9fff]{0,8}(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3})(?:组|队|屯|社)"
)
_OFFICE_LABEL = re.compile(
    r"办公|注册|经营|报名|报到|现场|提交|领取|咨询|投标|开标|评标|面试|考试|考点|培训|地点|受理|窗口|服务|营业|住所|法定代表|单位地址|公司|"
    r"企业|机构|门诊|诊所|药店|超市|有限|商行|经营部|店|厂|合作社|中心|事务所|局|委员会|政府|物业|项目|工程|加装|改造|施工|维修|停电|停水|停气|检修|"
    r"拍卖|竞价|竞买|标的|腾退|空置|配租|采样点|接种点|驿站|活动室|投票站|投票点|党支部|阵地"
)
_PERSON = re.compile(
    rf"{_HOME_LABEL}|本人|先生|女士|同志家|患者|确诊|病例|身份证|户籍|村民|居民|业主|房东|租客|住户|姓名|家中"
)
_BOUND = re.compile(r"""[,。;:!?\n\t"“”‘’《》|、()\[\]{}<>=→【】]""")
_SHOP = re.compile(
    r"[ ]?[\u4e00-\u9fff]{0,8}(?:公司|厂|店|部|超市|诊所|中心|局|所|办公|会议|教室|活动室)|(?:的|处|等)?(?:房产|房屋|住房|不动产|商品房)"
)
_FIRM = re.compile(r"公司|厂|机构|法人|企业(?![家主])|单位|项目|集团")
_REST = re.compile(
    r"(?:[0-9a-z\-#]|单元|栋|幢|座|号|楼|层|室|户|组|附)*+"
    r"(?:[\u4e00-\u9fff]{1,10}[0-9]{1,5}(?:室|号|栋|幢|单元|楼)(?:[0-9a-z\-#]|单元|楼|层|室|户)*+)?"
)
_VERB = re.compile(
    r"(?:家住|现居|住在|居住于|居住在|居住|现住|位于|坐落于|坐落|入住|搬到|搬进|搬至|租住|暂住|来到|走进|前往|送到|送至|寄至|寄往|地址|住址|住处|系|在|于|到|至|往|住)(?=[^号室栋幢]{2})"
)


def _sentence_before(plain: str, start: int) -> str:
    said = plain[max(0, start - 30) : start]
    return said[max(said.rfind(mark) for mark in "。;\n\t") + 1 :]


def _whole_address(plain: str, start: int, end: int) -> tuple[int, int] | None:
    """From the door back to the beginning of its address; None where it is an office, or no address at all."""
    first = max(0, start - 60)
    left = plain[first:start]
    cut = 0
    for mark in _BOUND.finditer(left):
        cut = mark.end()
    for verb in _VERB.finditer(left, cut):
        cut = verb.end()
    name = left[cut:].lstrip(" -_")
    begin, door = start - len(name), plain[start:end]
    said = _sentence_before(plain, begin)
    personal = bool(_PERSON.search(said))
    if "某" in name or (not personal and (_OFFICE_LABEL.search(said) or _SHOP.match(plain, end))):
        return None
    whole = name + door
    if sum("\u4e00" <= letter <= "\u9fff" for letter in whole) < 3:
        return None
    last = _kind_of_place(name + door[: 2 if door[:1] >= "\u4e00" or door[1:2] in {"区", "期"} else 0])
    if last == "office":
        return (begin, end) if personal else None
    # A house, or house, unit and room in a row.
    plainly = (
        any(mark in door for mark in ("单元", "栋", "幢", "号楼", "弄", "座", "#")) or door.count("-") == 2
    )
    if plainly or last == "home":
        return begin, end
    streets = last == "road" and (personal or any(mark in name for mark in "路街道"))
    return (begin, end) if streets and begin < start else None


def _kind_of_place(name: str) -> str:
    """The kind of the last place named; a street or number after a home does not make it less of one."""
    last = ""
    for place in _PLACES.pattern.finditer(name):
        kind = _PLACES.kinds[place[0]]
        if not (kind == "road" and last == "home"):
            last = kind
    return last


def _labelled_address(plain: str, start: int, end: int) -> tuple[int, int] | None:
    value = plain[start:end]
    detail = None
    for found in _DETAIL.finditer(value):
        detail = found
    if detail is None or _FIRM.search(_sentence_before(plain, start) + value):
        return None
    rest = _REST.match(value, detail.end())
    return start, start + (rest.end() if rest else detail.end())


DWELLING = Kind("CN_HOME_ADDRESS", "住宅地址", _DOOR, grow=_whole_address, near=_KNOB)
LABELLED_DWELLING = Kind("CN_HOME_ADDRESS", "住宅地址", _LABELLED, grow=_labelled_address)

# What is offered to presidio, and in which order our own rules ask.
KINDS = (
    RESIDENT_ID, DISABILITY_CARD, MISTYPED_ID, OLD_RESIDENT_ID, MOBILE, BANK_CARD, PRIVATE_ACCOUNT, PASSPORT, TRAVEL_PERMIT, FOREIGN_PERMIT,
    MILITARY_PAPER, LANDLINE, EMAIL, QQ, WECHAT, SOCIAL_SECURITY, STUDENT, PROPERTY, MEDICAL, PLATE, PLATE_OF_OFFICE, VEHICLE, DEVICE, SERVICE_ACCOUNT, DRIVING_FILE, CREDENTIAL, BIRTHDATE,
    DWELLING, LABELLED_DWELLING,
)  # fmt: skip


# --- the same for presidio --------------------------------------------------------------------


def chinese_recognizers(language: str = "zh") -> list[Any]:
    """Recognizers of all kinds above for a presidio ``RecognizerRegistry``.

    presidio is imported here and not before: it takes a second and 100 MB. Each recognizer is a
    ``PatternRecognizer`` whose pattern and ``validate_result`` are those of its ``Kind``; it reads
    folded letters (full width, spoken digits) and answers in positions of the text it was given.
    It needs no NLP engine and no context words of presidio's: labels are judged here.
    """
    from presidio_analyzer import Pattern, PatternRecognizer, RecognizerResult

    class ChineseRecognizer(PatternRecognizer):
        """One ``Kind`` (or several of one entity) as presidio wants it."""

        def __init__(self, kinds: tuple[Kind, ...]) -> None:
            self.kinds = kinds
            self.title = kinds[0].entity.title().replace("_", "") + "Recognizer"
            super().__init__(
                supported_entity=kinds[0].entity,
                name=self.title,
                supported_language=language,
                patterns=[Pattern(kind.title, kind.pattern.pattern, 0.6) for kind in kinds],
            )

        def validate_result(self, pattern_text: str) -> bool | None:
            """Check digits, real days, ranges of the network: True or False; None where nothing can be computed."""
            check = self.kinds[0].check
            return None if check is _anything else check(bare(Text.of(pattern_text).plain))

        def analyze(
            self, text: str, entities: list[str], nlp_artifacts: object = None, regex_flags: int | None = None
        ) -> list[RecognizerResult]:
            """All values in ``text``; ``entities`` and the NLP engine's work are not needed."""
            del entities, nlp_artifacts, regex_flags
            there = Text.of(text)
            found = []
            for kind in self.kinds:
                score = 0.9 if kind.check is _anything else 1.0
                for value in kind.find(there.plain):
                    start, end = there.written(value.start, value.end)
                    explained = self.build_regex_explanation(
                        self.title,
                        kind.title,
                        kind.pattern.pattern,
                        score,
                        kind.check is not _anything,
                        0,
                    )
                    found.append(
                        RecognizerResult(
                            self.supported_entities[0], start, end, score, explained,
                            {RecognizerResult.RECOGNIZER_NAME_KEY: self.title, RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id},
                        )
                    )  # fmt: skip
            return found

    by_entity: dict[str, list[Kind]] = {}
    for kind in KINDS:
        by_entity.setdefault(kind.entity, []).append(kind)
    return [ChineseRecognizer(tuple(kinds)) for kinds in by_entity.values()]
