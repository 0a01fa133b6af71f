"""Link entries of the trail into chains, one a company and one of the deployment.

Two who write in one company must agree whose entry comes first, so one of them waits; kept by
company, nobody waits for strangers. An entry is linked as the last thing its transaction does: the
chain's end is locked while it commits and not while it works, and since no lock is asked for
after it, none of these can be waited for in a circle. Chains of several companies are locked by
name, for the same reason.

An entry that is changed, put in, left out or moved breaks its chain, and one missing at the end
is missed by the chain's own record. Whoever may rewrite the whole database can make another whole
chain: only somebody who noted a digest elsewhere (it stands in each export) can tell then.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.database import before_commit
from portal.core.rows.inserting import insert_new
from portal.models import AuditChain, AuditEntry

WAITING = "audit_entries"


def append(session: Session, entry: AuditEntry) -> None:
    """Have the entry linked and written when the transaction is about to commit."""
    if WAITING not in session.info:
        before_commit(session, partial(_link_waiting, session))
    session.info.setdefault(WAITING, []).append(entry)


def _link_waiting(session: Session) -> None:
    # What the entries are about stands first.
    session.flush()
    waiting: list[AuditEntry] = session.info.pop(WAITING)
    for chain, entries in groupby(sorted(waiting, key=_chain_of), key=_chain_of):
        _link(session, chain, entries)
    session.flush()


def _link(session: Session, chain: str, entries: Iterable[AuditEntry]) -> None:
    end = _locked_end(session, chain)
    for entry in entries:
        entry.position = end.position + 1
        entry.digest = entry.digest_after(end.digest)
        end.position, end.digest = entry.position, entry.digest
        session.add(entry)


def _locked_end(session: Session, chain: str) -> AuditChain:
    query = select(AuditChain).where(AuditChain.id == chain).with_for_update()
    found = session.scalar(query)
    if found is None:
        insert_new(session, AuditChain, {"id": chain, "position": 0, "digest": ""})
        found = session.scalars(query).one()
    return found


def _chain_of(entry: AuditEntry) -> str:
    return entry.chain
