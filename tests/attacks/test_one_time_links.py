"""Attack the links that open something once: for a password, a first user, a router's script."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from itsdangerous.timed import TimestampSigner
from sqlalchemy import func, select, update

from portal.core.database import reading, writing
from portal.core.links import password_links, sealing
from portal.models import AdminUser, KitLink, utc_now
from portal.operators.first_run import invitation
from portal.operators.people import password_reset
from portal.operators.router_kit.kit_links import LIVES_SECONDS
from tests.panel.client import PanelClient, panel_of
from tests.support.tenants import Tenant, make_tenant, make_user

NEW, OTHER = "siete barcos de papel", "ocho ranas verdes saltan"
KIT = re.compile(r"http://[^ ]+(/api/v1/kit/kit_[0-9a-f]{32})")


def sealed_for(app: Flask, email: str) -> str:
    with app.app_context():
        return password_reset.link_for(email).partition("=")[2]


def set_by(somebody: PanelClient, link: str, password: str = NEW) -> int:
    fields = {"new_password": password, "again": password}
    return somebody.post("/panel/olvide/nueva", enlace=link, **fields).status_code


def side_by_side(*calls: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [begun.result() for begun in [pool.submit(call) for call in calls]]


@pytest.mark.each_database
def test_of_two_who_use_a_reset_link_at_once_one_sets_the_password(
    app: Flask, tenant: Tenant
) -> None:
    email = make_user(app, tenant.company_id).email
    link = sealed_for(app, email)
    answers = side_by_side(
        *(
            lambda password=password: set_by(PanelClient(app), link, password)
            for password in (NEW, OTHER)
        )
    )
    assert sorted(answers) == [303, 422]
    good = [p for p in (NEW, OTHER) if PanelClient(app).log_in(email, p).status_code == 303]
    assert good == [(NEW, OTHER)[answers.index(303)]]


@pytest.mark.parametrize("trick", ["again", "another's", "cut", "old"])
def test_a_reset_link_opens_one_account_once_and_soon(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, trick: str
) -> None:
    victim, thief = (make_user(app, tenant.company_id) for _ in range(2))
    mine = sealed_for(app, thief.email)
    if trick == "again":
        assert set_by(PanelClient(app), mine) == 303
    elif trick == "another's":
        # His own bond under the victim's number, sealed with a key that he guesses.
        bond = sealing.bond(thief.email, thief.password_hash)
        mine = sealing.seal("guessed", password_links.SALT, [victim.id, bond])
    elif trick == "cut":
        mine = mine.rpartition(".")[0]
    else:
        with monkeypatch.context() as patched:
            ago = int(time.time()) - sealing.SECONDS - 1
            patched.setattr(TimestampSigner, "get_timestamp", lambda _self: ago)
            mine = sealed_for(app, thief.email)
    somebody = PanelClient(app)
    assert set_by(somebody, mine, OTHER) == 422
    shown = somebody.get(f"{password_links.PATH}?{password_links.NAME}={mine}")
    assert (shown.status_code, victim.email in shown.text) == (422, False)
    for email in (victim.email, thief.email):
        assert PanelClient(app).log_in(email, OTHER).status_code == 401


@pytest.mark.each_database
def test_an_invitation_is_worth_nothing_once_somebody_is_here(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that the server wrote while nobody was."""
    with app.app_context(), monkeypatch.context() as patched:
        patched.setattr(invitation, "_has_users", lambda _session: False)
        written = invitation.invitation()
    assert written is not None
    token = parse_qs(urlsplit(written).query)[invitation.PARAMETER][0]
    make_user(app)
    nobody = PanelClient(app)
    before = users(app)
    fields = {"nombre": "Eva", "email": "eva@example.com", "password": NEW, "empresa": "Mía"}
    for kept in (token, token[:-2], ""):
        said = {invitation.PARAMETER: kept}
        assert nobody.get("/panel/inicio", query_string=said).status_code == 410
        assert nobody.post("/panel/inicio", **fields, **said).status_code == 410
    assert users(app) == before


def users(app: Flask) -> int:
    with app.app_context(), reading() as session:
        return session.scalar(select(func.count()).select_from(AdminUser)) or 0


def kit_link(owner: PanelClient, router_id: str) -> str:
    made = owner.post(f"/panel/routers/{router_id}/kit", forma="enlace").text
    found = KIT.search(made)
    assert found is not None, made
    return found[1]


def fetched(app: Flask, path: str) -> int:
    return app.test_client().get(path).status_code


@pytest.mark.each_database
def test_of_many_who_fetch_a_kit_at_once_one_gets_the_password(app: Flask, tenant: Tenant) -> None:
    path = kit_link(panel_of(app, tenant.company_id), tenant.router_id)
    answers = side_by_side(*[lambda: fetched(app, path)] * 4)
    assert sorted(answers) == [200, 410, 410, 410]
    again = app.test_client().get(path)
    assert (again.status_code, "password=" in again.text) == (410, False)


def test_a_kit_link_that_is_late_or_guessed_gives_nothing(app: Flask, tenant: Tenant) -> None:
    path = kit_link(panel_of(app, tenant.company_id), tenant.router_id)
    guessed = path[:-1] + ("0" if path[-1] != "0" else "1")
    assert fetched(app, guessed) == 404
    with app.app_context(), writing() as session:
        assert LIVES_SECONDS <= 15 * 60
        session.execute(update(KitLink).values(expires_at=utc_now()))
    late = app.test_client().get(path)
    assert (late.status_code, "password=" in late.text) == (410, False)


def test_another_company_makes_reads_and_ends_no_link_of_ours(app: Flask, tenant: Tenant) -> None:
    path = kit_link(panel_of(app, tenant.company_id), tenant.router_id)
    stranger = panel_of(app, make_tenant(app, "Ajena").company_id)
    address = f"/panel/routers/{tenant.router_id}/kit"
    for form in ("enlace", "descarga"):
        answer = stranger.post(address, forma=form)
        assert (answer.status_code, "password=" in answer.text) == (404, False)
    assert stranger.get(address).status_code == 404
    # What he tried has ended nothing.
    assert fetched(app, path) == 200
