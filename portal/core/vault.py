"""Secrets at rest: AES-GCM, each bound to the table, row and field where it stands."""

from __future__ import annotations

import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
DIGESTS = b"portal digests"


class VaultError(Exception):
    """A stored secret cannot be read: its key is gone, or it was moved or changed.

    `table` and `row_id` say where it stands.
    """

    def __init__(self, place: str) -> None:
        super().__init__(f"The secret at {place} cannot be read with ENCRYPTION_KEYS.")
        self.table, _, rest = place.partition(":")
        self.row_id = rest.partition(":")[0]


class Vault:
    """Encrypts with the first key; reads with whichever key fits."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = [AESGCM(key) for key in keys]
        self._digest_keys = [HKDF(SHA256(), 32, None, DIGESTS).derive(key) for key in keys]

    def seal(self, secret: str, place: str) -> bytes:
        """Encrypt `secret` for `place`, which is `table:id:field`."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._ciphers[0].encrypt(nonce, secret.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        """Decrypt what was sealed for `place`. Raises VaultError."""
        return self._opened(sealed, place)[0]

    def renewed(self, sealed: bytes, place: str) -> bytes:
        """The same under the first key; the very bytes where it is already. Raises VaultError."""
        secret, cipher = self._opened(sealed, place)
        return sealed if cipher is self._ciphers[0] else self.seal(secret, place)

    def digests(self, secret: str, place: str) -> list[str]:
        """What `secret` can be found by at `place`, in hex: a digest for each key.

        The first is the one to be stored; the others find what was stored before keys changed.
        Without a key nobody can tell which secret a digest is of, however few there may be.
        """
        said = f"{place}\0{secret}".encode(errors="surrogatepass")
        return [hmac.digest(key, said, "sha256").hex() for key in self._digest_keys]

    def _opened(self, sealed: bytes, place: str) -> tuple[str, AESGCM]:
        """The secret, and the cipher of the key that fits."""
        nonce, text = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(nonce, text, place.encode()).decode(), cipher
            except (InvalidTag, ValueError):
                continue
        raise VaultError(place)
