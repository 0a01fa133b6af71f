"""Fill the database with live accesses, and write what their devices' routers would send."""

from __future__ import annotations

import hashlib
import io
import secrets
import struct
from contextlib import closing
from dataclasses import dataclass

import psycopg2

from tests.support.radius.site import Site

ACCESS_REQUEST, ACCOUNTING_REQUEST = 1, 4
USER_NAME, USER_PASSWORD, CLASS, CALLING, OF_VENDOR = 1, 2, 25, 31, 26
MIKROTIK, REALM = 14988, 9
STATUS, OCTETS, SESSION, SECONDS = 40, 42, 44, 46
KINDS = {"Start": 1, "Stop": 2, "Interim-Update": 3}
COLUMNS = (
    "access_id, company_id, router_id, everywhere, key_id, name_digest, password_cipher,"
    " disabled, profile, limit_seconds, limit_bytes, max_devices, used_seconds, used_bytes,"
    " updated_at"
)


def name_of(number: int) -> str:
    return f"u{number:06d}"


def access_of(number: int) -> str:
    return f"acc_{number:020x}"


def fill(url: str, site: Site, many: int) -> None:
    """Write so many rows of what the server reads, each with a digest and a cipher of its own."""
    rows = io.StringIO()
    for number in range(many):
        access_id = access_of(number)
        digest = site.key.name_digest(site.company_id, name_of(number)).hex()
        cipher = site.key.seal(access_id, name_of(number)).hex()
        rows.write(
            f"{access_id}\t{site.company_id}\t{site.router_id}\tf\t{site.key.id}\t\\\\x{digest}\t\\\\x{cipher}\tf"
            "\t1hora\t86400000\t9000000000000\t2\t0\t0\tnow\n"
        )
    rows.seek(0)
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        # The accesses themselves are not asked for, so what ties the rows to them is left out.
        cursor.execute("SET session_replication_role = replica")
        cursor.copy_expert(f"COPY radius_user ({COLUMNS}) FROM STDIN", rows)
        cursor.execute(ACCESSES, (site.company_id, site.router_id, many))
        cursor.execute("ANALYZE radius_user, access")
        connection.commit()


ACCESSES = """
INSERT INTO access (id, company_id, router_id, kind, name_sealed, name_digest, wanted, actual,
    profile_name, used_seconds, used_bytes, seen_seconds, seen_bytes, attempts, created_at,
    updated_at)
SELECT 'acc_' || lpad(to_hex(n), 20, '0'), %s, %s, 'user_password', '\\x00', 'd' || n, 'enabled',
    'enabled', '1hora', 0, 0, 0, 0, 0, now(), now()
FROM generate_series(0, %s - 1) AS n
"""


@dataclass(frozen=True)
class Crowd:
    """Hold the site, the processes that serve it, and how many accesses are live there."""

    site: Site
    postgres_pid: int
    server_pid: int
    accesses: int

    @property
    def pids(self) -> tuple[int, int]:
        return self.postgres_pid, self.server_pid

    @property
    def auth(self) -> int:
        return self.site.server.auth_port

    @property
    def accounts(self) -> int:
        return self.site.server.accounting_port

    def logins(self, many: int) -> list[bytes]:
        """Write so many logins, of people drawn from all."""
        return [self._login(secrets.randbelow(self.accesses)) for _ in range(many)]

    def accounting(self, kind: str, seconds: int, sessions: int) -> list[bytes]:
        """Write one packet of each session."""
        return [self._told(kind, seconds, number) for number in range(sessions)]

    def _login(self, number: int) -> bytes:
        name, proof = name_of(number).encode(), secrets.token_bytes(16)
        pad = hashlib.md5(self.site.server.secret.encode() + proof).digest()
        hidden = bytes(one ^ other for one, other in zip(name.ljust(16, b"\0"), pad, strict=True))
        body = _said((USER_NAME, name), (USER_PASSWORD, hidden), *self._place(number))
        return struct.pack("!BBH", ACCESS_REQUEST, number % 256, 20 + len(body)) + proof + body

    def _told(self, kind: str, seconds: int, number: int) -> bytes:
        body = _said(
            (STATUS, struct.pack("!I", KINDS[kind])),
            (SESSION, f"{0x80000000 + number:x}".encode()),
            (CLASS, self._class(number)),
            (SECONDS, struct.pack("!I", seconds)),
            (OCTETS, struct.pack("!I", seconds * 100_000)),
            *self._place(number),
        )
        head = struct.pack("!BBH", ACCOUNTING_REQUEST, number % 256, 20 + len(body))
        secret = self.site.server.secret.encode()
        return head + hashlib.md5(head + bytes(16) + body + secret).digest() + body

    def _place(self, number: int) -> tuple[tuple[int, bytes], ...]:
        mac = f"AA:BB:{number >> 16 & 255:02X}:{number >> 8 & 255:02X}:{number & 255:02X}:01"
        realm = struct.pack("!I", MIKROTIK) + _said((REALM, self.site.says.encode()))
        return (OF_VENDOR, realm), (CALLING, mac.encode())

    def _class(self, number: int) -> bytes:
        """As the server makes it."""
        login, router = f"{access_of(number)}.60000000{number:08x}", self.site.router_id
        tag = self.site.key._keyed(f"class:{router}:{login}".encode()).hex()[:20]
        return f"{login}-{router}-{tag}".encode()


def _said(*attributes: tuple[int, bytes]) -> bytes:
    return b"".join(bytes((kind, len(value) + 2)) + value for kind, value in attributes)
