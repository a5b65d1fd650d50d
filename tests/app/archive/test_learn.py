"""What is private is masked before anything is learnt: also what was made private on the web only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.archive import learn, worker
from app.archive.document import Document
from app.register.store import Register
from app.register.way import Person
from app.settings import Settings
from app.words import sets

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from app.service import Service

PRIVATE = """id = "pii.own-words"
title = "t"
why = "w"
basis = ["b"]
private = true
examples = ["⟦毫无干系⟧"]
[terms]
"毫无干系" = true
"""


def test_words_made_private_on_the_web_are_masked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that two people put on a private list stands in no learnt form."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "own-words.toml").write_text(PRIVATE, encoding="utf-8")
    config = Settings(home=tmp_path / "home", lexicons=(own,))
    register = Register(config)
    change = sets.Change("pii.own-words", "add", "闻人云禾", "闻人云禾", "true")
    batch = register.call(sets.proposing([change], "a", "b", Person("k", "甲", roles=frozenset({"keeper"}))))
    register.call(sets.approving(batch, 0, "", Person("l", "乙", roles=frozenset({"keeper"}))))
    register.close()

    def loaded(settings: Settings) -> Service:
        model: Any = object()  # is not asked here
        return replace(worker.loaded(settings), spelling=model)

    monkeypatch.setattr(learn, "loaded", loaded)
    monkeypatch.setattr(learn, "_hands", None)
    learn._start(config, ())
    hands = learn._hands
    assert hands is not None
    plain = learn._plain(Document("1", "受助人闻人云禾、毫无干系。"), hands)

    assert "闻人云禾" not in plain
    assert "毫无干系" not in plain
    assert "受助人" in plain
