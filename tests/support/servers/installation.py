"""Install Portal as its sysadmin does: env file, PostgreSQL, gunicorn, worker, proxy with TLS."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.sandbox.conekta import ConektaSandbox
from portal.sandbox.routeros import RouterSandbox
from tests.support.processes.commands import run
from tests.support.processes.process import Process
from tests.support.servers.caddy import caddy
from tests.support.servers.certificates import make_certificate
from tests.support.servers.http import Api
from tests.support.servers.nginx import nginx
from tests.support.servers.ports import free_port
from tests.support.shop import (
    IP,
    MAC,
    PRIVATE_KEY,
    ROUTER_PASSWORD,
    SECRETS,
    Shop,
    close_app,
    make_app,
)

FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
GUNICORN = [sys.executable, "-m", "gunicorn", "-c", "python:portal.server", "wsgi:app"]
PROXIES = {"nginx": nginx, "caddy": caddy}


@dataclass
class Installation:
    """What was installed: its folder, the file of its settings, the ports that are listened on."""

    folder: Path
    env: Path
    certificate: Path
    key: Path
    port: int
    upstream: int

    @property
    def url(self) -> str:
        """Its PUBLIC_URL."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        """All that its processes find in their environment."""
        return {"PORTAL_ENV": str(self.env), "REQUESTS_CA_BUNDLE": str(self.certificate)}

    def flask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command as its user does."""
        return run([*FLASK, *words], self.environ)

    def printed(self, *words: str) -> str:
        """What `flask deploy …` prints."""
        ended = self.flask("deploy", *words)
        assert (ended.returncode, ended.stderr) == (0, "")
        return ended.stdout

    def change(self, **settings: str) -> None:
        """Set some of its settings anew."""
        text = self.env.read_text()
        for name, value in settings.items():
            text = re.sub(rf"^#?{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
        self.env.write_text(text)

    def web(self, *options: str, forked: bool = True) -> Process:
        """gunicorn, to be entered."""
        return Process([*GUNICORN, *options], self.environ, forked=forked)

    def worker(self) -> Process:
        """A worker, to be entered."""
        return Process([*FLASK, "worker"], self.environ)

    def proxy(self, kind: str) -> Process:
        """nginx or Caddy with the file that is printed for it, to be entered."""
        paths = ["--certificate", str(self.certificate), "--key", str(self.key)]
        log = ["--access-log", str(self.folder / "access.log")] if kind == "nginx" else []
        return PROXIES[kind](self.printed(kind, *paths, *log), self.folder)

    def client(self, key: str | None = None) -> Api:
        """Whoever comes from outside."""
        api = Api(self.url, key=key)
        api.session.verify = str(self.certificate)
        return api


def install(folder: Path, database_url: str, gateway_url: str) -> Installation:
    """Print the file of settings, as `flask deploy env` does, for this database and gateway."""
    certificate, key = make_certificate(folder)
    made = Installation(folder, folder / "portal.env", certificate, key, free_port(), free_port())
    options = ["--database", database_url, "--public-url", made.url]
    ended = run([*FLASK, "deploy", "env", *options], {"INSTANCE_PATH": str(folder / "none")})
    assert ended.returncode == 0, ended.stderr
    made.env.write_text(ended.stdout)
    made.env.chmod(0o600)
    bind = f"127.0.0.1:{made.upstream}"
    # Its secrets are those that the shop's records are sealed with; routers are on this machine.
    made.change(WEB_BIND=bind, CONEKTA_API_URL=gateway_url, WEB_THREADS="8", **SECRETS)
    return made


@contextmanager
def installed_shop(folder: Path, database_url: str) -> Iterator[tuple[Installation, Shop]]:
    """An installation on a migrated database, in which a company sells; nothing of it runs yet."""
    with ExitStack() as stack:
        router = stack.enter_context(RouterSandbox(password=ROUTER_PASSWORD))
        router.add_profile("1hora")
        router.join(MAC, IP)
        gateway = stack.enter_context(ConektaSandbox(keys=[PRIVATE_KEY]))
        app = make_app(folder / "shop", database_url, conekta_api_url=gateway.url)
        stack.callback(close_app, app)
        yield install(folder, database_url, gateway.url), Shop(app, router, gateway)


@contextmanager
def running(processes: Sequence[Process], ports: Sequence[int]) -> Iterator[None]:
    """Run them all while the block lasts, from when each listens; a port each, 0 where none."""
    with ExitStack() as stack:
        for process, port in zip(processes, ports, strict=True):
            stack.enter_context(process)
            if port:
                process.wait_for_port(port)
        yield
