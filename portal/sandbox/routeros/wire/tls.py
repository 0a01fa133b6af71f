"""Serve the API by TLS: a certificate made at start, or a router without one.

A router with no certificate on api-ssl speaks only anonymous Diffie-Hellman, which nobody can
verify (RouterOS documentation).
"""

from __future__ import annotations

import base64
import datetime
import os
import ssl
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_VALID = datetime.timedelta(days=3650)


class Tls(StrEnum):
    """Name how api-ssl is set up."""

    CERTIFICATE = "certificate"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class Certificate:
    """Hold a self-signed certificate for the loopback addresses, with its key."""

    pem: str
    _key_pem: str

    @classmethod
    def make(cls) -> Certificate:
        """Give a new one, good for ten years."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "router.sandbox")])
        names = [x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))]
        now = datetime.datetime.now(datetime.UTC)
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + _VALID)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        key_pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        return cls(pem.decode(), key_pem.decode())

    @classmethod
    def kept_in(cls, path: Path) -> Certificate:
        """Give the one in this file; made and written there (mode 0600) the first time."""
        if not path.exists():
            made = cls.make()
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(made.pem + made._key_pem)
        pem, begin, key_pem = path.read_text().partition("-----BEGIN PRIVATE KEY-----")
        return cls(pem, begin + key_pem)

    @property
    def fingerprint(self) -> str:
        """Give the SHA-256 of the certificate, lower-case hex."""
        return x509.load_pem_x509_certificate(self.pem.encode()).fingerprint(hashes.SHA256()).hex()

    def context(self) -> ssl.SSLContext:
        """Give a server side that shows this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(self.pem + self._key_pem)
            file.flush()
            context.load_cert_chain(file.name)
        return context


def anonymous_context() -> ssl.SSLContext:
    """Give a server side without a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ADH:@SECLEVEL=0")
    with tempfile.NamedTemporaryFile() as file:
        file.write(_dh_parameters())
        file.flush()
        context.load_dh_params(file.name)
    return context


def _dh_parameters() -> bytes:
    """The group ffdhe2048 as PEM: in DER a sequence of the prime and the generator 2."""
    der = bytes.fromhex("308201080282010100") + _ffdhe2048().to_bytes(256, "big")
    lines = base64.encodebytes(der + bytes.fromhex("020102"))
    return b"-----BEGIN DH PARAMETERS-----\n" + lines + b"-----END DH PARAMETERS-----\n"


def _ffdhe2048() -> int:
    """The prime of RFC 7919, appendix A.1, from its formula with the digits of e."""
    guard = 64
    term = scaled_e = 1 << (1918 + guard)
    for k in range(1, 400):
        term //= k
        scaled_e += term
    return 2**2048 - 2**1984 + ((scaled_e >> guard) + 560316) * 2**64 - 1
