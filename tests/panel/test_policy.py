"""Who may enter which page of the panel: every one of them, for everybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import update

from portal.core.database import writing
from portal.models import AdminSession, utc_now
from portal.models.admin_user import Role
from portal.operators.people.sessions import FRESH
from tests.panel.addresses import (
    ACTING,
    ADDRESSES,
    CASHIER,
    OPEN,
    OWNER,
    SUPER,
    PanelAddress,
    SoldTenant,
    path_of,
)
from tests.panel.client import PanelClient, panel_of
from tests.support.tenants import make_tenant

METHODS = {"GET", "POST"}
Walked = tuple[str, str, PanelAddress]


def routes(app: Flask) -> set[tuple[str, str]]:
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/panel")
        for method in (rule.methods or set()) & METHODS
    }


def walk(tenant: SoldTenant) -> Iterator[Walked]:
    """Each address that is not open, and what it is called with; logging out comes last."""
    for method, rule in sorted(ADDRESSES, key=lambda key: key[1] == "/panel/salir"):
        known = ADDRESSES[method, rule]
        yield method, path_of(rule, tenant, known.values), known


def send(somebody: PanelClient, method: str, path: str, address: PanelAddress) -> int:
    if method == "GET":
        return somebody.get(path).status_code
    return somebody.post(path, **address.fields).status_code


def test_every_address_says_whose_it_is(app: Flask) -> None:
    assert routes(app) == set(ADDRESSES) | OPEN


def test_nobody_enters_without_a_login(app: Flask, tenant: SoldTenant) -> None:
    nobody = PanelClient(app)
    for method, path, address in walk(tenant):
        where = nobody.get(path) if method == "GET" else nobody.post(path, **address.fields)
        assert where.status_code == 303, path
        assert where.headers["Location"].startswith("/panel/entrar"), path


def everybody(app: Flask, tenant: SoldTenant) -> dict[str, PanelClient]:
    people = {
        OWNER: panel_of(app, tenant.company_id),
        CASHIER: panel_of(app, tenant.company_id, Role.CASHIER),
        SUPER: panel_of(app),
        ACTING: panel_of(app),
    }
    people[ACTING].act_for(tenant.company_id)
    people[SUPER].act_for("")
    return people


@pytest.mark.parametrize("name", [OWNER, CASHIER, SUPER, ACTING])
def test_everybody_enters_what_is_theirs_alone(app: Flask, tenant: SoldTenant, name: str) -> None:
    somebody = everybody(app, tenant)[name]
    for method, path, address in walk(tenant):
        if name not in address.audience:
            answer = send(somebody, method, path, address)
            # A super_admin who acts for nobody is asked for whom.
            assert answer in ((403, 303) if name == SUPER else (403,)), path
        elif method == "GET":
            assert send(somebody, method, path, address) == 200, path


def test_another_companys_objects_are_nowhere(app: Flask, tenant: SoldTenant) -> None:
    stranger = make_tenant(app, "Ajena")
    somebody = panel_of(app, stranger.company_id)
    named = [(m, path, a) for m, path, a in walk(tenant) if "<" in rule_of(m, a)]
    for method, path, address in named:
        if OWNER in address.audience and not address.is_nobodys:
            assert send(somebody, method, path, address) == 404, path


def rule_of(method: str, address: PanelAddress) -> str:
    return next(rule for (m, rule), a in ADDRESSES.items() if a is address and m == method)


def test_no_form_is_taken_without_its_token(app: Flask, tenant: SoldTenant) -> None:
    owner = panel_of(app, tenant.company_id)
    for method, path, address in walk(tenant):
        if method == "POST":
            assert owner.client.post(path, data=address.fields).status_code == 400, path


def test_what_would_hurt_asks_for_the_password_again(app: Flask, tenant: SoldTenant) -> None:
    owner = panel_of(app, tenant.company_id)
    with app.app_context(), writing() as session:
        session.execute(update(AdminSession).values(confirmed_at=utc_now() - FRESH))
    for method, path, address in walk(tenant):
        if address.fresh and OWNER in address.audience:
            token = owner.token()
            asked = owner.client.open(path, method=method, data={"csrf_token": token})
            assert asked.headers.get("Location", "").startswith("/panel/confirmar?a="), path
