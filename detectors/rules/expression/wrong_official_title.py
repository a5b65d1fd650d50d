"""Titles that do not exist: 市人大副主任, 省省委书记, 审计署署长; the three titles of the state leader in a wrong order."""

import re
from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.text import Text
from detectors.words import dictionary, tokens

RULE = Rule(
    id="expression.wrong-official-title",
    title="职务表述错误",
    why="职务写错属于严重表述错误。人大的主任、副主任是人大常委会的职务，审计署的负责人是审计长，“××省省委书记”多一个“省”字。",
    basis=(
        "《六安市统计局政务新媒体管理暂行办法》第十八条：（严重）表述错误",
        "新华社《新闻信息报道中的禁用词和慎用词》（2016年7月修订）：人大常委会副主任不称人大副主任，审计署负责人称审计长",
    ),
    examples=(
        "⟦市人大副主任→市人大常委会副主任⟧陈一禾参加调研。",
        "⟦全国人大副委员长→全国人大常委会副委员长⟧出席会议。",
        "⟦市政协主任→市政协主席⟧陈一禾主持会议。",
        "县人民⟦检察院院长→检察院检察长⟧陈一禾作报告。",
        "县人民⟦法院检察长→法院院长⟧林青禾作报告。",
        "⟦自治州市长→自治州州长⟧出席会议。",
        "县人大主任科员、县政协主任科员可以报名。",
        "市政协主席会议、市人大主任会议先后召开。",
        "检察院、法院院长和检察长列席会议。",
        "江东⟦省省委→省委⟧书记主持会议。",
        "云山⟦县县委→县委⟧书记到村走访。",
        "⟦审计署署长→审计长⟧作工作报告。",
        "村民选举陈一禾担任⟦村长→村委会主任⟧。",
        "⟦国家主席、中共中央总书记、中央军委主席→中共中央总书记、国家主席、中央军委主席⟧发表重要讲话。",
        "市人大常委会副主任陈一禾参加调研。",
        "市人大社会建设委员会主任委员列席会议。",
        "各县县委书记、设区市市委书记参加视频会议。",
        "农村长期稳定，新农村长远发展，乡村长者食堂开放。",
        "中共中央总书记、国家主席、中央军委主席发表重要讲话。",
        "香港特区审计署署长发表报告。",
        "香港特别行政区永久性居民中的中国公民可以担任各司司长、副司长，各局局长，廉政专员，审计署署长。",
        "经夏县县委常委会研究决定，任命下列同志。",
        "时任景宁畲族自治县县委书记到场。",
        "某省省委书记到基层调研，只带一名随员。",
    ),
)

_HEADS = (  # what an office's head is not called, and how he is
    (
        regex.compile(r"(?P<where>[省市县区州旗])人大(?P<what>副?主任)(?!委员|会|科员)"),
        "{where}人大常委会{what}",
    ),
    (regex.compile(r"全国人大(?P<what>副?委员长)(?!会)"), "全国人大常委会{what}"),
    (
        regex.compile(r"(?P<where>全国|[省市县区州旗])政协(?P<what>副?)主任(?!委员|会|科员)"),
        "{where}政协{what}主席",
    ),
    (regex.compile(r"检察院(?P<first>党组书记、)?院长"), "检察院{first}检察长"),
    (regex.compile(r"(?<=人民)法院(?P<first>党组书记、)?检察长"), "法院{first}院长"),
    (regex.compile(r"自治州(?P<what>副?)市长(?!热线|信箱)"), "自治州{what}州长"),
    (regex.compile(r"自治区(?P<what>副?)省长"), "自治区{what}主席"),
)
_COMMITTEE = re.compile(r"省省委|市市委|县县委")
_COMMITTEE_BEFORE = re.compile(r"(?:各|级|辖|设区|全|本|该|某|两|数|多|困|跨|自治|等|和|[、,。;:\n(“]|^)$")
_AUDITOR = re.compile(r"审计署署长")
_REGION = re.compile("香港|特区|特别行政区|澳门|廉政专员|行政长官")  # where there is a Director of Audit
_SENTENCE = 200  # code points before a title that may tell whose it is
_VILLAGE = regex.compile(r"(?<=[任选当]为?[\u4e00-\u9fff]{0,3})村长(?![期远效者治乐大久安短征处])")
_LEADER = ("中共中央总书记", "国家主席", "中央军委主席")
_THREE = re.compile(
    r"(?:中共中央总书记|国家主席|中央军委主席)(?:、(?:中共中央总书记|国家主席|中央军委主席)){2}"
)
NEEDS = (
    "人大",
    "政协",
    "院院长",
    "检察长",
    "州市长",
    "州副市长",
    "区省长",
    "区副省长",
    "党组书记",
    "省省委",
    "市市委",
    "县县委",
    "审计署",
    "村长",
    "国家主席",
)


def find(text: Text) -> Iterator[Finding]:
    """Each title with the right one."""
    plain = text.plain
    for wrong, right in _HEADS:
        for hit in wrong.finditer(plain):
            parts = {name: part or "" for name, part in hit.groupdict().items()}
            yield RULE.at(text, hit.start(), hit.end(), right.format(**parts))
    yield from _orders(text)


def _is_short_name(plain: str, at: int) -> bool:
    """Whether the place before 省委, 市委, 县委 has a name of one letter, which is never said alone: 夏县县委."""
    first = max(0, at - 8)
    return any(
        begin + first == at - 1 and len(word) == 2 and dictionary().FREQ.get(word)
        for word, begin, _ in tokens(plain[first : at + 8])
    )


def _orders(text: Text) -> Iterator[Finding]:
    plain = text.plain
    for hit in _COMMITTEE.finditer(plain):
        if not _COMMITTEE_BEFORE.search(plain[max(0, hit.start() - 2) : hit.start()]) and not _is_short_name(
            plain, hit.start()
        ):
            yield RULE.at(text, *hit.span(), hit[0][1:])
    for hit in _AUDITOR.finditer(plain):
        first = plain.rfind("\n", max(0, hit.start() - _SENTENCE), hit.start()) + 1
        if not _REGION.search(plain, max(first, hit.start() - _SENTENCE), hit.start()):
            yield RULE.at(text, *hit.span(), "审计长")
    for hit in _VILLAGE.finditer(plain):
        yield RULE.at(text, hit.start(), hit.end(), "村委会主任")
    for hit in _THREE.finditer(plain):
        titles = tuple(hit[0].split("、"))
        if titles != _LEADER and set(titles) == set(_LEADER):
            start, end = hit.span()
            yield RULE.at(text, start, end, "、".join(_LEADER), "职务次序固定。")
