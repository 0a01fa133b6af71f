"""Find who answers for the cash of codes: a person at the counter, or whoever was given sheets."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.core.rows.inserting import insert_new
from portal.models import VoucherSeller, utc_now
from portal.operators.lookup import company_in, owned_in
from portal.operators.people.sessions import Administrator

LONGEST_NAME = 100


def seller_of(session: Session, company_id: str, who: Administrator) -> VoucherSeller:
    """Give the person's own seller, made when they first sell."""
    query = select(VoucherSeller).where(
        VoucherSeller.company_id == company_id, VoucherSeller.user_id == who.user_id
    )
    found = session.scalar(query)
    if found is not None:
        return found
    # Two people of one name are two sellers, and so is a shop that had the name before.
    for name in (who.name, f"{who.name} ({who.email})"):
        _insert(session, company_id, name, who.user_id)
    return session.scalars(query).one()


def seller_named(session: Session, company_id: str, name: str) -> VoucherSeller:
    """Give the seller of this name, who is made where there is none."""
    _insert(session, company_id, name, None)
    query = select(VoucherSeller).where(
        VoucherSeller.company_id == company_id, VoucherSeller.name == name[:LONGEST_NAME]
    )
    return session.scalars(query).one()


def sellers(company_id: str) -> list[VoucherSeller]:
    """List the company's sellers, by name. Raises NotFound."""
    with reading() as session:
        company_in(session, company_id)
        query = select(VoucherSeller).where(VoucherSeller.company_id == company_id)
        return list(session.scalars(query.order_by(VoucherSeller.name)))


def get_seller(company_id: str, seller_id: int) -> VoucherSeller:
    """Find a seller. Raises NotFound."""
    with reading() as session:
        return owned_in(session, VoucherSeller, seller_id, company_id)


def _insert(session: Session, company_id: str, name: str, user_id: int | None) -> None:
    values = {"company_id": company_id, "name": name[:LONGEST_NAME], "user_id": user_id}
    insert_new(session, VoucherSeller, values | {"created_at": utc_now()})
