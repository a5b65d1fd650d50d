"""Wrong characters that no list holds: words that a language model finds odd where another fits.

``strict`` is for every page: what it reports an editor can trust. ``thorough`` is for one who asks for more:
it also reports what is only probably wrong. Both are made from one model (``load``); without a model file this
layer is off and the lexicons still look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from detectors.rule import Detector, Finding, Rule
from detectors.spelling import decision, sites
from detectors.spelling.evidence import NOTHING_LEARNT, Evidence
from detectors.spelling.kenlm import ModelError
from detectors.spelling.lattice import pieces
from detectors.spelling.model import KINDS, Model, load
from detectors.text import Text, is_traditional

__all__ = [
    "NOTHING_LEARNT",
    "RULE",
    "STRICT",
    "THOROUGH",
    "Evidence",
    "Level",
    "Model",
    "ModelError",
    "Site",
    "detector",
    "load",
    "look",
    "model_path",
    "strict",
    "thorough",
]  # fmt: skip

RULE = Rule(
    id="spelling.unlikely-wording",
    title="疑似错别字",
    why="此处用字与上下文不合，换成读音或字形相近的另一个词才通顺，多半是输入法选错词或看错字形；错字见于正式发布的稿件，损害权威，也可能改变原意。",
    basis=("《党政机关公文处理工作条例》第十九条：公文起草应当内容简洁，主题突出，观点鲜明，结构严谨，表述准确，文字精练",),
    examples=(
        "县政府印发《⟦总休→总体⟧实施方案》，明确各部门职责分工。",
        "各单位要认真贯彻落实，切实加强组织⟦邻导→领导⟧。",
        "依法享有的合法权益受法律⟦报护→保护⟧，任何单位和个人不得侵犯。",
        "县政府印发《总体实施方案》，明确各部门职责分工。",
        "全市新质生产力加快发展，高质量发展迈出坚实步伐。",
        "副县长龚建陇到张家沟村调研防汛工作。",
        "发挥人民监督作用，形成齐抓共管的工作合力。",
    ),
)

NAME = "zh_CN.lm"
_SYSTEM = ("/usr/lib", "/usr/lib64", "/usr/local/lib")  # libime/zh_CN.lm below these, on Debian below an architecture
_CERTAIN = 9.2  # log odds above which one in ten thousand would be wrong; only scales the words of a reason


class Level(NamedTuple):
    """How widely to look and how sure to be."""

    name: str
    setting: sites.Setting
    sure: float  # log odds, see ``decision``
    again: bool  # read the page once more as it would be mended: errors hide each other


STRICT = Level("strict", sites.Setting(least=1.0, open_cost=-4.5, odd_cost=-6.5, wide=False), 0.6, again=False)
THOROUGH = Level("thorough", decision.EVERYTHING, -2.1, again=True)


class Site(NamedTuple):
    """A range of ``Text.plain`` and the word that fits there; scores as logarithms to base ten."""

    start: int
    end: int
    word: str
    kind: str
    gain: float  # how many powers of ten likelier the sentence is with the word
    sure: float  # log odds that this is an error

    def reason(self) -> str:
        """Why, for an editor."""
        times = "不足10" if self.gain < 1 else f"约{10 ** min(self.gain, 12):.0f}".replace("000000000000", "万亿")
        return f"{self.kind}：改后整句通顺程度提高{times}倍（语言模型对数分差{self.gain:.1f}，综合把握{self.sure:+.1f}）"


def strict(model: Model, evidence: Evidence = NOTHING_LEARNT) -> Detector:
    """The detector for every page."""
    return detector(model, STRICT, evidence)


def thorough(model: Model, evidence: Evidence = NOTHING_LEARNT) -> Detector:
    """The detector for one who asks for more."""
    return detector(model, THOROUGH, evidence)


def detector(model: Model, level: Level, evidence: Evidence = NOTHING_LEARNT) -> Detector:
    """The detector of one rule at a level."""
    decision.trees()
    find: Callable[[Text], Iterator[Finding]] = partial(_find, model, level, evidence)
    return Detector((RULE,), find)


def _find(model: Model, level: Level, evidence: Evidence, text: Text) -> Iterator[Finding]:
    for site in look(model, text.plain, level, evidence):
        written = text.as_written[slice(*text.written(site.start, site.end))]
        note = "" if not is_traditional(written) else "原文为繁体，按简体检查。"
        yield RULE.at(text, site.start, site.end, site.word, note)


def look(model: Model, plain: str, level: Level, evidence: Evidence = NOTHING_LEARNT) -> Iterator[Site]:
    """Sites of a folded text that are sure enough, in text order.

    Long texts are read piece by piece, so that work and memory stay in proportion.
    """
    for begin, end in pieces(plain):
        piece = plain[begin:end]
        found = _once(model, piece, level, evidence)
        if level.again and found:
            mended = piece
            for site in found:
                mended = mended[: site.start] + site.word + mended[site.end :]
            taken = {place for site in found for place in range(site.start, site.end)}
            more = [site for site in _once(model, mended, level, evidence) if taken.isdisjoint(range(site.start, site.end))]
            found = sorted([*found, *more])
        for site in found:
            yield site._replace(start=site.start + begin, end=site.end + begin)


def _once(model: Model, piece: str, level: Level, evidence: Evidence) -> list[Site]:
    found = sites.find(model, piece, level.setting)
    sure = decision.trees().sure(found.features)
    kept = (sure > level.sure).nonzero()[0].tolist()
    rows = [
        Site(start, start + size, model.word(word), KINDS[kind], float(gain), float(odds))
        for start, size, word, kind, gain, odds in (
            (int(found.start[row]), int(found.length[row]), int(found.word[row]), int(found.kind[row]), found.gain[row], sure[row])
            for row in kept
        )
    ]
    return [site for site in rows if not evidence.attests(piece, site.start, site.end)]


def model_path(setting: str | Path | None, cache: Path) -> Path | None:
    """The language model: where the setting says, where the system's package puts it, or in the project's cache.

    None: there is none, and none was asked for.

    Raises:
        ModelError: the setting names a file that is not there.
    """
    if setting:
        path = Path(setting)
        if not path.is_file():
            raise ModelError(f"XIANSHEN_LANGUAGE_MODEL={path}：没有这个文件")
        return path
    for root in map(Path, _SYSTEM):
        for path in (root / "libime" / NAME, *sorted(root.glob(f"*-linux-*/libime/{NAME}"))):
            if path.is_file():
                return path
    kept = cache / NAME
    return kept if kept.is_file() else None
