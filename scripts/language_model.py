"""Obtains the language model of the wrong-character layer: python scripts/language_model.py [DATA FOLDER] [--now]

``zh_CN.lm`` of Debian's package libime-data-language-model (LGPL-2.1 or later): taken where it lies, else installed
when that is allowed, else downloaded by apt and unpacked into the cache of the data folder (default:
XIANSHEN_HOME or var). Never fails: without the model the listed errors are still found, and this says so plainly.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.language_model import CACHE, NAME, of_system  # noqa: E402 only now can it be found
from detectors.spelling import load  # noqa: E402 as above

PACKAGE = "libime-data-language-model"
_SECONDS = 60  # for one command
_APT = (
    "-qq",
    "-o",
    "Acquire::http::Timeout=10",
    "-o",
    "Acquire::https::Timeout=10",
    "-o",
    "Acquire::Retries=0",
)
_AGAIN = 24 * 3600  # seconds until the next attempt: a start without network is not to wait each time
_WITHOUT = (
    "没有语言模型，错别字只按词库检查；其余照常。可安装 Debian 软件包 " + PACKAGE + "，或用 XIANSHEN_LANGUAGE_MODEL 指定 KenLM 文件。\n"
    f"No language model: only listed wrong characters are found, all else works. Install {PACKAGE} or set XIANSHEN_LANGUAGE_MODEL."
)  # fmt: skip


def run(*command: str, folder: Path | None = None) -> bool:
    """Whether a command worked; what it says goes nowhere, a failure's last line to standard error."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{command[0]}: {error}", file=sys.stderr)
        return False
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        print(f"{' '.join(command[:2])}: {said[-1] if said else done.returncode}", file=sys.stderr)
    return done.returncode == 0


def installed() -> bool:
    """Install the package, where this user may."""
    if os.geteuid() != 0:
        return False
    install = ("apt-get", *_APT, "install", "-y", "--no-install-recommends", PACKAGE)
    return run(*install) or (run("apt-get", *_APT, "update") and run(*install))


def unpacked(target: Path) -> bool:
    """Fetch the package as anyone may, and take the one file out of it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # apt fetches as a user of its own
        if not run("apt-get", *_APT, "download", PACKAGE, folder=folder):
            return False
        package = next(folder.glob("*.deb"), None)
        if package is None or not run("dpkg-deb", "--extract", str(package), str(folder / "files")):
            return False
        found = next((folder / "files").rglob(NAME), None)
        if found is None:
            return False
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = target.with_suffix(".new")
        shutil.copyfile(found, half)
        half.replace(target)
        return True


def main(home: Path) -> None:
    """Say where the model is, or that there is none."""
    asked = os.environ.get("XIANSHEN_LANGUAGE_MODEL", "").strip()
    if asked:  # the service itself says whether that file can be used
        print(f"语言模型 / language model: XIANSHEN_LANGUAGE_MODEL={asked}")
        return
    target = home / CACHE / NAME
    if not any(path.is_file() for path in (*of_system(), target)):
        if shutil.which("apt-get") is None:
            print(_WITHOUT)
            return
        failed = home / CACHE / "no-language-model"
        if failed.is_file() and time.time() - failed.stat().st_mtime < _AGAIN and "--now" not in sys.argv:
            print(_WITHOUT)
            return
        print(
            f"正在获取语言模型（Debian 软件包 {PACKAGE}，14 MB）…… / fetching the language model ...",
            flush=True,
        )
        if not (installed() or unpacked(target)):
            failed.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            failed.touch()
            print(_WITHOUT)
            return
    found = next((path for path in (*of_system(), target) if path.is_file()), None)
    if found is None:
        print(_WITHOUT)
        return
    try:
        load(
            found, home / CACHE
        )  # its tables are made now, so that the service's first start does not wait for them
    except ValueError as error:  # the service stops for it, and says why
        print(error, file=sys.stderr)
    print(f"语言模型 / language model: {found}")


if __name__ == "__main__":
    main(Path(next((one for one in sys.argv[1:] if one != "--now"), os.environ.get("XIANSHEN_HOME", "var"))))
