"""Attacks by who knows another device's MAC, and its IP address too: what must hold."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from portal.operators import plans
from portal.sales.purchase import buy
from portal.sales.request import PurchaseRequest
from tests.attacks.pages import CHALLENGED, DECLINED, DONE, GOOD, Person, Victim, best_plan, check
from tests.pages.site import ACTOR, Phone, Site

STATUS = re.compile(r'<link rel="status"[^>]* href="([^"]+)"')


@dataclass(frozen=True)
class Attack:
    """One row: what the attacker knows and what he tries, upon a victim in one of the states.

    What must hold is the same for all: see `check`, and what the row itself asserts.
    """

    knows: str
    tries: Callable[[Person, Victim], None]
    states: tuple[str, ...] = ("online", "offline", "at_bank")


def sales_of(person: Person) -> list[str]:
    return [sale.id for sale in person.site.shop.sales() if sale.customer_email == person.email]


def buys_the_cheapest(attacker: Person, victim: Victim) -> None:
    attacker.buy()
    (sale_id,) = sales_of(attacker)
    attacker.get(f"/pago/{sale_id}")
    body = attacker.api_status(sale_id)
    assert body["usuario_hotspot"] is not None


def mixes_a_typed_device_with_an_own_visit(attacker: Person, victim: Victim) -> None:
    own = Person(attacker.site, attacker.site.new_phone(), attacker.email)
    form = attacker.form(**attacker.claims) | {"v": own.enter()}
    attacker.post("/pagar", **form, token_tarjeta=attacker.site.mint(GOOD))
    assert sales_of(attacker) == []


def walks_in_as_the_device(attacker: Person, victim: Victim) -> None:
    visit = attacker.enter()
    for path in ("", "/conectado", "/acceso", "/codigo", "/recuperar", "/cancelar"):
        attacker.get(path, v=visit)
        attacker.get(path, **attacker.claims)


def cancels(attacker: Person, victim: Victim) -> None:
    attacker.post("/cancelar", v=attacker.enter())
    attacker.ask("POST", "/cancelar", params=attacker.claims)


def comes_from_a_login_that_never_was(attacker: Person, victim: Victim) -> None:
    attacker.get(**attacker.claims, **{"logged-in": "yes", "link-orig": "http://example.com/"})


def reconnects(attacker: Person, victim: Victim) -> None:
    attacker.post("/reconectar", v=attacker.enter())


def reads_the_status_of_the_device(attacker: Person, victim: Victim) -> None:
    """By the status address of a purchase of one's own, made for the device."""
    attacker.buy()
    (sale_id,) = sales_of(attacker)
    page = attacker.get(f"/pago/{sale_id}").text
    for address in STATUS.findall(page):
        path = html.unescape(address).removeprefix(f"/r/{attacker.router_id}")
        answer = attacker.get(path)
        assert answer.json()["captive"] is (victim.state == "online")


def enters_a_code_of_his_own(attacker: Person, victim: Victim) -> None:
    own = Person(attacker.site, attacker.site.new_phone())
    own.buy()
    (sale_id,) = sales_of(own)
    code = own.api_status(sale_id)["usuario_hotspot"]
    attacker.post("/codigo", v=attacker.enter(), **code)


def buys_by_the_api(attacker: Person, victim: Victim) -> None:
    device = attacker.device
    bought = attacker.site.shop.buy(
        mac_cliente=device.mac,
        ip_cliente=device.ip,
        email_cliente=attacker.email,
        conexion_automatica=True,
    )
    attacker.said.append(bought.text)
    attacker.api_status(bought.json["referencia"])


MAC_AND_IP = "the device's MAC and the IP address that it has now"
ATTACKS = {
    "buys": Attack(MAC_AND_IP, buys_the_cheapest),
    "mixes": Attack(MAC_AND_IP, mixes_a_typed_device_with_an_own_visit),
    "walks in": Attack(MAC_AND_IP, walks_in_as_the_device),
    "cancels": Attack(MAC_AND_IP, cancels),
    "logged in": Attack(MAC_AND_IP, comes_from_a_login_that_never_was),
    "reconnects": Attack(MAC_AND_IP, reconnects),
    "status": Attack(MAC_AND_IP, reads_the_status_of_the_device, ("online", "offline")),
    "own code": Attack(MAC_AND_IP + ", and a code of his own", enters_a_code_of_his_own),
    "api": Attack(MAC_AND_IP + ", and the router's public key", buys_by_the_api),
}
ROWS = [
    pytest.param(attack, state, id=f"{name}-{state}")
    for name, attack in ATTACKS.items()
    for state in attack.states
]


@pytest.mark.parametrize(("attack", "state"), ROWS)
def test_nothing_is_gained(site: Site, attack: Attack, state: str) -> None:
    victim = Victim(site, state)
    attacker = Person(site, victim.device)
    attack.tries(attacker, victim)
    check(attacker, victim)


@pytest.mark.parametrize("state", ["online", "offline"])
def test_who_does_not_know_the_address_connects_nobody(site: Site, state: str) -> None:
    victim = Victim(site, state)
    attacker = Person(site, Phone(victim.device.mac, "10.5.50.254"))
    attacker.post("/reconectar", v=attacker.enter())
    attacker.buy()
    check(attacker, victim)
    assert victim.standing()["sessions"] == victim.before["sessions"]


MONTH = 30 * 86400
USED_UP = {
    "by connected time": {"duration_seconds": 3600, "duration_from": "connected"},
    "from first use": {"duration_seconds": 3600, "duration_from": "first_use"},
    "by data": {"data_limit": 2**30},
}


@pytest.mark.parametrize("how", USED_UP)
def test_nobody_uses_up_what_another_keeps_for_later(site: Site, how: str) -> None:
    """Knows MAC and address of a device that stays offline on purpose."""
    device = site.new_phone()
    bought_for_later(site, device, how, **USED_UP[how])
    attacker = Person(site, device)
    attacker.post("/reconectar", v=attacker.enter())
    assert not sessions_of(site, device)


def test_what_runs_anyhow_is_connected(site: Site) -> None:
    """Else the test above would see nothing."""
    device = site.new_phone()
    bought_for_later(site, device, "a clock", duration_seconds=MONTH)
    owner = Person(site, device)
    owner.post("/reconectar", v=owner.enter())
    assert sessions_of(site, device)


def bought_for_later(site: Site, device: Phone, name: str, **limits: Any) -> None:
    """An access of this kind in the device's name, which is not online."""
    values: dict[str, Any] = {"profile_name": "1hora", "amount": 3000, **limits}
    with site.shop.app.app_context():
        router = {"router_id": site.router_id, "name": f"{name} {device.mac}"}
        plan = plans.create(ACTOR, site.shop.company_id, **router, **values)
    where = {"mac_cliente": device.mac, "ip_cliente": device.ip}
    assert site.shop.buy(producto_id=plan.id, **where).status_code == 200


def sessions_of(site: Site, device: Phone) -> list[str]:
    return [row["user"] for row in site.shop.router.active if row["mac-address"] == device.mac]


@pytest.mark.parametrize("how", ["undecided", "declined", "undecided by the api"])
def test_nobody_else_keeps_a_device_from_buying(site: Site, how: str) -> None:
    """Neither busy nor made to wait by what others did in its name."""
    device = site.new_phone()
    attacker, owner = Person(site, device), Person(site, device)
    if how == "undecided":
        attacker.buy(CHALLENGED)
    elif how == "declined":
        for _ in range(5):
            attacker.buy(DECLINED)
        assert attacker.buy(GOOD).status_code == 429
    else:
        token = site.mint(CHALLENGED)
        assert site.shop.buy(mac_cliente=device.mac, token_tarjeta=token).status_code == 202
    assert DONE in owner.buy().text


def test_who_pays_twice_is_asked_to_wait(site: Site) -> None:
    """The honest customer who lost the page, and comes back under the same name."""
    owner = Person(site, site.new_phone())
    owner.buy(CHALLENGED)
    assert "No pagues otra vez" in owner.buy().text
    assert len(sales_of(owner)) == 1


def gift(site: Site, victim: Victim, email: str) -> str:
    """Somebody adds to the victim's access; the sale's id."""
    order = PurchaseRequest(
        company_id=site.shop.company_id,
        router_id=site.router_id,
        plan_id=best_plan(site).id,
        card_token=site.mint(GOOD),
        customer_name="Ana",
        customer_email=email,
        extends_access_id=victim.access.id,
    )
    with site.shop.app.app_context():
        return buy(order).sale.id


def test_who_adds_to_an_access_is_not_shown_it(site: Site) -> None:
    victim = Victim(site, "online")
    giver = Person(site, site.new_phone())
    sale_id = gift(site, victim, giver.email)
    page = giver.get(f"/pago/{sale_id}", v=giver.enter())
    assert "Pago recibido" in page.text
    assert giver.api_status(sale_id)["usuario_hotspot"] is None
    (visit,) = set(re.findall(r"[?;]v=([^&\"]+)", page.text))
    for path in ("", "/conectado"):
        giver.get(path, v=visit)
    recovered = giver.post("/recuperar", v=visit, correo=giver.email, tarjeta="4242")
    assert "No encontramos un código" in recovered.text
    names = victim.secrets()
    assert not [said for said in giver.said for secret in names if secret in said]
    # Whoever bought it sees it at his own address, and what was added.
    own = victim.get(f"/pago/{victim.sale.id}").text
    assert names[0] in own
    assert victim.access.expires_at > victim.before["access"][2]
