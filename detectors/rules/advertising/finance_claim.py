"""Money that is promised: returns without risk, loans for everybody."""

import re
from collections.abc import Iterator

from detectors.rule import Finding, Rule
from detectors.rules.advertising._cues import Cue, company, of_kind, one, unwarned
from detectors.text import Text

RULE = Rule(
    id="advertising.finance-claim",
    title="收益承诺、贷款推销",
    why="投资、贷款广告不得承诺保本、无风险或者保收益。这类内容往往连着非法集资和贷款骗局，政府网站不得为其宣传。",
    basis=(
        "《中华人民共和国广告法》第二十五条：招商等有投资回报预期的商品或者服务广告，不得明示或者暗示保本、无风险或者保收益",
        "《宜君县政府网站与政务新媒体管理细则（征求意见稿）》第十二条（二）：不得刊登商业广告或链接商业广告页面",
    ),
    examples=(
        "青禾财富专户理财，⟦保本保息⟧，预期年化12%，详询客户经理。",
        "本公司⟦办理无抵押贷款⟧，当天放款，联系电话：13900000000。",
        "投资旺铺⟦稳赚不赔⟧，首付8万起。",
        "⟦年化收益⟧15%，保本保息，加微信了解。",
        "凡声称“保本保息”“稳赚不赔”的，多为非法集资骗局，请市民警惕。",
        "创业担保贷款对符合条件的个人免抵押、免担保，由财政给予贴息。",
        "我行持续加大信用贷款投放，普惠型小微企业贷款余额增长12%。",
        "本次活动名额不限，客户经理现场解答政策。",
    ),
)

# A government and its banks speak of loans and returns as well.
_OFFICIAL = re.compile(
    r"贴息|财政|助学贷款|公积金|人民银行|央行|金融监管|普惠|政策性|创业担保|扶贫|脱贫|乡村振兴|人民政府|法院|同比|余额"
)


def find(text: Text) -> Iterator[Finding]:
    """Promises with a seller's cues; loans where somebody offers them in his own voice."""
    plain = text.plain
    hits = [hit for hit in of_kind(plain, "promise", "loan") if _offered(plain, hit)]
    yield from one(RULE, text, [hit for hit in unwarned(plain, hits, 100) if not _official(plain, hit)])


def _official(plain: str, hit: Cue) -> bool:
    return _OFFICIAL.search(plain, max(0, hit.start - 100), hit.end + 100) is not None


def _offered(plain: str, hit: Cue) -> bool:
    around = company(plain, hit.start, hit.end)
    seller = min(around.get("voice", 0), 2) + min(around.get("call", 0), 2) + 1.5 * around.get("number", 0)
    if hit.kind == "loan":
        return seller + min(around.get("loan", 0), 2) / 2 >= 2 and seller >= 1
    kept = min(around.get("lure", 0) + around.get("goods", 0), 2)
    return seller + kept >= 2 or (seller >= 1 and "promise" in around)  # who promises twice and calls, sells
