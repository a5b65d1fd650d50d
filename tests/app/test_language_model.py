"""The wrong-character layer at the doors: where the model is looked for, what is said when there is none."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app import language_model
from app.archive.learn import Pair, attested, learn
from app.language_model import LanguageModelError
from app.main import create
from app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
MODEL = language_model.find(Settings(language_model="", home=ROOT / "var"))
needs_model = pytest.mark.skipif(MODEL is None, reason="no language model on this machine (make model)")
RULE = "spelling.unlikely-wording"
POST: dict[str, Any] = {
    "body": "县政府印发总休方案，依法享有的合法权益受法律报护。",
    "unit": {"kind": "department"},
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose cache of tables the tests of this file share."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def reading(home) -> Iterator[TestClient]:
    """A service with the layer on."""
    with TestClient(
        create(Settings(home=home, language_model=str(MODEL))), raise_server_exceptions=False
    ) as client:
        yield client


# --- where it is looked for ---------------------------------------------------------------------


def test_off_is_off_even_where_there_is_a_model(tmp_path) -> None:
    """The setting decides, not the machine."""
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / language_model.NAME).touch()
    assert language_model.find(Settings(language_model="off", home=tmp_path)) is None


def test_a_model_in_the_cache_is_found_without_a_setting(tmp_path, monkeypatch) -> None:
    """What make serve fetched is used."""
    monkeypatch.setattr(language_model, "_SYSTEM", ())
    settings = Settings(language_model="", home=tmp_path)
    assert language_model.find(settings) is None
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / language_model.NAME).touch()
    assert tmp_path / "cache" / language_model.NAME == language_model.find(settings)


@pytest.mark.parametrize(("content", "reason"), [(None, "没有这个文件"), (b"no model", "不是 KenLM")])
def test_asked_for_and_unusable_stops_the_start(tmp_path, content, reason) -> None:
    """The service does not start, and its last line names the file and the reason."""
    path = tmp_path / "my.lm"
    if content is not None:
        path.write_bytes(content)
    environment = {
        "XIANSHEN_LANGUAGE_MODEL": str(path),
        "XIANSHEN_HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-m", "app", "serve", "--port", "0"], env=environment, capture_output=True, text=True, timeout=60, check=False
    )  # fmt: skip
    assert 3 == done.returncode
    last = done.stderr.strip().splitlines()[-1]
    assert str(path) in last
    assert reason in last


@needs_model
def test_learnt_forms_asked_for_and_missing_stop_the_start(tmp_path) -> None:
    """As with the model."""
    with pytest.raises(LanguageModelError, match="xianshen learn"):
        language_model.load(Settings(language_model=str(MODEL), home=tmp_path, learnt=tmp_path / "none.tsv"))


# --- without a model ----------------------------------------------------------------------------


def test_a_layer_that_is_off_is_said(client) -> None:
    """GET /ready, the verdict and the form say so; the listed errors are found all the same."""
    assert "off" == client.get("/ready").json()["language_model"]
    answer = client.post("/screen", json={"body": "既使再忙也要办。"}).json()
    assert "off" == answer["language_model"]
    assert "spelling." in str([one["rule"] for one in answer["findings"]])
    assert "本机没有语言模型" in client.get("/").text


def test_thorough_without_a_model_is_refused(client) -> None:
    """Never a verdict that looks as if it had been thorough."""
    answer = client.post("/screen", json=POST | {"thorough": True})
    assert 422 == answer.status_code
    assert ["thorough"] == [one["field"] for one in answer.json()["errors"]]


# --- with a model -------------------------------------------------------------------------------


@needs_model
def test_strict_is_the_default(reading) -> None:
    """A post is read by the model without being asked for, and what it finds is for a person to judge."""
    assert "strict" == reading.get("/ready").json()["language_model"]
    answer = reading.post("/screen", json=POST).json()
    found = [
        (one["quote"], one["suggestion"], one["answer"]) for one in answer["findings"] if one["rule"] == RULE
    ]
    assert [("总休", "总体", "review"), ("报护", "保护", "review")] == found
    assert ("strict", "review") == (answer["language_model"], answer["verdict"])
    assert {""} == {one["note"] for one in answer["findings"] if one["rule"] == RULE}


@needs_model
def test_thorough_and_reasons_are_options_of_the_post(reading) -> None:
    """The answer says how it was read, names the same data, and gives the scores of both readings."""
    usual = reading.post("/screen", json=POST).json()
    answer = reading.post("/screen", json=POST | {"thorough": True, "reasons": True}).json()
    assert "thorough" == answer["language_model"]
    assert usual["data"] == answer["data"]
    notes = [one["note"] for one in answer["findings"] if one["rule"] == RULE]
    assert len(notes) >= 2
    assert all("改后" in note for note in notes)


@needs_model
def test_a_file_is_read_thoroughly_too(reading) -> None:
    """POST /screen/file takes the switch of the form."""
    upload = {"file": ("稿件.txt", POST["body"].encode(), "text/plain")}
    answer = reading.post("/screen/file", files=upload, data={"thorough": "true"}).json()
    assert "thorough" == answer["language_model"]


@needs_model
def test_the_rule_has_its_page(reading) -> None:
    """GET /rules/{id} explains what the layer looks for."""
    assert "疑似错别字" in reading.get(f"/rules/{RULE}", headers={"accept": "text/html"}).text


@needs_model
def test_the_command_line_has_the_switch(home, tmp_path) -> None:
    """``xianshen screen --thorough --json`` answers as POST /screen does."""
    page = tmp_path / "page.txt"
    page.write_text(str(POST["body"]), encoding="utf-8")
    environment = {"XIANSHEN_LANGUAGE_MODEL": str(MODEL), "XIANSHEN_HOME": str(home), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "app", "screen", str(page), "--thorough", "--reasons", "--json"], env=environment,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    assert (1, "thorough") == (done.returncode, answer["language_model"])


# --- learning -----------------------------------------------------------------------------------


def test_a_slip_is_not_learnt_however_often_it_stands() -> None:
    """Where the form meant stands ten times as often, or the odd one on fewer than three pages, it is a slip."""
    pages = Counter({Pair("保塬", "保护"): 5, Pair("总休", "总体"): 4, Pair("治教", "治校"): 2})
    counts = {"保塬": 5, "保护": 30, "总休": 4, "总体": 400, "治教": 2, "治校": 0}
    assert {"保塬": 5} == attested(pages, counts)


@needs_model
def test_the_units_own_words_are_learnt_and_private_data_is_not(tmp_path, home) -> None:
    """A form on many pages that have no other is attested; names, numbers and a slip on one page are not in the file."""
    folder = tmp_path / "archive"
    folder.mkdir()
    for number in range(6):
        text = f"第{number}次会议指出，各类经营主体的合法权益受法律报护。" + (
            "县政府印发总休方案。" if number == 0 else "县政府印发《总体实施方案》。"
        )
        text += f"联系人龚建陇，身份证号11010519491231002X，电话1380013800{number}。"
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    config = Settings(language_model=str(MODEL), home=home)
    told: list[tuple[int, int]] = []
    count, found = learn(str(folder), config, tell=lambda *step: told.append(step))
    assert 6 == count
    assert (2, 6) == told[-1]
    assert "报护" in found
    together = "".join(found)
    assert not any(one in together for one in ("总休", "龚", "陇", "1", "X"))
