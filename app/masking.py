"""Personal data out: masked quotes in every answer, and a masked copy of a text.

Masks keep the format, one sign for one sign, as national practice has it (法释〔2016〕19号 第八至十条 for names;
identity numbers keep 6 + 4, mobiles 3 + 4, cards 6 + 4, addresses end at the township).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from detectors import pii
from detectors.text import Span, Text, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from detectors.rule import Finding

_STAR, _SOMEBODY = "*", "某"
_ID, _OLD_ID, _CARD, _ACCOUNT, _MOBILE = 18, 15, 16, 10, 11  # places of a number; of an account at least
_COLUMNS = frozenset(
    {"pii.table-column", "pii.property-location"}
)  # found at a heading, private in their cells
_HIDDEN = "*×●□■•○◯✱"


class Mask(NamedTuple):
    """What was masked: the rule, the range of the submitted source, and what stands there now."""

    rule: str
    span: Span
    masked: str


class Redacted(NamedTuple):
    """The masked copy of one field in its own format, and every mask in order."""

    source: str
    masks: tuple[Mask, ...]


def mask_quote(finding: Finding) -> str:
    """The quote as it may leave: masked where the rule is private. The heading of a column tells nothing."""
    if not finding.rule.private or finding.rule.id in _COLUMNS:
        return finding.quote
    return masked(
        finding.rule.id, finding.quote, whole=bool(finding.places) and finding.rule.id == "pii.weak-mask"
    )


def covered(findings: Sequence[Finding]) -> Sequence[Finding]:
    """The same findings in the same order; what other families say of a place holds no private letters of it.

    A number that one rule masks must not leave in the quote, the note or the proposal of another.
    """
    private = [one for one in findings if one.rule.private]
    if not private or len(private) == len(findings):
        return findings
    known = {one.quote: mask_quote(one) for one in private if one.rule.id not in _COLUMNS}
    ranges = sorted(span for one in private for span in (one.span, *one.places))
    cells = {span for one in private if one.rule.id in _COLUMNS for span in one.places}
    starts, furthest = [span.start for span in ranges], 0
    reach = [furthest := max(furthest, span.end) for span in ranges]
    out: list[Finding] = []
    for one in findings:
        before = bisect_left(starts, one.span.end)  # of these none begins behind it
        if not one.rule.private and before and reach[before - 1] > one.span.start:
            there = [span for span in ranges[:before] if span.end > one.span.start]
            whole = all(
                one.span.start <= span.start and span.end <= one.span.end and span not in cells
                for span in there
            )
            cleaned = one._replace(
                quote=_without(one.quote, known, whole=whole),
                note=_without(one.note, known, whole=True),
                suggestion=None if one.suggestion is None else _without(one.suggestion, known, whole=whole),
            )
            out.append(cleaned)
        else:
            out.append(one)
    return out


def _without(letters: str, known: dict[str, str], *, whole: bool) -> str:
    """Letters with the private quotes in them masked; all of them hidden where only part of one stands there."""
    if whole:
        cleaned = letters
        for quote in sorted((one for one in known if one in letters), key=len, reverse=True):
            cleaned = cleaned.replace(quote, known[quote])
        return cleaned
    for quote, mask in known.items():
        if letters in quote:
            at = quote.index(letters)
            return mask[at : at + len(letters)]
    return "".join(_STAR if letter.isalnum() else letter for letter in letters)


def masked(rule: str, letters: str, *, whole: bool = False, heading: str = "") -> str:
    """These letters with the private ones hidden, sign for sign.

    Args:
        rule: id of the rule that found them: what they are.
        letters: as a reader sees them; full width, spoken digits and invisible signs included.
        whole: a copy that completes another one: nothing of its tail may stay.
        heading: of the column a cell stands in.
    """
    if rule in _COLUMNS:
        return _cell(letters, heading)
    mask = _MASKS.get(rule, _everything)
    if rule == "pii.weak-mask":
        mask = _strengthened(0 if whole else 4)
    return "".join(mask([_one(letter) for letter in letters], list(letters)))


# --- masks: folded letters, written letters → written letters ---------------------------------


def _one(letter: str) -> str:
    folded = fold(letter)
    return folded[0] if folded else ""


def _digits(folded: Sequence[str]) -> list[int]:
    return [at for at, letter in enumerate(folded) if letter and pii.bare(letter)]


def _hide(written: list[str], places: Iterable[int], sign: str = _STAR) -> list[str]:
    for place in places:
        written[place] = sign
    return written


def _middle(head: int, tail: int, places: Sequence[int]) -> Sequence[int]:
    """All but the first ``head`` and the last ``tail``; at least half are hidden whatever the length."""
    if head + tail > len(places) // 2 and len(places) < _ACCOUNT:
        head, tail = 0, min(tail, len(places) // 3)
    return places[head : len(places) - tail]


def _identity(folded: list[str], written: list[str]) -> list[str]:
    places = _digits(folded)
    head = 7 if len(places) in {_OLD_ID + 1, _ID + 1} and folded[places[0]] in "glj" else 6
    return _hide(written, _middle(head, 3 if len(places) < _ID else 4, places))


def _mobile(folded: list[str], written: list[str]) -> list[str]:
    places = _digits(folded)
    return _hide(written, _middle(max(len(places) - 8, 0), 4, places))


def _account(folded: list[str], written: list[str]) -> list[str]:
    places = _digits(folded)
    return _hide(written, _middle(6 if len(places) >= _CARD else 4, 4, places))


def _document(folded: list[str], written: list[str]) -> list[str]:
    places = _digits(folded)
    head = next((count for count, at in enumerate(places) if pii.bare(folded[at]).isdecimal()), 0)
    return _hide(written, places[min(head, 3) : len(places) - 3])


def _landline(folded: list[str], written: list[str]) -> list[str]:
    places = _digits(folded)
    area = 0
    if places and pii.bare(folded[places[0]]) == "0":
        area = 3 if folded[places[1]] in "12" else 4
    return _hide(written, places[area : len(places) - 4])


_AT = re.compile(f"{pii.AT}|{pii.AT_WORD}")


def _mailbox(folded: list[str], written: list[str]) -> list[str]:
    sign = _AT.search("".join(letter or " " for letter in folded))
    at = sign.start() if sign else len(folded)
    return _hide(written, range(1 if at > 1 else 0, at))


def _ends(head: int, tail: int) -> Callable[[list[str], list[str]], list[str]]:
    def mask(folded: list[str], written: list[str]) -> list[str]:
        places = _digits(folded)
        return _hide(written, _middle(head, tail, places))

    return mask


def _handle(folded: list[str], written: list[str]) -> list[str]:
    return _hide(written, [at for at, letter in enumerate(folded) if letter.strip()][2:])


def _plate(folded: list[str], written: list[str]) -> list[str]:
    places = [at for at in _digits(folded) if at]
    return _hide(written, places[1:-2])


def _certificate(folded: list[str], written: list[str]) -> list[str]:
    mark = max((at for at, letter in enumerate(folded) if letter == "第"), default=-1)
    return _hide(written, [at for at in _digits(folded) if at > mark][:-2])


_TOWNSHIP = re.compile(
    r"[^0-9]{0,40}(?:省|自治区|(?<!城)市|州|盟|县|(?<![小社园校])区|旗|镇|乡|街道)(?!场|政|民)"
)


def _address(folded: list[str], written: list[str]) -> list[str]:
    found = _TOWNSHIP.match("".join(letter or " " for letter in folded))
    return _hide(
        written,
        [at for at, letter in enumerate(folded) if letter.strip() and at >= (found.end() if found else 0)],
    )


def _birthdate(folded: list[str], written: list[str]) -> list[str]:
    return _hide(written, _digits(folded)[4:])


_TWO = re.compile(
    "欧阳|上官|司马|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|端木|南宫|长孙|宇文|轩辕|钟离|闻人|独孤|呼延|申屠|太史|百里"
)


def _name(folded: list[str], written: list[str]) -> list[str]:
    places = [at for at, letter in enumerate(folded) if letter.strip() and letter != "·"]
    kept = 2 if places[2:] and _TWO.fullmatch("".join(folded[at] for at in places[:2])) else 1
    return _hide(written, places[kept:], _SOMEBODY)


def _everything(folded: list[str], written: list[str]) -> list[str]:
    return _hide(written, [at for at, letter in enumerate(folded) if letter.strip()])


def _strengthened(tail: int) -> Callable[[list[str], list[str]], list[str]]:
    def mask(folded: list[str], written: list[str]) -> list[str]:
        places = [
            at for at, letter in enumerate(folded) if letter and (pii.bare(letter) or letter in _HIDDEN)
        ]
        long = len(places) >= _OLD_ID
        keep = tail if long or tail == 0 else 4
        head = 6 if long else 3
        if len(places) < _MOBILE:  # short of stars: hide by what is still to be seen
            keep = 2 if tail else 0
        return _hide(written, places[head : len(places) - keep])

    return mask


_MASKS: dict[str, Callable[[list[str], list[str]], list[str]]] = {
    "pii.resident-id": _identity,
    "pii.student-number": _identity,
    "pii.mobile-phone": _mobile,
    "pii.contact-mobile": _mobile,
    "pii.bank-card": _account,
    "pii.passport": _document,
    "pii.travel-permit": _document,
    "pii.foreign-residence-permit": _document,
    "pii.military-paper": _document,
    "pii.personal-landline": _landline,
    "pii.personal-email": _mailbox,
    "pii.qq-number": _ends(2, 2),
    "pii.wechat-account": _handle,
    "pii.social-security-number": _ends(2, 2),
    "pii.medical-number": _ends(2, 2),
    "pii.licence-plate": _plate,
    "pii.property-certificate": _certificate,
    "pii.home-address": _address,
    "pii.birthdate": _birthdate,
    "pii.sensitive-circumstance": _name,
    "pii.minor-identity": _name,
    "pii.singled-out": _address,
    "pii.vehicle-number": _ends(3, 4),
    "pii.device-number": _ends(2, 2),
    "pii.service-account": _ends(2, 2),
    "pii.driving-file": _ends(4, 2),
}  # fmt: skip

_STATE = re.compile(r"病|残|诊断|健康|矫正|服刑")
_DATE = re.compile(r"(?:19|20)[0-9]{2}[-./年]?[0-9]{1,2}[-./月]?[0-9]{1,2}日?")


def _cell(letters: str, heading: str) -> str:
    """A cell of a column that is announced as personal: what it holds tells how to mask it."""
    if re.search(r"电话|手机|联系", heading):
        return _mobiles(letters)
    return masked(_rule_of_cell(fold(letters), heading), letters)


def _rule_of_cell(plain: str, heading: str) -> str:
    """The rule whose mask fits a cell; "" hides all of it."""
    number = pii.bare(plain)
    if _STATE.search(heading) and "证" not in heading:
        return ""
    if "生" in heading and _DATE.fullmatch(plain.strip()):
        return "pii.birthdate"
    if "@" in plain:
        return "pii.personal-email"
    if len(number) in {_OLD_ID, _ID} and sum(letter.isdecimal() for letter in number) >= len(number) - 1:
        return "pii.resident-id"
    if re.search(r"址|居住|户籍|现住|坐落|座落|位置", heading):
        return "pii.home-address"
    return "pii.bank-card" if len(number) >= _ACCOUNT else ""


def _mobiles(letters: str) -> str:
    """Every mobile number of a cell; there may be several."""
    label, out = "电话:", list(letters)
    there = Text.of(label + letters)
    for value in pii.MOBILE.find(there.plain):
        start, end = (at - len(label) for at in there.written(value.start, value.end))
        out[start:end] = masked("pii.mobile-phone", letters[start:end])
    return "".join(out)


# --- a masked copy ----------------------------------------------------------------------------

_NAMES = frozenset({"pii.sensitive-circumstance", "pii.minor-identity"})


def redact(text: Text, findings: Sequence[Finding]) -> Redacted:
    """The source of ``text`` with the private findings masked, and what was masked where.

    Only written letters change, each for one other: tags between the digits of a number stay where
    they are, an entity is replaced whole, by one of its own length where that is possible, and every
    untouched letter keeps its place. A name is masked wherever the page has it.
    """
    source = text.source
    edits: dict[tuple[int, int], str] = {}
    masks: dict[Span, Mask] = {}
    written = {view.seen: _Written(view) for view in text.views}
    for finding in findings:
        if not finding.rule.private or finding.seen not in written:
            continue
        view = written[finding.seen]
        for span, quote in _places(text, finding):
            # An address in a tag is no letter that a reader sees: its own letters are masked.
            signs = list(view.signs(span)) or [(source[at], at, at + 1) for at in range(*span)]
            letters = "".join(letter for letter, _, _ in signs)
            whole = finding.rule.id == "pii.weak-mask" and bool(finding.places) and span == finding.span
            hidden = masked(finding.rule.id, letters, whole=whole, heading=quote)
            for (letter, start, end), sign in zip(signs, hidden, strict=True):
                if sign != letter:
                    edits.setdefault((start, end), sign)
            masks.setdefault(span, Mask(finding.rule.id, span, hidden))
    for span, rule in _again(source, masks.values()):
        if not any((at, at + 1) in edits for at in range(*span)):
            hidden = masked(rule, source[span.start : span.end])
            edits.update(
                {
                    (span.start + at, span.start + at + 1): sign
                    for at, sign in enumerate(hidden)
                    if sign != source[span.start + at]
                }
            )
            masks.setdefault(span, Mask(rule, span, hidden))
    return Redacted(_edited(source, edits), tuple(sorted(masks.values(), key=lambda mask: mask.span)))


_VALUE = re.compile(r"(?<![0-9])[0-9]{11,19}[Xx]?(?![0-9])|(?<![\w.+\-])[\w.+\-]{1,64}@[\w.\-]{3,64}")
_EXACT = frozenset(
    {"pii.resident-id", "pii.mobile-phone", "pii.contact-mobile", "pii.bank-card", "pii.personal-email"}
)


def _again(source: str, masks: Iterable[Mask]) -> Iterator[tuple[Span, str]]:
    """The same numbers and mailboxes once more, where no reader sees them: a data attribute, a script, a link."""
    known = {
        source[mask.span.start : mask.span.end].lower(): mask.rule for mask in masks if mask.rule in _EXACT
    }
    for found in _VALUE.finditer(source) if known else ():
        if (rule := known.get(found[0].lower())) is not None:
            yield Span(*found.span()), rule


def _places(text: Text, finding: Finding) -> Iterator[tuple[Span, str]]:
    """All ranges of a finding that hold something private, with the heading they stand under."""
    if finding.rule.id in _COLUMNS:
        yield from ((span, fold(finding.quote)) for span in finding.places)
        return
    yield from ((span, "") for span in chain((finding.span,), finding.places))
    if finding.rule.id in _NAMES:
        for view in text.views:
            if view.seen == finding.seen:
                for found in re.finditer(re.escape(finding.quote), view.as_written):
                    yield view.span(*found.span()), ""


class _Written:
    """The letters of one view by their place in the source."""

    def __init__(self, view: Text) -> None:
        runs: list[tuple[int, int, int, int]] = []
        at = 0
        for length, start, end in view.runs:
            if end > start:
                runs.append((start, end, at, length))
            at += length
        runs.sort()
        self.runs, self.letters = runs, view.as_written
        self.ends = [run[1] for run in runs]

    def signs(self, span: Span) -> Iterator[tuple[str, int, int]]:
        """Each letter a reader sees of this range, and the range of the source it is written in."""
        number = bisect_left(self.ends, span.start + 1)
        while number < len(self.runs) and self.runs[number][0] < span.end:
            start, end, at, length = self.runs[number]
            if length == end - start:
                for place in range(max(start, span.start), min(end, span.end)):
                    yield self.letters[at + place - start], place, place + 1
            elif start >= span.start and end <= span.end:
                for letter in self.letters[at : at + length]:
                    yield letter, start, end
            number += 1


def _edited(source: str, edits: dict[tuple[int, int], str]) -> str:
    pieces: list[str] = []
    at = 0
    for (start, end), sign in sorted(edits.items()):
        pieces += (source[at:start], sign if end - start == 1 else _entity(sign, end - start))
        at = end
    return "".join((*pieces, source[at:]))


def _entity(sign: str, length: int) -> str:
    """A sign as an entity of this length, so that nothing behind it moves; the sign itself where none fits."""
    digits = length - len("&#;")
    code = f"&#{ord(sign):0{max(digits, 1)}d};"
    return code if len(code) == length and digits <= 7 else sign  # noqa: PLR2004 the longest number readers take


# --- the same masks for presidio --------------------------------------------------------------

_OF_ENTITY = {
    "CN_RESIDENT_ID": "pii.resident-id", "CN_OLD_RESIDENT_ID": "pii.resident-id", "CN_MOBILE_PHONE": "pii.mobile-phone",
    "CN_BANK_CARD": "pii.bank-card", "CN_PASSPORT": "pii.passport", "CN_TRAVEL_PERMIT": "pii.travel-permit",
    "CN_FOREIGN_RESIDENCE_PERMIT": "pii.foreign-residence-permit", "CN_MILITARY_PAPER": "pii.military-paper",
    "CN_PERSONAL_LANDLINE": "pii.personal-landline", "CN_PERSONAL_EMAIL": "pii.personal-email", "CN_QQ_NUMBER": "pii.qq-number",
    "CN_WECHAT_ACCOUNT": "pii.wechat-account", "CN_SOCIAL_SECURITY_NUMBER": "pii.social-security-number",
    "CN_STUDENT_NUMBER": "pii.student-number", "CN_PROPERTY_CERTIFICATE": "pii.property-certificate",
    "CN_MEDICAL_NUMBER": "pii.medical-number", "CN_LICENCE_PLATE": "pii.licence-plate", "CN_CREDENTIAL": "pii.credentials",
    "CN_VEHICLE_NUMBER": "pii.vehicle-number", "CN_DEVICE_NUMBER": "pii.device-number",
    "CN_SERVICE_ACCOUNT": "pii.service-account", "CN_DRIVING_FILE": "pii.driving-file", "CN_BIRTHDATE": "pii.birthdate", "CN_HOME_ADDRESS": "pii.home-address",
}  # fmt: skip


def chinese_operator() -> type[Any]:
    """An operator ``cn_mask`` for presidio's ``AnonymizerEngine.add_anonymizer``; presidio is imported here."""
    from presidio_anonymizer.operators import Operator, OperatorType

    class ChineseMask(Operator):
        """Masks as above; which one, is told by the entity's name."""

        def operate(self, text: str, params: dict[str, Any] | None = None) -> str:
            return masked(_OF_ENTITY.get((params or {}).get("entity_type", ""), ""), text)

        def validate(self, params: dict[str, Any] | None = None) -> None:
            """Nothing to set, nothing to get wrong."""

        def operator_name(self) -> str:
            return "cn_mask"

        def operator_type(self) -> OperatorType:
            return OperatorType.Anonymize

    return ChineseMask


def chinese_operators() -> dict[str, Any]:
    """The ``operators`` argument of ``AnonymizerEngine.anonymize`` for every entity of ``chinese_recognizers()``."""
    from presidio_anonymizer.entities import OperatorConfig

    return {entity: OperatorConfig("cn_mask", {"entity_type": entity}) for entity in _OF_ENTITY}
