"""Keep for good what administrators and the command line did, in chains that show any change."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.records import Base, utc_now

# The chain of what concerns no company.
DEPLOYMENT = "deployment"
REFUSAL = "audit_entry is append-only"


class AuditEntry(Base):
    """Keep one action: who, what, on what, from where, before and after. It never holds a secret.

    Each company has a chain of its own, and the deployment one. `position` counts from 1 in it,
    and `digest` is taken over the digest before and all that stands here: what is changed,
    left out, put in or moved no longer fits. The database itself refuses UPDATE and DELETE by
    triggers, which a migration that builds this table anew on SQLite has to make again.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        UniqueConstraint("chain", "position"),
        # What operators look for in it; an entry is written when one of them has acted.
        Index("ix_audit_entry_chain_at", "chain", "at"),
        Index("ix_audit_entry_chain_actor", "chain", "actor", "position"),
        Index("ix_audit_entry_chain_action", "chain", "action", "position"),
        Index("ix_audit_entry_chain_target", "chain", "target", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)
    actor: Mapped[str] = mapped_column(String(254))
    company_id: Mapped[str | None] = mapped_column(ForeignKey("company.id"))
    action: Mapped[str] = mapped_column(String(60))
    target: Mapped[str | None] = mapped_column(String(64))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    request_id: Mapped[str | None] = mapped_column(String(64))
    ip: Mapped[str | None] = mapped_column(String(45))
    chain: Mapped[str] = mapped_column(String(14))
    position: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))

    def digest_after(self, previous: str) -> str:
        """Digest this entry where `previous` is the digest before it, "" at a chain's beginning."""
        moment = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        said = (self.details, self.before, self.after)
        place = (previous, self.chain, self.position, moment, self.actor, self.company_id)
        content = (*place, self.action, self.target, *said, self.request_id, self.ip)
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


class AuditChain(Base):
    """Keep where a chain ends: without it nobody would miss the last entries.

    Its row is what two writers of one chain wait for, and only while they commit.
    """

    __tablename__ = "audit_chain"

    id: Mapped[str] = mapped_column(String(14), primary_key=True)
    position: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


SQLITE = (
    "CREATE TRIGGER audit_entry_no_{0} BEFORE {0} ON audit_entry"
    f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$",
    "CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()",
)


def _refuse_changes(_table: Any, connection: Connection, **_kw: Any) -> None:
    made = [SQLITE.format(verb) for verb in ("UPDATE", "DELETE")]
    for statement in made if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.execute(text(statement))


event.listen(AuditEntry.__table__, "after_create", _refuse_changes)
