"""Personal data by its form: numbers and addresses of persons, known by pattern, check digit and label.

``digits``, ``checks`` and ``surroundings`` read letters; ``kind`` puts them together; the kinds stand by what they
number, in ``identity``, ``contact``, ``accounts``, ``belongings``, ``records`` and ``dwelling``. ``presidio``, which
offers the same as recognizers, is imported by its own name: it takes a second and 100 MB, and no rule needs it.
"""

from detectors.pii.accounts import BANK_CARD, CREDENTIAL, PRIVATE_ACCOUNT, SERVICE_ACCOUNT, SOCIAL_SECURITY
from detectors.pii.belongings import DEVICE, PLATE, PLATE_OF_OFFICE, PROPERTY, VEHICLE
from detectors.pii.checks import (
    has_identity_form,
    is_card,
    is_credit_code,
    is_luhn,
    is_mobile,
    is_resident_id,
)
from detectors.pii.contact import AT, AT_WORD, EMAIL, LANDLINE, MOBILE, QQ, WECHAT
from detectors.pii.digits import Digits, bare, stretches
from detectors.pii.dwelling import DWELLING, LABELLED_DWELLING
from detectors.pii.identity import (
    BIRTHDATE,
    DISABILITY_CARD,
    FOREIGN_PERMIT,
    MILITARY_PAPER,
    MISTYPED_ID,
    OLD_RESIDENT_ID,
    PASSPORT,
    RESIDENT_ID,
    TRAVEL_PERMIT,
)
from detectors.pii.kind import Kind, Value
from detectors.pii.records import DRIVING_FILE, MEDICAL, STUDENT
from detectors.pii.surroundings import Words

__all__ = [
    "AT", "AT_WORD", "BANK_CARD", "BIRTHDATE", "CREDENTIAL", "DEVICE", "DISABILITY_CARD", "DRIVING_FILE", "DWELLING",
    "EMAIL", "FOREIGN_PERMIT", "LABELLED_DWELLING", "LANDLINE", "MEDICAL", "MILITARY_PAPER", "MISTYPED_ID", "MOBILE",
    "OLD_RESIDENT_ID", "PASSPORT", "PLATE", "PLATE_OF_OFFICE", "PRIVATE_ACCOUNT", "PROPERTY", "QQ", "RESIDENT_ID",
    "SERVICE_ACCOUNT", "SOCIAL_SECURITY", "STUDENT", "TRAVEL_PERMIT", "VEHICLE", "WECHAT",
    "Digits", "Kind", "Value", "Words",
    "bare", "has_identity_form", "is_card", "is_credit_code", "is_luhn", "is_mobile", "is_resident_id", "stretches",
]  # fmt: skip
