"""Exams that are promised to be passed."""

from collections.abc import Iterator

from detectors.rule import Finding, Rule
from detectors.rules.advertising._cues import of_kind, one, unwarned
from detectors.text import Text

RULE = Rule(
    id="advertising.education-claim",
    title="升学、考试承诺",
    why="教育培训广告不得承诺升学、通过考试或者培训效果，也不得暗示命题人员参与。",
    basis=(
        "《中华人民共和国广告法》第二十四条：教育、培训广告不得对升学、通过考试、获得学位学历或者合格证书作出明示或者暗示的保证性承诺",
    ),
    examples=(
        "青禾公考面授班，⟦签约保过⟧，不过退费。",
        "⟦命题专家⟧亲授，三个月见效，报名从速。",
        "建造师⟦包过⟧班开课，报名从速。",
        "所谓“签约保过”“不过退费”不可信，请考生切勿上当。",
        "不得作出“保过”“包过”等承诺。",
        "考试由命题专家组统一命题。",
        "通过考试的学员将获得合格证书，培训免费。",
    ),
)


def find(text: Text) -> Iterator[Finding]:
    """Promises of training; silent where they are forbidden or warned of."""
    yield from one(RULE, text, unwarned(text.plain, of_kind(text.plain, "exam")))
