"""What a bare number proves by itself: check digits, regions, real days, the ranges of networks.

Sources: GB 11643-1999 (identity numbers), GB 32100-2015 (social credit codes), GB/T 17710 MOD 11-2,
ISO/IEC 7812 (Luhn), the numbering plan of mobile networks.
"""

from __future__ import annotations

import datetime
import re

_REGIONS = frozenset(  # first two digits of a region; 71 and 81 to 83: Taiwan, Hong Kong, Macao
    str(code)
    for codes in (
        range(11, 16),
        range(21, 24),
        range(31, 38),
        range(41, 47),
        range(50, 55),
        range(61, 66),
        (71, 81, 82, 83),
    )
    for code in codes
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_birth(eight: str) -> bool:
    """Whether YYYYMMDD is a real day a living person may have been born on."""
    try:
        day = datetime.date(int(eight[:4]), int(eight[4:6]), int(eight[6:8]))
    except ValueError:
        return False
    # Past years need no clock.
    return day.year >= 1900 and (day.year < 2026 or day <= datetime.datetime.now(tz=datetime.UTC).date())


def has_identity_form(number: str) -> bool:
    """18 places, a region and a real birthday; the check digit may be wrong."""
    return (
        len(number) == 18
        and number[:17].isdecimal()
        and (number[:2] in _REGIONS or (number[0] == "9" and number[1:3] in _REGIONS))
        and is_birth(number[6:14])
    )


def is_resident_id(number: str) -> bool:
    """An identity number by GB 11643: citizens, residents from Hong Kong, Macao, Taiwan (81–83), foreigners (9…)."""
    if not has_identity_form(number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10x98765432"[total % 11] == number[17]


def is_old_resident_id(number: str) -> bool:
    """15 digits as issued until 1999: region, YYMMDD, three more; nothing to compute."""
    return (
        len(number) == 15 and number.isdecimal() and number[:2] in _REGIONS and is_birth("19" + number[6:12])
    )


def is_no_identity(number: str) -> bool:
    """A number, and not that of a resident."""
    return not is_resident_id(number) and any(letter.isdecimal() for letter in number)


def is_luhn(number: str) -> bool:
    """ISO/IEC 7812 check digit."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


_CREDIT = "0123456789abcdefghjklmnpqrtuwxy"


def is_credit_code(code: str) -> bool:
    """A unified social credit code (GB 32100): public, and sometimes 18 digits like an identity number."""
    if len(code) != 18 or any(letter not in _CREDIT for letter in code):
        return False
    total = sum(_CREDIT.index(letter) * 3**place % 31 for place, letter in enumerate(code[:17]))
    return _CREDIT[-total % 31] == code[17]


_MOBILE = re.compile(r"1(?:3[0-9]|4[579]|5[0-35-9]|6[2567]|7[0-35-8]|74[0-5]|8[0-9]|9[0-35-9])[0-9]{8}")
_THINGS = re.compile(r"14(?:[14]0|41|[68][0-9])[0-9]{9}")


def is_mobile(number: str) -> bool:
    """Eleven digits of a mobile network (virtual operators too), or the thirteen of a machine's card."""
    if len(number) == 13 and not number.startswith("86"):
        return _THINGS.fullmatch(number) is not None
    return number[:-11] in {"", "0", "86", "0086"} and _MOBILE.fullmatch(number[-11:]) is not None


def is_card(number: str) -> bool:
    """16 to 19 digits with a Luhn check digit that are no identity number."""
    return (
        16 <= len(number) <= 19
        and number.isdecimal()
        and is_luhn(number)
        and len(set(number)) > 3
        and not is_resident_id(number)
    )
