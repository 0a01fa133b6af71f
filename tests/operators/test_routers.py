"""Test routers: kept by company, removed only when nothing hangs on them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.core.database import reading
from portal.core.errors import Conflict, Invalid, NotFound
from portal.models import ApiKey, AuditEntry, Company, Router
from portal.operators import companies, plans, routers
from portal.operators.audit import Actor
from tests.operators.conftest import ROUTER

PLAN = {"name": "1 Hora", "amount": 2000, "profile_name": "1hora", "data_limit": 10**9}


def test_an_update_keeps_what_is_not_given(actor: Actor, company: Company, router: Router) -> None:
    routers.update(actor, company.id, router.id, location="Patio")
    kept = routers.get(company.id, router.id)
    assert (kept.name, kept.host, kept.location) == ("Cafetería", "192.0.2.1", "Patio")
    assert kept.password == "router-secret"


def test_a_pinned_router_needs_its_fingerprint(
    actor: Actor, company: Company, router: Router
) -> None:
    with pytest.raises(Invalid):
        routers.update(actor, company.id, router.id, tls="pinned")
    routers.update(actor, company.id, router.id, tls="pinned", tls_fingerprint="ab" * 32)
    with pytest.raises(Invalid):
        routers.update(actor, company.id, router.id, tls_fingerprint=None)
    assert routers.get(company.id, router.id).tls_fingerprint == "ab" * 32


def test_a_router_is_removed_with_its_keys(actor: Actor, company: Company, router: Router) -> None:
    routers.delete(actor, company.id, router.id)
    with pytest.raises(NotFound):
        routers.get(company.id, router.id)
    with reading() as session:
        assert session.scalars(select(ApiKey).where(ApiKey.router_id == router.id)).all() == []


def test_a_router_with_a_plan_stays(actor: Actor, company: Company, router: Router) -> None:
    plan = plans.create(actor, company.id, router_id=router.id, **PLAN)
    plans.deactivate(actor, company.id, plan.id)
    with pytest.raises(Conflict):
        routers.delete(actor, company.id, router.id)
    assert routers.get(company.id, router.id).id == router.id


def test_toggling_twice_is_where_it_began(actor: Actor, company: Company, router: Router) -> None:
    assert not routers.toggle(actor, company.id, router.id).active
    assert routers.toggle(actor, company.id, router.id).active


def test_another_companys_router_is_not_found(actor: Actor, router: Router) -> None:
    stranger = companies.create(actor, name="Ajena").id
    for action in (routers.update, routers.toggle, routers.delete):
        with pytest.raises(NotFound):
            action(actor, stranger, router.id)
    for question in (routers.get, routers.test_connection, routers.profiles):
        with pytest.raises(NotFound):
            question(stranger, router.id)
    assert routers.listing(stranger, 50, 0).total == 0


def test_a_list_is_cut_into_pages(actor: Actor, company: Company) -> None:
    for name in "cab":
        routers.create(actor, company.id, **{**ROUTER, "name": name})
    found = routers.listing(company.id, 2, 1)
    assert found.total == 3
    assert [router.name for router in found.rows] == ["b", "c"]


def test_every_deed_is_recorded_without_the_password(
    actor: Actor, company: Company, router: Router
) -> None:
    routers.update(actor, company.id, router.id, password="planted-password")
    routers.delete(actor, company.id, router.id)
    with reading() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.target == router.id)).all()
    assert [e.action for e in entries] == ["router.create", "router.update", "router.delete"]
    assert {(e.actor, e.ip, e.request_id, e.company_id) for e in entries} == {
        ("ana@example.com", "192.0.2.9", "request-1", company.id)
    }
    assert "planted" not in str([e.details for e in entries])


def test_a_refused_deed_leaves_no_entry(actor: Actor, company: Company, router: Router) -> None:
    with pytest.raises(Invalid):
        routers.update(actor, company.id, router.id, tls="pinned", name="Otra")
    with reading() as session:
        written = session.scalars(
            select(AuditEntry.action).where(AuditEntry.target == router.id)
        ).all()
    assert "router.update" not in written
    assert routers.get(company.id, router.id).name == "Cafetería"
