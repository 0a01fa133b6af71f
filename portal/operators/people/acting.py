"""Let a super_admin act for a company, which is kept on record before anything is done."""

from __future__ import annotations

from sqlalchemy import select

from portal.core.database import reading, writing
from portal.models import Company
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import company_in


def existing_company(company_id: str) -> str:
    """Give the id of a company that there is. Raises NotFound."""
    with reading() as session:
        return company_in(session, company_id).id


def only_company() -> str | None:
    """Name the deployment's company, where there is just one."""
    with reading() as session:
        found = session.scalars(select(Company.id).limit(2)).all()
    return found[0] if len(found) == 1 else None


def record_acting(actor: Actor, company_id: str, method: str, path: str) -> None:
    """Keep on record that the actor asks for something in this company's name."""
    with writing() as session:
        record(
            session,
            actor,
            AuditAction.COMPANY_ACT_FOR,
            company_id,
            company_id,
            method=method,
            path=path,
        )
