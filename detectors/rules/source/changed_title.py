"""A repost whose title says something else than the title it was taken over with."""

import difflib
import re
from collections.abc import Iterator

from detectors.rule import Finding, Rule
from detectors.text import Text

RULE = Rule(
    id="source.changed-title",
    title="标题与原标题不同",
    why="转载不得歪曲、篡改标题原意。页面印出的原标题与现在的标题出入较大，应当核对改动后是否仍是原意。",
    basis=(
        "《宜君县政府网站与政务新媒体管理细则（征求意见稿）》第十七条（三）：原则上只转载党委和政府网站以及有关主管部门确定的稿源单位发布的信息",
        "《福州市政府网站管理暂行办法》第十四条（五）：发布或转载信息时，应注明来源，确保内容准确无误",
    ),
    examples=(
        "⟦重磅！这些人将多领一笔钱⟧\n原标题：两部门部署做好2024年城乡居民基础养老金发放工作\n近日，……",
        "⟦速存，暴雨要来了⟧\n（原标题：省气象台发布未来三天天气趋势预测）",
        "两部门部署养老金发放工作\n原标题：两部门部署做好2024年城乡居民基础养老金发放工作",
        "省气象台发布未来三天天气趋势预测\n原标题：《省气象台发布未来三天天气趋势预测》",
        "我县开展“书香云山”活动\n活动原标题为“悦读云山”，今年更名。",
        "近日，县公安局民警在青石镇青河村巡逻时接到群众求助，两名外出放牧的老人因大雾在山上迷路，民警会同村干部和志愿者连夜上山搜寻三个多小时，终于在一处山坳找到老人并护送回家，家属送来锦旗表示感谢。\n原标题：大雾迷途 警民联手深夜寻人",
    ),
)
NEEDS = ("原标题",)

_ORIGINAL = re.compile(r"原标题[ ]{0,2}[:丨|][ ]{0,2}[《“]?(?P<title>[^\n》”)】]{4,60})")
_SIGNS = re.compile(r"[^\w\u4e00-\u9fff]")
_ALIKE = 0.5  # share of letters in common, in order


def find(text: Text) -> Iterator[Finding]:
    """The first line against the printed original; shortening a title changes nothing."""
    first = re.match(r"\s{0,40}(?P<title>[^\n]{4,80})(?:\n|$)", text.plain)
    original = _ORIGINAL.search(text.plain)
    if first is None or original is None or original.start() < first.end():
        return
    now, then = _SIGNS.sub("", first["title"]), _SIGNS.sub("", original["title"])
    if not now or not then or now in then or then in now:
        return
    matcher = difflib.SequenceMatcher(None, now, then, autojunk=False)
    common = sum(block.size for block in matcher.get_matching_blocks())
    if common / min(len(now), len(then)) < _ALIKE:
        start = first.start("title")
        end = start + len(first["title"].rstrip())
        yield RULE.at(text, start, end, note=f"原标题是“{original['title'].strip()}”。")
