"""Test which certificates of a router are taken, and that a refusal says what is wrong with one.

Facts, seen 2026-11 with Python 3.11 on OpenSSL 3.0.19; the codes are those of `x509_vfy.h`. What
RouterOS shows is what `/certificate` holds: no `subject-alt-name` unless one is given, and of a
chain only what was imported.

| the router shows | verified | by fingerprint |
| --- | --- | --- |
| the whole chain | taken | taken |
| no intermediate certificate | 20, unknown issuer | taken |
| one that signs itself; a chain to an unknown root | 18; 19 | taken |
| one that has expired, or an expired intermediate | 10 | taken |
| one whose time is to come | 9 | taken |
| the address as common name alone, or as a DNS name; another address | 64 | taken |
| RSA of 1,024 bits | 66 | taken |
| only RSA key exchange or only SHA-1 (TLS 1.2), only TLS 1.0 | no handshake | no handshake |

RouterOS 6 speaks DHE-RSA-AES256-GCM-SHA384 (octo/librouteros#13), which serves both. A certificate
that is renewed while a line is open is met by the next line: verified goes on, a fingerprint is
refused until it is told again.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from portal.hotspot.errors import RouterRefused
from portal.hotspot.router import Tls
from portal.hotspot.routeros import messages
from portal.sandbox.routeros.wire.tls import anonymous_context
from tests.hotspot.routeros.conftest import Connect
from tests.hotspot.routeros.peer import Peer, answering, sentence
from tests.support.patience import PATIENCE

ADDRESS = "127.0.0.1"
VALID = (-30, 30)
HERE = x509.IPAddress(ip_address(ADDRESS))
NONE_FOUND = sentence("!done")
Serve = Callable[[ssl.SSLContext], Peer]


@dataclass(frozen=True)
class Certified:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Any

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()


def certified(
    name: str,
    issuer: Certified | None = None,
    *,
    days: tuple[int, int] = VALID,
    known_as: x509.GeneralName | None = HERE,
    key: Any = None,
) -> Certified:
    """Issued by `issuer` or itself, valid from and until so many days from now."""
    now, key = datetime.now(UTC), key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(
        issuer.certificate.subject if issuer else subject,
        subject,
        key.public_key(),
        x509.random_serial_number(),
        now + timedelta(days=days[0]),
        now + timedelta(days=days[1]),
    )
    builder = builder.add_extension(
        x509.BasicConstraints(ca=known_as is None, path_length=None), critical=True
    )
    if known_as is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName([known_as]), critical=False)
    return Certified(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


@cache
def root() -> Certified:
    return certified("root", known_as=None)


@cache
def intermediate(days: tuple[int, int] = VALID) -> Certified:
    return certified("intermediate", root(), known_as=None, days=days)


def expired_chain() -> list[Certified]:
    between = intermediate((-30, -1))
    return [certified(ADDRESS, between), between]


def without_names() -> list[Certified]:
    """The address is its common name alone, as RouterOS makes one without `subject-alt-name`."""
    return [certified(ADDRESS, root(), known_as=x509.RFC822Name("portal@example.com"))]


SHOWN: dict[str, tuple[Callable[[], list[Certified]], str | None]] = {
    "chain": (lambda: [certified(ADDRESS, intermediate()), intermediate()], None),
    "no intermediate": (
        lambda: [certified(ADDRESS, intermediate())],
        messages.CERTIFICATE_UNKNOWN,
    ),
    "own": (lambda: [certified(ADDRESS)], messages.CERTIFICATE_UNKNOWN),
    "expired": (
        lambda: [certified(ADDRESS, root(), days=(-30, -1))],
        messages.CERTIFICATE_EXPIRED,
    ),
    "expired intermediate": (expired_chain, messages.CERTIFICATE_EXPIRED),
    "to come": (lambda: [certified(ADDRESS, root(), days=(1, 30))], messages.CERTIFICATE_NOT_YET),
    "common name": (without_names, messages.CERTIFICATE_ELSEWHERE),
    "address as a name": (
        lambda: [certified(ADDRESS, root(), known_as=x509.DNSName(ADDRESS))],
        messages.CERTIFICATE_ELSEWHERE,
    ),
    "short key": (
        lambda: [certified(ADDRESS, root(), key=rsa.generate_private_key(65537, 1024))],
        messages.CERTIFICATE_WEAK,
    ),
}


def context(chain: list[Certified], folder: Path) -> ssl.SSLContext:
    """A router's side, which shows this chain; its own is the first."""
    path = folder / "shown.pem"
    key = chain[0].key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(b"".join(one.pem for one in chain) + key)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.set_ciphers("DEFAULT:@SECLEVEL=0")
    made.load_cert_chain(path)
    return made


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves by this context; asked for before `connect`, it ends once all lines are closed."""
    with ExitStack() as stack:
        yield lambda made: stack.enter_context(Peer(answering(lambda _: NONE_FOUND), made))


@pytest.fixture
def ca_file(tmp_path: Path) -> str:
    path = tmp_path / "authority.pem"
    path.write_bytes(root().pem)
    return str(path)


@pytest.mark.parametrize("what", SHOWN)
def test_a_certificate_that_is_verified(
    serve: Serve, connect: Connect, tmp_path: Path, ca_file: str, what: str
) -> None:
    make, advice = SHOWN[what]
    peer = serve(context(make(), tmp_path))
    router = connect(peer, tls=Tls.VERIFIED, ca_file=ca_file)
    if advice is None:
        assert router.provisioner.find_user("AB3C9D", PATIENCE) is None
        return
    with pytest.raises(RouterRefused) as caught:
        router.provisioner.find_user("AB3C9D", PATIENCE)
    assert caught.value.advice == advice


@pytest.mark.parametrize("what", SHOWN)
def test_a_certificate_by_its_fingerprint(
    serve: Serve, connect: Connect, tmp_path: Path, what: str
) -> None:
    chain = SHOWN[what][0]()
    peer = serve(context(chain, tmp_path))
    router = connect(peer, tls=Tls.PINNED, fingerprint=chain[0].fingerprint)
    assert router.provisioner.find_user("AB3C9D", PATIENCE) is None


def test_what_routeros_6_speaks(serve: Serve, connect: Connect, tmp_path: Path) -> None:
    chain = [certified(ADDRESS, key=rsa.generate_private_key(65537, 2048))]
    context(chain, tmp_path)
    made = anonymous_context()
    made.set_ciphers("DHE-RSA-AES256-GCM-SHA384")
    made.load_cert_chain(tmp_path / "shown.pem")
    router = connect(serve(made), tls=Tls.PINNED, fingerprint=chain[0].fingerprint)
    assert router.provisioner.find_user("AB3C9D", PATIENCE) is None


def test_a_certificate_that_is_renewed(
    serve: Serve, connect: Connect, tmp_path: Path, ca_file: str
) -> None:
    """While lines are open; each sees it once it needs another line."""
    old, new = certified(ADDRESS, root()), certified(ADDRESS, root())
    made = context([old], tmp_path)
    peer = serve(made)
    verified = connect(peer, tls=Tls.VERIFIED, ca_file=ca_file)
    pinned = connect(peer, tls=Tls.PINNED, fingerprint=old.fingerprint)
    for router in (verified, pinned):
        assert router.provisioner.find_user("AB3C9D", PATIENCE) is None
    context([new], tmp_path)
    made.load_cert_chain(tmp_path / "shown.pem")
    for router in (verified, pinned):
        assert router.provisioner.find_user("AB3C9D", PATIENCE) is None
        router.pool.clear()  # type: ignore[attr-defined]
    assert verified.provisioner.find_user("AB3C9D", PATIENCE) is None
    with pytest.raises(RouterRefused, match="huella"):
        pinned.provisioner.find_user("AB3C9D", PATIENCE)
