"""Prove that what carries a secret does not show it."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
from typing import Any

import portal
from portal.hotspot.provisioning import NewHotspotUser
from portal.hotspot.router import RouterAddress
from portal.models import Access, GatewayAccount, Router
from portal.pages.retries import Retry
from portal.pages.visits.typed_code import TypedCode
from portal.payments.gateway import Credentials
from portal.sales.request import PurchaseRequest

SECRET_NAME = re.compile(r"password|secret|token$|private_key")


def dataclass_fields() -> list[tuple[str, dataclasses.Field[Any]]]:
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(portal.__path__, "portal.")
        if not found.name.startswith("portal.sandbox")
    ]
    kinds = {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and dataclasses.is_dataclass(kind)
    }
    return [
        (f"{kind.__module__}.{kind.__name__}.{field.name}", field)
        for kind in kinds
        if kind.__module__.startswith("portal.")
        for field in dataclasses.fields(kind)
    ]


def test_no_dataclass_shows_a_secret() -> None:
    kept = {name: field for name, field in dataclass_fields() if SECRET_NAME.search(field.name)}
    assert len(kept) >= 4
    assert not [name for name, field in kept.items() if field.repr]


def test_what_carries_a_secret_does_not_show_it() -> None:
    secret = "planted-secret"
    carriers = [
        RouterAddress("192.0.2.1", 8728, "api", secret),
        Credentials("conekta", secret, live=False),
        NewHotspotUser("ABC234", secret, "1hora", "portal:x"),
        PurchaseRequest(
            company_id="EMP_1",
            router_id="RTR_1",
            plan_id=1,
            card_token=secret,
            customer_name="Ana",
            customer_email="ana@example.com",
        ),
        Router(id="RTR_1", name="Patio", host="192.0.2.1", username="api"),
        GatewayAccount(id="gwa_1"),
        Access(id="acc_1", name_digest="ABC234"),
        TypedCode("ABC234", secret),
        Retry({"usuario": "ABC234", "contrasena": secret}),
    ]
    shown = [repr(carrier) + str(carrier) for carrier in carriers]
    assert not [text for text in shown if secret in text or "ABC234" in text]
