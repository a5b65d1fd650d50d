"""Our recognizers inside presidio's own engines: no model, no download."""

from __future__ import annotations

from functools import cache

import pytest
import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
from presidio_anonymizer import AnonymizerEngine, RecognizerResult

from app.masking import chinese_operator, chinese_operators
from detectors.pii.presidio import KINDS, chinese_recognizers

LINE = (
    "申请人周小满，身份证号１１０１０５１９４９１２３１００２Ｘ，手机138-0013-8000，邮箱zhouxm@163.com，"
    "现住云州区西坪镇阳光小区3号楼2单元501室，户主卡号6222021234567890128。监督电话0352-2345678。"
)


class Blank(NlpEngine):
    """spaCy's empty Chinese pipeline: it only cuts characters."""

    def __init__(self) -> None:
        self.nlp = spacy.blank("zh")

    def load(self) -> None:
        pass

    def is_loaded(self) -> bool:
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        doc = self.nlp(text)
        return NlpArtifacts(
            [], doc, [token.idx for token in doc], [token.text for token in doc], self, language
        )

    def process_batch(self, texts, language, batch_size=1, n_process=1, **kwargs):
        for text in texts:
            yield text, self.process_text(text, language)

    def is_stopword(self, word: str, language: str) -> bool:
        return False

    def is_punct(self, word: str, language: str) -> bool:
        return False

    def get_supported_entities(self) -> list[str]:
        return []

    def get_supported_languages(self) -> list[str]:
        return ["zh"]


@cache
def analyzer() -> AnalyzerEngine:
    registry = RecognizerRegistry(recognizers=chinese_recognizers(), supported_languages=["zh"])
    return AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["zh"])


def test_one_recognizer_for_every_entity():
    """Every kind the rules look for is offered."""
    entities = [one.supported_entities[0] for one in chinese_recognizers()]

    assert sorted({kind.entity for kind in KINDS}) == sorted(entities)


def test_found_inside_presidio():
    """The same values as by our own rules, in positions of the text as given."""
    found = {(one.entity_type, LINE[one.start : one.end]) for one in analyzer().analyze(LINE, "zh")}

    assert {
        ("CN_RESIDENT_ID", "１１０１０５１９４９１２３１００２Ｘ"),
        ("CN_MOBILE_PHONE", "138-0013-8000"),
        ("CN_PERSONAL_EMAIL", "zhouxm@163.com"),
        ("CN_HOME_ADDRESS", "云州区西坪镇阳光小区3号楼2单元501室"),
        ("CN_BANK_CARD", "6222021234567890128"),
    } == found


def test_anonymized_by_presidio():
    """Its anonymizer writes our masks."""
    engine = AnonymizerEngine()
    engine.add_anonymizer(chinese_operator())
    found = [
        RecognizerResult(one.entity_type, one.start, one.end, one.score)
        for one in analyzer().analyze(LINE, "zh")
    ]
    result = engine.anonymize(LINE, found, chinese_operators())

    assert (
        "申请人周小满，身份证号１１０１０５********００２Ｘ，手机138-****-8000，邮箱z*****@163.com，"
        "现住云州区西坪镇**************，户主卡号622202*********0128。监督电话0352-2345678。"
    ) == result.text


@pytest.mark.parametrize(
    ("entity", "value", "expected"),
    [
        ("CN_RESIDENT_ID", "11010519491231002X", True),
        ("CN_RESIDENT_ID", "990105194912310020", False),
        ("CN_BANK_CARD", "6222021234567890128", True),
        ("CN_MOBILE_PHONE", "12800138000", False),
        ("CN_PERSONAL_EMAIL", "zhouxm@163.com", None),
    ],
)
def test_validate_result(entity, value, expected):
    """presidio's own hook computes the check digits; where nothing can be computed it says so."""
    recognizer = next(one for one in chinese_recognizers() if entity in one.supported_entities)

    assert expected is recognizer.validate_result(value)
