"""What the operator tells the rules: own domains, public telephone numbers, tables of the unit.

Given once when the rules are loaded; a rule that needs it has ``prepare(known)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Known:
    """Facts of this installation. Empty sets mean that the operator has said nothing."""

    own_domains: frozenset[str] = frozenset()  # registrable domains or hosts of the unit itself
    approved_domains: frozenset[str] = frozenset()  # other hosts that may be linked to
    public_phones: frozenset[str] = frozenset()  # numbers the unit publishes on purpose, digits only
    tables: tuple[Path, ...] = ()  # folders with the operator's own tables, later ones win


NOTHING_KNOWN = Known()
