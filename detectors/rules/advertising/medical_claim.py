"""Cures that are promised, and goods that are said to heal."""

from collections.abc import Iterator

from detectors.rule import Finding, Rule
from detectors.rules.advertising._cues import Cue, company, of_kind, one, unwarned
from detectors.text import Text

RULE = Rule(
    id="advertising.medical-claim",
    title="医疗功效承诺",
    why="“根治”“药到病除”“无效退款”是法律明令禁止的医药广告用语，普通商品更不得声称能治病。读者可能因此延误治疗。",
    basis=(
        "《中华人民共和国广告法》第十六条：医疗、药品、医疗器械广告不得表示功效、安全性的断言或者保证，不得说明治愈率或者有效率",
        "《中华人民共和国广告法》第十七条：除医疗、药品、医疗器械广告外，禁止其他任何广告涉及疾病治疗功能",
        "《中华人民共和国广告法》第十八条：保健食品广告不得涉及疾病预防、治疗功能",
    ),
    examples=(
        "老中医坐诊，⟦药到病除⟧，详情请致电0351-6012345。",
        "青禾膏贴⟦无效退款⟧，三个疗程永不复发。",
        "本品⟦根治糖尿病⟧，欢迎来电咨询：0351-6012345。",
        "喝云山茶可⟦降三高⟧，本店特价，买二送一。",
        "骗子以“药到病除”“无效退款”为噱头推销保健品，请老年朋友提高警惕。",
        "全县结核病患者治愈率保持在95%以上。",
        "坚持依法根治欠薪，保障农民工权益。",
        "医保部门将糖尿病用药纳入门诊统筹，减轻患者负担。",
        "某房地产公司推出热销楼盘，将文化引入商业营销也许并不会立竿见影，但能给消费者留下印象。",
    ),
)


def find(text: Text) -> Iterator[Finding]:
    """Promises of healing; silent where they are warned of."""
    plain = text.plain
    hits = of_kind(plain, "cure", "heal")
    sold = [hit for hit in hits if _sold(plain, hit, len(hits))]
    yield from one(RULE, text, unwarned(plain, sold))


def _sold(plain: str, hit: Cue, claims: int) -> bool:
    """Whether something is for sale beside it; of words that only a seller uses, two are enough."""
    around = company(plain, hit.start, hit.end)
    seller = sum(around.get(kind, 0) for kind in ("lure", "voice", "call", "number", "gift"))
    if hit.kind == "cure":
        return claims > 1 or seller > 0
    return seller + bool(around.get("goods")) >= 2
