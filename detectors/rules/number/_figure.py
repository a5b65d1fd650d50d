"""Figures as they stand in ``Text.plain``: their value, how exactly they are given, their scale."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"  # 1,234.5 with commas at every third digit, or none
_SCALES = {
    "": 1,
    "百": 100,
    "千": 1000,
    "万": 10_000,
    "百万": 1_000_000,
    "千万": 10_000_000,
    "亿": 10**8,
    "万亿": 10**12,
}
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "廿": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}


class Figure(NamedTuple):
    """A value and half a unit of its last written digit: 12.5万 is 125000 ± 500."""

    value: Decimal
    half: Decimal

    @property
    def low(self) -> Decimal:
        return self.value - self.half

    @property
    def high(self) -> Decimal:
        return self.value + self.half


def figure(digits: str, scale: str = "") -> Figure:
    """The figure written as ``digits`` in a scale such as 万."""
    value = Decimal(digits.replace(",", ""))
    times = _SCALES[scale]
    exponent = value.as_tuple().exponent
    places = exponent if isinstance(exponent, int) else 0
    return Figure(value * times, Decimal(5).scaleb(places - 1) * times)


def split_unit(unit: str) -> tuple[str, str]:
    """``万吨`` → ("万", "吨")."""
    for scale in ("万亿", "千万", "百万", "亿", "万", "千", "百"):
        if unit.startswith(scale):
            return scale, unit[len(scale) :]
    return "", unit


def shown(value: Decimal, places: int = 4) -> str:
    """A value for a note: no needless zeros, never in scientific form."""
    rounded = f"{value:.{places}f}"
    return rounded.rstrip("0").rstrip(".") if "." in rounded else rounded


def chinese(letters: str) -> int | None:
    """一百二十三 → 123, 二十 → 20; None where it is not a number below ten thousand."""
    if letters.isascii() and letters.isdecimal():
        return int(letters)
    total = digit = 0
    for letter in letters:
        if letter in _DIGITS:
            digit = _DIGITS[letter]
        elif letter in _TENS:
            total += (digit or 1) * _TENS[letter]
            digit = 0
        else:
            return None
    return total + digit
