"""A rule's page and a regulation's page, read from the rule and the regulation themselves."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.checklist import Checklist
    from detectors.rule import Example, Rule


def rule_page(rule: Rule) -> dict[str, Any]:
    """What a rule looks for, why, by which article, with its examples."""
    return {
        "id": rule.id,
        "family": rule.family,
        "title": rule.title,
        "why": rule.why,
        "basis": list(rule.basis),
        "private": rule.private,
        "examples": [_example(example) for example in rule.lines],
    }


def _example(example: Example) -> dict[str, Any]:
    return {
        "flagged": bool(example.marks),
        "text": example.letters,
        "format": example.format,
        "marks": [mark._asdict() for mark in example.marks],
    }


def checklist_page(checklist: Checklist) -> dict[str, Any]:
    """A regulation as it is asked: items, which rules bear on them, routes, what it leaves open."""
    return {
        "id": checklist.id,
        "title": checklist.title,
        "status": checklist.status,
        "issuer": checklist.issuer,
        "form": checklist.form,
        "notes": list(checklist.notes),
        "items": [asdict(item) for item in checklist.items],
        "routes": [
            {
                "id": route.id,
                "when": dict(route.when),
                "why": route.why,
                "basis": route.basis,
                "signatures": [one._asdict() for one in route.signatures],
            }
            for route in checklist.routes
        ],
        "open": [asdict(one) for one in checklist.open],
        "deadlines": [asdict(one) for one in checklist.deadlines],
        "digest": checklist.digest,
    }
