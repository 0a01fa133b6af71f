"""Who wants to be online without having paid, by the pass that is given to pay with."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from portal.access.payment_pass.terms import PASS_SECONDS, PROFILE
from portal.core.database import reading
from portal.models import Company, PaymentPass, Sale
from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.menus.errors import Refusal
from tests.attacks.pages import CHALLENGED, Person, Rival
from tests.pages.site import Phone, Site

MANY = 5


@pytest.fixture(autouse=True)
def _passes(site: Site, rival: Rival) -> Iterator[None]:
    site.shop.change(Company, passes_per_device=2, passes_per_router=1000)
    yield
    site.shop.change(Company, passes_per_device=0)


def at_bank(site: Site) -> tuple[Phone, Sale]:
    """Somebody who has bought, and whose bank wants to be asked."""
    phone = site.new_phone()
    Person(site, phone).buy(CHALLENGED)
    return phone, next(sale for sale in site.shop.sales() if sale.mac == phone.mac)


def online(router: RouterSandbox) -> dict[str, str]:
    """The users by whom devices are online to pay, by MAC."""
    rows = [row for row in router.active if row["user"].startswith("pase-")]
    return {row["mac-address"]: row["user"] for row in rows}


def passes_of(site: Site, sale: Sale) -> int:
    with site.shop.app.app_context(), reading() as session:
        mine = PaymentPass.sale_id == sale.id
        return session.scalars(sa.select(sa.func.count()).where(mine)).one()


def ask(site: Site, reference: str, key: str = "") -> TestResponse:
    """Ask by the API, as a portal with this router's key does."""
    headers = {"X-API-Key": key or site.shop.api_key}
    path = f"/api/v1/payments/{reference}/pase"
    return site.shop.app.test_client().post(path, headers=headers)


def state(answer: TestResponse) -> str:
    body: dict[str, str] = answer.json or {}
    return body["estado"]


def test_whoever_asks_the_sale_s_own_phone_alone_is_let_in(site: Site) -> None:
    phone, sale = at_bank(site)
    others = [Person(site, site.new_phone()) for _ in range(MANY)]
    before = set(online(site.shop.router))

    def press(person: Person) -> int:
        form = {"v": person.enter(), **person.claims}
        return person.ask("POST", f"/pago/{sale.id}/pase", params=form, data=form).status_code

    with ThreadPoolExecutor(MANY) as threads:
        assert set(threads.map(press, others + others)) == {200}
    assert set(online(site.shop.router)) - before == {phone.mac}
    assert passes_of(site, sale) == 1


def test_no_other_sale_gives_one(site: Site, rival: Rival) -> None:
    phone, sale = at_bank(site)
    before = online(site.shop.router)
    assert ask(site, sale.id, rival.shop.api_key).status_code == 404
    person = Person(site, phone, router_id=rival.router_id)
    assert person.post(f"/pago/{sale.id}/pase").status_code == 404
    for forged in (
        sale.order_id or "",
        sale.id[:-1] + "x",
        "sal_" + "0" * 32,
        "%00",
        sale.access_id,
    ):
        assert ask(site, forged).status_code == 404
    for word in ("canceled", "prepared", "charging", "delivered"):
        site.change_sale(sale, state=word)
        assert state(ask(site, sale.id)) == "no_hace_falta"
    site.change_sale(sale, state="pending", order_id=None)
    assert state(ask(site, sale.id)) == "no_hace_falta"
    assert online(site.shop.router) == before
    assert passes_of(site, sale) == 0


def test_a_pass_is_not_kept(site: Site) -> None:
    """Its holder knows the user's name, from the router's own status page."""
    router = site.shop.router
    phone, sale = at_bank(site)
    answer: dict[str, object] = ask(site, sale.id).json or {}
    assert (answer["success"], answer["estado"], answer["kbps"]) == (True, "activo", 256)
    name = online(router)[phone.mac]
    router.clock.advance(PASS_SECONDS + 1)
    assert phone.mac not in online(router)
    # The record stands until a worker comes by, and gives no second one meanwhile.
    assert state(ask(site, sale.id)) in ("activo", "router_no_disponible")
    assert phone.mac not in online(router)
    other = site.new_phone()
    for device in (phone, other):
        with pytest.raises(Refusal):
            router.log_in(name, "", device.ip)
    assert [user["profile"] for user in router.users.values() if user["name"] == name] == [PROFILE]
