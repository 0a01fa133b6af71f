"""Test the users that are written for the RADIUS server: names apart, and nothing lost twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal import ports
from portal.access.provisioning import hotspot_user, mark_of
from portal.access.radius.errors import SessionsOpen
from portal.access.radius.keys import radius_keys
from portal.access.radius.routers import enrol
from portal.core.database import reading, writing
from portal.core.records import new_id
from portal.hotspot.errors import NameTaken
from portal.hotspot.provisioning import Provisioner
from portal.models import Access, Job, RadiusSession, RadiusUser, Router, utc_now
from tests.support.tenants import Tenant

PIN = "483920"


def asking(app: Flask, tenant: Tenant) -> str:
    """Another router of the tenant's, served by RADIUS; its id."""
    with app.app_context():
        keys = radius_keys()
        with writing() as session:
            router = Router(
                company_id=tenant.company_id, name="Playa", username="x", delivery="radius"
            )
            session.add(router)
            session.flush()
            enrol(session, keys, router)
            return router.id


def access_at(tenant: Tenant, router_id: str, **terms: Any) -> Access:
    access = Access(
        id=new_id("acc_", 20, upper=False),
        company_id=tenant.company_id,
        router_id=router_id,
        kind="pin",
        wanted="disabled",
        actual="unknown",
        profile_name="1hora",
        **terms,
    )
    access.name = access.password = PIN
    with writing() as session:
        session.add(access)
    return access


def users_of(router_id: str) -> Provisioner:
    with reading() as session:
        return ports.provisioner_of(session.get_one(Router, router_id))


@pytest.mark.parametrize(("first", "second"), [(True, False), (False, True), (True, True)])
def test_no_two_codes_of_one_name_are_good_at_one_site(
    app: Flask, tenant: Tenant, first: bool, second: bool
) -> None:
    """Else whoever types the one would come in by the other."""
    here, there = asking(app, tenant), asking(app, tenant)
    with app.app_context():
        sold = access_at(tenant, here, all_sites=first)
        users_of(here).add_user(hotspot_user(sold), 1.0)
        other = access_at(tenant, there, all_sites=second)
        with pytest.raises(NameTaken):
            users_of(there).add_user(hotspot_user(other), 1.0)


def test_codes_of_one_site_each_may_have_one_name(app: Flask, tenant: Tenant) -> None:
    here, there = asking(app, tenant), asking(app, tenant)
    with app.app_context():
        for router_id in (here, there):
            users_of(router_id).add_user(hotspot_user(access_at(tenant, router_id)), 1.0)


def test_one_that_was_made_already_is_known_for_ours(app: Flask, tenant: Tenant) -> None:
    router_id = asking(app, tenant)
    with app.app_context():
        access, users = access_at(tenant, router_id), users_of(router_id)
        users.add_user(hotspot_user(access), 1.0)
        with pytest.raises(NameTaken) as taken:
            users.add_user(hotspot_user(access), 1.0)
        assert taken.value.user is not None
        assert taken.value.user.mark == mark_of(access.id)
        found = users.find_user(PIN, 1.0)
        assert found is not None
        assert found.disabled


def test_who_is_in_keeps_it_from_being_gone_but_not_from_being_closed(
    app: Flask, tenant: Tenant
) -> None:
    router_id = asking(app, tenant)
    with app.app_context():
        access, users = access_at(tenant, router_id), users_of(router_id)
        users.add_user(hotspot_user(access), 1.0, disabled=False)
        inside = RadiusSession(
            company_id=tenant.company_id,
            router_id=router_id,
            access_id=access.id,
            acct_session_id="80000001",
            login=f"{access.id}.1",
            mac="AA:BB:CC:00:00:01",
            address="10.5.50.9",
            started_at=utc_now(),
            heard_at=utc_now(),
        )
        with writing() as session:
            session.add(inside)
        with pytest.raises(SessionsOpen):
            users.remove_user(PIN, mark_of(access.id), 1.0)
        with reading() as session:
            assert session.get_one(RadiusUser, access.id).disabled
            assert session.get(Job, f"session_changes:{access.id}") is not None
        with writing() as session:
            session.get_one(RadiusSession, inside.id).ended_at = utc_now()
        assert users.remove_user(PIN, mark_of(access.id), 1.0)
        assert users.find_user(PIN, 1.0) is None


@pytest.mark.parametrize("is_written_before", [True, False])
def test_time_runs_from_the_delivery_however_often_that_was_begun(
    app: Flask, tenant: Tenant, is_written_before: bool
) -> None:
    """A process that dies between the two commits leaves a clock that runs and no delivery."""
    router_id, hour = asking(app, tenant), timedelta(hours=1)
    with app.app_context():
        access = access_at(tenant, router_id, duration_seconds=3600, duration_from="purchase")
        users, mark = users_of(router_id), mark_of(access.id)
        users.add_user(hotspot_user(access), 1.0, disabled=is_written_before)
        if is_written_before:
            users.enable_user(PIN, mark, 1.0)
        with writing() as session:
            user = session.get_one(RadiusUser, access.id)
            assert user.expires_at is not None
            user.expires_at -= 2 * hour
        users.enable_user(PIN, mark, 1.0)
        assert left_of(access) == pytest.approx(3600, abs=60)
        with writing() as session:
            session.get_one(Access, access.id).expires_at = utc_now() + hour / 2
            session.get_one(RadiusUser, access.id).expires_at = utc_now() + hour / 2
        users.enable_user(PIN, mark, 1.0)
        assert left_of(access) == pytest.approx(1800, abs=60)


def left_of(access: Access) -> float:
    with reading() as session:
        ends = session.get_one(RadiusUser, access.id).expires_at
    assert ends is not None
    return (ends - utc_now()).total_seconds()
