"""The gate: what clean official text may cost an editor at most."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.corpora import CLEAN, DATA
from benchmarks.false_alarms import LIMITS, run

CHARACTERS = 800_000  # of each corpus here; make bench reads more


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    """Rates on clean text."""
    if not (DATA / CLEAN["news"]).exists():
        pytest.skip("left out: the public texts are not beside the repository (set XIANSHEN_DATA)")
    return run(CHARACTERS)


def test_promotion_is_seen_where_it_is(figures: dict[str, Any]) -> None:
    """Loans, transfers to private accounts, new flats and used cars are seen; plain talk is left alone."""
    share = {label: seen / total for label, (seen, total) in figures["recall"].items()}

    for label, least in {
        "loan_fraud": 0.8,
        "bank_transfer_fraud": 0.7,
        "service_ad": 0.75,
        "real_estate_ad": 0.68,
        "used_car_ad": 0.6,
    }.items():
        assert share[label] >= least, label
    assert share["sms ham"] <= 0.01
    assert share["email ham"] <= 0.02


@pytest.mark.parametrize("name", LIMITS)
def test_clean_text_stays_within_the_budget(figures: dict[str, Any], name: str) -> None:
    """Per 10,000 characters: STOP, REVIEW without sensitive.*, any one rule, wrong characters."""
    places = {
        rule: one["places"][:4] for rule, one in figures["rules"].items() if one["per_10k"] > LIMITS[name] / 4
    }

    assert figures["ratios"][name] <= LIMITS[name], places
