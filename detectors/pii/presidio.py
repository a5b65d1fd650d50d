"""All kinds as recognizers for presidio: the only module that imports its analyzer, and nothing of ours imports this one."""

from __future__ import annotations

from presidio_analyzer import Pattern, PatternRecognizer, RecognizerResult

from detectors.pii import accounts, belongings, contact, dwelling, identity, records
from detectors.pii.digits import bare
from detectors.pii.kind import Kind, anything
from detectors.text import Text

# Kinds of one entity become one recognizer, and the first of them is its check.
KINDS = (
    identity.RESIDENT_ID, identity.DISABILITY_CARD, identity.MISTYPED_ID, identity.OLD_RESIDENT_ID, contact.MOBILE,
    accounts.BANK_CARD, accounts.PRIVATE_ACCOUNT, identity.PASSPORT, identity.TRAVEL_PERMIT, identity.FOREIGN_PERMIT,
    identity.MILITARY_PAPER, contact.LANDLINE, contact.EMAIL, contact.QQ, contact.WECHAT, accounts.SOCIAL_SECURITY,
    records.STUDENT, belongings.PROPERTY, records.MEDICAL, belongings.PLATE, belongings.PLATE_OF_OFFICE, belongings.VEHICLE,
    belongings.DEVICE, accounts.SERVICE_ACCOUNT, records.DRIVING_FILE, accounts.CREDENTIAL, identity.BIRTHDATE,
    dwelling.DWELLING, dwelling.LABELLED_DWELLING,
)  # fmt: skip


class ChineseRecognizer(PatternRecognizer):
    """One ``Kind`` (or several of one entity) as presidio wants it.

    Its pattern and ``validate_result`` are those of the ``Kind``; it reads folded letters (full width, spoken
    digits) and answers in positions of the text it was given. It needs no NLP engine and no context words of
    presidio's: labels are judged here.
    """

    def __init__(self, kinds: tuple[Kind, ...], language: str) -> None:
        self.kinds = kinds
        self.title = kinds[0].entity.title().replace("_", "") + "Recognizer"
        super().__init__(
            supported_entity=kinds[0].entity,
            name=self.title,
            supported_language=language,
            patterns=[Pattern(kind.title, kind.pattern.pattern, 0.6) for kind in kinds],
        )

    def validate_result(self, pattern_text: str) -> bool | None:
        """Check digits, real days, ranges of the network: True or False; None where nothing can be computed."""
        check = self.kinds[0].check
        return None if check is anything else check(bare(Text.of(pattern_text).plain))

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: object = None, regex_flags: int | None = None
    ) -> list[RecognizerResult]:
        """All values in ``text``; ``entities`` and the NLP engine's work are not needed."""
        del entities, nlp_artifacts, regex_flags
        there = Text.of(text)
        found = []
        for kind in self.kinds:
            checked = kind.check is not anything
            score = 1.0 if checked else 0.9
            for value in kind.find(there.plain):
                start, end = there.written(value.start, value.end)
                explained = self.build_regex_explanation(
                    self.title, kind.title, kind.pattern.pattern, score, checked, 0
                )
                found.append(
                    RecognizerResult(
                        self.supported_entities[0], start, end, score, explained,
                        {RecognizerResult.RECOGNIZER_NAME_KEY: self.title, RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id},
                    )
                )  # fmt: skip
        return found


def chinese_recognizers(language: str = "zh") -> list[ChineseRecognizer]:
    """Recognizers of all kinds for a presidio ``RecognizerRegistry``."""
    by_entity: dict[str, list[Kind]] = {}
    for kind in KINDS:
        by_entity.setdefault(kind.entity, []).append(kind)
    return [ChineseRecognizer(tuple(kinds), language) for kinds in by_entity.values()]
