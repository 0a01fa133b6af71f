"""Verify chains of the trail: whether each entry is as it was written, and none is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from portal.core.database import reading
from portal.models import AuditChain, AuditEntry

BATCH = 500


class Break(StrEnum):
    """Name what is wrong where a chain breaks."""

    MISSING = "missing"
    ALTERED = "altered"
    CUT_OFF = "cut_off"
    SURPLUS = "surplus"


@dataclass(frozen=True)
class ChainState:
    """Tell how far a chain is whole; `broken` says what is wrong with the entry after that.

    `digest` is the last good entry's: who noted one can see whether it still stands.
    """

    chain: str
    entries: int = 0
    digest: str = ""
    broken: Break | None = None


def verify(chain: str | None = None) -> Iterator[ChainState]:
    """Verify one chain, a company's id or `deployment`; all of them where none is named."""
    for each in _chains() if chain is None else (chain,):
        yield _verified(each)


def _chains() -> Sequence[str]:
    known = select(AuditChain.id).union(select(AuditEntry.chain)).subquery()
    with reading() as session:
        return session.scalars(select(known).order_by(*known.c)).all()


def _verified(chain: str) -> ChainState:
    good = ChainState(chain)
    while True:
        for entry in _entries_after(chain, good.entries):
            broken = _break_between(good, entry)
            if broken:
                return ChainState(chain, good.entries, good.digest, broken)
            good = ChainState(chain, entry.position, entry.digest)
        end = _end_of(chain)
        # What was written since the last entry was read is no break, but read on.
        if end.entries > good.entries and next(_entries_after(chain, good.entries), None):
            continue
        return ChainState(chain, good.entries, good.digest, _break_at_end(good, end))


def _break_between(good: ChainState, entry: AuditEntry) -> Break | None:
    if entry.position != good.entries + 1:
        return Break.MISSING
    is_whole = entry.digest == entry.digest_after(good.digest)
    return None if is_whole else Break.ALTERED


def _break_at_end(good: ChainState, end: ChainState) -> Break | None:
    if end.entries == good.entries:
        return None if end.digest == good.digest else Break.ALTERED
    return Break.CUT_OFF if end.entries > good.entries else Break.SURPLUS


def _end_of(chain: str) -> ChainState:
    with reading() as session:
        end = session.get(AuditChain, chain)
    return ChainState(chain, end.position, end.digest) if end else ChainState(chain)


def _entries_after(chain: str, position: int) -> Iterator[AuditEntry]:
    """Read on in batches: a long chain is never in memory as a whole."""
    while True:
        query = select(AuditEntry).where(AuditEntry.chain == chain, AuditEntry.position > position)
        with reading() as session:
            found = session.scalars(query.order_by(AuditEntry.position).limit(BATCH)).all()
        if not found:
            return
        yield from found
        position = found[-1].position
