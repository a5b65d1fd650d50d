"""Many names as one pattern: letter by letter, so that a letter is compared once, not once for each name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any


def pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Matches each of the names, of two that begin alike the longer one. No names: matches nothing."""
    tree: dict[str, Any] = {}
    for name in names:
        branch = tree
        for letter in name:
            branch = branch.setdefault(letter, {})
        branch[""] = {}
    return re.compile(_written(tree) if tree else r"(?!)")


def _written(tree: Mapping[str, Any]) -> str:
    branches = [re.escape(letter) + _written(below) for letter, below in sorted(tree.items()) if letter]
    if not branches:
        return ""
    inner = branches[0] if len(branches) == 1 and "" not in tree else f"(?:{'|'.join(branches)})"
    return inner + "?" if "" in tree else inner
