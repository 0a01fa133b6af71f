"""Verify who signed a webhook: Conekta's `Digest` header, as its documentation describes it."""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key


def verify(pem: str, digest_header: str | None, raw_body: bytes) -> bool:
    """Check that the header is the base64 RSA-SHA256 signature (PKCS#1 v1.5) of the bytes received.

    `pem` is the public key of `POST /webhook_keys`, whose line ends may come as a literal
    backslash and n. False for whatever cannot be read; it never raises.
    """
    key = _public_key(pem)
    if key is None:
        return False
    try:
        signature = base64.b64decode((digest_header or "").strip(), validate=True)
        key.verify(signature, raw_body, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError, TypeError, binascii.Error):
        return False
    return True


def is_public_key(pem: str) -> bool:
    """Tell whether signatures can be verified with it."""
    return _public_key(pem) is not None


def _public_key(pem: str) -> RSAPublicKey | None:
    try:
        key = load_pem_public_key(pem.replace("\\r", "").replace("\\n", "\n").encode())
    except (UnsupportedAlgorithm, ValueError, TypeError):
        return None
    return key if isinstance(key, RSAPublicKey) else None
