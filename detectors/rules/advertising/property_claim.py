"""Homes that will rise in price, minutes instead of kilometres."""

import re
from collections.abc import Iterator

from detectors.rule import Finding, Rule
from detectors.rules.advertising._cues import Cue, of_kind, one, unwarned
from detectors.text import Text

RULE = Rule(
    id="advertising.property-claim",
    title="房地产承诺",
    why="房地产广告不得承诺升值或者投资回报，不得用“几分钟到达”表示位置。政府网站更不得为楼盘宣传。",
    basis=(
        "《中华人民共和国广告法》第二十六条：房地产广告不得含有升值或者投资回报的承诺，不得以项目到达某一具体参照物的所需时间表示项目位置",
    ),
    examples=(
        "云上公馆，⟦升值潜力无限⟧，首付8万起。",
        "沿街旺铺现房发售，⟦包租十年⟧，年回报8%。",
        "青禾花园距高铁站仅8⟦分钟⟧，精装三房热销中。",
        "买铺⟦一铺养三代⟧，营销中心恭迎品鉴。",
        "高铁开通后，云山到省城仅需50分钟。",
        "房价应当保持平稳，不炒作“升值空间”。",
        "保障性租赁住房项目距地铁站约600米，户型以两室为主。",
        "新建安置房小区距县医院仅5分钟车程，方便群众就医。",
    ),
)

_HOMES = re.compile(
    r"楼盘|开盘|首付|售楼|热销|现房|旺铺|商铺|认筹|认购|营销中心|置业|买房|购房热|精装|洋房|公馆|万起|热线|vip|房源|入住"
)
_REACH = 90
_OFFICIAL = re.compile(
    r"保障性|安置房|公租房|保租房|人才公寓|回迁|住建局|住房和城乡建设|自然资源局|同比|环比|房住不炒"
)


def find(text: Text) -> Iterator[Finding]:
    """Promises on pages that sell homes."""
    plain = text.plain
    hits = [hit for hit in of_kind(plain, "home") if _beside_homes(plain, hit)]
    if hits and not _OFFICIAL.search(plain):
        yield from one(RULE, text, unwarned(plain, hits, 100))


def _beside_homes(plain: str, hit: Cue) -> bool:
    first, last = max(0, hit.start - _REACH), hit.end + _REACH
    return _HOMES.search(plain[first : hit.start] + "\n" + plain[hit.end : last]) is not None
