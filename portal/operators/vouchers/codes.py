"""Look up codes: how each stands, and what it is while it opens something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.core.records import id_begins_with
from portal.core.vault import VaultError
from portal.models import Access, Router, Voucher, VoucherBatch, VoucherSeller
from portal.models.access import AccessState
from portal.models.voucher import UNUSED, VoucherState
from portal.operators.lookup import ListPage, by_id, company_in, owned_in, page

STATES = tuple(VoucherState)
# Read at a time, so that a table or a sheet never stands whole in memory.
AT_ONCE = 500
MOST_NAMED = 200

_IN_STATE = {
    VoucherState.VOIDED: Voucher.voided_at.is_not(None),
    VoucherState.USED: and_(Voucher.voided_at.is_(None), Voucher.used_at.is_not(None)),
    VoucherState.EXPIRED: and_(
        Voucher.voided_at.is_(None), Voucher.used_at.is_(None), Voucher.expired_at.is_not(None)
    ),
    VoucherState.SOLD: and_(UNUSED, Voucher.sold_at.is_not(None)),
    VoucherState.AVAILABLE: and_(UNUSED, Voucher.sold_at.is_(None)),
}


class CodeFilters(TypedDict, total=False):
    """Say which codes. `text` is a code, whole, or the beginning of our id."""

    state: str | None
    batch_id: str | None
    seller_id: int | None
    text: str | None


@dataclass(frozen=True)
class ToldCode:
    """Hold a code with what it opens, and who sells it where."""

    voucher: Voucher
    access: Access
    seller: VoucherSeller
    router: Router

    @property
    def is_live(self) -> bool:
        """Tell whether it is still to be used, so that whoever sells it may see and print it."""
        return self.voucher.state in (VoucherState.AVAILABLE, VoucherState.SOLD)

    @property
    def is_on_router(self) -> bool:
        """Tell whether the router has it, as far as is known."""
        return self.access.actual == AccessState.ENABLED

    @property
    def shown_code(self) -> str:
        """Give the code while it is to be used, else no more of it than operators see of any."""
        return code_of(self.access) if self.is_live else self.access.shown_name


def code_of(access: Access) -> str:
    """Write a code as people type it, a PIN or a name with its password; empty: its key is lost."""
    try:
        name, password = str(access.name), str(access.password)
    except VaultError:
        return ""
    return name if name == password else f"{name} {password}"


def get_code(company_id: str, voucher_id: str) -> ToldCode:
    """Find a code. Raises NotFound."""
    with reading() as session:
        return _told(session, [owned_in(session, Voucher, voucher_id, company_id)])[0]


def codes(
    company_id: str, limit: int, offset: int, **filters: Unpack[CodeFilters]
) -> ListPage[ToldCode]:
    """List the codes that fit, the latest first. Raises NotFound."""
    with reading() as session:
        company_in(session, company_id)
        query = select(Voucher).where(*_conditions(session, company_id, filters))
        query = query.order_by(Voucher.created_at.desc(), Voucher.number, Voucher.id)
        found = page(session, query, limit, offset)
        return ListPage(found.total, _told(session, found.rows))


def codes_of_batch(
    company_id: str, batch_id: str, first: int = 1, last: int | None = None
) -> Iterator[ToldCode]:
    """Read a batch's codes by their numbers, a few at a time: nothing is held while one is used.

    Raises NotFound at once, not when the first is asked for.
    """
    with reading() as session:
        owned_in(session, VoucherBatch, batch_id, company_id)
    return _onwards(batch_id, first, last)


def _onwards(batch_id: str, first: int, last: int | None) -> Iterator[ToldCode]:
    while True:
        query = _numbered(batch_id, first, last).limit(AT_ONCE)
        with reading() as session:
            found = _told(session, session.scalars(query).all())
        yield from found
        if len(found) < AT_ONCE:
            return
        first = int(found[-1].voucher.number or 0) + 1


def _numbered(batch_id: str, first: int, last: int | None) -> Select[Voucher]:
    query = select(Voucher).where(Voucher.batch_id == batch_id, Voucher.number >= first)
    if last is not None:
        query = query.where(Voucher.number <= last)
    return query.order_by(Voucher.number)


def _conditions(
    session: Session, company_id: str, filters: CodeFilters
) -> Iterator[ColumnElement[bool]]:
    yield Voucher.company_id == company_id
    if state := filters.get("state"):
        yield _IN_STATE[VoucherState(state)]
    if batch_id := filters.get("batch_id"):
        yield Voucher.batch_id == owned_in(session, VoucherBatch, batch_id, company_id).id
    if seller_id := filters.get("seller_id"):
        yield Voucher.seller_id == owned_in(session, VoucherSeller, seller_id, company_id).id
    if text := (filters.get("text") or "").strip():
        yield _mentions(session, company_id, text)


def _mentions(session: Session, company_id: str, text: str) -> ColumnElement[bool]:
    """Find a code by the whole of it: it stands sealed. Blanks in it are how it is shown."""
    whole = "".join(text.upper().split())
    # Of a name with its password the name is enough, and more than that is not looked for.
    first = text.upper().split()[0]
    routers = session.scalars(select(Router.id).where(Router.company_id == company_id)).all()
    named = select(Access.id).where(Access.named_on(routers, *{whole, first, text}))
    # Apart, since an index of each serves, and none serves what may be either.
    opening = session.scalars(named.limit(MOST_NAMED)).all()
    return or_(id_begins_with(Voucher.id, text), Voucher.access_id.in_(opening))


def _told(session: Session, rows: Sequence[Voucher]) -> list[ToldCode]:
    accesses = by_id(session, Access, {row.access_id for row in rows})
    sellers = by_id(session, VoucherSeller, {row.seller_id for row in rows})
    routers = by_id(session, Router, {row.router_id for row in rows})
    return [
        ToldCode(row, accesses[row.access_id], sellers[row.seller_id], routers[row.router_id])
        for row in rows
    ]
