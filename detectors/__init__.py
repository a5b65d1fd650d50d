"""What can be seen in a text. Knows no regulation, no HTTP and no database.

The folders are the registry: every file of ``detectors/rules/`` and of ``lexicons/`` is a rule.
"""

from __future__ import annotations

import hashlib
import importlib
import logging
import pkgutil
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from detectors import lexicon, rules
from detectors.known import NOTHING_KNOWN, Known
from detectors.limit import Limit, OutOfTimeError
from detectors.matcher import Matcher, matcher
from detectors.rule import Detector, Finding, Prepared, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from types import ModuleType

    from detectors.text import Text

LEXICONS = Path(__file__).resolve().parent.parent / "lexicons"

_PIECE = 20_000  # code points
_LONGEST = 30  # code points of a word that a rule needs: pieces overlap by as much
_SECONDS = 1.2  # of computing for a long page, its reading included; who has not looked by then is unseen
_MOST = 500  # findings one piece of code may report on one text, for each of its rules

_log = logging.getLogger(__name__)


class Unseen(NamedTuple):
    """A rule that should have looked and could not, and why. Never an all-clear."""

    rule: Rule
    reason: str


class Look(NamedTuple):
    """What was seen, in text order, and what could not look."""

    findings: tuple[Finding, ...]
    unseen: tuple[Unseen, ...]


@dataclass(frozen=True)
class Detectors:
    """All rules, loaded. ``digest`` names the exact words and code behind them."""

    detectors: tuple[Detector, ...]
    lexicons: tuple[lexicon.Lexicon, ...]
    engine: str
    rule_digests: Mapping[str, str]  # rule id → the words, code and tables that decide what it sees

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """All rules by id, in order of their ids."""
        return dict(sorted((rule.id, rule) for one in self.detectors for rule in one.rules))

    @cached_property
    def digest(self) -> str:
        """Names all of them together."""
        return "sha256:" + hashlib.sha256(repr(sorted(self.rule_digests.items())).encode()).hexdigest()

    @cached_property
    def _needed(self) -> tuple[Matcher, tuple[int, ...], int]:
        """The letters that rules need, as one automaton; who needs each of them, and who needs none, as bits."""
        words = sorted({word for one in self.detectors for word in one.needs})
        askers = dict.fromkeys(words, 0)
        always = 0
        for at, one in enumerate(self.detectors):
            always |= (not one.needs) << at
            for word in one.needs:
                askers[word] |= 1 << at
        return matcher(words, self.engine), tuple(askers.values()), always

    def _worth_asking(self, plain: str) -> Iterator[Detector]:
        """The detectors that may find something: most pages lack the letters that many rules need."""
        needed, askers, asked = self._needed
        everybody = (1 << len(self.detectors)) - 1
        for at in range(0, len(plain), _PIECE):  # in pieces: all hits of a long page would be millions
            for word in {word for _, _, word in needed.find(plain[at : at + _PIECE + _LONGEST])}:
                asked |= askers[word]
            if asked == everybody:
                break
        yield from (one for at, one in enumerate(self.detectors) if asked >> at & 1)

    def only(self, ids: Collection[str]) -> Detectors:
        """Just the detectors of these rules; words laid over the files stay laid over them."""
        found = []
        for one in self.detectors:
            if own := tuple(rule for rule in one.rules if rule.id in ids):
                words = one.find if isinstance(one.find, lexicon.Words) else None
                found.append(replace(one, rules=own, find=words.only(ids)) if words else one)
        lexicons = tuple(one for one in self.lexicons if one.rule.id in ids)
        digests = {rule: digest for rule, digest in self.rule_digests.items() if rule in ids}
        return Detectors(tuple(found), lexicons, self.engine, digests)

    def with_one(self, other: Detector) -> Detectors:
        """The same, but ``other`` in the place of the detector of the same rules."""
        return replace(
            self, detectors=tuple(other if one.rules == other.rules else one for one in self.detectors)
        )

    def look(self, text: Text, spent: float = 0.0) -> Look:
        """Look at every view of a text with every rule.

        One rule that breaks hides no other: it is returned as unseen. So is a rule that a long page leaves no time for;
        ``spent`` seconds of that time went into reading the page.
        """
        if len(text.source) <= _PIECE:
            return self._looked(text, _unlimited)
        with Limit(_SECONDS - spent) as limit:
            return self._looked(text, limit.run)

    def _looked(self, text: Text, run: Callable[[Callable[[], None]], None]) -> Look:
        findings: list[Finding] = []
        unseen: list[Unseen] = []
        for view in text.views:
            page = view.seen == "page"
            for one in self._worth_asking(view.plain):
                if not (page or one.looks_behind):
                    continue
                most = _MOST * len(one.rules)
                found: list[Finding] = []  # what a rule saw before its time was up stays
                try:
                    run(partial(_see, one, view, most, found))
                except OutOfTimeError:
                    unseen += [Unseen(rule, "页面过大，未能在限定时间内检查") for rule in one.rules]
                except Exception as error:  # noqa: BLE001 whatever breaks, the rule is reported as unable to look
                    _log.exception("rule %s could not look", one.rules[0].id)
                    unseen += [Unseen(rule, f"检查程序出错：{type(error).__name__}") for rule in one.rules]
                if len(found) > most > _MOST:  # what the others would have said was not heard
                    heard = {finding.rule.id for finding in found}
                    unseen += [
                        Unseen(rule, "同一页问题过多，未能逐一检查")
                        for rule in one.rules
                        if rule.id not in heard
                    ]
                if found:
                    findings += _bounded(found, most)
        findings.sort(key=lambda finding: (finding.span, finding.rule.id))
        return Look(tuple(dict.fromkeys(findings)), tuple(dict.fromkeys(unseen)))


def _see(one: Detector, view: Text, most: int, found: list[Finding]) -> None:
    """What one detector sees; one more than it may tell of, where there is more."""
    found.extend(islice(one.find(view), most + 1))


def _unlimited(work: Callable[[], None]) -> None:
    work()


def _bounded(found: list[Finding], most: int) -> list[Finding]:
    """At most so many; the last says that there are more."""
    if len(found) > most:
        del found[most:]
        found[-1] = found[-1]._replace(note=f"{found[-1].note}同类问题超过 {most} 处，其余未逐一列出。")
    return found


def load(
    known: Known = NOTHING_KNOWN,
    folders: Sequence[Path] = (),
    engine: str = "",
    *,
    spelling_model: Detector | None = None,
) -> Detectors:
    """Load every rule: those of code, and the lexicons shipped and of ``folders``.

    Raises:
        lexicon.LexiconError: a lexicon is broken; names file, word and reason.
        ValueError: two rules have one id, or a rule of code is incomplete.
    """
    modules = list(_modules())
    lexicons = tuple(lexicon.load(path) for path in _files(folders))
    of_code = [_detector(module, known) for module in modules]
    if spelling_model is not None:
        of_code.append(spelling_model)
    of_words = _of_words(lexicons, engine)
    detectors = (*of_words, *of_code)
    seen: set[str] = set()
    for rule in chain.from_iterable(one.rules for one in detectors):
        if rule.id in seen:
            message = f"two rules have the id {rule.id}"
            raise ValueError(message)
        seen.add(rule.id)
    used = of_words[0].find.engine if of_words and isinstance(of_words[0].find, lexicon.Words) else engine
    return Detectors(detectors, lexicons, used, _digests(modules, lexicons, spelling_model, known))


def _of_words(lexicons: tuple[lexicon.Lexicon, ...], engine: str) -> tuple[Detector, ...]:
    """All lexicons as one detector: one pass over the text."""
    if not lexicons:
        return ()
    return (
        Detector(tuple(one.rule for one in lexicons), lexicon.Words(lexicons, engine), looks_behind=True),
    )


def _modules() -> Iterator[ModuleType]:
    for found in sorted(
        pkgutil.walk_packages(rules.__path__, "detectors.rules."), key=lambda found: found.name
    ):
        if not found.ispkg and not found.name.rpartition(".")[2].startswith("_"):
            yield importlib.import_module(found.name)


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in (LEXICONS, *folders):
        if not folder.is_dir():
            message = f"{folder}: no such folder of lexicons"
            raise lexicon.LexiconError(message)
        yield from sorted(folder.rglob("*.toml"))


def _detector(module: ModuleType, known: Known) -> Detector:
    """A module of ``detectors/rules/`` has RULE or RULES, ``find(text)`` or ``prepare(known)``, and perhaps NEEDS.

    Raises:
        ValueError: a rule lives elsewhere, or needs a word that is too long to be looked for in pieces of a page.
    """
    own: tuple[Rule, ...] = module.RULES if hasattr(module, "RULES") else (module.RULE,)
    family, _, name = module.__name__.removeprefix("detectors.rules.").partition(".")
    for rule in own:
        if rule.family != family or (len(own) == 1 and rule.id.partition(".")[2] != name.replace("_", "-")):
            message = f"{module.__name__}: the rule {rule.id} does not live here"
            raise ValueError(message)
    needs = tuple(getattr(module, "NEEDS", ()))
    find = module.prepare(known) if hasattr(module, "prepare") else module.find
    if isinstance(find, Prepared):
        find, needs = find
    if any(len(word) > _LONGEST for word in needs):
        message = f"{module.__name__}: needs a word of more than {_LONGEST} letters"
        raise ValueError(message)
    return Detector(own, find, needs, looks_behind=any(rule.looks_behind for rule in own))


def _digests(
    modules: Sequence[ModuleType], lexicons: Sequence[lexicon.Lexicon], model: Detector | None, known: Known
) -> dict[str, str]:
    """Rule id → digest of everything that decides what the rule sees."""
    here = Path(__file__).parent
    core = hashlib.sha256(_code(here.glob("*.py")))
    personal = _code((here / "pii").rglob("*.py"))  # which only the rules of that family may import
    operator = core.copy()
    for fact in fields(known):
        value = getattr(known, fact.name)
        # a set has another order in every process
        operator.update(repr(sorted(value) if isinstance(value, frozenset) else value).encode())
    for path in (one for folder in known.tables for one in sorted(folder.rglob("*")) if one.is_file()):
        operator.update(path.name.encode() + b"\0" + path.read_bytes())
    digests: dict[str, str] = {}
    for module in modules:
        digest = (operator if hasattr(module, "prepare") else core).copy()
        if module.__name__.startswith("detectors.rules.pii."):
            digest.update(personal)
        own = Path(module.__file__ or "")
        # what a family shares and the tables that lie beside its rules
        beside = (
            one
            for one in sorted(own.parent.iterdir())
            if one.name.startswith("_") or one.suffix not in {".py", ""}
        )
        for path in (own, *(one for one in beside if one.is_file())):
            digest.update(path.read_bytes())
        for rule in module.RULES if hasattr(module, "RULES") else (module.RULE,):
            digests[rule.id] = digest.hexdigest()
    for one in lexicons:
        digest = core.copy()
        digest.update(one.path.read_bytes() if one.path else repr(one).encode())
        digests[one.rule.id] = digest.hexdigest()
    for rule in model.rules if model else ():
        digest = core.copy()
        digest.update(_code((here / "spelling").rglob("*.py")))
        digest.update(
            str(getattr(model.find, "digest", "") if model else "").encode()
        )  # the model file and what was learnt
        digests[rule.id] = digest.hexdigest()
    return digests


def _code(files: Iterable[Path]) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(files))
