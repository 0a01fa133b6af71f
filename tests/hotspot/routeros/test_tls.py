"""Test the API over TLS as the adapter speaks it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from portal.hotspot.errors import RouterRefused, RouterUnavailable
from portal.hotspot.router import Tls
from portal.sandbox.routeros import RouterSandbox
from tests.hotspot.routeros.conftest import Connect
from tests.hotspot.routeros.peer import Peer, read_sentence


@pytest.fixture(scope="module")
def certified() -> Iterator[RouterSandbox]:
    with RouterSandbox(tls="certificate", password="secret") as box:
        yield box


@pytest.fixture(scope="module")
def anonymous() -> Iterator[RouterSandbox]:
    with RouterSandbox(tls="anonymous", password="secret") as box:
        yield box


@pytest.fixture
def ca_file(certified: RouterSandbox, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    path.write_text(certified.certificate_pem)
    return str(path)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_verified_certificate_is_accepted(
    certified: RouterSandbox, connect: Connect, ca_file: str, host: str
) -> None:
    port = certified.tls_port
    router = connect(certified, host=host, port=port, tls=Tls.VERIFIED, ca_file=ca_file)
    for _ in range(3):
        assert router.provisioner.find_user("AB3C9D", 2) is None


def test_an_unknown_authority_is_refused(certified: RouterSandbox, connect: Connect) -> None:
    router = connect(certified, port=certified.tls_port, tls=Tls.VERIFIED)
    with pytest.raises(RouterRefused, match="certificado") as caught:
        router.provisioner.find_user("AB3C9D", 2)
    assert caught.value.executed is False


def test_another_hosts_certificate_is_refused(connect: Connect, tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.pem"
    path.write_bytes(self_signed("elsewhere.example"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    said = []
    with Peer(lambda sock: said.append(read_sentence(sock)), context) as peer:
        router = connect(peer, tls=Tls.VERIFIED, ca_file=str(path))
        with pytest.raises(RouterRefused, match="certificado") as caught:
            router.provisioner.find_user("AB3C9D", 2)
    assert caught.value.executed is False
    assert said == []


def self_signed(name: str) -> bytes:
    """A certificate for this host name with its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(Encoding.PEM) + key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


def spellings(fingerprint: str) -> list[str]:
    pairs = [fingerprint[i : i + 2] for i in range(0, len(fingerprint), 2)]
    return [fingerprint, fingerprint.upper(), ":".join(pairs), f" {':'.join(pairs).upper()} "]


@pytest.mark.parametrize("spelling", range(4))
def test_a_pinned_certificate_is_accepted(
    certified: RouterSandbox, connect: Connect, spelling: int
) -> None:
    fingerprint = spellings(certified.fingerprint)[spelling]
    router = connect(certified, port=certified.tls_port, tls=Tls.PINNED, fingerprint=fingerprint)
    assert router.provisioner.find_user("AB3C9D", 2) is None


@pytest.mark.parametrize("fingerprint", [None, "", "00" * 32, "é"])
def test_another_fingerprint_is_refused_before_the_password_is_sent(
    certified: RouterSandbox, connect: Connect, fingerprint: str | None
) -> None:
    certified.forget_commands()
    router = connect(certified, port=certified.tls_port, tls=Tls.PINNED, fingerprint=fingerprint)
    with pytest.raises(RouterRefused, match="huella"):
        router.provisioner.find_user("AB3C9D", 2)
    assert certified.commands == []


def test_a_router_without_a_certificate_is_reached_anonymously(
    anonymous: RouterSandbox, connect: Connect
) -> None:
    router = connect(anonymous, port=anonymous.tls_port, tls=Tls.ANONYMOUS)
    assert router.provisioner.find_user("AB3C9D", 2) is None


@pytest.mark.parametrize("tls", [Tls.VERIFIED, Tls.PINNED])
def test_an_anonymous_router_is_no_certified_one(
    anonymous: RouterSandbox, connect: Connect, tls: Tls
) -> None:
    seen = len(anonymous.commands)
    router = connect(anonymous, port=anonymous.tls_port, tls=tls, fingerprint="00" * 32)
    with pytest.raises(RouterUnavailable, match="api-ssl") as caught:
        router.provisioner.find_user("AB3C9D", 1)
    assert caught.value.executed is False
    assert len(anonymous.commands) == seen


def test_a_port_without_tls_is_named_as_such(connect: Connect) -> None:
    def plain(sock) -> None:
        sock.recv(1)
        sock.sendall(b"\x05!done\x00" * 20)
        read_sentence(sock)

    with Peer(plain) as peer, pytest.raises(RouterUnavailable, match="api-ssl"):
        connect(peer, tls=Tls.ANONYMOUS).provisioner.find_user("AB3C9D", 1)


def test_idle_connections_over_tls_are_used_again(
    certified: RouterSandbox, connect: Connect
) -> None:
    certified.forget_commands()
    router = connect(
        certified, port=certified.tls_port, tls=Tls.PINNED, fingerprint=certified.fingerprint
    )
    for _ in range(5):
        router.provisioner.find_user("AB3C9D", 2)
    certified.drop_connections()
    assert router.provisioner.find_user("AB3C9D", 2) is None
    assert [command.path for command in certified.commands].count("/login") == 2
