"""Prove that a PIN is its own password: whoever steals the database must not find one in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa

from portal.access.desired_state import claim_one_access
from portal.access.reconciler import reconcile_access
from portal.core.database import reading
from portal.core.extensions import db
from portal.models import Access, Alert, AuditEntry, Job, WebhookEvent, WrongCode
from portal.worker.schedule import plan_jobs
from tests.api.admin.caller import Caller, log_in
from tests.core.contents import cells, files, holds
from tests.support.shop import Shop, open_shop

MORE_THAN_A_BATCH = 1200
OTHER_MAC, OTHER_IP = "02:00:00:00:00:01", "192.168.88.101"


@pytest.fixture
def shop(tmp_path: Path, database_url: str | None) -> Iterator[Shop]:
    with open_shop(tmp_path, database_url) as shop, shop.app.app_context():
        yield shop


@pytest.fixture
def operator(shop: Shop) -> Caller:
    return log_in(shop.app, shop.company_id).at("/api/v1/admin/mi-empresa/transacciones")


def bought(shop: Shop, **changes: object) -> tuple[str, str]:
    """Reference and PIN of a new sale."""
    answer = shop.buy(tipo_usuario="pin", **changes)
    assert answer.status_code == 200, answer.text
    user = answer.json["usuario_hotspot"]
    assert user["usuario"] == user["contrasena"]
    return answer.json["referencia"], user["usuario"]


def reconnect(shop: Shop, name: str, password: str) -> None:
    shop.router.join(OTHER_MAC, OTHER_IP)
    body = {"username": name, "password": password, "current_mac": OTHER_MAC}
    assert shop.call("/api/v1/hotspot/auto-reconnect", body).status_code == 200


def take_its_name(shop: Shop, pin: str) -> None:
    """Somebody makes a user of this name by hand, and the access has to be brought back."""
    shop.router.execute("/ip/hotspot/user/remove", numbers=shop.router.users[pin][".id"])
    shop.router.add_user(pin, "other", profile="1hora")
    [access] = [access for access in shop.accesses() if access.name == pin]
    claim = claim_one_access(access.id)
    assert claim is not None
    reconcile_access(claim)


def tell(shop: Shop) -> None:
    """The gateway tells all that it knows of each order."""
    for number, order in enumerate(shop.gateway.orders()):
        event = {"id": f"evt_{number}", "type": "order.paid", "data": {"object": order}}
        path = f"/api/v1/webhooks/conekta/{shop.company_id}"
        assert shop.call(path, event).status_code == 200
    shop.reconcile()


def count(record: type) -> int:
    with reading() as session:
        return session.scalars(sa.select(sa.func.count()).select_from(record)).one()


def test_no_pin_stands_in_the_database(shop: Shop, operator: Caller, tmp_path: Path) -> None:
    first, pin = bought(shop, conexion_automatica=True)
    _, taken = bought(shop)
    shop.reconcile()
    reconnect(shop, pin, pin)
    reconnect(shop, pin, taken)
    take_its_name(shop, taken)
    assert operator.get("", q=pin).json["total"] == 1
    assert (
        operator.post(f"/{first}/reembolso", {"motivo": "No se pudo conectar"}).status_code == 200
    )
    tell(shop)
    plan_jobs()
    assert all(map(count, (Alert, AuditEntry, Job, WebhookEvent, WrongCode)))
    found, kept = cells(), files(tmp_path)
    assert first in found
    for each in (pin, taken):
        assert not holds(each, found)
        # In SQLite's files the name once stood right behind the kind.
        assert f"pin{each}".encode() not in kept


def test_a_pin_of_one_router_looks_like_none_of_another(shop: Shop) -> None:
    _, pin = bought(shop)
    elsewhere = Access(id="acc_1", router_id="RTR_00000001", name=pin)
    assert elsewhere.name_digest != shop.accesses()[0].name_digest
    again = Access(id="acc_2", router_id=shop.router_id, name=pin)
    assert again.name_digest == shop.accesses()[0].name_digest


def test_names_that_stood_in_the_clear_are_sealed(
    shop: Shop, tmp_path: Path, database_url: str | None
) -> None:
    reference, pin = bought(shop)
    name = shop.buy().json["usuario_hotspot"]["usuario"]
    flask_migrate.downgrade(revision="0003")
    copy_in_the_clear(pin, MORE_THAN_A_BATCH)
    found = cells()
    assert len(holds(pin, found)) == 1
    assert len([text for text in found if text.startswith("COPY")]) == MORE_THAN_A_BATCH
    flask_migrate.upgrade()
    found = cells()
    assert not holds(pin, found)
    assert not [text for text in found if "COPY" in text]
    with reading() as session:
        copies = list(session.scalars(sa.select(Access).where(Access.id.startswith("copy"))))
    assert {access.name for access in copies} == {f"COPY{n:04}" for n in range(MORE_THAN_A_BATCH)}
    assert shop.status(reference).json["usuario_hotspot"]["usuario"] == pin
    reconnect(shop, pin, pin)
    db.engine.dispose()
    kept = files(tmp_path)
    assert not [word for word in (f"pin{pin}", name, "COPY") if word.encode() in kept]


def copy_in_the_clear(pin: str, times: int) -> None:
    """Accesses that are over, under names of their own, as they stood before names were sealed."""
    tables = sa.MetaData()
    with db.engine.begin() as connection:
        access = sa.Table("access", tables, autoload_with=connection)
        pins = sa.select(access).where(access.c.name == pin)
        row = dict(connection.execute(pins).mappings().one())
        row |= {"wanted": "absent", "actual": "absent", "password_sealed": None}
        rows = [row | {"id": f"copy{n}", "name": f"COPY{n:04}"} for n in range(times)]
        connection.execute(sa.insert(access), rows)
