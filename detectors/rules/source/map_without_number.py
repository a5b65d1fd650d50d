"""A map on the page and no 审图号."""

import re
from collections.abc import Iterator

from detectors.rule import Example, Finding, Rule
from detectors.text import Text

RULE = Rule(
    id="source.map-without-number",
    title="地图未标注审图号",
    why="向社会公开的地图须经审核并标注审图号。未经审核的地图可能错绘国界、漏绘国土，属于“问题地图”。",
    basis=(
        "《地图管理条例》第十五条：向社会公开的地图，应当报送有审核权的测绘地理信息行政主管部门审核；景区图、街区图、地铁线路图等内容简单的地图除外",
        "《地图管理条例》第二十二条：经审核批准的地图，应当在地图或者附着地图图形的产品的适当位置显著标注审图号",
        "《六安市统计局政务新媒体管理暂行办法》第十八条：问题地图",
    ),
    examples=(
        Example('<p>云山县辖9个镇。</p><p><img src="/a.jpg" alt="⟦云山县行政区划图⟧"></p>', "html"),
        Example('<p><img src="/a.jpg"></p><p>图1 ⟦项目区位图⟧</p><p>项目位于县城东部。</p>', "html"),
        Example("项目位于县城东部。\n\n![⟦云山县地图⟧](a.png)\n", "markdown"),
        Example('<p><img src="/a.jpg" alt="云山县行政区划图"></p><p>审图号：晋S（2024）012号</p>', "html"),
        Example('<p><img src="/a.jpg" alt="中国地图"></p><p>GS京(2022)1061号</p>', "html"),
        Example('<p><img src="/a.jpg" alt="青禾景区导览地图"></p>', "html"),
        Example("<p>规划图册含云山县行政区划图、交通图。</p>", "html"),
        Example('<p>请在手机地图上查找。</p><p><img src="/a.jpg"></p>', "html"),
        "本县地图可到县自然资源局领取。",
    ),
)
NEEDS = ("图",)

_MAP = re.compile(
    r"(?:行政区划|区划|区位|疆域|政区|地理位置|地理区位|版|地势|水系|流域|国界|规划范围|辖区范围)(?:示意|分布)?图(?![书片章形像表文案画])|(?:地|世界|全国|中国)地图(?!册|集)|地图(?!册|集|编制|管理|审核|服务|上|应用|软件|导航)"
)
_SIMPLE = re.compile(
    r"景区|景点|街区|地铁|轨道交通|公园|校园|院区|导览|导游|电子地图|手机地图|足迹|思维|能力|产业地图|美食|消费"
)
_NUMBER = re.compile(
    r"审图号|g\s?s\s{0,2}[\u4e00-\u9fff]?\s{0,2}[(〔\[]\s{0,2}20\d{2}|[\u4e00-\u9fff]{1,2}s\s{0,2}[(〔\[]\s{0,2}20\d{2}\s{0,2}[)〕\]]\s{0,2}\d{1,5}\s{0,2}号"
)
_CAPTION = 40  # a caption or an alternative text is a short line of its own


def find(text: Text) -> Iterator[Finding]:
    """A short line that names a map, on a page that shows a picture and no number."""
    if not any(link.tag in {"img", "!"} for link in text.links) or _NUMBER.search(text.plain):
        return
    plain = text.plain
    for named in _MAP.finditer(plain):
        start = plain.rfind("\n", 0, named.start()) + 1
        end = plain.find("\n", named.end())
        line = plain[start : end if end >= 0 else len(plain)]
        if len(line) > _CAPTION or not line.rstrip(" )").endswith("图") or _SIMPLE.search(line):
            continue
        label = re.match(r"\s{0,8}(?:图\s{0,2}\d{0,3}|附图|附件\d{0,2})?\s{0,4}[:.、]?\s{0,4}", line)
        yield RULE.at(text, start + (label.end() if label else 0), start + len(line.rstrip()))
        return
