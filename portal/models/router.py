"""Keep a MikroTik router whose hotspot is sold, and when it was last heard of."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Self

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, new_id, utc_now
from portal.core.vault import Secret, sealed_column

# RFC 5176's port for what is asked of a router about a session.
COA_PORT = 3799
# How well each way tells that it is the router that answers.
TRUST = {"none": 0, "anonymous": 1, "pinned": 2, "verified": 2}


class RouterPlace(NamedTuple):
    """Name where a router's password is sent, and what protects it on the way."""

    host: str
    port: str
    tls: str
    fingerprint: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Read it as `text` wrote it."""
        return cls(*text.split("|"))

    @property
    def text(self) -> str:
        """Write it as it is kept."""
        return "|".join(self)

    def is_as_good_as(self, other: RouterPlace) -> bool:
        """Tell whether what may be sent to the other may be sent here.

        It is the same address, no less protected; and who was told by a certificate is told by
        that one.
        """
        is_other_router = (
            "pinned" == self.tls == other.tls and self.fingerprint != other.fingerprint
        )
        same_address = (self.host, self.port) == (other.host, other.port)
        return same_address and TRUST[self.tls] >= TRUST[other.tls] and not is_other_router


class Delivery(StrEnum):
    """Name by what a router is served: its API, or RADIUS, by which it asks us."""

    API = "api"
    RADIUS = "radius"


class Router(Base):
    """Keep how to reach a router, and the hosts its login form may live on (`login_hosts`).

    `delivery` says by what it is served: `api`, or `radius`, beside which it may have no API that
    we could enter, and then no `host` either. `coa_port` is where it listens to us then. `dial_in`
    says by what it comes to us where we cannot reach it, `wireguard` or `l2tp`; `host` is its
    address in our tunnel then.
    `kit_password` is what the last kit gives to the API's user, until the router has let us in
    with it. `password_place` says for which address the password was entered, while that is not
    the one on record. `setup_missing` counts what the last check of its set-up, at
    `setup_checked_at`, found missing.
    """

    __tablename__ = "router"
    __table_args__ = (
        CheckConstraint("port BETWEEN 1 AND 65535", name="port"),
        CheckConstraint("dial_in IN ('wireguard', 'l2tp')", name="dial_in"),
        CheckConstraint("tls IN ('none', 'verified', 'pinned', 'anonymous')", name="tls"),
        CheckConstraint("coa_port BETWEEN 1 AND 65535", name="coa_port"),
        CheckConstraint("delivery IN ('api', 'radius')", name="delivery"),
    )

    id: Mapped[str] = mapped_column(String(12), primary_key=True, default=lambda: new_id("RTR_", 8))
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    host: Mapped[str | None] = mapped_column(String(253))
    port: Mapped[int] = mapped_column(default=8728)
    username: Mapped[str] = mapped_column(String(100))
    password_sealed: Mapped[bytes | None] = sealed_column()
    kit_password_sealed: Mapped[bytes | None] = sealed_column()
    password_place: Mapped[str | None] = mapped_column(String(400))
    delivery: Mapped[str] = mapped_column(String(10), default="api", server_default="api")
    coa_port: Mapped[int] = mapped_column(default=COA_PORT, server_default=str(COA_PORT))
    dial_in: Mapped[str | None] = mapped_column(String(10))
    location: Mapped[str | None] = mapped_column(String(200))
    tls: Mapped[str] = mapped_column(String(10), default="none")
    tls_fingerprint: Mapped[str | None] = mapped_column(String(95))
    login_hosts: Mapped[list[Any]] = mapped_column(JSON, default=list)
    active: Mapped[bool] = mapped_column(default=True)
    setup_checked_at: Mapped[datetime | None]
    setup_missing: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    password = Secret()
    kit_password = Secret()

    @property
    def place(self) -> RouterPlace:
        """Say where its password is sent, and to whom."""
        return RouterPlace(self.host or "", str(self.port), self.tls, self.tls_fingerprint or "")

    @property
    def entered_place(self) -> RouterPlace:
        """Say for where the password was entered."""
        return RouterPlace.read(self.password_place) if self.password_place else self.place

    @property
    def is_password_withheld(self) -> bool:
        """Tell whether the stored password was entered for another address than this."""
        return self.password_sealed is not None and self.password_place is not None

    @property
    def has_api(self) -> bool:
        """Tell whether there is an API of its own that we may enter."""
        has_password = self.password_sealed is not None or self.kit_password_sealed is not None
        return self.delivery == Delivery.API or (self.host is not None and has_password)

    @property
    def is_waiting_for_kit(self) -> bool:
        """Tell whether its only password is the kit's, with which nobody has been let in yet."""
        return self.password_sealed is None and self.kit_password_sealed is not None


class RouterContact(Base):
    """Keep what was heard of a router: when last, its version, and since when it is silent.

    `users_read_at`: when all of its users were looked at last.

    Apart from the router's own record, which is read with each sale and seldom changes.
    """

    __tablename__ = "router_contact"

    router_id: Mapped[str] = mapped_column(
        ForeignKey("router.id", ondelete="CASCADE"), primary_key=True
    )
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"), index=True)
    version: Mapped[str | None] = mapped_column(String(60))
    answered_at: Mapped[datetime | None]
    silent_since: Mapped[datetime | None]
    users_read_at: Mapped[datetime | None]
