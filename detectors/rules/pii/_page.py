"""One look at a page for all number rules: each value is claimed once, by its table, its label or its form."""

from __future__ import annotations

import re
import threading
import weakref
from bisect import bisect_left, insort
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from detectors import pii
from detectors.rules.pii._tables import Column, Table, Tables, may_have

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from detectors.rule import Finding, Rule
    from detectors.text import Text

_MANY = 200  # findings of one rule; what is more becomes further places of the last


class Hit(NamedTuple):
    """One value of a rule: range in ``plain``, its bare number, what is special about it, the same elsewhere."""

    start: int
    end: int
    number: str = ""
    note: str = ""
    places: tuple[tuple[int, int], ...] = ()


@dataclass
class Page:
    """What was claimed, by the tail of the rule's id."""

    hits: defaultdict[str, list[Hit]] = field(default_factory=lambda: defaultdict(list))
    claimed: list[tuple[int, int]] = field(default_factory=list)


_held = threading.local()


def page_of(text: Text) -> Page:
    """The page's numbers, looked for once for all rules that ask (one text at a time, one thread at a time)."""
    held: tuple[weakref.ref[Text], Page] | None = getattr(_held, "page", None)
    if held is not None and held[0]() is text:
        return held[1]
    page = _read(text)
    _held.page = weakref.ref(text), page
    return page


def report(rule: Rule, text: Text, hits: Iterable[Hit]) -> Iterator[Finding]:
    """Findings for hits; a list of thousands is one finding with many places."""
    kept: list[Hit] = []
    more: list[tuple[int, int]] = []
    for hit in hits:
        if len(kept) < _MANY:
            kept.append(hit)
        else:
            more += [(hit.start, hit.end), *hit.places]
    for number, hit in enumerate(kept):
        note, places = hit.note, hit.places
        if more and number == len(kept) - 1:
            note, places = f"{note}同类内容还有 {len(more)} 处，一并标出。", (*places, *more)
        yield rule.at(text, hit.start, hit.end, note=note, places=places)


def kind_hits(text: Text, kind: pii.Kind) -> Iterator[Hit]:
    """The values of a kind that is known by its label, but for those a column or a number rule has claimed."""
    claimed: _Ranges | None = None
    for start, end, number in kind.find(text.plain):
        if claimed is None:
            claimed = _Ranges(page_of(text).claimed)
        if not claimed.meets(start, end):
            yield Hit(start, end, number)


def together(hits: Iterable[Hit]) -> Iterator[Hit]:
    """The same number several times → its first place, the others as further places."""
    same: dict[str, list[Hit]] = {}
    for hit in hits:
        same.setdefault(hit.number, []).append(hit)
    for first, *others in same.values():
        yield first._replace(places=(*first.places, *((one.start, one.end) for one in others)))


# --- columns ----------------------------------------------------------------------------------

_PERSON = re.compile(
    r"姓名|户主|名字|申请人|持证人|领取人|领款人|受益人|持卡人|学生|考生|患者|人员|残疾人|老人|对象|家长|监护人|救助人|承包人|补贴人|获得者|当事人"
)
_AGENCY = re.compile(r"单位|办公|机构|咨询|监督|企业|公司|部门|服务|值班|医院|学校地址|代理|纳税人识别|信用")
_DUTY = re.compile(
    r"职务|职称|部门|科室|值班|律所|律师|执业|河长|林长|田长|网格|责任人|联系人|负责人|岗位|站长|工作单位|所在单位|代办员|帮扶|"
    r"村医|医师|民警|教师|校长|书记|主任|代表|委员|经理|店主|经营者|法人"
)
_COLUMNS = (
    ("estate", re.compile(r"坐落|座落|房屋地址|房屋位置|房产地址|不动产位置")),
    (
        "id",
        re.compile(r"身份证|证件号|证件编号|公民身份|身份号|居住证|^id(?:号|no\.?|card)?$|驾驶证号|^驾驶证$"),
    ),
    ("phone", re.compile(r"手机|电话|联系方式|联系号码|通讯方式|联络方式|^(?:tel|phone|mobile)")),
    (
        "address",
        re.compile(r"住址|家庭地址|居住地|常住地|户籍|现住|通讯地址|通信地址|详细地址|^地址$|家庭详细"),
    ),
    (
        "illness",
        re.compile(
            r"病种|病名|疾病|宗教信仰|^信仰$|病情|诊断|残疾类[别型]|残疾等级|残疾程度|健康状况|患病|致残|服刑|矫正类别"
        ),
    ),
    ("birth", re.compile(r"出生日期|出生年月日|生日")),
    (
        "number",
        re.compile(
            r"社保|医保[卡号]|学籍号|qq|微信|护照|通行证|回乡证|台胞证|居留证|军官证|士兵证|警官证|残疾人?证|房产证|车牌|车架|识别代[号码]|imei|串号|"
            r"宽带|用[电水气]户号|驾驶证档案|住院号|病历号|病案号|门诊号|邮箱|电子邮件|e-?mail"
        ),
    ),
    ("account", re.compile(r"银行卡|卡号|[账帐]号|[账帐]户|存折|一卡通")),
)
_TICKET = re.compile(r"准考证|考号|报名|序号|档案|订单|案号|编号|代码|合同|流水|编码")
_TICKETS = re.compile(r"准考证|考号|报名序?号|档案|订单|案号|合同")
_NOTHING = re.compile(r"[无否空/\-—、]*|良好|健康|正常|一般|略|无病|是")
_DETAIL = re.compile(r"[0-9](?:号|室|栋|幢|组|队|单元|-[0-9])|[一二三四五六七八九十](?:组|队|屯)")
_FULL_DATE = re.compile(r"(?:19|20)[0-9]{2}[-./年]?[0-9]{1,2}[-./月]?[0-9]{1,2}日?")


@lru_cache(maxsize=1024)
def heading(title: str) -> str:
    """The kind of personal value a column's heading announces, "ticket" for other numbers, or ""."""
    if _AGENCY.search(title):
        return ""
    for kind, words in _COLUMNS:
        if words.search(title):
            return kind
    return "ticket" if _TICKET.search(title) else ""


def holds(kind: str, cell: str) -> bool:
    """Whether a cell holds, unmasked, what its column's heading announces."""
    return _HOLDS[kind](cell)


def _has_number(cell: str, least: int) -> bool:
    number = pii.bare(cell)
    return len(number) >= least and any(letter.isdecimal() for letter in number) and "*" not in cell


def _has_identity(cell: str) -> bool:
    number = pii.bare(cell)
    return len(number) in {15, 18} and sum(letter.isdecimal() for letter in number) >= len(number) - 1


_HOLDS: dict[str, Callable[[str], bool]] = {
    "id": _has_identity,
    "phone": lambda cell: any(True for _ in pii.MOBILE.find("电话:" + cell)),
    "account": lambda cell: _has_number(cell, 10) and pii.bare(cell).isdecimal(),
    "address": lambda cell: bool(_DETAIL.search(cell)) and "*" not in cell,
    "illness": lambda cell: (
        len(cell) > 1 and not _NOTHING.fullmatch(cell) and "*" not in cell and "某" not in cell
    ),
    "estate": lambda cell: bool(_DETAIL.search(cell)) and "*" not in cell,
    "birth": lambda cell: bool(_FULL_DATE.fullmatch(cell)),
    "number": lambda cell: _has_number(cell, 5),
}


_OWNER = re.compile(r"权利人|被征收人|产权人|所有权人|房主|业主|买受人")
_FIRM = re.compile(
    r"企业|公司|商户|门店|店名|店铺|字号|商号|信用代码|许可证|经营|机构名|合作社|药店|诊所|法定代表|法人|网点|养殖场"
)


def _leaks(table: Table) -> Iterator[tuple[Column, str, list[tuple[int, int]]]]:
    """Columns of personal values. The kind "public" is one of places that the law wants named: no home."""
    titles = table.titles
    persons = any(_PERSON.search(one.title) and not _AGENCY.search(one.title) for one in table.columns)
    on_duty, firms, owners = (bool(words.search(titles)) for words in (_DUTY, _FIRM, _OWNER))
    for column in table.columns:
        kind = heading(column.title)
        if kind == "estate":
            yield column, kind if persons or owners else "public", column.cells
        elif firms and kind == "address":
            yield column, "public", column.cells
        elif (
            persons
            and kind not in {"", "ticket"}
            and not ((kind == "phone" and (on_duty or firms)) or (kind == "account" and firms))
        ):
            yield column, kind, column.cells


# --- whose number -----------------------------------------------------------------------------

_WHOSE = pii.Words(
    private="身份证|住址|家住|现住|居住|户主|本人|申请人|投诉人|举报人|反映人|来电人|信访人|患者|病人|家长|监护人|"
    "业主|当事人|受害人|被害人|嫌疑人|死者|失踪|走失|村民|居民|出生|男,|女,|岁|同学|学生|户籍|配偶|家属|"
    "妻子|丈夫|儿子|女儿|父亲|母亲|报警人|车主|驾驶人|司机|姓名|个人|家庭|低保|残疾",
    official="联系人|咨询|报名|热线|监督|举报电话|受理|值班|负责人|项目部|工作人员|办公室|客服|经理|招标|采购|代理|"
    "投标|主任|科长|局长|处长|股长|所长|站长|队长|片长|网格员|网格长|河长|书记|支书|干部|专员|专干|民警|"
    "辅警|律师|老师|服务|联络员|部门|单位|大厅|窗口|预约|拨打|公司|负责|指挥部|街道|村委|居委|中心|医生",
)
_TITLE = re.compile(r"[\u4e00-\u9fff][工总][:( ]{0,2}$")
_NOTICE = re.compile(
    r"公告|公示|通告|通知|招标|采购|招聘|报名|指南|须知|招募|征集|遴选|拍卖|出让|职位表|岗位表|办事|公开电话"
)
_BARE_CONTACT = re.compile(r"联系电话|联系方式|联系手机|咨询")


def is_contact(text: Text, start: int, end: int) -> bool:
    """Whether a number is somebody's at work: the nearest words decide, then the kind of page."""
    plain = text.plain
    left = plain[max(0, start - 40) : start]
    left = left[max(left.rfind(mark) for mark in "。\n\t") + 1 :]
    whose = "official" if _TITLE.search(left) else _WHOSE.last(left) or _WHOSE.first(plain[end : end + 16])
    if whose:
        return whose == "official"
    if _BARE_CONTACT.search(left):
        return True
    return is_notice(text)


def is_notice(text: Text) -> bool:
    """Whether a page by its kind or title gives contacts of an office."""
    title = text.about.title + text.plain[: max(text.plain_title_end, 60)]
    return text.about.category in {"公示公告", "招标", "采购", "招聘"} or bool(_NOTICE.search(title))


# --- the look ---------------------------------------------------------------------------------


def _read(text: Text) -> Page:
    page = Page()
    tables = Tables(text) if may_have(text) else None
    for hit in _columns(text.plain, tables.all) if tables else ():
        if hit.number != "public":
            page.hits["property-location" if hit.number == "estate" else "table-column"].append(hit)
        page.claimed += hit.places
    page.claimed.sort()
    for stretch in pii.stretches(text.plain):
        _number(text, stretch, tables, page)
    for hits in page.hits.values():
        hits.sort()
    return page


def _columns(plain: str, tables: Iterable[Table]) -> Iterator[Hit]:
    for table in tables:
        for column, kind, cells in _leaks(table):
            places = tuple(
                cell for cell in cells if kind == "public" or holds(kind, plain[cell[0] : cell[1]])
            )
            if places:
                note = f"“{column.title}”一列有 {len(places)} 个单元格写出完整内容。"
                yield Hit(*column.head, kind, note, places)


def _number(text: Text, stretch: pii.Digits, tables: Tables | None, page: Page) -> None:
    """What one stretch of numbers holds; what is claimed first stays claimed."""
    taken, size = _Ranges(page.claimed), stretch.end - stretch.start
    for tail, kind, least in _ORDER:
        for value in kind.within(text.plain, stretch) if size >= least else ():
            if taken.meets(value.start, value.end):
                continue
            rule, note = _told(text, tables, tail, value)
            if rule:
                taken.add(value.start, value.end)
                page.hits[rule].append(Hit(value.start, value.end, value.number, note))
            if value.end - value.start == size:  # nothing is left for the other kinds
                return


_ORDER = (  # the least length of a number of each kind
    ("resident-id", pii.DISABILITY_CARD, 20),
    ("resident-id", pii.RESIDENT_ID, 18),
    ("mistyped-id", pii.MISTYPED_ID, 18),
    ("old-id", pii.OLD_RESIDENT_ID, 15),
    ("bank-card", pii.BANK_CARD, 16),
    ("mobile-phone", pii.MOBILE, 11),
)


_SURE = {"mistyped-id": "校验位不符，可能有一位写错，仍可据以找到本人。", "old-id": "15 位旧身份证号。"}
_RESIDENT = {
    "81": "香港居民居住证号。",
    "82": "澳门居民居住证号。",
    "83": "台湾居民居住证号。",
    "9": "9 开头，为外国人永久居留身份证号。",
}
_NOTHING_TOLD = "", ""


def _told(text: Text, tables: Tables | None, tail: str, value: pii.Value) -> tuple[str, str]:
    """The rule a value belongs to, and what is special about it; "" where its column says it is something else."""
    start, end, number = value
    if tail in _SURE:
        return "resident-id", _SURE[tail]
    if tail == "resident-id":
        if text.plain[max(0, start - 1) : start] in {"g", "j", "l"}:  # a school-roll number, which has a rule
            return _NOTHING_TOLD
        return tail, _RESIDENT.get(number[:2]) or _RESIDENT.get(number[:1], "")
    place = tables.at(start) if tables else None
    if (
        (heading(place[1].title) == "ticket")
        if place
        else (tables is not None and _among_tickets(tables, start))
    ):
        return _NOTHING_TOLD
    if tail == "bank-card":
        return tail, ""
    if place:
        titles = place[0].titles
        contact = bool(_DUTY.search(titles) or not _PERSON.search(titles))
    else:
        contact = is_contact(text, start, end)
    return ("contact-mobile" if contact else tail), ""


def _among_tickets(tables: Tables, position: int) -> bool:
    """A line that does not fit its heading: other numbers are announced there and no telephone."""
    titles = tables.titles_at(position)
    return bool(_TICKETS.search(titles)) and not _COLUMNS[1][1].search(titles)


class _Ranges:
    """Ranges already claimed, none of which overlap."""

    def __init__(self, ranges: list[tuple[int, int]]) -> None:
        self.ranges = ranges

    def add(self, start: int, end: int) -> None:
        insort(self.ranges, (start, end))

    def meets(self, start: int, end: int) -> bool:
        at = bisect_left(self.ranges, (end, 0)) - 1
        return at >= 0 and self.ranges[at][1] > start
