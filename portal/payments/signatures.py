"""Who signed a webhook: Conekta's `Digest` header, as Conekta's documentation describes it."""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key


def verify(pem: str, digest_header: str | None, raw_body: bytes) -> bool:
    """Whether the header is the base64 RSA-SHA256 signature (PKCS#1 v1.5) of the bytes received.

    `pem` is the public key of `POST /webhook_keys`, whose line ends may come as a literal
    backslash and n. False for whatever cannot be read; it never raises.
    """
    try:
        key = load_pem_public_key(pem.replace("\\r", "").replace("\\n", "\n").encode())
        signature = base64.b64decode((digest_header or "").strip(), validate=True)
        if not isinstance(key, RSAPublicKey):
            return False
        key.verify(signature, raw_body, PKCS1v15(), SHA256())
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, binascii.Error):
        return False
    return True
