"""The register on SQLite and, where Debian's PostgreSQL is installed, on PostgreSQL; and the people of a county."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from app.page import Page
from app.register.store import Register
from app.register.way import Person
from app.service import Service
from app.settings import Settings
from benchmarks.loopback import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UNIT = "县统计局"
TITLE = "关于开展2026年秋季学期招生工作的公告"
PLAIN = "全县各项工作有序推进。\n请各单位认真落实。"
SENSITIVE = "3月5日14时，临江县某化工企业发生爆炸，现场救援正在进行。"
SECRET = "机密★10年\n临江县人民政府文件\n临政发〔2024〕3号"

EDITOR = Person("editor", "张编辑", UNIT, roles=frozenset({"editor"}))
FIRST = Person(
    "first", "李初审", UNIT, roles=frozenset({"reviewer", "editor"}), posts=frozenset({"审核人员"})
)
SECOND = Person("second", "王复审", UNIT, roles=frozenset({"reviewer"}), posts=frozenset({"宣传部门"}))
SECRECY = Person("secrecy", "赵保密", UNIT, roles=frozenset({"secrecy"}), posts=frozenset({"保密专员"}))
DEPUTY = Person("deputy", "钱分管", UNIT, roles=frozenset({"approver"}), posts=frozenset({"分管领导"}))
LEADER = Person("leader", "孙主要", UNIT, roles=frozenset({"approver"}), posts=frozenset({"主要领导"}))
COUNTY = Person("county", "周县长", "县政府", "all", frozenset({"approver"}), frozenset({"县政府分管领导"}))
PUBLISHER = Person("publisher", "吴发布", "", "all", frozenset({"publisher"}))
KEEPER = Person("keeper", "郑档案", "", "all", frozenset({"keeper"}))
AUDITOR = Person("auditor", "冯审计", "", "all", frozenset({"auditor"}))
STRANGER = Person("stranger", "陈外人", "县教育局", roles=frozenset({"editor", "reviewer", "approver"}))


@dataclass(frozen=True)
class Server:
    """A PostgreSQL of the tests' own, on loopback."""

    folder: Path
    binaries: Path
    port: int
    user: str
    durable: bool

    def run(self, *command: str) -> None:
        """One of its own commands."""
        subprocess.run(
            [str(self.binaries / command[0]), *command[1:]],
            check=True,
            capture_output=True,
            cwd=self.folder,
            user=self.user or None,
            timeout=120,
        )

    def start(self) -> None:
        """Start it and wait."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} -c max_connections=60"
        if not self.durable:
            options += " -c fsync=off -c full_page_writes=off"
        self.run(
            "pg_ctl",
            "-D",
            str(self.folder / "data"),
            "-l",
            str(self.folder / "log"),
            "-w",
            "-o",
            options,
            "start",
        )

    def stop(self, how: str = "fast") -> None:
        """Stop it, connections or not; "immediate": without writing what it still holds in memory."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", how, "stop")

    def url(self, database: str) -> str:
        """Its address for one database."""
        return f"postgresql://tester@127.0.0.1:{self.port}/{database}"


def binaries() -> Path | None:
    """Debian's folder of PostgreSQL's programs; None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextlib.contextmanager
def serving_postgresql(*, durable: bool = False) -> Iterator[Server]:
    """A server in a folder of its own, gone afterwards.

    ``durable``: it waits for the disk, as a figure of its speed must. Tests kill our processes, never the
    machine: without the disk they prove the same, and a hundred databases are not half a minute of waiting.
    """
    where = binaries()
    if where is None:
        pytest.skip(
            "no PostgreSQL on this machine (Debian: apt-get install postgresql): tried on SQLite alone"
        )
    user = "nobody" if os.getuid() == 0 else ""  # PostgreSQL refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="xianshen-pg-"))
    port = free_port()
    if user:
        shutil.chown(folder, user)
    server = Server(folder, where, port, user, durable)
    try:
        server.run(
            "initdb",
            "-N",
            "-U",
            "tester",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-D",
            str(folder / "data"),
        )
        server.start()
        try:
            yield server
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):
                server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """One server for all tests of this process."""
    with serving_postgresql() as server:
        yield server


_numbers = itertools.count()


def new_database(server: Server) -> str:
    """The address of a database nobody has used."""
    name = f"register{next(_numbers)}"
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return server.url(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings for an empty register."""
    url = "" if request.param == "sqlite" else new_database(request.getfixturevalue("postgresql"))
    return Settings(home=tmp_path / "home", database_url=url, unit_kind="department")


@pytest.fixture
def register(config: Settings) -> Iterator[Register]:
    """An empty register."""
    register = Register(config)
    register.open()
    yield register
    register.close()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    """All rules and regulations, what they leave open filled in."""
    roles = tmp_path_factory.mktemp("roles") / "roles.toml"
    filled = {
        "fuzhou-2018": ("reviewer", "secrecy-reviewer", "approver"),
        "xiangxi-2018": ("secrecy-reviewer", "approver"),
        "luan-statistics-2022": ("approver", "secrecy-reviewer"),
        "yijun-management-2022": ("approver",),
    }
    words = {"reviewer": "审核人员", "secrecy-reviewer": "保密专员", "approver": "分管领导"}
    roles.write_text(
        "\n".join(
            f"[{name}]\n" + "".join(f'{entry} = "{words[entry]}"\n' for entry in entries)
            for name, entries in filled.items()
        ),
        encoding="utf-8",
    )
    return Service.load(Settings(roles=roles))


@pytest.fixture
def put(register: Register, service: Service) -> Callable[..., str]:
    """Screen a post and put it down; its record."""

    def put(
        body: str = PLAIN,
        person: Person = EDITOR,
        ids: tuple[str, ...] = ("yijun-release-2022",),
        **fields: Any,
    ) -> str:
        page = Page(body, fields.pop("title", TITLE), **{"unit": UNIT, "unit_kind": "department", **fields})
        verdict, answer = service.judged(page, ids)
        job, deep = register.recording(page, verdict, answer, person)
        return str(register.call(job, deep=deep)["record"])

    return put
