"""Sign deliveries with RSA keys, as Conekta's `Digest` header does."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

_BITS = 2048


def new_private_pem() -> str:
    """Give a fresh RSA private key; takes a fraction of a second."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(private_pem: str) -> str:
    """Give the public half of a key."""
    public = _load(private_pem).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def digest(private_pem: str, body: bytes) -> str:
    """Give the base64 of the RSA-SHA256 signature (PKCS#1 v1.5) over the raw body."""
    return base64.b64encode(_load(private_pem).sign(body, PKCS1v15(), SHA256())).decode()


@lru_cache(maxsize=64)
def _load(private_pem: str) -> rsa.RSAPrivateKey:
    key = load_pem_private_key(private_pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("a webhook key is an RSA key")
    return key
