"""Wrong characters that no list holds: words that a language model finds odd where another fits.

``strict`` is for every page: what it reports an editor can trust. ``thorough`` is for one who asks for more:
it also reports what is only probably wrong. Both are made from one model (``load``); without a model file this
layer is off and the lexicons still look.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from detectors.rule import Detector, Finding, Rule
from detectors.spelling import decision, sites
from detectors.spelling.evidence import NOTHING_LEARNT, Evidence, EvidenceError, always
from detectors.spelling.evidence import read as learnt
from detectors.spelling.kenlm import ModelError
from detectors.spelling.lattice import pieces
from detectors.spelling.model import KINDS, Model, is_chinese, load
from detectors.spelling.sites import may_be_name
from detectors.text import Text, is_traditional

__all__ = [
    "NOTHING_LEARNT",
    "RULE",
    "STRICT",
    "THOROUGH",
    "Evidence",
    "EvidenceError",
    "Level",
    "Model",
    "ModelError",
    "Reader",
    "Site",
    "detector",
    "is_chinese",
    "learnt",
    "load",
    "look",
    "may_be_name",
]  # fmt: skip

RULE = Rule(
    id="spelling.unlikely-wording",
    title="疑似错别字",
    why="此处用字与上下文不合，换成读音或字形相近的另一个词才通顺，多半是输入法选错词或看错字形；错字见于正式发布的稿件，损害权威，也可能改变原意。",
    basis=(
        "《党政机关公文处理工作条例》第十九条：公文起草应当内容简洁，主题突出，观点鲜明，结构严谨，表述准确，文字精练",
    ),
    examples=(
        "县政府印发⟦总休→总体⟧方案，明确各部门职责分工。",
        "各单位要认真贯彻落实，切实加强组织⟦邻导→领导⟧。",
        "依法享有的合法权益受法律⟦报护→保护⟧，任何单位和个人不得侵犯。",
        "县政府印发《总体实施方案》，明确各部门职责分工。",
        "全市新质生产力加快发展，高质量发展迈出坚实步伐。",
        "副县长龚建陇到张家沟村调研防汛工作。",
        "发挥人民监督作用，形成齐抓共管的工作合力。",
        "检察机关告知了被告人享有的诉讼权利，并讯问了被告人，听取了辩护人的意见。",
        "窃得被害人石某停放在路边的电动车，后被蒋某甲发现。",
        "新区人民法院（2012）新刑初字第12号刑事判决书已经生效。",
    ),
)


_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
# What stands here is short for the name of a court: （2012）新刑初字第12号.
_CASE = re.compile(r"[(〔\[][0-9]{4}[)〕\]]$")
_CASE_LETTERS = 7


class Level(NamedTuple):
    """How widely to look and how sure to be."""

    name: str
    setting: sites.Setting
    sure: tuple[
        float, ...
    ]  # log odds of each reading of the page, see ``decision``; each reads it as mended by the one before
    effort: float = 0.5e6  # spent on one page at most, see ``Sites.effort``: some 130,000 characters of prose


STRICT = Level("strict", sites.Setting(least=1.6, open_cost=-4.5, odd_cost=-6.5, wide=False), (0.4,))
# Errors hide each other and make their neighbours look odd: the sure ones are mended before the doubtful are judged.
THOROUGH = Level("thorough", decision.EVERYTHING, (0.0, -2.2), effort=1.2e6)


class Site(NamedTuple):
    """A range of ``Text.plain`` and the word that fits there; scores as logarithms to base ten."""

    start: int
    end: int
    word: str
    kind: str
    standing: float  # log10 P of the run of characters as it stands
    gain: float  # how many powers of ten likelier the run is with the word
    sure: float  # log odds that this is an error

    def reason(self) -> str:
        """Why, for an editor: the scores of both readings."""
        return (
            f"{self.kind}；语言模型评分（以10为底的对数，越高越通顺）：原文{self.standing:.1f}，"
            f"改后{self.standing + self.gain:.1f}；综合把握{self.sure:+.1f}。"
        )


@dataclass(frozen=True)
class Reader:
    """What a detector of this room finds with.

    Args:
        model: the tables.
        level: strict or thorough.
        evidence: what the unit's own pages attest.
        reasons: whether each finding tells the scores of both readings.
    """

    model: Model
    level: Level
    evidence: Evidence = NOTHING_LEARNT
    reasons: bool = False

    @property
    def digest(self) -> str:
        """Names model, learnt decision and evidence; the same at both levels, as the level is asked for with the page."""
        together = (
            self.model.digest,
            decision.digest(),
            *sorted(always().forms),
            "",
            *sorted(self.evidence.forms),
        )
        return hashlib.sha256("\0".join(together).encode()).hexdigest()

    def __call__(self, text: Text) -> Iterator[Finding]:
        """Findings in text order; where a very long page is not read to its end, the last one says so."""
        spent = 0.0
        for begin, end in pieces(text.plain):
            if not _CHINESE.search(text.plain, begin, end):
                continue
            if spent > self.level.effort and (rest := _CHINESE.search(text.plain, begin)):
                note = "全文过长：从此处起未用语言模型检查错别字，请分篇送审或人工校对。"
                yield RULE.at(text, *rest.span(), note=note)
                return
            found, effort = _of_piece(self.model, text.plain[begin:end], self.level, self.evidence)
            spent += effort
            for site in found:
                start, stop = site.start + begin, site.end + begin
                written = text.as_written[slice(*text.written(start, stop))]
                note = "原文为繁体，按简体检查。" if is_traditional(written) else ""
                yield RULE.at(text, start, stop, site.word, note + (site.reason() if self.reasons else ""))


def detector(
    model: Model, level: Level, evidence: Evidence = NOTHING_LEARNT, *, reasons: bool = False
) -> Detector:
    """The detector of one rule at a level."""
    decision.trees()
    return Detector((RULE,), Reader(model, level, evidence, reasons))


def look(model: Model, plain: str, level: Level, evidence: Evidence = NOTHING_LEARNT) -> Iterator[Site]:
    """Sites of a folded text that are sure enough, in text order.

    Long texts are read piece by piece, so that work and memory stay in proportion.
    """
    for begin, end in pieces(plain):
        for site in _of_piece(model, plain[begin:end], level, evidence)[0]:
            yield site._replace(start=site.start + begin, end=site.end + begin)


def _of_piece(model: Model, piece: str, level: Level, evidence: Evidence) -> tuple[list[Site], float]:
    """Sites in text order, and what they cost."""
    found: list[Site] = []
    letters = list(piece)
    taken: set[int] = set()
    effort = 0.0
    for sure in level.sure:
        once = sites.find(model, "".join(letters), level.setting)
        effort += once.effort
        new = [
            site
            for site in _sure(model, once, sure)
            if taken.isdisjoint(range(site.start, site.end))
            and not evidence.attests(piece, site.start, site.end)
            and not _is_meant(piece, site.start, site.end)
        ]
        for site in new:
            letters[site.start : site.end] = site.word
            taken.update(range(site.start, site.end))
        found += new
    return sorted(found), effort


def _is_meant(piece: str, start: int, end: int) -> bool:
    """Whether the writer cannot have meant another word: a surname before 某, the letters of a case, a word of ``meant.txt``."""
    return (
        sites.is_masked_name(piece, start, end)
        or _CASE.search(piece, max(0, start - _CASE_LETTERS), start) is not None
        or always().attests(piece, start, end)
    )


def _sure(model: Model, found: sites.Sites, least: float) -> list[Site]:
    sure = decision.trees().sure(found.features)
    rows = (sure > least).nonzero()[0].tolist()
    return [
        Site(
            int(found.start[row]), int(found.start[row] + found.length[row]), model.word(int(found.word[row])),
            KINDS[int(found.kind[row])], float(found.standing[row]), float(found.gain[row]), float(sure[row]),
        )
        for row in rows
    ]  # fmt: skip
