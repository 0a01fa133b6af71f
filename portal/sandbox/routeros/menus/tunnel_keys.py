"""Draw WireGuard's key pairs, as a router does itself (wg(8): base64 of 32 bytes)."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey


def drawn() -> str:
    """Give a new private key."""
    return base64.b64encode(X25519PrivateKey.generate().private_bytes_raw()).decode()


def public_of(private: str) -> str:
    """Give the public key that belongs to it."""
    key = X25519PrivateKey.from_private_bytes(base64.b64decode(private))
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()
