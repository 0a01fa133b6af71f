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


def company_if_any() -> Company | None:
    """Give the company that this request is about; None where a super_admin acts for none."""
    found: Company | None = g.get("company")
    return found


def company() -> Company:
    """Do the same. Raises Forbidden where there is none."""
    found = company_if_any()
    if found is None:
        raise Forbidden
    return found


def company_id() -> str:
    """Name that company: whatever an address or a form says of companies counts for nothing."""
    return company().id
