"""Keep who administers: users of the panel and of the administration API, and their sessions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, new_id, utc_now


class Role(StrEnum):
    """Say what a person may do; the words are the JSON contract's.

    A super_admin administers all companies, a cliente_admin owns one, and its cajero sells and
    looks, and neither gives money back nor sees keys or people.
    """

    SUPER_ADMIN = "super_admin"
    COMPANY_ADMIN = "cliente_admin"
    CASHIER = "cajero"


# Who belongs to one company.
COMPANY_ROLES = frozenset((Role.COMPANY_ADMIN, Role.CASHIER))


class AdminUser(Base):
    """Keep a person who administers all companies (super_admin), or works for one."""

    __tablename__ = "admin_user"
    __table_args__ = (
        CheckConstraint("role IN ('super_admin', 'cliente_admin', 'cajero')", name="role"),
        CheckConstraint("(role = 'super_admin') = (company_id IS NULL)", name="role_company"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(16))
    company_id: Mapped[str | None] = mapped_column(ForeignKey("company.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)


class AdminSession(Base):
    """Keep a login. Its id is the token's `jti`; ending it counts at once, everywhere.

    `confirmed_at`: when its person last gave the password; `seen_at`: its last use, to the minute.
    """

    __tablename__ = "admin_session"

    id: Mapped[str] = mapped_column(
        String(36), primary_key=True, default=lambda: new_id("ses_", 32, upper=False)
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("admin_user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    confirmed_at: Mapped[datetime] = mapped_column(default=utc_now)
    seen_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(300))
