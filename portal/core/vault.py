"""Keep secrets encrypted at rest: AES-GCM, each bound to the table, row and field of its own."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

NONCE_BYTES = 12
DIGESTS = b"portal digests"


class VaultError(Exception):
    """Say that a stored secret cannot be read: its key is gone, or it was moved or changed.

    `table` and `row_id` say where it stands.
    """

    def __init__(self, place: str) -> None:
        super().__init__(f"The secret at {place} cannot be read with ENCRYPTION_KEYS.")
        self.table, _, rest = place.partition(":")
        self.row_id = rest.partition(":")[0]


class Vault:
    """Encrypt with the first key; read with whichever key fits."""

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
        """Seal it under the first key; give the very bytes where it is so. Raises VaultError."""
        secret, cipher = self._opened(sealed, place)
        return sealed if cipher is self._ciphers[0] else self.seal(secret, place)

    def digests(self, secret: str, place: str) -> list[str]:
        """Digest `secret` so that it can be found at `place`, in hex: once for each key.

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


class Secret:
    """Store an attribute encrypted in the column `<name>_sealed` of its row.

    The row's id must be known before the secret is set: the cipher text is bound to it.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._table: str = getattr(owner, "__tablename__", "")
        self._name, self._column, self._opened = name, f"{name}_sealed", f"_{name}_opened"

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        sealed = getattr(row, self._column)
        if sealed is None:
            return None
        # A sale asks for the same few again and again; rows of a whole router have no room for it.
        kept: dict[str, Any] = getattr(row, "__dict__", {})
        opened = kept.get(self._opened)
        if opened is None or opened[0] is not sealed:
            opened = sealed, _vault().open(sealed, self._place(row.id))
            kept[self._opened] = opened
        return opened[1]

    def __set__(self, row: Any, secret: str | None) -> None:
        sealed = None if secret is None else _vault().seal(secret, self._place(row.id))
        setattr(row, self._column, sealed)

    def renew(self, row: Any) -> bool:
        """Put it under the key that writes; False where it is already. Raises VaultError."""
        sealed = getattr(row, self._column)
        if sealed is None:
            return False
        renewed = _vault().renewed(sealed, self._place(row.id))
        setattr(row, self._column, renewed)
        return renewed is not sealed

    def _place(self, where: str | None) -> str:
        if where is None:
            raise ValueError("a row needs its id before it can hold a secret")
        return f"{self._table}:{where}:{self._name}"


class FindableSecret(Secret):
    """Store a secret that rows are found by, through its keyed digest in `<name>_digest`.

    The digest is bound to the row's column `within`, which must be known before the secret is
    set: whoever may draw as many secrets as they like in a place of their own learns nothing
    of the same secret in another's.
    """

    def __init__(self, within: str) -> None:
        self._within = within

    def __set__(self, row: Any, secret: str | None) -> None:
        super().__set__(row, secret)
        digest = None if secret is None else self.digests(getattr(row, self._within), secret)[0]
        setattr(row, f"{self._name}_digest", digest)

    def renew(self, row: Any) -> bool:
        """Renew it as any secret, and its digest with it."""
        secret, stored = self.__get__(row), getattr(row, f"{self._name}_digest")
        if secret is None:
            return False
        digest = self.digests(getattr(row, self._within), secret)[0]
        setattr(row, f"{self._name}_digest", digest)
        return super().renew(row) or digest != stored

    def digests(self, within: str, *secrets: str) -> list[str]:
        """List what the column may hold where the secret is one of these, under any of the keys."""
        vault, place = _vault(), self._place(within)
        return [digest for secret in secrets for digest in vault.digests(secret, place)]


def token_digest(token: str) -> str:
    """Digest a token that is random enough by itself: its SHA-256, 64 hex digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed_digest(text: str, place: str) -> str:
    """Digest `text` for `place` by the first key, in hex: nobody makes it anew without that."""
    return _vault().digests(text, place)[0]


def sealed_column() -> Mapped[bytes | None]:
    """Make the column behind a Secret."""
    return mapped_column(LargeBinary, nullable=True)


def _vault() -> Vault:
    vault: Vault = current_app.extensions["vault"]
    return vault
