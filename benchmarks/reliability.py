"""``make reliability``: every fault test in its long form, and docs/reliability.md written from what they put down.

    python -m benchmarks.reliability [--short | --again]      about forty minutes; the short form takes some minutes

Each stage is kept in build/reliability.json as it ends. --again takes up a run that was cut off: what is done stays,
files with a test that failed are run again, and the page says which.

XIANSHEN_SOAK: seconds of the soak; XIANSHEN_FUZZ: seconds of fuzzing.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import register
from benchmarks.corpora import ROOT
from tests.reliability.faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = ROOT / "docs" / "reliability.md"
TESTS = (
    "tests/reliability",
    "tests/app/words",
    "tests/app/register/test_faults.py",
    "tests/app/register/test_chain.py",
)
Row = dict[str, Any]  # what a test puts down, see tests/reliability/conftest.py
State = dict[str, Any]  # what has been run so far
KEPT = ROOT / "build" / "reliability.json"
SAID = ROOT / "build" / "reliability.failed.txt"  # what tests that failed said
_BROKEN = frozenset({"FAILED", "ERROR"})
# Its figures are of single milliseconds: it runs when nothing else does.
ALONE = "tests/reliability/test_reload.py"

# OWASP ASVS 5.0.0: requirement → the test that holds it ("file::name", as pytest has it).
ASVS: dict[str, tuple[str, str]] = {
    "1.1.1": ("decoded once", "tests/detectors/test_markup.py::test_reader_sees"),
    "1.2.1": ("output encoding", "tests/browser/test_attacks.py::test_no_payload_runs"),
    "1.2.10": ("no formula in CSV", "tests/app/words/test_words.py::test_exports_hold_no_formula"),
    "1.3.1": ("HTML is read as data", "tests/browser/test_attacks.py::test_no_answer_runs"),
    "1.3.6": ("no request to where a text points", "tests/reliability/test_operation.py::test_nothing_goes_out"),
    "1.3.12": ("no pattern takes for ever", "tests/reliability/test_bounded.py::test_hostile_pages"),
    "1.5.1": ("no external entities", "tests/app/documents/test_intake.py::test_what_cannot_be_read_says_why"),
    "1.5.3": ("one reading of a request", "tests/app/test_client.py::test_a_field_given_twice_is_refused"),
    "2.3.3": ("whole transactions", "tests/app/register/test_faults.py::test_disk_full"),
    "2.3.5": ("a second person approves", "tests/app/words/test_words.py::test_nobody_approves_their_own_wish"),
    "2.4.1": ("not too many at once", "tests/reliability/test_bounded.py::test_overload"),
    "3.3.2": ("cookies", "tests/app/accounts/test_gate.py::test_over_https_the_cookie_is_secure"),
    "3.4.3": ("content security policy", "tests/app/test_api.py::test_security_headers"),
    "3.5.1": ("requests from elsewhere", "tests/app/accounts/test_gate.py::test_requests_from_elsewhere"),
    "5.2.1": ("size of files", "tests/app/test_file.py::test_limits"),
    "5.2.2": ("what a file is", "tests/app/documents/test_intake.py::test_formats_by_the_name"),
    "5.2.3": ("bombs", "tests/app/documents/test_intake.py::test_a_bomb_costs_one_request"),
    "6.2.1": ("passwords", "tests/app/accounts/test_people.py::test_weak_passwords"),
    "6.3.1": ("lock-out", "tests/app/accounts/test_gate.py::test_five_wrong_passwords_lock"),
    "7.3.1": ("idle sessions end", "tests/app/accounts/test_gate.py::test_an_idle_session_ends"),
    "8.2.1": ("roles", "tests/reliability/test_access.py::test_the_matrix_cell_by_cell"),
    "8.2.2": ("objects of others", "tests/reliability/test_access.py::test_one_unit_before_anothers_door"),
    "11.4.2": ("password hashing", "tests/app/accounts/test_people.py::test_passwords_are_stored_by_argon2"),
    "14.2.4": ("personal data kept out", "tests/reliability/test_no_leak.py::test_two_hundred_numbers_and_every_sink"),
    "15.2.2": ("costly functions bounded", "tests/app/accounts/test_people.py::test_at_most_two_hashes_at_once"),
    "15.4.1": ("no races", "tests/reliability/test_operation.py::test_two_services_on_one_postgresql_are_one"),
    "16.2.5": ("no numbers in logs", "tests/reliability/test_operation.py::test_numbers_are_masked_in_logs"),
    "16.4.1": ("no forged log line", "tests/reliability/test_operation.py::test_a_log_line_cannot_be_forged"),
    "16.4.2": ("tampering is found", "tests/app/register/test_chain.py::test_tampering_is_found"),
    "16.5.3": ("a fault is no pass", "tests/reliability/test_no_silent_pass.py::test_a_fault_in_each_rule"),
}  # fmt: skip


def wanted() -> list[list[str]]:
    """What pytest is given, once for each list: nothing runs beside the last."""
    proofs = [fault.proof for fault in FAULTS.values() if fault.proof]
    others = (node for node in (*proofs, *(node for _, node in ASVS.values())) if not node.startswith(TESTS))
    present = [one for one in (*TESTS, *dict.fromkeys(others)) if (ROOT / one.partition("::")[0]).exists()]
    return [["-n", "2", "--dist", "loadfile", *present, f"--ignore={ALONE}"], [ALONE]]


def tried(long: bool, lists: list[list[str]]) -> tuple[dict[str, str], list[Row]]:  # noqa: FBT001
    """Run the tests: node without parameters → its worst outcome, or file → why it was left out; what they put down."""
    outcomes: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger.jsonl"
        ledger.touch()
        environment = os.environ | {
            "XIANSHEN_LEDGER": str(ledger),
            "XIANSHEN_RELIABILITY": "long" if long else "short",
        }
        for one in lists:
            done = subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-rA", "--tb=short", "--no-header", "-p", "no:cacheprovider", *one],
                cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            found = re.findall(r"^(PASSED|FAILED|ERROR) (\S+?)(?:\[| - |$)", done.stdout, re.MULTILINE)
            left_out = re.findall(r"^SKIPPED \[\d+\] (\S+?):\d+: (.*)$", done.stdout, re.MULTILINE)
            if not (found or left_out) or (
                done.returncode and not {"FAILED", "ERROR"} & {word for word, _ in found}
            ):
                raise AssertionError(done.stdout[-3000:] + done.stderr[-2000:])
            for path, why in left_out:
                outcomes.setdefault(path, f"skipped: {why}")  # pytest names no test here, only its file
            for word, node in found:
                if outcomes.get(node) not in _BROKEN:
                    outcomes[node] = word
            if broken := dict.fromkeys(re.findall(r"^(?:FAILED|ERROR) tests/.*$", done.stdout, re.MULTILINE)):
                SAID.parent.mkdir(exist_ok=True)
                with SAID.open("a", encoding="utf-8") as said:
                    said.write(done.stdout)
                print(*broken, f"见 {SAID.relative_to(ROOT)}", sep="\n", flush=True)
        rows = [json.loads(line) for line in ledger.read_text(encoding="utf-8").splitlines()]
    return outcomes, rows


def kills(rounds: int) -> dict[str, int]:
    """kill -9 of a service under load, again and again."""
    with tempfile.TemporaryDirectory() as folder:
        return register.killed(Path(folder), rounds=rounds)


def soak(seconds: float) -> dict[str, Any]:
    """Mixed posts for so long: errors, and memory per 10,000 posts."""
    from benchmarks import soak as soaking

    return soaking.run(seconds)


def _most(rows: list[Row], ending: str, *beginnings: str) -> tuple[float, str]:
    """The largest figure whose name begins and ends like this, and what was tried there."""
    found = [
        (float(value), row["what"])
        for row in rows
        for name, value in row["figures"].items()
        if name.endswith(ending) and name.startswith(beginnings)
    ]
    return max(found, default=(0.0, "nothing"))


def _summary(
    rows: list[Row], killed: dict[str, int], soaked: dict[str, Any]
) -> list[str]:  # what somebody reads who reads no table
    struck = sum(int(row["figures"].get("kills", 0)) for row in rows)
    fuzzed = sum(float(row["figures"].get("fuzz（秒）", 0)) for row in rows)
    slowest, where = _most(rows, "（秒）", "最慢", "受理中最慢", "答复最慢")
    memory, _ = _most(rows, "（MB）", "最多")
    growth = (
        f"{soaked['MB per 10,000 posts']:+.1f} MB per 10,000 posts"
        if soaked["growth judged"]
        else "too few posts to speak of growth"
    )
    return [
        f"- faults tried: {sum(row['runs'] for row in rows):,}; violations: {sum(row['violations'] for row in rows)}",
        (
            f"- kills survived: {killed['rounds'] + struck + soaked['kills']}: the service under load {killed['rounds']} "
            f"(acknowledged {killed['acknowledged']:,}, kept {killed['records']:,}), PostgreSQL and workers {struck}, "
            f"workers in the soak {soaked['kills']}"
        ),
        f"- worst latency: {slowest:.1f} s ({where}); worst memory of one worker: {memory:.0f} MB",
        f"- fuzzed: {fuzzed / 60:.1f} minutes of computing",
        (
            f"- soak: {soaked['posts']:,} posts in {soaked['seconds']:.0f} s to two workers; recorded and acknowledged {soaked['acknowledged']:,}, "
            f"kept {soaked['kept']:,}; sent away (503) {soaked['sent away (503)']:,}; memory of both{', once warm,' if soaked['growth judged'] else ''} "
            f"{soaked['MB before']:.0f} → {soaked['MB after']:.0f} MB, {growth}; slowest {soaked['slowest ms']:.0f} ms"
        ),
        *(f"- soak, broken: {one}" for one in soaked["broken"]),
    ]


def _outcome(outcomes: dict[str, str], node: str) -> str:
    return outcomes[node].lower() if node in outcomes else outcomes.get(node.partition("::")[0], "not run")


def page(state: State) -> str:
    """The page."""
    rows, outcomes = state["rows"], state["outcomes"]
    lines = [
        "# Reliability: faults tried, and what came of them",
        "",
        "Written by the tests themselves (`make reliability`); not by hand. A violation is a broken promise.",
        "",
        (
            f"- {time.strftime('%Y-%m-%d')}, {'long' if state['long'] else 'short'} form, {state['seconds'] / 60:.0f} minutes; "
            f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
        ),
        f"- tests: {sum('::' in one for one in outcomes)} run, {len(broken(outcomes))} failed",
        *(f"- run again after a failure or a mend: `{one}`" for one in state["again"]),
        *_summary(rows, state["killed"], state["soaked"]),
        "",
        "| fault | what was tried | expected | runs | violations | figures |",
        "|---|---|---|---:|---:|---|",
    ]
    for row in sorted(rows, key=lambda row: (int(re.sub(r"\D.*", "", row["faults"][1:]) or 0), row["what"])):
        figures = "；".join(
            f"{name} {value:,}" if isinstance(value, int) else f"{name} {value}"
            for name, value in row["figures"].items()
        )
        lines.append(
            f"| {row['faults']} | {row['what']} | {row['expected']} | {row['runs']:,} | {row['violations']} | {figures} |"
        )
    lines += ["", "## Every row of the plan", "", "| | fault | test | outcome |", "|---|---|---|---|"]
    for number, fault in FAULTS.items():
        proof = f"`{fault.proof}` | {_outcome(outcomes, fault.proof)}" if fault.proof else f"{fault.why} | –"
        lines.append(f"| F{number} | {fault.what} | {proof} |")
    lines += ["", "## OWASP ASVS 5.0.0", "", "| requirement | what | test | outcome |", "|---|---|---|---|"]
    for number_, (what, node) in ASVS.items():
        lines.append(f"| v5.0.0-{number_} | {what} | `{node}` | {_outcome(outcomes, node)} |")
    return "\n".join(lines) + "\n"


def broken(outcomes: dict[str, str]) -> list[str]:
    """The tests that failed."""
    return [node for node, word in outcomes.items() if word in _BROKEN]


def _repeated(state: State) -> State:
    """Files with a test that failed, once more; what they put down before is forgotten."""
    files = sorted({node.partition("::")[0] for node in broken(state["outcomes"])})
    if not files:
        return {}
    outcomes, rows = tried(state["long"], [[one] for one in files])
    anew = {(row["faults"], row["what"]) for row in rows}
    kept = {node: word for node, word in state["outcomes"].items() if node.partition("::")[0] not in files}
    return {
        "outcomes": kept | outcomes,
        "rows": [row for row in state["rows"] if (row["faults"], row["what"]) not in anew] + rows,
        "again": sorted({*state["again"], *files}),
    }


def main(arguments: list[str]) -> int:
    """0: no promise was broken."""
    state: State = {"long": "--short" not in arguments, "seconds": 0.0, "again": []}
    if "--again" in arguments and KEPT.exists():
        state = json.loads(KEPT.read_text(encoding="utf-8"))
    SAID.unlink(missing_ok=True)

    def stage(work: Callable[[], State]) -> None:
        start = time.monotonic()
        state.update(work())
        state["seconds"] += time.monotonic() - start
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")

    if "outcomes" in state:
        stage(lambda: _repeated(state))
    else:
        stage(lambda: dict(zip(("outcomes", "rows"), tried(state["long"], wanted()), strict=True)))
    if "killed" not in state:
        stage(lambda: {"killed": kills(60 if state["long"] else 6)})
    if "soaked" not in state or state["soaked"]["broken"]:
        seconds = float(os.environ.get("XIANSHEN_SOAK", "1800" if state["long"] else "30"))
        stage(lambda: {"soaked": soak(seconds)})
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(state), encoding="utf-8")
    rows, killed = state["rows"], state["killed"]
    wrong = (
        sum(row["violations"] for row in rows)
        + len(broken(state["outcomes"]))
        + len(state["soaked"]["broken"])
        + (killed["records"] != killed["acknowledged"])
    )
    print(f"{PAGE.relative_to(ROOT)}: {len(rows)} rows, {wrong} broken")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
