"""compose.yaml: what it says, and what it starts, run here without an engine: two replicas, a proxy, one PostgreSQL.

Commands, environment, secrets and the proxy's configuration are those of the file; only addresses and folders differ.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import httpx
import psycopg
import pytest
import uvicorn
import yaml
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from app.api.file import FORM_BYTES
from app.settings import Settings
from benchmarks.loopback import free_port
from benchmarks.register import check
from tests.app.register.conftest import Server, new_database
from tests.reliability.conftest import LONG

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from starlette.requests import Request

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
ONE = COMPOSE["services"]["xianshen"]
PROXY = COMPOSE["configs"]["proxy"]["content"].replace("$$", "$")
UNIT = "县政府办公室"
WORD = "换词甲子乙丑"
PASSWORD = "Zhongguo2026ok"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
POSTS = 400 if LONG else 60
START = 90.0  # seconds for a replica to be ready, on a busy machine
FOLLOW = 20.0  # seconds in which a replica takes up words that were approved through the other


# --- what it says -------------------------------------------------------------------------------


def test_compose_runs_two_replicas_behind_a_proxy() -> None:
    """Read-only, without root, nothing but the proxy reachable; secrets come from files."""
    services = COMPOSE["services"]

    assert {"proxy", "xianshen", "postgresql"} == services.keys()
    assert 2 == services["xianshen"]["deploy"]["replicas"]
    assert ["proxy"] == [name for name, one in services.items() if one.get("ports")]
    for name in ("xianshen", "proxy"):
        assert services[name]["read_only"]
        assert ["ALL"] == services[name]["cap_drop"]
        assert ["no-new-privileges:true"] == services[name]["security_opt"]
    assert not [one for one in str(COMPOSE).split() if "password=" in one.lower()]


def test_what_compose_runs_finds_database_and_key(tmp_path: Path) -> None:
    """The entry point of the containers, run by a real shell: the secrets come from their files, for any command."""
    (tmp_path / "database").write_text("abc\n")
    (tmp_path / "key").write_text("k" * 64 + "\n")
    entry = [word.replace("$$", "$").replace("/run/secrets", str(tmp_path)) for word in ONE["entrypoint"]]

    def told(*command: str) -> list[str]:
        done = subprocess.run(
            [*entry, *command], capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]}
        )
        return done.stdout.splitlines()

    names = 'echo "$XIANSHEN_DATABASE_URL"; echo "$XIANSHEN_SECRET_KEY"; echo "$1"'
    assert ["postgresql://xianshen:abc@postgresql/xianshen", "k" * 64, "张 三"] == told(
        "sh", "-c", names, "sh", "张 三"
    )
    assert ["xianshen", "serve"] == ONE["command"][:2]


def test_the_proxy_of_compose_believes_no_sender() -> None:
    """The address that is counted is the one the proxy saw; a body may be as large as the service takes."""
    assert "X-Forwarded-For $remote_addr;" in PROXY
    assert "*" == ONE["environment"]["FORWARDED_ALLOW_IPS"]
    assert PROXY.count("{") == PROXY.count("}")
    most = int(re.search(r"client_max_body_size (\d+)m", PROXY)[1]) * 1024 * 1024
    assert most >= Settings().max_file_bytes + FORM_BYTES


# --- what it starts -----------------------------------------------------------------------------


def answering(port: int) -> str:
    """Wait until a service answers there, and is ready; its address."""
    url, end = f"http://127.0.0.1:{port}", time.monotonic() + START
    while time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{url}/ready", trust_env=False).status_code == 200:
                return url
        time.sleep(0.05)
    raise AssertionError(f"nothing answers at {port}")


class Stage:
    """The three services of the file on loopback."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder = folder
        url = new_database(server)
        self.database = url.rpartition("/")[2]
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "DO $$ BEGIN CREATE ROLE xianshen LOGIN; EXCEPTION WHEN duplicate_object THEN END $$"
            )
            connection.execute(f"ALTER DATABASE {self.database} OWNER TO xianshen".encode())
        (folder / "database").write_text("abc\n")
        (folder / "key").write_text("k" * 64 + "\n")
        here = f"127.0.0.1:{server.port}/{self.database}"
        self.entry = [
            word.replace("$$", "$").replace("/run/secrets", str(folder)).replace("postgresql/xianshen", here)
            for word in ONE["entrypoint"]
        ]
        self.ports = [free_port() for _ in range(ONE["deploy"]["replicas"])]
        self.replicas: list[subprocess.Popen[bytes]] = []

    def environment(self, home: str) -> dict[str, str]:
        """What the file and the image give a container, and nothing of this process."""
        own: dict[str, str] = dict(
            re.findall(
                r"^(?:ENV|   ) (XIANSHEN_\w+|PYTHON\w+)=(\S+)",
                (ROOT / "Dockerfile").read_text(),
                re.MULTILINE,
            )
        )
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return own | dict(ONE["environment"]) | {"XIANSHEN_HOME": str(self.folder / home), "PATH": path}

    def run(self, *words: str) -> str:
        """``docker compose run --rm xianshen xianshen …``: what it printed."""
        done = subprocess.run(
            [*self.entry, "xianshen", *words],
            env=self.environment("once"), capture_output=True, text=True, check=False, cwd=self.folder,
        )  # fmt: skip
        assert 0 == done.returncode, done.stderr
        return done.stdout.strip()

    def start(self, *replicas: int) -> None:
        """As the file starts them; only their addresses are of this machine."""
        for at in replicas:
            self._begin(at)
        for at in replicas:
            answering(self.ports[at])

    def _begin(self, at: int) -> None:
        port = {"0.0.0.0": "127.0.0.1", "8000": str(self.ports[at])}  # noqa: S104 what is replaced
        command = [port.get(word, word) for word in ONE["command"]]
        with (self.folder / f"replica{at}.log").open("ab") as said:
            process = subprocess.Popen(
                [*self.entry, *command],
                env=self.environment(f"replica{at}"),
                cwd=self.folder,
                stdout=said,
                stderr=said,
            )
        self.replicas[at : at + 1] = [process]

    def stop(self) -> list[int]:
        """As the engine stops them; how they ended: uvicorn ends by the signal once it has answered who is inside."""
        for one in self.replicas:
            if one.poll() is None:
                one.send_signal(signal.SIGTERM)
        try:
            return [one.wait(int(ONE["stop_grace_period"].removesuffix("s"))) for one in self.replicas]
        finally:
            for one in self.replicas:
                one.kill()


@contextlib.contextmanager
def real_proxy(stage: Stage) -> Iterator[str]:
    """nginx with the configuration of the file; its address."""
    port = free_port()
    servers = "".join(f"server 127.0.0.1:{one};" for one in stage.ports)
    written = (
        PROXY.replace("listen 8080;", f"listen 127.0.0.1:{port};")
        .replace("/tmp/nginx.pid", str(stage.folder / "nginx.pid"))
        # the engine's resolver names both replicas under one name, nginx tries one after the other
        .replace("http {", f"http {{ upstream replicas {{ {servers} }}")
        .replace("http://xianshen:8000", "http://replicas")
    )
    assert "xianshen" not in written
    (stage.folder / "nginx.conf").write_text(written)
    with (stage.folder / "nginx.log").open("wb") as said:
        process = subprocess.Popen(
            [str(NGINX), "-p", str(stage.folder), "-c", "nginx.conf", "-e", "stderr", "-g", "daemon off;"],
            stderr=said,
        )
    try:
        yield answering(port)
    finally:
        process.terminate()
        process.wait(20)


@contextlib.contextmanager
def stand_in(stage: Stage) -> Iterator[str]:
    """What the file asks of its proxy, for machines without nginx: by turns, the next one after an error."""
    turns = itertools.count()

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
        async with httpx.AsyncClient(trust_env=False, timeout=60) as http:
            yield {"http": http}

    async def forward(request: Request) -> Response:
        ours = {
            "host": request.headers["host"],
            "x-forwarded-for": request.client.host,
            "x-forwarded-proto": "http",
        }
        dropped = {"connection", "transfer-encoding", "content-length"} | ours.keys()
        headers = {name: value for name, value in request.headers.items() if name not in dropped} | ours
        body, turn = await request.body(), next(turns)
        for at in range(len(stage.ports)):
            port = stage.ports[(turn + at) % len(stage.ports)]
            target = f"http://127.0.0.1:{port}{request.url.path}?{request.url.query}"
            with contextlib.suppress(httpx.TransportError):
                answer = await request.state.http.request(
                    request.method, target, headers=headers, content=body
                )
                told = Response(answer.content, answer.status_code)
                told.raw_headers = [
                    (name.lower(), value)
                    for name, value in answer.headers.raw
                    if name.lower()
                    not in {b"content-encoding", b"content-length", b"transfer-encoding", b"connection"}
                ] + [(b"content-length", str(len(answer.content)).encode())]
                return told
        return Response("no replica answers", 502)

    app = Starlette(
        routes=[Route("/{path:path}", forward, methods=["GET", "POST", "DELETE"])], lifespan=lifespan
    )
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", proxy_headers=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield answering(port)
    finally:
        server.should_exit = True
        thread.join(20)


class Person:
    """Somebody at a browser, through the proxy."""

    def __init__(self, url: str, login: str, first: str) -> None:
        self.http = httpx.Client(base_url=url, trust_env=False, timeout=30)
        self.login, self.first = login, first
        self.token = ""

    def __enter__(self) -> Self:
        """Log in with the first password and change it, as one must."""
        self.enter(self.first)
        answer = self.post("/account/password", {"old": self.first, "new": PASSWORD, "again": PASSWORD})
        assert 303 == answer.status_code, answer.text
        self.enter(PASSWORD)
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def enter(self, password: str) -> None:
        """The page, then the form."""
        answer = self.try_to_enter(password)
        assert 303 == answer.status_code, answer.text
        self.token = _csrf(self.http.get("/account/password"))

    def try_to_enter(self, password: str, **headers: str) -> httpx.Response:
        """The answer to the form of the login page."""
        token = _csrf(self.http.get("/login"))
        given = {"csrf": token, "login": self.login, "password": password}
        return self.http.post("/login", data=given, headers=headers)

    def post(self, path: str, form: dict[str, str]) -> httpx.Response:
        """A form of the pages."""
        return self.http.post(path, data={"csrf": self.token, **form})

    def send(self, path: str, body: Any) -> httpx.Response:
        """JSON, as the pages send it."""
        return self.http.post(path, json=body, headers={"x-csrf-token": self.token})


def _csrf(page: httpx.Response) -> str:
    assert 200 == page.status_code, page.text
    return page.text.split('name="csrf" value="')[1].split('"')[0]


def _posted(url: str, key: str, number: int) -> str:
    """One post of a content management system: its record. The same key twice is one record."""
    told = [
        httpx.post(
            f"{url}/screen",
            json={"title": "通知", "body": f"各单位要认真落实第{number}号文件。", "author": "王编辑", "unit": {"kind": "department"}},
            headers={"authorization": f"Bearer {key}", "idempotency-key": f"k{number}"}, timeout=60, trust_env=False,
        )
        for _ in range(2)
    ]  # fmt: skip
    assert [200, 200] == [one.status_code for one in told], [one.text for one in told]
    records = {one.json()["record"] for one in told}
    assert 1 == len(records)
    return str(records.pop())


def _found(url: str, key: str, body: str) -> list[str]:
    answer = httpx.post(
        f"{url}/screen", json={"body": body, "record": False},
        headers={"authorization": f"Bearer {key}"}, timeout=30, trust_env=False,
    )  # fmt: skip
    assert 200 == answer.status_code, answer.text
    return [one["quote"] for one in answer.json()["findings"]]


PROXIES = ([real_proxy] if NGINX else []) + ([stand_in] if LONG or not NGINX else [])


@pytest.mark.parametrize("proxy", PROXIES)
def test_two_replicas_behind_a_proxy(
    tmp_path: Path,
    postgresql: Server,
    ledger: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    proxy: Callable[[Stage], contextlib.AbstractContextManager[str]],
) -> None:
    """From the first account to the killed replica: one service to whoever stands before the proxy."""
    stage = Stage(tmp_path, postgresql)
    first = {
        login: stage.run(
            "accounts", "add", login, "--name", name, "--role", role, "--unit", UNIT, "--all-units", *more
        ).rpartition("：")[2]
        for login, name, role, more in (
            ("admin", "张三", "administrator", ()),
            ("keeper", "李四", "keeper", ()),
            ("approver", "王五", "approver", ("--post", "分管领导")),
        )
    }  # fmt: skip
    key = stage.run(
        "accounts", "key", "门户网站CMS", "--scope", "screen", "--scope", "records", "--unit", UNIT
    )
    try:
        stage.start(*range(len(stage.ports)))
        with (
            proxy(stage) as url,
            Person(url, "admin", first["admin"]),
            Person(url, "keeper", first["keeper"]) as keeper,
            Person(url, "approver", first["approver"]) as approver,
        ):
            violations = _as_one(stage, url, key, keeper, approver)
            records = _one_is_killed(stage, url, key)
            violations += _counted_together(url, first)
        ended = stage.stop()
    finally:
        stage.stop()
    monkeypatch.setenv("XIANSHEN_SECRET_KEY", (tmp_path / "key").read_text().strip())
    violations += [f"a replica ended with {code}" for code in ended if code not in {0, -signal.SIGTERM}]
    try:
        check(
            tmp_path / "replica0",
            f"postgresql://xianshen@127.0.0.1:{postgresql.port}/{stage.database}",
            records,
        )
    except AssertionError as error:
        violations.append(str(error))
    ledger(
        "F3、F11",
        f"compose.yaml 的两个副本，前置{'nginx' if proxy is real_proxy else '替身代理'}：登录、词库、锁定，杀掉一个",
        "对外如同一个服务，登记不丢不重",
        len(records) * 2,
        violations,
        登记=len(records),
        kills=1,
    )


def _as_one(stage: Stage, url: str, key: str, keeper: Person, approver: Person) -> list[str]:
    """A word wished and approved through the proxy is known to both; a login here is a login there."""
    seen = [keeper.http.get("/words").status_code for _ in range(6)]  # by turns: each replica is asked
    violations = [] if set(seen) == {200} else [f"logged in at one, not at the other: {seen}"]
    wish = {
        "terms": [{"word": WORD, "value": "换词"}],
        "reason": "常见错字",
        "basis": "单位用语规范",
    }
    batch = keeper.send("/lexicons/spelling.wrong-character/terms", wish)
    assert 201 == batch.status_code, batch.text
    done = approver.send(f"/lexicons/proposals/{batch.json()['batch']}", {"decision": "approve"})
    assert 200 == done.status_code, done.text
    for port in stage.ports:
        end, own = time.monotonic() + FOLLOW, f"http://127.0.0.1:{port}"
        while _found(own, key, f"开展{WORD}活动。") != [WORD] and time.monotonic() < end:
            time.sleep(0.1)
        if _found(own, key, f"开展{WORD}活动。") != [WORD]:
            violations.append("a replica does not know the words that were approved")
    sets = {
        httpx.get(f"http://127.0.0.1:{port}/ready", trust_env=False).json()["data"] for port in stage.ports
    }
    if len(sets) != 1:
        violations.append("the replicas name two versions of the data")
    return violations


def _one_is_killed(stage: Stage, url: str, key: str) -> list[str]:
    """kill -9 of one replica under posts: every one gets its answer; then it comes back. Records acknowledged."""
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(_posted, url, key, number) for number in range(POSTS)]
        while sum(one.done() for one in waiting) < POSTS // 3:
            time.sleep(0.01)
        os.kill(stage.replicas[0].pid, signal.SIGKILL)
        stage.replicas[0].wait(20)
        records = [one.result() for one in waiting]
    stage.start(0)
    return [*records, *(_posted(url, key, POSTS + number) for number in range(8))]


def _counted_together(url: str, first: dict[str, str]) -> list[str]:
    """Wrong passwords at both replicas are one account's; nobody hides behind a made-up address."""
    with httpx.Client(base_url=url, trust_env=False):
        guesser = Person(url, "admin", first["admin"])
        tries = [
            guesser.try_to_enter("Wrong2026wrong", **{"x-forwarded-for": f"192.0.2.{at}"}).status_code
            for at in range(8)
        ]
        right = guesser.try_to_enter(PASSWORD).status_code
        guesser.http.close()
    if tries[-1] != 429 or right != 429:
        return [f"passwords may be guessed: {tries}, then {right}"]
    return []
