"""Buy on the customer's pages without a browser, to be charged in the gateway's own frame."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any, Protocol
from urllib.parse import urlencode

import requests
from flask import Flask

from tests.support.patience import PATIENCE

CHARGES = "/component/charges"
APPROVED, DECLINED, CHALLENGED = "4242424242424242", "4000000000000002", "4000000000001091"
HIDDEN = re.compile(r'<input type="hidden" name="(v|c)" value="([^"]*)"')
PURCHASE = re.compile(r'name="compra" value="([^"]*)"')
SETTINGS = re.compile(r'<script type="application/json" id="settings">(.*?)</script>', re.DOTALL)
SALE = re.compile(r"/pago/(sal_[0-9a-f]{32})")


@dataclass(frozen=True)
class Page:
    """What a browser was given."""

    status: int
    text: str
    location: str = ""


class Fetch(Protocol):
    """Asks for a page; None where none came."""

    def __call__(
        self, method: str, path: str, form: Mapping[str, str] | None = None
    ) -> Page | None: ...


def fetch_from(app: Flask) -> Fetch:
    """Asks this application itself."""

    def fetch(method: str, path: str, form: Mapping[str, str] | None = None) -> Page:
        answer = app.test_client().open(path, method=method, data=form)
        return Page(answer.status_code, answer.text, answer.headers.get("Location", ""))

    return fetch


def open_form(
    fetch: Fetch, router_id: str, plan_id: int, mac: str, ip: str, provider: str
) -> dict[str, str] | None:
    """The form by which this device pays for the plan by card there; None where none came."""
    page = fetch("GET", f"/r/{router_id}?{urlencode({'mac': mac, 'ip': ip})}")
    if page is None or page.status != 200:
        return None
    fields = {name: unescape(value) for name, value in HIDDEN.findall(page.text)}
    query = {"plan": str(plan_id), "metodo": "tarjeta", "pasarela": provider} | fields
    page = fetch("GET", f"{form_path(router_id)}?{urlencode(query)}")
    found = PURCHASE.search(page.text) if page is not None else None
    return {"compra": unescape(found[1]), "v": fields.get("v", "")} if found else None


def form_path(router_id: str) -> str:
    """Where the form is sent."""
    return f"/r/{router_id}/pagar"


def sale_begun(page: Page) -> str | None:
    """The sale to whose page the form's answer leads; None where it leads elsewhere."""
    found = SALE.search(page.location)
    return found[1] if found else None


def open_frame(fetch: Fetch, router_id: str, sale_id: str) -> str | None:
    """The checkout that the sale's page shows the frame of; None where it shows none."""
    page = fetch("GET", f"/r/{router_id}/pago/{sale_id}")
    found = SETTINGS.search(page.text) if page is not None else None
    checkout = json.loads(found[1]).get("checkout_id") if found else None
    return str(checkout) if checkout else None


def charge_in_frame(
    gateway_url: str, checkout_id: str, number: str = APPROVED, seconds: float = PATIENCE
) -> dict[str, Any] | None:
    """What the frame heard when it charged this card; None where no whole answer came."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.post(
                f"{gateway_url}{CHARGES}",
                params={"checkout": checkout_id},
                json={"number": number, "name": "Ana"},
                timeout=seconds,
            )
            told: dict[str, Any] = answer.json()
        except (requests.RequestException, ValueError):
            return None
    return told
