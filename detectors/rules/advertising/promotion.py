"""Advertisements as a seller writes them: prices that lure, and praise with a telephone number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from detectors.rule import Finding, Rule
from detectors.rules.advertising._cues import (
    COMPANY,
    Cue,
    cues,
    has_number,
    kinds,
    private,
    unwarned,
)
from detectors.text import Text

_LAW = (
    "《中华人民共和国广告法》第十四条：大众传播媒介不得以新闻报道形式变相发布广告",
    "《宜君县政府网站与政务新媒体管理细则（征求意见稿）》第十二条（二）：不得刊登商业广告或链接商业广告页面",
    "《六安市统计局政务新媒体管理暂行办法》第二十一条（一）：涉及商业广告（软文）",
)
PRICE = Rule(
    id="advertising.price-promotion",
    title="商业促销",
    why="“特价”“买一送一”“名额有限”连同店家的招呼和电话，就是商业广告，政府网站和政务新媒体不得刊登。",
    basis=_LAW,
    examples=(
        "青禾家居城周年庆，全场⟦特价⟧，买一送一，欢迎致电本店咨询。",
        "本店新到夏装，⟦低至⟧三折，数量有限，欢迎进店选购！",
        "云上花园⟦首付⟧8万起，精装现房，老带新有礼，售楼处电话：0351-6012345。",
        "全县发放汽车消费券，单车最高可享优惠3000元，先到先得。",
        "景区门票实行特价，6月1日起恢复原价，咨询电话：0351-6012345。",
        "我县举办年货节，组织30家商户让利促销，方便群众购置年货。",
        "市场监管部门检查发现，个别商户虚标“原价”“特价”误导消费者，已责令改正。",
        "他在家中收受王某所送价值2000元的购物卡、加油卡各一张，并到某超市店内购物。",
        "被告人谎称能以4S店七折的优惠价格代购轿车，先后收取被害人购车定金7万元。",
    ),
)
SOFT = Rule(
    id="advertising.soft-advertisement",
    title="软文、商家宣传",
    why="以店家或公司的口吻招呼顾客、留下联系方式，属于变相广告；政府发布等于替它作保。",
    basis=_LAW,
    examples=(
        "⟦本公司⟧专业承接家庭装修，实力雄厚，服务周到，欢迎来电咨询。",
        "⟦我公司⟧主营苗木批发，竭诚为您服务，联系电话：13900000000。",
        "云山青禾装饰秉承“⟦诚信为本⟧”的理念，深受客户好评，咨询电话：13900000000。",
        "我院⟦专家坐诊⟧，引进国际先进设备，无痛治疗，预约电话：400-123-4567。",
        "县人民医院组织专家坐诊，为群众免费义诊，咨询电话：0351-6012345。",
        "陈一禾创办的公司带动村民就业120人，获评县级龙头企业。",
        "我公司已按招标文件要求提交投标保证金。",
        "被告保险公司辩称：肇事车辆在我公司投保了交强险和商业险，我公司愿在限额内赔偿，手续齐全。",
        "欢迎致电12345咨询，我们将竭诚为您服务。",
        "尊敬的客户：因线路检修，5月6日8时至12时停电，请提前准备。国网云山供电公司",
    ),
)
RULES = (PRICE, SOFT)

_REACH = 90  # code points: an advertisement that reaches further has enough cues in each part
_NEAR = 60  # an advertisement may stand in the middle of a notice
_ENOUGH = 3  # points with somebody to turn to; one more where nobody is named
_HIGH = {"gift": 1}  # more words of one kind say no more; an office gives and draws lots as well
_NUMBER = 1.5  # a telephone number beside them
_SOLD = 2  # of a lure with goods or a seller's voice, and somebody to turn to
_SHORT = 300  # code points of a post that is nothing but an advertisement
_PRAISED = 4.5  # of praise and a telephone number without a seller's own voice


def find(text: Text) -> Iterator[Finding]:
    """At most one finding of each rule: an advertisement is one thing, however many words it has."""
    plain = text.plain
    found = [cue for cue in cues(plain) if cue.kind in COMPANY]
    if len(found) < 2:
        return
    for rule, must in ((PRICE, "lure"), (SOFT, "voice"), (SOFT, "praise")):
        for first, window in _windows(plain, found, must):
            if private(plain, unwarned(plain, [first], _NEAR), _NEAR):
                places = [(cue.start, cue.end) for cue in window if cue is not first][:10]
                yield rule.at(text, first.start, first.end, places=places)
                return


def _windows(plain: str, found: Sequence[Cue], must: str) -> Iterator[tuple[Cue, Sequence[Cue]]]:
    """Cues within reach of one another that make an advertisement, each with the one they stand around."""
    for at, cue in enumerate(found):
        if cue.kind != must:
            continue
        near = [one for one in found[max(0, at - 8) : at + 12] if -_REACH < one.start - cue.start < _REACH]
        points = {kind: min(many, _HIGH.get(kind, 2)) for kind, many in kinds(near).items()}
        number = has_number(plain, near[0].start - 40, near[-1].end + 40)
        enough: float = _ENOUGH if number or points.keys() & {"call", "voice"} else _ENOUGH + 1
        if must == "lure" and points.keys() & {"voice", "goods", "praise"}:
            # a short post that lures to goods says nothing else
            enough = _SOLD if enough == _ENOUGH else _ENOUGH if len(plain) < _SHORT else enough
        if must == "praise":
            if not number or points.get("praise", 0) < 2:
                continue  # whoever praises once may be a reporter
            enough = _PRAISED
        if must == "voice" and not points.keys() & {"goods", "praise"}:
            continue  # companies that serve the public speak of themselves like this
        if len(points) > 1 and sum(points.values()) + _NUMBER * number >= enough:
            yield cue, near
