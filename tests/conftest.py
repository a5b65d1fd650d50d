"""One application for all tests of the doors."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from app.main import create
from app.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# Verdicts must not depend on whether this machine has a language model: tests of that layer ask for it themselves.
os.environ["XIANSHEN_LANGUAGE_MODEL"] = "off"


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The service in this process, with the default settings."""
    home: Path = tmp_path_factory.mktemp("home")
    with TestClient(create(Settings(home=home)), raise_server_exceptions=False) as client:
        yield client
