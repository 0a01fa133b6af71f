"""Tell who asks and for which company: the gate has seen to it that both are right."""

from __future__ import annotations

from flask import g

from portal.core.errors import Forbidden
from portal.models import Company
from portal.models.admin_user import Role
from portal.operators.audit import Actor
from portal.operators.people.sessions import Administrator
from portal.web.request_context import caller_text, request_id


def administrator() -> Administrator:
    """Name who is logged in."""
    found: Administrator = g.administrator
    return found


def is_owner() -> bool:
    """Tell whether whoever is logged in may do what only owners may."""
    return administrator().role != Role.CASHIER


def actor() -> Actor:
    """Name who is logged in, as the audit does."""
    return Actor(administrator().email, request_id(), caller_text())


def acting_company_id() -> str | None:
    """Name the company that is looked after: one's own, or the one acted for; None for none."""
    found: Company | None = g.get("company")
    return found.id if found else None


def company() -> Company:
    """Give the company that this request is about. Raises Forbidden where there is none."""
    found: Company | None = g.get("company")
    if found is None:
        raise Forbidden
    return found


def company_id() -> str:
    """Name that company: whatever an address or a form says of companies counts for nothing."""
    return company().id
