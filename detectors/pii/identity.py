"""Who somebody is: resident identity numbers, also old and mistyped ones, passports, permits, papers of soldiers, birthdates."""

from __future__ import annotations

import datetime
import re

from detectors.pii.checks import (
    has_identity_form,
    is_birth,
    is_credit_code,
    is_old_resident_id,
    is_resident_id,
)
from detectors.pii.digits import TABBED, grouped, joined
from detectors.pii.kind import Kind
from detectors.pii.surroundings import before, nearest

_ONES = (1,) * 18
_RESIDENT = joined(
    "[1-9][0-9]{16}[0-9x]",
    grouped(6, 8, 4, last="[0-9x]", gap=TABBED),
    grouped(6, 4, 4, 4, last="[0-9x]", gap=TABBED),
    grouped(6, 4, 2, 2, 4, last="[0-9x]"),
    grouped(3, 3, 4, 4, 4, last="[0-9x]"),
    grouped(3, 3, 8, 4, last="[0-9x]"),
    grouped(4, 4, 4, 4, 2, last="[0-9x]"),
    grouped(6, 6, 6, last="[0-9x]"),
    grouped(*_ONES, last="[0-9x]", gap=r"(?:[ \t\n\u20e3\-]{1,2})"),
    "(?=[0-9\n ]{18}[0-9x](?![0-9]))[1-9][0-9]{2,16}[\n ][0-9]{0,14}[0-9x]",  # broken once at the end of a line
)


def _no_credit_code(plain: str, start: int, end: int, number: str) -> bool:
    del end
    words = before(plain, start)
    if ("代码" in words or "信用" in words) and is_credit_code(number):
        return False
    # A case or project number holds a region and today's date; one in eleven has the check digit too.
    return not (
        nearest(words) == "other" and int(number[6:10]) > datetime.datetime.now(tz=datetime.UTC).year - 16
    )


RESIDENT_ID = Kind(
    "CN_RESIDENT_ID",
    "居民身份证号",
    re.compile(rf"(?<![0-9]){_RESIDENT}(?![0-9])"),
    is_resident_id,
    among_numbers=True,
    fits=_no_credit_code,
)


def _labelled_id(plain: str, start: int, end: int, number: str) -> bool:
    del end
    words = before(plain, start)
    return nearest(words) == "id" and not (is_credit_code(number) and "信用" in words)


def _wrong_resident_id(number: str) -> bool:
    return has_identity_form(number) and not is_resident_id(number)


# A mistyped identity number still leads to the person.
MISTYPED_ID = Kind(
    "CN_RESIDENT_ID",
    "居民身份证号",
    RESIDENT_ID.pattern,
    _wrong_resident_id,
    among_numbers=True,
    fits=_labelled_id,
)
OLD_RESIDENT_ID = Kind(
    "CN_OLD_RESIDENT_ID",
    "15位身份证号",
    re.compile(rf"(?<![0-9a-z])(?:[1-8][0-9]{{14}}|{grouped(6, 6, 3, first='[1-8]')})(?![0-9a-z])"),
    is_old_resident_id,
    among_numbers=True,
    fits=_labelled_id,
)

# The number of a disability card is the identity number with kind and grade behind it.
DISABILITY_CARD = Kind(
    "CN_RESIDENT_ID",
    "残疾人证号",
    re.compile(r"(?<![0-9])(?P<value>[1-9][0-9]{16}[0-9x])[1-7][1-4](?:b[1-9]?)?(?![0-9])"),
    is_resident_id,
    among_numbers=True,
    fits=lambda plain, start, _end, _number: "残疾" in before(plain, start),
)
PASSPORT = Kind(
    "CN_PASSPORT",
    "护照号码",
    re.compile(
        r"护照[^0-9a-z\n。;]{0,8}(?P<value>(?:e[a-hj-np-z][0-9]{7}|[eg][0-9]{8}|[spd]e[0-9]{7}|[spd][0-9]{7,8}|kj?[0-9]{7,8}"
        r"|h[0-9]{8}|m[ab][0-9]{7}|1[45][0-9]{7}|[a-z]{1,2}[0-9]{7}))(?![0-9a-z*])"
        r"|(?<![0-9a-z])(?:e[a-hj-np-z][0-9]{7}|[eg][0-9]{8})(?=号?[^0-9a-z\n。;]{0,3}护照)"
    ),
    near=re.compile("护照"),
    reach=(14, 24),
)
TRAVEL_PERMIT = Kind(
    "CN_TRAVEL_PERMIT",
    "往来通行证号",
    re.compile(
        r"(?:通行证|回乡证|台胞证)[^0-9a-z\n。;]{0,8}(?P<value>[hm][0-9]{8}(?:[0-9]{2})?|c[a-z0-9][0-9]{7}|[lt][0-9]{8}|[0-9]{8}(?:[0-9]{2})?)(?![0-9a-z*年.\-])"
    ),
    lambda number: not (len(number) == 8 and number.isdecimal() and is_birth(number)),
    fits=lambda plain, start, _end, _number: bool(
        re.search(r"港|澳|台|回乡|内地|大陆", plain[max(0, start - 24) : start])
    ),
)
FOREIGN_PERMIT = Kind(
    "CN_FOREIGN_RESIDENCE_PERMIT",
    "外国人永久居留证号",
    re.compile(r"(?:永久?居留?|居留)[^0-9a-z\n。;]{0,12}(?P<value>[a-z]{3}[0-9]{12})(?![0-9a-z*])"),
)
MILITARY_PAPER = Kind(
    "CN_MILITARY_PAPER",
    "军人证件号",
    re.compile(
        r"(?:军官|士兵|军士|士官|文职干部|文职人员|义务兵|学员|警官|武警|军人|退役军人优待|退休军人|伤残军人|残疾军人|优待)(?:身份)?证(?:件)?"
        r"[^0-9a-z\n。;]{0,8}?(?P<value>[\u4e00-\u9fff]{1,2}字第?[0-9a-z]{0,2}[0-9]{4,10}号?|[0-9]{7,10}|(?<=优待证号:)[0-9]{12,18}"
        r"|(?<=优待证号码:)[0-9]{12,18})(?![0-9*年月日])"
    ),
)
BIRTHDATE = Kind(
    "CN_BIRTHDATE",
    "出生日期",
    re.compile(
        r"(?:出生(?:日期|年月日?|时间)?|生日|生于)(?:\([^()\n]{0,8}\))?[ ]{0,2}(?:[:为是于]{1,2})?[ ]{0,3}"
        r"(?P<value>(?:19|20)[0-9]{2}(?:年[0-9]{1,2}月[0-9]{1,2}日?|[-./][0-9]{1,2}[-./][0-9]{1,2}|(?:0[1-9]|1[0-2])[0-3][0-9](?![0-9])))(?![0-9*])"
        r"|(?<![0-9])(?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日(?=(?:\([^()\n]{0,12}\))?(?:出)?生(?:[,。;)]|人|于)|出生)"
    ),
    near=re.compile("出生|生日|生于|日生"),
    reach=(24, 30),
)
