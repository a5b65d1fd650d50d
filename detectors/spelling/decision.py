"""How sure it is that a site is an error: many small decisions learnt once (``scripts/spelling_decision.py``), added up."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from detectors.spelling.model import HERE
from detectors.spelling.sites import FEATURES, Setting

EVERYTHING = Setting(least=0.0, open_cost=-2.5, odd_cost=-2.5, wide=True)


class Trees(NamedTuple):
    """[tree, node]. A leaf points to itself, so that all trees can be walked equally deep."""

    base: float
    feature: npt.NDArray[np.int64]
    number: npt.NDArray[np.float64]  # threshold of a node, value of a leaf
    low: npt.NDArray[np.int64]
    high: npt.NDArray[np.int64]
    depth: int

    def sure(self, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Log odds of each row."""
        count, trees = len(features), len(self.feature)
        if not count:
            return np.zeros(0)
        width = self.feature.shape[1]
        base = np.arange(trees) * width
        feature, number, low, high = (
            table.ravel() for table in (self.feature, self.number, self.low, self.high)
        )
        flat, row = features.ravel(), np.arange(count)[:, None] * features.shape[1]
        node = np.broadcast_to(base, (count, trees))
        for _ in range(self.depth):
            below = flat.take(row + feature.take(node)) <= number.take(node)
            node = base + np.where(below, low.take(node), high.take(node))
        return np.asarray(self.base + number.take(node).sum(axis=1), dtype=np.float64)


@cache
def digest() -> str:
    """Names the decisions."""
    return hashlib.sha256((HERE / "decision.json").read_bytes()).hexdigest()


@cache
def trees() -> Trees:
    """The decisions as learnt.

    Raises:
        ValueError: the file was learnt from other features.
    """
    data = json.loads((HERE / "decision.json").read_text(encoding="utf-8"))
    if tuple(data["features"]) != FEATURES:
        raise ValueError("decision.json was learnt from other features: run scripts/spelling_decision.py")
    count, width = len(data["trees"]), max(len(tree["feature"]) for tree in data["trees"])
    feature, low, high = (np.zeros((count, width), dtype=np.int64) for _ in range(3))
    number = np.zeros((count, width))
    depth = 0
    for place, tree in enumerate(data["trees"]):
        nodes = np.arange(len(tree["feature"]))
        leaf = np.array(tree["feature"]) < 0
        feature[place, nodes] = np.where(leaf, 0, tree["feature"])
        number[place, nodes] = tree["number"]
        low[place, nodes] = np.where(leaf, nodes, tree["low"])
        high[place, nodes] = np.where(leaf, nodes, tree["high"])
        depth = max(depth, _depth(tree["low"], tree["high"], leaf.tolist(), 0))
    return Trees(data["base"], feature, number, low, high, depth)


def _depth(low: list[int], high: list[int], leaf: list[bool], node: int) -> int:
    return (
        0 if leaf[node] else 1 + max(_depth(low, high, leaf, low[node]), _depth(low, high, leaf, high[node]))
    )
