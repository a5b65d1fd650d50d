"""The files around the code: what they promise holds."""

import re
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCK = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
ROOMS = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
TARGETS = {"help", "install", "serve", "test", "bench", "reliability", "sbom", "lint", "clean"}


def wanted(requirements):
    """What pyproject.toml asks for: name, extras, versions."""
    parsed = map(Requirement, requirements)
    return {(r.name, frozenset(r.extras), str(r.specifier)) for r in parsed}


def locked(requirements):
    """The same, as uv.lock remembers it."""
    return {
        (r["name"], frozenset(r.get("extras", ())), str(SpecifierSet(r.get("specifier", ""))))
        for r in requirements
    }


def remembered():
    """Our own entry in uv.lock: what was asked for when the lock was made."""
    (own,) = (p["metadata"] for p in LOCK["package"] if p["name"] == PROJECT["project"]["name"])
    return own


def tracked():
    """Every file that is in git or would be added to it."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a git checkout")
    # A checkout that belongs to someone else, as in many build containers, is still ours to read.
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_make_help_names_every_target():
    """Bare `make` prints help, in Chinese, and names every target a person may use."""
    shown = subprocess.run(["make"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert set(re.findall(r"^  make (\w+)", shown, re.MULTILINE)) | {"help"} == TARGETS
    assert "启动服务" in shown


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_make_knows_the_target(target):
    """Each documented target exists and its recipe can be read by make."""
    command = ["make", "--dry-run", target]
    assert 0 == subprocess.run(command, cwd=ROOT, check=False, capture_output=True).returncode


def test_make_refuses_a_wrong_python(tmp_path):
    """An unsuitable Python is named in Chinese and English before anything is made."""
    for name in ("Makefile", "uv.lock", "pyproject.toml", "scripts"):
        (tmp_path / name).symlink_to(ROOT / name)
    command = ["make", "install", "PYTHON=false"]
    ran = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert 2 == ran.returncode
    assert "需要 Python 3.11、3.12 或 3.13" in ran.stderr
    assert "Python 3.11, 3.12 or 3.13 is needed" in ran.stderr
    assert not (tmp_path / ".venv").exists()


def test_lock_is_in_step_with_the_dependencies():
    """uv.lock was made from the dependencies that pyproject.toml names now."""
    always = [one for one in remembered()["requires-dist"] if "marker" not in one]
    assert wanted(PROJECT["project"]["dependencies"]) == locked(always)


@pytest.mark.parametrize("extra", PROJECT["project"]["optional-dependencies"])
def test_lock_is_in_step_with_the_extra(extra):
    """The same for what is only installed where it is asked for."""
    asked = [one for one in remembered()["requires-dist"] if one.get("marker") == f"extra == '{extra}'"]
    assert wanted(PROJECT["project"]["optional-dependencies"][extra]) == locked(asked)


@pytest.mark.parametrize("group", PROJECT["dependency-groups"])
def test_lock_is_in_step_with_the_group(group):
    """The same for what only testing and building need."""
    assert wanted(PROJECT["dependency-groups"][group]) == locked(remembered()["requires-dev"][group])


def test_every_locked_file_has_a_hash():
    """Nothing can be installed that was not checked."""
    foreign = [p for p in LOCK["package"] if "editable" not in p["source"]]
    files = [(p["name"], f) for p in foreign for f in [*p.get("wheels", ()), *filter(None, [p.get("sdist")])]]
    assert {p["name"] for p in foreign} == {name for name, _ in files}
    assert [] == [name for name, file in files if not file["hash"].startswith("sha256:")]


def test_makefile_and_dockerfile_name_the_packages_without_wheels():
    """Exactly the packages published only as source are excepted from "wheels only", in both places; no extra is installed there."""
    extras = {
        name for extra in PROJECT["project"]["optional-dependencies"].values() for name, *_ in wanted(extra)
    }
    source_only = {p["name"] for p in LOCK["package"] if "sdist" in p and not p.get("wheels")} - extras
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert source_only == set(re.search(r"^SOURCE +\?= (\S+)$", makefile, re.MULTILINE)[1].split(","))
    assert source_only == set(re.search(r"--no-binary=(\S+)", DOCKERFILE)[1].split(","))


def test_dockerfile_copies_every_room():
    """The image holds all code and data, and .dockerignore lets them through."""
    copied = set(re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE))
    copied = {name for line in copied for name in line.split()}
    let_through = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE))
    assert {*ROOMS, "pyproject.toml", "uv.lock"} <= copied
    assert copied == let_through
    assert all((ROOT / name).exists() for name in copied)


def test_every_room_that_the_program_imports_is_shipped():
    """A new top-level package would be missed by wheel and image: it must be named."""
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert set(ROOMS) - {"lexicons"} == packages - {"tests", "benchmarks", "scripts"}


def test_dockerfile_does_not_run_as_root():
    """The last stage runs under a number that is not root's, keeps its data in /data and reports its health."""
    last = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    users = re.findall(r"^USER (\d+)", last, re.MULTILINE)
    assert users
    assert "0" != users[-1]
    assert last.index("\nUSER ") < last.index("\nCMD ")
    assert "XIANSHEN_HOME=/data" in last
    assert "'/health'" in re.search(r"^HEALTHCHECK .*\\\n.*$", last, re.MULTILINE)[0]


def test_wheel_holds_every_data_file(tmp_path):
    """The wheel contains each file of each room: pages, styles, lexicons and regulations beside the code."""
    builder = pytest.importorskip("hatchling.builders.wheel")
    (wheel,) = builder.WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    held = set(zipfile.ZipFile(wheel).namelist())
    files = {path.relative_to(ROOT).as_posix() for path in tracked()}
    assert set() == {name for name in files if name.split("/")[0] in ROOMS} - held


def test_no_file_names_a_folder_of_one_machine():
    """A path that exists on one developer's machine only must not reach anyone else's."""
    folder = re.compile(rb"(?<![\w./-])/(?:" + rb"|".join([b"ro" + b"ot", b"wo" + b"rk"]) + rb")/\w")
    assert [] == [path.name for path in tracked() if folder.search(path.read_bytes())]


def test_licence_is_apache_2():
    """The full text is here, not a reference to it."""
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache-2.0" == PROJECT["project"]["license"]
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
