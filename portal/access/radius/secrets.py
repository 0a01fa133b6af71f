"""Derive all that RADIUS keeps secret from a key of this deployment, sealed in the vault.

The server's configuration holds what it needs of it and the database nothing, so that neither a
table nor a backup tells a password. A password is encrypted with HMAC-SHA256 as its pad (a nonce
and a counter, as in NIST SP 800-108) and proved by a tag, both bound to its access: that the
database opens with the `sha256()` of its core, where a cipher would need an extension.

What it costs: who reads the server's configuration can open the passwords of what it serves; each
login takes the database a quarter of a millisecond; and the server must reach PostgreSQL itself,
since poolers drop the words that the keys come in, by TLS where it is another machine.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import b32encode
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.core.vault import VaultError

NONCE_BYTES = TAG_BYTES = 16
BLOCK_BYTES = 32
PROOF_BYTES = 10


@dataclass(frozen=True)
class RadiusSecrets:
    """Hold one key as it is on record, and make of it what each side needs."""

    id: str
    slot: int
    created_at: datetime
    in_use_since: datetime | None
    master: bytes = field(repr=False)

    def name_digest(self, company_id: str, name: str) -> bytes:
        """Digest a user name so that a company's is found by it, and nobody reads it.

        The server takes the first step, so that no name ever reaches the database.
        """
        first = hmac.new(self.name_key.encode(), name.encode(), hashlib.sha1).hexdigest()
        return self._keyed(f"name:{company_id}:{first}".encode())

    def seal(self, access_id: str, password: str) -> bytes:
        """Encrypt a password for the row of its access."""
        place, nonce, clear = f"{access_id}:".encode(), os.urandom(NONCE_BYTES), password.encode()
        sealed = nonce + self._padded(clear, place + nonce)
        return sealed + self._keyed(b"tag:" + place + sealed)[:TAG_BYTES]

    def open(self, access_id: str, cipher: bytes) -> str:
        """Decrypt what was sealed for this access. Raises VaultError."""
        place, sealed, tag = f"{access_id}:".encode(), cipher[:-TAG_BYTES], cipher[-TAG_BYTES:]
        if not hmac.compare_digest(tag, self._keyed(b"tag:" + place + sealed)[:TAG_BYTES]):
            raise VaultError(f"radius_user:{access_id}:password")
        nonce, text = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        return self._padded(text, place + nonce).decode()

    def proof_of(self, router_id: str) -> bytes:
        """Give what shows that a router's name was made by us: 10 bytes."""
        return self._keyed(f"router:{router_id}".encode())[:PROOF_BYTES]

    def router_name(self, router_id: str) -> str:
        """Give the realm by which a router is told from all others, which only it may know."""
        return f"{router_id}-{self.proof_of(router_id).hex()}"

    def secret_of(self, router_id: str, generation: int = 1) -> str:
        """Give the shared secret of a router with an address of its own."""
        return self._word(f"secret:{router_id}:{generation}")

    @property
    def shared_secret(self) -> str:
        """Give the shared secret of all routers whose address nobody knows."""
        return self._word("secret:shared")

    @property
    def role_password(self) -> str:
        """Give the password of the role by which the server is in the database."""
        return self._word("database role")

    @property
    def name_key(self) -> str:
        """Give the key of the first step of a name's digest."""
        return self._word("names")

    @property
    def inner(self) -> str:
        """Give HMAC's inner key (RFC 2104) in hex, without the half that is always the same."""
        return self._pad_of(0x36)

    @property
    def outer(self) -> str:
        """Give HMAC's outer key likewise."""
        return self._pad_of(0x5C)

    def _padded(self, text: bytes, place: bytes) -> bytes:
        blocks = range(-(-len(text) // BLOCK_BYTES))
        pad = b"".join(self._keyed(b"pad:" + place + each.to_bytes(4, "big")) for each in blocks)
        return bytes(one ^ other for one, other in zip(text, pad, strict=False))

    def _keyed(self, message: bytes) -> bytes:
        return hmac.digest(self._derived("records"), message, "sha256")

    def _pad_of(self, byte: int) -> str:
        return bytes(each ^ byte for each in self._derived("records")).hex()

    def _word(self, purpose: str) -> str:
        """160 bits in letters and digits that no configuration file takes for anything else."""
        return b32encode(self._derived(purpose)[:20]).decode().lower()

    def _derived(self, purpose: str) -> bytes:
        return _derive(self.master, purpose)


@lru_cache(maxsize=1024)
def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, None, f"portal radius {purpose}".encode()).derive(master)
