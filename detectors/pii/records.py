"""The files that schools, hospitals and the traffic police keep on somebody, by number."""

from __future__ import annotations

import re

from detectors.pii.checks import is_mobile, is_no_identity
from detectors.pii.kind import Kind
from detectors.pii.surroundings import TO, sentence_before

STUDENT = Kind(
    "CN_STUDENT_NUMBER",
    "学籍号、学号",
    re.compile(
        rf"(?:学籍辅?{TO}|(?<![大科文医数留])学号[ ]{{0,2}}[:为是]?[ ]{{0,3}})"
        r"(?P<value>[glj][0-9]{17}[0-9x]|[0-9]{6,19}x?)(?![0-9a-z*年])"
    ),
)
MEDICAL = Kind(
    "CN_MEDICAL_NUMBER",
    "就诊编号",
    re.compile(
        r"(?:住院|病历|病案|门诊|就诊卡?|医疗保险手册|医保手册|健康卡|诊疗卡|检验单)(?:号码|编号|号)[ ]{0,2}[:为是]?[ ]{0,3}(?P<value>[a-z]{0,3}[0-9]{5,20})(?![0-9a-z*])"
    ),
    lambda number: is_no_identity(number) and not is_mobile(number),
)
DRIVING_FILE = Kind(
    "CN_DRIVING_FILE",
    "驾驶证档案编号",
    re.compile(rf"档案编?号{TO}(?P<value>[0-9]{{12}})(?![0-9a-z*])"),
    fits=lambda plain, start, end, _number: (
        "驾" in sentence_before(plain, start) or "准驾" in plain[end : end + 20]
    ),
)
