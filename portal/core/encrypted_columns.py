"""Attributes that are stored encrypted, bound to their row and field."""

from __future__ import annotations

from typing import Any

from flask import current_app
from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.vault import Vault


class Secret:
    """An attribute that is stored encrypted in the column `<name>_sealed` of its row.

    The row's id must be known before the secret is set: the cipher text is bound to it.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._table: str = getattr(owner, "__tablename__", "")
        self._name = name

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        sealed = getattr(row, f"{self._name}_sealed")
        return None if sealed is None else _vault().open(sealed, self._place(row.id))

    def __set__(self, row: Any, secret: str | None) -> None:
        sealed = None if secret is None else _vault().seal(secret, self._place(row.id))
        setattr(row, f"{self._name}_sealed", sealed)

    def renew(self, row: Any) -> bool:
        """Put it under the key that writes; False where it is already. Raises VaultError."""
        sealed = getattr(row, f"{self._name}_sealed")
        if sealed is None:
            return False
        renewed = _vault().renewed(sealed, self._place(row.id))
        setattr(row, f"{self._name}_sealed", renewed)
        return renewed is not sealed

    def _place(self, where: str | None) -> str:
        if where is None:
            raise ValueError("a row needs its id before it can hold a secret")
        return f"{self._table}:{where}:{self._name}"


class FindableSecret(Secret):
    """A secret that rows are found by, through its keyed digest in the column `<name>_digest`.

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
        """As of any secret, and its digest with it."""
        secret, stored = self.__get__(row), getattr(row, f"{self._name}_digest")
        if secret is None:
            return False
        digest = self.digests(getattr(row, self._within), secret)[0]
        setattr(row, f"{self._name}_digest", digest)
        return super().renew(row) or digest != stored

    def digests(self, within: str, *secrets: str) -> list[str]:
        """What the column may hold where the secret is one of these, under any of the keys."""
        vault, place = _vault(), self._place(within)
        return [digest for secret in secrets for digest in vault.digests(secret, place)]


def sealed_column() -> Mapped[bytes | None]:
    """The column behind a Secret."""
    return mapped_column(LargeBinary, nullable=True)


def _vault() -> Vault:
    vault: Vault = current_app.extensions["vault"]
    return vault
