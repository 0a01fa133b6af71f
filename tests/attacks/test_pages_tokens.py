"""Attacks with what we signed: taken to another shop, another visit, another plan."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from requests import Response

from portal.core.database import writing
from portal.models import Router, Sale, utc_now
from portal.operators import plans
from tests.attacks.pages import EVIL_HOST, GOOD, Person, Rival, Victim, best_plan, field_of
from tests.pages.site import ACTOR, LOGIN_HOST, Site

Way = Callable[[Site, Rival], tuple[Person, dict[str, str]]]
EVIL_LOGIN = f"http://{EVIL_HOST}/login"
FORM_ACTION = re.compile(r"form-action ([^;]*)")

# What is bought for the same figure, and is something else.
OTHERWISE: dict[str, dict[str, Any]] = {
    "currency": {"currency": "USD"},
    "time": {"duration_seconds": 300},
    "clock": {"duration_from": "connected"},
    "data": {"data_limit": 2**20},
    "devices": {"max_devices": 1},
    "speed": {"speed": "1 Mbps"},
    "profile": {"profile_name": "premium"},
    "name": {"name": "Diez minutos"},
}


@contextmanager
def changed(site: Site, **values: Any) -> Iterator[None]:
    """The plan that is shown is otherwise while the block lasts."""
    plan_id, company_id = site.shop.plan_id, site.shop.company_id
    with site.shop.app.app_context():
        plan = plans.get(company_id, plan_id)
        before = {column: getattr(plan, column) for column in values}
        plans.update(ACTOR, company_id, plan_id, **values)
    yield
    with site.shop.app.app_context():
        plans.update(ACTOR, company_id, plan_id, **before)


def leads_to_evil(page: Response) -> bool:
    """Whether the page posts there, or might."""
    (allowed,) = FORM_ACTION.findall(page.headers["Content-Security-Policy"])
    return EVIL_HOST in page.text or EVIL_HOST in allowed


def bought(person: Person) -> list[Sale]:
    return [sale for sale in person.site.shop.sales() if sale.customer_email == person.email]


def at_rival(site: Site, rival: Rival) -> Person:
    return Person(site, site.new_phone(), router_id=rival.router_id)


def visit_at_rival(site: Site, rival: Rival) -> str:
    """A visit of the rival's shop, whose login page is where the rival says."""
    login = {"link-login-only": EVIL_LOGIN}
    person = at_rival(site, rival)
    return field_of(person.get(**(person.claims | login)).text, "v")


def test_a_rival_s_visit_posts_no_code_to_the_rival(site: Site, rival: Rival) -> None:
    """The attacker runs a company here, and sends customers of ours to an address of ours."""
    victim = Victim(site, "offline")
    site.change_sale(victim.sale, delivered_at=utc_now() - timedelta(minutes=5))
    visit = visit_at_rival(site, rival)
    page = victim.get(f"/pago/{victim.sale.id}", v=visit)
    assert f'action="http://{LOGIN_HOST}/login"' in page.text
    assert not leads_to_evil(page)


def test_at_the_rival_s_own_shop_it_is_good(site: Site, rival: Rival) -> None:
    """Else the test above would see nothing."""
    person = at_rival(site, rival)
    rival.shop.buy(
        mac_cliente=person.device.mac,
        ip_cliente=person.device.ip,
        email_cliente=person.email,
    )
    (sale,) = bought(person)
    assert leads_to_evil(person.get(f"/pago/{sale.id}", v=visit_at_rival(site, rival)))


def test_a_host_that_was_taken_back_is_not_used(site: Site, rival: Rival) -> None:
    """The login page is looked up when a code is shown, not when the visit was signed."""
    person = at_rival(site, rival)
    rival.shop.buy(
        mac_cliente=person.device.mac, ip_cliente=person.device.ip, email_cliente=person.email
    )
    visit = visit_at_rival(site, rival)
    (sale,) = bought(person)
    name_login_hosts(rival, [LOGIN_HOST])
    try:
        page = person.get(f"/pago/{sale.id}", v=visit)
    finally:
        name_login_hosts(rival, [EVIL_HOST])
    assert f'action="http://{LOGIN_HOST}/login"' in page.text
    assert not leads_to_evil(page)


def name_login_hosts(rival: Rival, hosts: list[str]) -> None:
    with rival.shop.app.app_context(), writing() as session:
        own = sa.update(Router).where(Router.id == rival.router_id)
        session.execute(own.values(login_hosts=hosts))


def pay_elsewhere(site: Site, rival: Rival) -> tuple[Person, dict[str, str]]:
    """A form of the rival's shop, brought to ours."""
    person = Person(site, site.new_phone())
    stranger = at_rival(site, rival)
    page = stranger.get("/pagar", plan=rival.shop.plan_id, c="x", v=stranger.enter()).text
    return person, person.form() | {"compra": field_of(page, "compra")}


def pay_in_another_visit(site: Site, rival: Rival) -> tuple[Person, dict[str, str]]:
    """A form of one visit, with the address of another."""
    person, other = Person(site, site.new_phone()), Person(site, site.new_phone())
    return person, person.form() | {"v": other.enter()}


def pay_after_another_entrance(site: Site, rival: Rival) -> tuple[Person, dict[str, str]]:
    """The same device, come in anew."""
    person = Person(site, site.new_phone())
    return person, person.form() | {"v": person.enter()}


def pay_without_a_visit(site: Site, rival: Rival) -> tuple[Person, dict[str, str]]:
    """A form of a visit, sent as if by nobody."""
    person = Person(site, site.new_phone())
    form = person.form()
    del form["v"]
    return person, form


@pytest.mark.parametrize(
    "way",
    [pay_elsewhere, pay_in_another_visit, pay_after_another_entrance, pay_without_a_visit],
    ids=lambda way: way.__name__,
)
def test_a_purchase_is_good_where_it_was_shown_alone(site: Site, rival: Rival, way: Way) -> None:
    person, form = way(site, rival)
    answer = person.post("/pagar", **form, token_tarjeta=site.mint(GOOD))
    assert "Esa página llevaba mucho tiempo abierta" in answer.text
    assert bought(person) == []


def test_another_plan_than_the_one_shown_is_not_sold(site: Site) -> None:
    """What was shown is what is bought and paid, whatever plan the address names."""
    person, best = Person(site, site.new_phone()), best_plan(site)
    form = person.form() | {"token_tarjeta": site.mint(GOOD), "plan": str(best.id)}
    person.ask("POST", f"/pagar?plan={best.id}", data=form)
    (sale,) = bought(person)
    assert (sale.plan_id, sale.amount, sale.profile_name) == (site.shop.plan_id, 2000, "1hora")


@pytest.mark.parametrize("column", OTHERWISE)
def test_what_was_shown_is_what_is_sold(site: Site, column: str) -> None:
    """Its operator changed the plan, at the same figure, while the form was filled in."""
    person = Person(site, site.new_phone())
    form = person.form() | {"token_tarjeta": site.mint(GOOD)}
    with changed(site, **OTHERWISE[column]):
        answer = person.post("/pagar", **form)
        assert answer.status_code == 422
        assert "No se hizo ningún cargo" in answer.text
        assert bought(person) == []
        # The page shows it as it is now, and so it can be bought.
        form["compra"] = field_of(answer.text, "compra")
        person.post("/pagar", **form)
    (sale,) = bought(person)
    assert sale.state == "delivered"


def test_what_is_no_part_of_it_may_change(site: Site) -> None:
    """Else the test above would see nothing."""
    person = Person(site, site.new_phone())
    form = person.form() | {"token_tarjeta": site.mint(GOOD)}
    with changed(site, position=7, image_url="https://example.com/hora.png"):
        person.post("/pagar", **form)
    (sale,) = bought(person)
    assert sale.state == "delivered"


def test_the_name_of_a_purchase_leads_nobody_else_to_it(site: Site) -> None:
    """`c` stands in addresses that people share; the sale's page is for its own visit."""
    buyer, stranger = Person(site, site.new_phone()), Person(site, site.new_phone())
    visit = buyer.enter()
    form = buyer.form(v=visit)
    page = buyer.get("/pagar", plan=site.shop.plan_id, c="shared", v=visit).text
    form["compra"] = field_of(page, "compra")
    buyer.post("/pagar", **form, token_tarjeta=site.mint(GOOD))
    (sale,) = bought(buyer)
    query = {"plan": site.shop.plan_id, "c": "shared"}
    assert sale.id in buyer.get("/pagar", **query, v=visit).url
    assert sale.id not in stranger.get("/pagar", **query, v=stranger.enter()).url
    assert sale.id not in stranger.get("/pagar", **query).url


def test_a_status_address_is_good_at_its_own_shop_alone(site: Site, rival: Rival) -> None:
    victim = Victim(site, "online")
    page = victim.get(f"/pago/{victim.sale.id}").text
    (address,) = re.findall(r'<link rel="status"[^>]* href="([^"]+)"', page)
    (sealed,) = parse_qs(urlsplit(address.replace("&amp;", "&")).query)["d"]
    assert victim.get("/captive-api", d=sealed).json()["captive"] is False
    assert at_rival(site, rival).get("/captive-api", d=sealed).status_code == 403


def test_a_visit_is_no_status_address_and_no_purchase(site: Site) -> None:
    person = Person(site, site.new_phone())
    form = person.form()
    assert person.get("/captive-api", d=form["v"]).status_code == 403
    assert person.get("/captive-api", d=form["compra"]).status_code == 403
    answer = person.post("/pagar", **(form | {"compra": form["v"]}), token_tarjeta=site.mint(GOOD))
    assert "Esa página llevaba mucho tiempo abierta" in answer.text
    assert bought(person) == []
