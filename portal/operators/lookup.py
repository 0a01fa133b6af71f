"""Find records: always within a company, and never with an id the database would refuse."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.core.errors import Conflict, NotFound
from portal.core.records import sane
from portal.models import (
    Access,
    AdminUser,
    Company,
    Plan,
    Router,
    Sale,
    Voucher,
    VoucherBatch,
    VoucherSeller,
)
from portal.operators.trail.changes import apply as apply

Row = TypeVar("Row")
Owned = TypeVar(
    "Owned", Router, Plan, Sale, AdminUser, Voucher, VoucherBatch, VoucherSeller, Access
)

ABSENT = {
    Router: "Router no encontrado",
    Plan: "Producto no encontrado",
    Sale: "Transacción no encontrada",
    AdminUser: "Usuario no encontrado",
    Voucher: "Ficha no encontrada",
    VoucherBatch: "Lote no encontrado",
    VoucherSeller: "Vendedor no encontrado",
    Access: "Acceso no encontrado",
}


@dataclass(frozen=True)
class ListPage(Generic[Row]):
    """Hold a part of a list, and how long the list is."""

    total: int
    rows: Sequence[Row]


def page(session: Session, query: Select[Row], limit: int, offset: int) -> ListPage[Row]:
    """Read the rows from `offset` on, `limit` at most."""
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    rows = session.scalars(query.limit(limit).offset(offset)).all()
    return ListPage(session.scalar(counted) or 0, rows)


def company_in(session: Session, company_id: str, *, lock: bool = False) -> Company:
    """Find the company. Raises NotFound.

    `lock` makes others who lock it wait: changes that must not cross, such as two plans of
    one name. Sales go on meanwhile.
    """
    query = select(Company).where(Company.id == company_id)
    if lock:
        query = query.with_for_update(key_share=True)
    company = session.scalar(query) if sane(company_id) else None
    if company is None:
        raise NotFound("Empresa no encontrada")
    return company


def owned_in(
    session: Session, model: type[Owned], row_id: str | int, company_id: str, *, lock: bool = False
) -> Owned:
    """Find the company's record of this id. Raises NotFound, also when it is another company's.

    `lock` also keeps others from making records that refer to it.
    """
    query = select(model).where(model.id == row_id, model.company_id == company_id)
    if lock:
        query = query.with_for_update()
    row = session.scalar(query) if sane(row_id) and sane(company_id) else None
    if row is None:
        raise NotFound(ABSENT[model])
    return row


def by_id(session: Session, model: Any, ids: Collection[Any]) -> dict[Any, Any]:
    """Read the records that rows of the company's refer to, by their ids."""
    return {row.id: row for row in session.scalars(select(model).where(model.id.in_(ids)))}


@contextmanager
def conflict(detail: str) -> Iterator[None]:
    """Turn what a constraint refuses into a Conflict: someone else was faster."""
    try:
        yield
    except IntegrityError:
        raise Conflict(detail) from None
