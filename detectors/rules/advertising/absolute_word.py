"""最佳, 第一品牌, 国家级: the words that the Advertising Law forbids, where something is being sold.

In a government's own sentences most of them are innocent (国家级开发区, 最美乡村, 最佳观赏期).
A finding needs a seller's cues around it; the exceptions are those of the market regulator's
guide of 2023: attitude and wishes, comparison with one's own goods, advice for use, graded
standards, names and awards, facts with a time and a place.
"""

import re
from collections.abc import Iterator

from detectors.rule import Finding, Rule
from detectors.rules.advertising._cues import Cue, company, of_kind, private, unwarned
from detectors.text import Text

RULE = Rule(
    id="advertising.absolute-word",
    title="广告绝对化用语",
    why="推销商品或者服务时使用“国家级”“最高级”“最佳”一类用语，违反广告法；出现在政府网站上，更像是政府替商家背书。",
    basis=("《中华人民共和国广告法》第九条（三）：广告不得使用“国家级”“最高级”“最佳”等用语",),
    examples=(
        "本店红枣品质⟦全县第一⟧，欢迎来电订购，联系电话：0351-6012345。",
        "青禾家居，您装修的⟦首选⟧，全场特价，进店有礼。",
        "我公司为⟦行业第一品牌⟧，⟦销量第一⟧，诚邀加盟。",
        "本店新到夏装，⟦全网最低价⟧，全场特价。",
        "云山经济技术开发区是国家级开发区。",
        "本店以为您提供最好的服务为宗旨，欢迎光临。",
        "青禾杏最佳食用期为采后三天，本店现摘现发，欢迎选购。",
        "杏花节最佳观赏期为4月上旬，预约电话：0351-6012345。",
        "陈一禾在全省技能大赛中获得第一名、金牌。",
        "全县“最美家庭”揭晓。",
        "广告不得使用“国家级”“最高级”“最佳”等用语，商家促销时应当注意。",
    ),
)

# Wishes, advice for use, and the words of others.
_BEFORE = re.compile(
    r"(?:力争|争取|努力|追求|致力于|愿|希望|打造|争创|为您提供|提供|做到|《|“|‘|\"|荣获|获得|获评|被评为|授予)[^,。;\n]{0,6}$"
)
_AFTER = re.compile(
    r"[^,。;\n]{0,3}(?:服务|食用|饮用|品尝|赏味|观赏|保存|使用方法|游览|旅游时|种植|采摘|状态|”|’|》|\"|奖|称号|法院|检察院|中学|小学|医院|人民|期)"
)


def find(text: Text) -> Iterator[Finding]:
    """Words of the list with a seller's cues around them."""
    plain = text.plain
    hits = [hit for hit in of_kind(plain, "absolute") if _in_a_shop(plain, hit)]
    yield from (RULE.at(text, hit.start, hit.end) for hit in private(plain, unwarned(plain, hits)))


def _in_a_shop(plain: str, hit: Cue) -> bool:
    if _BEFORE.search(plain[max(0, hit.start - 12) : hit.start]) or _AFTER.match(plain, hit.end):
        return False
    around = company(plain, hit.start, hit.end)
    seller = sum(min(around.get(kind, 0), 2) for kind in ("lure", "voice", "goods", "call", "number"))
    return seller >= 2 and bool(around.keys() & {"lure", "voice", "goods"})
