"""Learns detectors/spelling/decision.json: how sure the detector is that a site is an error.

Run by hand when features or tables change; the service only reads its result, which holds thresholds and
weights, no text.

    pip install scikit-learn
    python scripts/spelling_decision.py zh_CN.lm ../shared/data

Learns from half of the clean texts and of the correction sets and from slips made up in clean text; the other
halves are for measuring. Trees of few leaves, because the sites are few and the features many.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from detectors.spelling import lattice as lattices
from detectors.spelling import model as models
from detectors.spelling import sites
from detectors.spelling.decision import EVERYTHING
from detectors.text import fold

CLEAN = {
    "xuexi": "clean_sentences/xuexi_sentences.jsonl",
    "laws": "gov_text/laws.jsonl.gz",
    "news": "gov_text/cctv_news_2025_2026.jsonl.gz",
    "policy": "gov_text/policy_readings.jsonl",
}
CORRECTION = {"ecspell_law_train": 1, "cscd_ns": 2, "textproof": 2}  # every how manieth row is for learning
SMALL = {"xuexi": 3.0, "policy": 3.0}  # sets of few characters count for more
CHARACTERS = 2_200_000  # of each clean set at most
SLIPS = 5_000  # of each clean set
TREES = {
    "max_iter": 260, "max_leaf_nodes": 16, "max_depth": 6, "learning_rate": 0.07, "min_samples_leaf": 40,
    "l2_regularization": 10.0, "max_features": 0.4,
}  # fmt: skip


class Pair(NamedTuple):
    wrong: str
    right: str


class Table(NamedTuple):
    features: npt.NDArray[np.float32]
    hits: npt.NDArray[np.int8]  # 1 an error, 0 none, -1 beside one
    rows: npt.NDArray[np.int64]


def rows_of(path: Path) -> list[dict[str, Any]]:
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as lines
    ):
        return [json.loads(line) for line in lines]


def clean(data: Path, name: str, half: int, most: int, seed: int = 1) -> Iterator[str]:
    """Texts of one half of a set, drawn by chance, up to so many characters."""
    texts = [row["text"] for row in rows_of(data / CLEAN[name])][half::2]
    random.Random(seed).shuffle(texts)
    total = 0
    for text in texts:
        yield fold(text[:6000])
        total += min(len(text), 6000)
        if total >= most:
            return


def pairs(data: Path, name: str) -> list[Pair]:
    return [
        Pair(fold(row["text"]), fold(row["target"])) for row in rows_of(data / "correction" / f"{name}.jsonl")
    ]


class Slips:
    """Made-up errors: a word for one of the same sound, a character for one of the same sound or shape."""

    def __init__(self, model: models.Model, seed: int) -> None:
        self.model, self.chance = model, random.Random(seed)
        self.by_sound: dict[tuple[str, ...], list[int]] = defaultdict(list)
        readings = models.readings()
        for number in range(1, model.of_model):
            word = model.word(number)
            if 0 < len(word) <= 4 and all(letter in readings for letter in word):
                self.by_sound[tuple(readings[letter][0] for letter in word)].append(number)
        self.readings, self.shapes = readings, models.shapes()

    def made(self, text: str) -> Iterator[Pair]:
        for sentence in re.split(r"[\n。]", text):
            if 12 <= len(sentence) <= 200:
                slip = self._slip(sentence)
                if slip:
                    yield Pair(slip, sentence)

    def _slip(self, sentence: str) -> str | None:
        lattice = lattices.read(self.model, lattices.letters_of(sentence))
        path = lattice.path()
        words = [(int(lattice.start[edge]), int(lattice.end[edge])) for edge in path]
        for _ in range(5):
            if not words:
                return None
            start, end = self.chance.choice(words)
            new = self._other(sentence[start:end])
            if new and new != sentence[start:end]:
                return sentence[:start] + new + sentence[end:]
        return None

    def _other(self, word: str) -> str | None:
        kind, place = self.chance.random(), self.chance.randrange(len(word))
        if kind < 0.5:
            return self._sounding(word, 0.7)
        if kind < 0.8:
            letter = self._sounding(word[place], 0.6)
        else:
            letter = self.chance.choice(self.shapes[word[place]]) if word[place] in self.shapes else None
        return word[:place] + letter + word[place + 1 :] if letter else None

    def _sounding(self, word: str, power: float) -> str | None:
        """Another word of the same sound, likely ones more often."""
        found = [
            one
            for one in self.by_sound.get(tuple(self.readings.get(letter, ("",))[0] for letter in word), ())
            if self.model.word(one) != word
        ]
        if not found:
            return None
        return self.model.word(
            self.chance.choices(found, [10 ** (power * float(self.model.score[one])) for one in found])[0]
        )


def batches(texts: Iterable[str], size: int = 20_000) -> Iterator[tuple[int, list[str]]]:
    first, batch, total = 0, list[str](), 0
    for text in texts:
        batch.append(text)
        total += len(text)
        if total > size:
            yield first, batch
            first, batch, total = first + len(batch), [], 0
    if batch:
        yield first, batch


def located(
    model: models.Model, texts: list[str], *, apart: bool
) -> Iterator[tuple[sites.Sites, npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Sites of many texts with their rows and places. ``apart``: each a page of its own."""
    for first, batch in [(row, [text]) for row, text in enumerate(texts)] if apart else batches(texts):
        found = sites.find(model, "\n".join(batch), EVERYTHING)
        begins = np.cumsum([0, *(len(text) + 1 for text in batch)])
        row = np.searchsorted(begins, found.start, side="right") - 1
        place = found.start - begins[row]
        for one, text in (
            enumerate(batch) if len(batch) > 1 else ()
        ):  # what a page repeats is counted in its own row
            own = np.flatnonzero(row == one)
            found.features[own, -2:] = np.transpose(
                sites.repeated(model, text, place[own], found.length[own], found.word[own])
            )
        yield found, row + first, place


def of_pairs(model: models.Model, both: list[Pair]) -> Table:
    features, hits, rows = [], [], []
    for found, row, place in located(model, [pair.wrong for pair in both], apart=False):
        features.append(found.features)
        rows.append(row)
        hits.append(
            [
                _hit(model, both[one], at, size, word)
                for one, at, size, word in zip(
                    row.tolist(), place.tolist(), found.length.tolist(), found.word.tolist(), strict=True
                )
            ]
        )
    return Table(np.concatenate(features), np.concatenate(hits).astype(np.int8), np.concatenate(rows))


def _hit(model: models.Model, pair: Pair, at: int, size: int, word: int) -> int:
    wrong, right = pair
    if len(wrong) != len(right):
        return -1 if wrong != right else 0
    new = model.word(word)
    if any(wrong[at + step] != new[step] and wrong[at + step] != right[at + step] for step in range(size)):
        return 1
    return -1 if wrong[max(0, at - 2) : at + size + 2] != right[max(0, at - 2) : at + size + 2] else 0


def of_clean(model: models.Model, texts: list[str]) -> Table:
    features, rows = [], []
    for found, row, _ in located(model, texts, apart=True):
        features.append(found.features)
        rows.append(row)
    table = np.concatenate(features)
    return Table(table, np.zeros(len(table), dtype=np.int8), np.concatenate(rows))


def examples(model: models.Model, data: Path) -> Iterator[tuple[str, Table, float]]:
    """What is learnt from: name, table, weight of a row."""
    for number, name in enumerate(CLEAN):
        texts = list(clean(data, name, 0, CHARACTERS))
        yield name, of_clean(model, texts), SMALL.get(name, 1.0)
        slips = Slips(model, number)
        made = [slip for text in clean(data, name, 0, 220_000, seed=9) for slip in slips.made(text)][:SLIPS]
        yield f"slips in {name}", of_pairs(model, made), 0.1
    for name, step in CORRECTION.items():
        yield name, of_pairs(model, pairs(data, name)[::step]), 2.0


def learn(tables: Iterable[tuple[str, Table, float]]) -> HistGradientBoostingClassifier:
    features, hits, weights = [], [], []
    for _, table, weight in tables:
        kept = table.hits >= 0
        features.append(table.features[kept])
        hits.append(table.hits[kept])
        weights.append(np.full(int(kept.sum()), weight))
    found = HistGradientBoostingClassifier(early_stopping=False, random_state=0, **TREES)
    return found.fit(np.concatenate(features), np.concatenate(hits), sample_weight=np.concatenate(weights))


def as_json(found: HistGradientBoostingClassifier) -> dict[str, Any]:
    """Trees as lists: feature (-1: a leaf), threshold or value, the two nodes below."""
    trees = []
    for (tree,) in found._predictors:  # noqa: SLF001 there is no public way to the trees
        nodes = tree.nodes
        leaf = nodes["is_leaf"].astype(bool)
        trees.append(
            {
                "feature": np.where(leaf, -1, nodes["feature_idx"]).tolist(),
                "number": [
                    float(f"{value:.7g}") for value in np.where(leaf, nodes["value"], nodes["num_threshold"])
                ],
                "low": np.where(leaf, 0, nodes["left"]).tolist(),
                "high": np.where(leaf, 0, nodes["right"]).tolist(),
            }
        )
    return {
        "features": list(sites.FEATURES),
        "base": float(found._baseline_prediction.item()),  # noqa: SLF001 as above
        "trees": trees,
    }


def main() -> None:
    model_path, data = Path(sys.argv[1]), Path(sys.argv[2])
    model = models.load(model_path, Path("var/cache"))
    found = learn(examples(model, data))
    text = json.dumps(as_json(found), separators=(",", ":"))
    (models.HERE / "decision.json").write_text(
        text.replace('{"feature"', '\n{"feature"') + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
