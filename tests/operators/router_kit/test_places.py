"""Test that a router's password goes to no address that it was never entered for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from portal.core.errors import Invalid, Unavailable
from portal.models import Company, Router
from portal.operators import routers
from portal.operators.audit import Actor
from portal.sandbox.routeros import RouterSandbox
from tests.operators.router_kit.conftest import DEVICE_PASSWORD

WRITTEN = {"host": "192.0.2.1", "port": 8729, "tls": "verified"}


@pytest.fixture
def entered(app: Flask, actor: Actor, company: Company, device: RouterSandbox) -> Router:
    """A router whose password was entered for the device's plain port."""
    return routers.create(
        actor,
        company.id,
        name="Patio",
        host=device.host,
        port=device.port,
        username=device.user,
        password=DEVICE_PASSWORD,
        tls="none",
    )[0]


@pytest.fixture
def thief() -> Iterator[RouterSandbox]:
    """A machine of whoever stole a session: it lets the same user in with the same password."""
    with RouterSandbox(password=DEVICE_PASSWORD) as sandbox:
        yield sandbox


def is_withheld(company: Company, router: Router) -> bool:
    return routers.get(company.id, router.id).is_password_withheld


def test_it_is_not_sent_to_another_machine(
    actor: Actor, company: Company, entered: Router, thief: RouterSandbox
) -> None:
    moved = routers.update(actor, company.id, entered.id, port=thief.port)
    assert moved.port == thief.port
    with pytest.raises(Invalid) as refused:
        routers.test_connection(company.id, entered.id)
    assert "password" in refused.value.extra["errores"]
    assert thief.counters.connections == 0
    routers.update(actor, company.id, entered.id, password=DEVICE_PASSWORD)
    assert routers.test_connection(company.id, entered.id).version.startswith(thief.version)


def test_it_serves_again_where_it_was_entered(
    actor: Actor, company: Company, entered: Router, thief: RouterSandbox
) -> None:
    routers.update(actor, company.id, entered.id, port=thief.port)
    routers.update(actor, company.id, entered.id, name="Otro nombre")
    assert is_withheld(company, entered)
    routers.update(actor, company.id, entered.id, port=entered.port)
    assert routers.test_connection(company.id, entered.id).version


def test_whoever_has_just_shown_who_they_are_may_move_it(
    actor: Actor, company: Company, entered: Router, thief: RouterSandbox
) -> None:
    routers.update(actor, company.id, entered.id, trusted=True, port=thief.port)
    assert routers.test_connection(company.id, entered.id).version


@pytest.mark.parametrize(
    ("before", "change", "withheld"),
    [
        ({}, {"name": "Otra"}, False),
        ({}, {"host": "192.0.2.2"}, True),
        ({}, {"port": 8730}, True),
        ({}, {"tls": "none"}, True),
        ({}, {"tls": "anonymous"}, True),
        ({"tls": "none"}, {"tls": "verified"}, False),
        ({}, {"tls": "pinned", "tls_fingerprint": "ab" * 32}, False),
        ({"tls": "pinned", "tls_fingerprint": "ab" * 32}, {"tls_fingerprint": "cd" * 32}, True),
        ({"tls": "pinned", "tls_fingerprint": "ab" * 32}, {"tls": "verified"}, False),
        ({}, {"host": "192.0.2.2", "password": "otra-contraseña"}, False),
    ],
)
def test_what_is_another_place(
    actor: Actor, company: Company, before: Any, change: Any, withheld: bool
) -> None:
    values: Any = {"name": "Patio", "username": "portal", "password": "escrita-aquí"}
    router = routers.create(actor, company.id, **values, **(WRITTEN | before))[0]
    routers.update(actor, company.id, router.id, **change)
    assert is_withheld(company, router) is withheld


def test_a_certificate_cannot_be_changed_by_way_of_another(actor: Actor, company: Company) -> None:
    values: Any = {"name": "Patio", "username": "portal", "password": "escrita-aquí"}
    router = routers.create(actor, company.id, **values, **WRITTEN)[0]
    for fingerprint in ("ab" * 32, "cd" * 32):
        routers.update(actor, company.id, router.id, tls="pinned", tls_fingerprint=fingerprint)
    assert is_withheld(company, router)


def test_a_withheld_password_is_no_reason_to_ask(
    actor: Actor, company: Company, entered: Router
) -> None:
    routers.update(actor, company.id, entered.id, host="192.0.2.77")
    for question in (routers.test_connection, routers.profiles):
        with pytest.raises(Invalid):
            question(company.id, entered.id)
    there: Any = {"host": "127.0.0.1", "port": 1, "password": "una-nueva-más"}
    routers.update(actor, company.id, entered.id, **there)
    with pytest.raises(Unavailable):
        routers.test_connection(company.id, entered.id)
