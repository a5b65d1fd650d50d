"""The editor speaks for himself: 小编觉得, 笔者认为, 气死我了."""

from collections.abc import Iterator

import regex

from detectors.needs import needs
from detectors.rule import Finding, Rule
from detectors.text import Text

RULE = Rule(
    id="expression.personal-opinion",
    title="个人观点、情绪",
    why="政府网站和政务新媒体代表政府发声，不得擅自发布代表个人观点、意见及情绪的言论。",
    basis=(
        "《宜君县政府网站与政务新媒体管理细则（征求意见稿）》第十二条（二）：不得擅自发布代表个人观点、意见及情绪的言论",
    ),
    examples=(
        "⟦小编认为⟧，这项收费早就该取消了。",
        "⟦个人觉得⟧拆迁补偿标准偏低，欢迎讨论。",
        "这样的处理结果，⟦真是让人无语⟧。",
        "⟦笔者以为⟧，有关部门应当反思。",
        "“小编认为不错”的留言获得点赞。",
        "用人单位或者个人认为行政机关侵犯其合法权益的，可以申请行政复议。",
        "陈一禾说：“我觉得现在日子越过越好。”",
        "小编为大家整理了办事指南。",
        "工作没做好，我们要向群众说声对不起。",
        "申请人应当提交下列材料：（四）本人认为需要申请回避的信息。",
        "被考核人本人认为考核结果有误的，可以申请复核。",
    ),
)

_OPINION = regex.compile(
    r"(?:小编|笔者|我个人|编者)(?:认为|觉得|以为|看来|感觉)|(?<![人者员生工民方])本人(?:认为|觉得|以为|看来|感觉)(?![^,。;:\n]{0,20}的(?:信息|材料|情况|事项|内容|理由|人员|其他|[,。;]))|窃(?:以|认)为|(?<![者位和每各、或及与人])个人(?:觉得|感觉|看法是)|在笔者看来|在小编看来|依笔者之见"
    r"|(?:真是|简直|实在|真的|太)是?(?:让人|令人|叫人)?(?:无语|气愤|恶心|可笑|气人|窝火|心寒)了?|气死[我人]了|笑死[我人]了|呵呵了|吐槽一下|不吐不快|忍不住吐槽"
)

NEEDS = needs(_OPINION)


def find(text: Text) -> Iterator[Finding]:
    """Opinions and emotions outside quotation marks."""
    plain = text.plain
    for hit in _OPINION.finditer(plain):
        if not _is_quoted(plain, hit.start()):
            yield RULE.at(text, *hit.span())


def _is_quoted(plain: str, at: int) -> bool:
    """Whether a quotation is open here: its mark stands before, in the same paragraph, and is not closed."""
    first = plain.rfind("\n", max(0, at - 400), at) + 1
    return plain.rfind("“", first, at) > plain.rfind("”", first, at)
