"""Write a whole configuration folder of FreeRADIUS 3.2, which needs no other file of its own.

What each line is for was measured: 3.2.1 signs no answer by itself, rejects who has paid while the
database is away, and starts only where it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from portal.hotspot.setup.radius_server.version import Version

TEMPLATES = Path(__file__).resolve().parents[4] / "templates" / "freeradius"
HEADER = "Lo escribe `flask radius kit`: en vez de editarlo, repita la orden."
# The server writes a connection's words into its log, but not the file that they stand in.
SERVICE_FILE = "pg_service.conf"
# A line that is cut without a word would else keep the server's threads waiting for hours.
LINE = {
    "connect_timeout": "2",
    "tcp_user_timeout": "5000",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
}
FILES = ("radiusd.conf", "clients.conf", "sql.conf", "site.conf", SERVICE_FILE)


@dataclass(frozen=True)
class Client:
    """Name who may ask: routers at an address or network, and the secret they share with us.

    `signed` says whether questions need a Message-Authenticator: `yes`, `no`, or `auto` where the
    version has it (from the first signed one on).
    """

    name: str
    address: str
    secret: str = field(repr=False)
    signed: str = "no"


@dataclass(frozen=True)
class Listener:
    """Name the ports where these clients ask, each by its secret.

    An address has one secret at a port, so that routers with a former secret ask at others.
    """

    auth_port: int
    accounting_port: int
    clients: tuple[Client, ...]


@dataclass(frozen=True)
class RadSec:
    """Name where RADIUS over TLS is listened for, and the PEM files it is spoken with."""

    port: int
    certificate: str
    key: str
    authority: str


@dataclass(frozen=True)
class Database:
    """Say how PostgreSQL is reached as the server's own role.

    `inner` and `outer` are the keys that the records are read with, in hex; of several, the newest
    first and colons between them.
    """

    place: Mapping[str, str]
    inner: str = field(repr=False)
    outer: str = field(repr=False)
    password: str = field(repr=False)

    @property
    def words(self) -> dict[str, str]:
        """Give libpq's words for the connection; the keys are part of its first packet."""
        keys = f"-c portal.radius_inner={self.inner} -c portal.radius_outer={self.outer}"
        return {**self.place, "password": self.password, **LINE, "options": keys}


@dataclass(frozen=True)
class Kit:
    """Hold all that a configuration is made of. `interim` in seconds.

    `listeners` and `name_keys` are by key, in the order of the database's.
    """

    version: Version
    folder: str
    listeners: tuple[Listener, ...]
    database: Database
    name_keys: tuple[str, ...] = field(repr=False)
    interim: int = 300
    address: str = "*"
    libraries: str = "/usr/lib/freeradius"
    log_folder: str = "/var/log/freeradius"
    run_folder: str = "/run/freeradius"
    threads: int = 16
    radsec: RadSec | None = None

    def files(self) -> dict[str, str]:
        """Give each file's text by its name. All of them hold secrets."""
        names = (*FILES, "radsec.conf") if self.radsec else FILES
        return {name: _TEMPLATES.get_template(f"{name}.j2").render(self._values) for name in names}

    @property
    def _values(self) -> dict[str, Any]:
        return {
            **{name: getattr(self, name) for name in self.__dataclass_fields__},
            "header": HEADER,
            "connection": self.database.words,
            "service_file": SERVICE_FILE,
            "signs_answers": not self.version.signs_answers,
            "limits_proxy_state": self.version.signs_answers,
        }


_TEMPLATES = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=False,  # noqa: S701 - no HTML
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
