"""Call the simulated Conekta, and hold every answer against Conekta's OpenAPI."""

from __future__ import annotations

from typing import Any

import requests

from tests.sandbox.conekta import contract
from tests.support import reference
from tests.support.patience import PATIENCE

KEY = "key_test_one"
VENDOR = "application/vnd.conekta-v2.3.0+json"
CUSTOMER = {"name": "José Pérez 🌮", "email": "jose@example.com", "phone": "0000000000"}
ITEM = {"name": "WiFi 24 horas", "unit_price": 5000, "quantity": 1}


def order_request(**changes: Any) -> dict[str, Any]:
    """A good order without a charge, with some of it changed; None takes a field away."""
    request = {
        "currency": "MXN",
        "customer_info": CUSTOMER,
        "line_items": [ITEM],
        "metadata": {"reference_id": "sale-1"},
        **changes,
    }
    return {name: value for name, value in request.items() if value is not None}


def card(token: str = "tok_test_visa_4242", **fields: Any) -> dict[str, Any]:
    """A charge on a card."""
    return {"payment_method": {"type": "card", "token_id": token}, **fields}


class Client:
    """Conekta's API with one private key."""

    def __init__(self, url: str, key: str = KEY, language: str = "es") -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers.update(
            {
                "Accept": VENDOR,
                "Accept-Language": language,
                "Authorization": f"Bearer {key}",
            }
        )

    def call(self, method: str, path: str, **arguments: Any) -> requests.Response:
        arguments.setdefault("timeout", PATIENCE)
        response = self.session.request(method, self.url + path, **arguments)
        self._check(method, path, response)
        return response

    def get(self, path: str, **query: Any) -> Any:
        response = self.call("GET", path, params=query)
        assert response.status_code == 200, response.text
        return response.json()

    def post(self, path: str, body: Any = None) -> requests.Response:
        return self.call("POST", path, json=body if body is not None else {})

    def done(self, path: str, body: Any = None) -> Any:
        """A POST that must succeed."""
        response = self.post(path, body)
        assert response.status_code == 200, response.text
        return response.json()

    def refused(self, status: int, path: str, body: Any = None) -> Any:
        """A POST that must be refused."""
        response = self.post(path, body)
        assert response.status_code == status, response.text
        return response.json()

    def open(self, **changes: Any) -> Any:
        return self.done("/orders", order_request(**changes))

    def charge(self, order: Any, token: str = "tok_test_visa_4242") -> Any:
        return self.done(f"/orders/{order['id']}/charges", card(token))

    def paid(self, **changes: Any) -> Any:
        """An order charged in the same call."""
        return self.open(charges=[card()], **changes)

    def look_up(self, order: Any) -> Any:
        return self.get(f"/orders/{order['id']}")

    @staticmethod
    def _check(method: str, path: str, response: requests.Response) -> None:
        if not reference.folder().is_dir() or path.startswith(("/_sandbox", "/3ds")):
            return
        if "json" not in response.headers["Content-Type"]:
            return
        schema = contract.answer_schema(method, path, response.status_code)
        assert contract.complaints(schema, response.json()) == [], response.text
