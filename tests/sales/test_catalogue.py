"""One query says what is sold and who is paid, also where a company has several gateways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import providers
from portal.core.database import reading, writing
from portal.models import GatewayAccount, Plan
from portal.sales.catalogue import catalogue
from tests.payments.toy import TOY, ToyBank, toy_provider
from tests.support.shop import Shop, open_shop

FIRST = "Plan que va primero"
MIDDLE = "1 Hora de Internet"
LAST = "Plan que va al final"


@pytest.fixture
def shop(
    tmp_path: Path, database_url: str | None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shop]:
    """A shop of a company with current keys at two providers, that sells three plans."""
    monkeypatch.setitem(providers.PROVIDERS, TOY, lambda settings: toy_provider(ToyBank()))
    with open_shop(tmp_path, database_url) as shop:
        furnish(shop)
        yield shop


def furnish(shop: Shop) -> None:
    with shop.app.app_context(), writing() as session:
        second = GatewayAccount(company_id=shop.company_id, provider=TOY, public_key="toy_public")
        session.add(second)
        session.flush()
        second.private_key = "toy_private"
        for name, position, featured in ((LAST, 3, True), (FIRST, 0, True)):
            session.add(
                Plan(
                    company_id=shop.company_id,
                    name=name,
                    amount=1000,
                    profile_name="1hora",
                    position=position,
                    featured=featured,
                )
            )


def remove_key(shop: Shop, provider: str) -> None:
    with shop.app.app_context(), writing() as session:
        [account] = session.query(GatewayAccount).filter_by(provider=provider)
        account.private_key = None


def paid_at(shop: Shop) -> list[tuple[str | None, bool]]:
    with shop.app.app_context(), reading() as session:
        rows = session.execute(catalogue()).all()
    return [(row.GatewayAccount.provider, row.can_be_paid) for row in rows]


def test_every_surface_shows_each_plan_once_and_in_the_same_order(shop: Shop) -> None:
    get = shop.app.test_client().get
    headers = {"X-API-Key": shop.api_key}
    listed = get("/api/v1/catalogo_perfiles_venta", headers=headers).json
    page = get(f"/r/{shop.router_id}").text
    assert [plan["nombre_venta"] for plan in listed] == [FIRST, MIDDLE, LAST]
    places = [page.index(name) for name in (FIRST, MIDDLE, LAST)]
    assert places == sorted(places)


def test_one_account_is_paid_for_all_plans(shop: Shop) -> None:
    assert paid_at(shop) == [("conekta", True)] * 3
    assert shop.buy().status_code == 200
    [sale] = shop.sales()
    assert sale.order_id.startswith("ord_")


def test_the_account_that_can_be_paid_goes_first(shop: Shop) -> None:
    remove_key(shop, "conekta")
    assert paid_at(shop) == [(TOY, True)] * 3
    assert shop.buy().status_code == 200
    [sale] = shop.sales()
    assert sale.order_id.startswith("toy_")


def test_without_any_key_nothing_is_charged(shop: Shop) -> None:
    remove_key(shop, "conekta")
    remove_key(shop, TOY)
    assert [can_be_paid for _, can_be_paid in paid_at(shop)] == [False] * 3
    assert shop.buy().status_code == 503
    assert shop.sales() == []
