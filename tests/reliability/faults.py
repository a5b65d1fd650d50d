"""The fault table of the plan: what each row is, the test that proves it, or why it is not tried here.

``make reliability`` runs every test named here and writes its outcome beside the row.
"""

from __future__ import annotations

from typing import NamedTuple

_HERE = "tests/reliability/"
_REGISTER = "tests/app/register/"
_INTAKE = "tests/app/documents/test_intake.py::"
_WORDS = "tests/app/words/test_words.py::"
_GATE = "tests/app/accounts/test_gate.py::"
_PEOPLE = "tests/app/accounts/test_people.py::"
_LINKS = "tests/app/test_links_patrol.py::"


class Fault(NamedTuple):
    """One row. ``proof``: pytest's name of a test; "" where none can be, then ``why`` says it."""

    what: str
    proof: str
    why: str = ""


FAULTS: dict[int, Fault] = {
    1: Fault("service away, refusing or hanging", "tests/app/test_client.py::test_a_broken_network_stays_a_draft"),
    2: Fault("slow answer, client gave up", _HERE + "test_workers.py::test_a_worker_is_replaced"),
    3: Fault("the same post twice at once", _REGISTER + "test_api.py::test_parallel_duplicates_are_one"),
    4: Fault("kill -9 between verdict and record", _REGISTER + "test_kill.py::test_kill_minus_nine_sqlite"),
    5: Fault("power loss", _HERE + "test_power.py::test_the_power_goes"),
    6: Fault("fsync fails", _HERE + "test_power.py::test_syncs_fail_under_a_service"),
    7: Fault("disk full, quota", _HERE + "test_disk.py::test_no_room"),
    8: Fault("register locked, or its server away", _HERE + "test_database_killed.py::test_postgresql_killed_under_load"),
    9: Fault("register's file removed or replaced", _REGISTER + "test_faults.py::test_the_file_is_gone"),
    10: Fault("register damaged", _REGISTER + "test_chain.py::test_tampering_is_found"),
    11: Fault("worker killed", _HERE + "test_workers.py::test_a_worker_is_replaced"),
    12: Fault("worker frozen", _HERE + "test_workers.py::test_a_worker_is_replaced"),
    13: Fault("memory grows", "", "the soak above: a growth beyond its limit is a violation"),
    14: Fault("no memory in a reader", _INTAKE + "test_the_worker_has_little_memory"),
    15: Fault("clock jumps", _HERE + "test_clock.py::test_the_clock_jumps"),
    16: Fault("rescan killed half-way", "tests/app/archive/test_run.py::test_killed_and_started_again"),
    17: Fault("archive changes meanwhile", "tests/app/archive/test_run.py::test_a_changed_archive_is_taken_up_rightly"),
    18: Fault("long posts starve short ones", _HERE + "test_bounded.py::test_only_so_many_long_posts_wait"),
    19: Fault("words exchanged under load", _HERE + "test_reload.py::test_a_large_set_is_exchanged"),
    20: Fault("word file with errors", _HERE + "test_fuzz.py::test_fuzz"),
    21: Fault("word file huge, a million hits", _HERE + "test_bounded.py::test_hostile_pages_in_little_memory"),
    22: Fault("a word that hits everywhere", _WORDS + "test_the_gate_catches_every_seeded_bad_word"),
    23: Fault("back to earlier words", _WORDS + "test_an_earlier_set_can_be_asked_for"),
    24: Fault("overload", _HERE + "test_bounded.py::test_overload"),
    25: Fault("bodies that never end", _HERE + "test_bounded.py::test_bodies_that_never_end"),
    26: Fault("body over the limit", "tests/app/test_api.py::test_too_large_is_refused"),
    27: Fault("text over the limit, never cut", "tests/app/test_api.py::test_too_large_is_refused"),
    28: Fault("other encodings", _INTAKE + "test_other_encodings_are_not_read_as_something_else"),
    29: Fault("damaged text", "tests/detectors/test_pages.py::test_page_says_what_its_family_finds"),
    30: Fault("lone surrogates", "tests/detectors/test_text.py::test_lone_surrogates_and_nul_do_no_harm"),
    31: Fault("control and private-use characters", "tests/detectors/test_text.py::test_every_plain_character_points_at_its_own_source"),
    32: Fault("invisible characters", "tests/detectors/test_text.py::test_many_spellings_fold_to_one"),
    33: Fault("writing directions", _HERE + "test_bounded.py::test_hostile_pages"),
    34: Fault("look-alike characters", "tests/detectors/test_text.py::test_many_spellings_fold_to_one"),
    35: Fault("bombs of normalisation", "tests/detectors/test_text.py::test_expansions_are_bounded"),
    36: Fault("words cut by tags", "tests/detectors/test_markup.py::test_reader_sees"),
    37: Fault("text outside the visible page", "tests/detectors/test_markup.py::test_hidden_text_is_read_apart"),
    38: Fault("huge and deep pages", _HERE + "test_bounded.py::test_hostile_pages"),
    39: Fault("text lost by a reader", "tests/detectors/test_markup.py::test_no_text_is_lost"),
    40: Fault("JSON that can be read twice", "tests/app/test_client.py::test_a_field_given_twice_is_refused"),
    41: Fault("patterns that take for ever", _HERE + "test_bounded.py::test_hostile_pages"),
    42: Fault("patterns of users", "", "does not apply: users give words and tables, never patterns"),
    43: Fault("a rule breaks", _HERE + "test_no_silent_pass.py::test_a_fault_in_each_rule"),
    44: Fault("bombs in files", _INTAKE + "test_a_bomb_costs_one_request"),
    45: Fault("external entities", _INTAKE + "test_what_cannot_be_read_says_why"),
    46: Fault("encrypted, embedded, only pictures", _INTAKE + "test_what_cannot_be_read_says_why"),
    47: Fault("link patrol led inside", _LINKS + "test_rebinding_gains_nothing"),
    48: Fault("classes of addresses", _LINKS + "test_reserved_numbers_are_closed"),
    49: Fault("formulas in exports", _WORDS + "test_exports_hold_no_formula"),
    50: Fault("scripts in what is shown", "tests/browser/test_attacks.py::test_no_payload_runs"),
    51: Fault("requests from elsewhere", _GATE + "test_requests_from_elsewhere"),
    52: Fault("keys of programs", _PEOPLE + "test_keys_are_stored_as_digests"),
    53: Fault("roles", _HERE + "test_access.py::test_the_matrix_cell_by_cell"),
    54: Fault("objects of other units", _HERE + "test_access.py::test_one_unit_before_anothers_door"),
    55: Fault("approval skipped or lowered", _REGISTER + "test_way.py::test_an_approval_below_the_required_level"),
    56: Fault("passwords guessed", _GATE + "test_five_wrong_passwords_lock"),
    57: Fault("personal data in logs", _HERE + "test_no_leak.py::test_two_hundred_numbers_and_every_sink"),
    58: Fault("a secret text is kept", _REGISTER + "test_store.py::test_the_text_is_not_kept"),
    59: Fault("register tampered with", _REGISTER + "test_chain.py::test_tampering_is_found"),
    60: Fault("connections to the outside", _HERE + "test_operation.py::test_nothing_goes_out"),
}  # fmt: skip
