"""The ledger: what each fault test tried and how often the promise was broken. ``make reliability`` makes a page of it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.service import Service
from app.settings import Settings
from tests.app.register.conftest import postgresql

if TYPE_CHECKING:
    from collections.abc import Callable

LONG = os.environ.get("XIANSHEN_RELIABILITY") == "long"  # the whole of it, as ``make reliability`` asks for

CLEAN = (
    "为进一步做好秋粮收购工作，县发展和改革局会同有关部门召开会议，安排部署收购、储存和质量检验等事项。"
    "会议要求，各乡镇要加强组织领导，强化监督检查，确保农民种粮卖得出、收益有保障。"
)
TITLE = "全县秋粮收购工作会议召开"


@dataclass
class Row:
    """One line of the page. ``figures``: name with unit → value."""

    faults: str  # F43, or the part of the issue
    what: str
    expected: str
    runs: int
    violations: int
    figures: dict[str, float | int | str] = field(default_factory=dict)


@pytest.fixture
def ledger() -> Callable[..., None]:
    """Put a line down; a violation fails the test."""

    def put(
        faults: str, what: str, expected: str, runs: int, violations: list[str], **figures: float | str
    ) -> None:
        row = Row(faults, what, expected, runs, len(violations), figures)
        if path := os.environ.get("XIANSHEN_LEDGER"):
            with Path(path).open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
        assert runs > 0, f"{faults}: nothing was tried"
        assert [] == violations

    return put


@pytest.fixture(scope="session")
def service() -> Service:
    """All rules and regulations, warm."""
    ready = Service.load(Settings(unit="县发展和改革局", unit_kind="department"))
    ready.warm()
    return ready


__all__ = ["postgresql"]
