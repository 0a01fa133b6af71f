"""Send what the documentation allows, at random: no answer is an error of ours or off its schema,
and nothing that is allowed is refused.
"""

from __future__ import annotations

import os
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup

from tests.api.documented.calls import KEY, Operation, operations
from tests.api.documented.conftest import DocumentedShop
from tests.support.tenants import Tenant, make_tenant, make_user

SEED = int(os.environ.get("PORTAL_SEED") or 9)
EXAMPLES = int(os.environ.get("PORTAL_EXAMPLES") or 3)
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKED = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_schema_conformance", "response_headers_conformance"),
)
# A card that is declined, something that is gone or already there: of these no schema can tell.
TAKEN = (200, 201, 202, 304, 402, 404, 409, 429)
# Nor of what only the records know: the complaints that such a field may meet with.
KNOWN_TO_RECORDS = {
    "post /api/v1/auth/login": {401},
    "post /api/v1/auth/logout": {401},
    "post /api/v1/webhooks/{provider}/{company_id}": {401},
}
KNOWN_FIELDS = {
    *("current_password", "empresa_id", "alertas.webhook.secreto"),
    # How a shop can be paid.
    *("metodo", "pasarela", "clave_avisos"),
    # Whether the product has any other limit.
    "ilimitado",
    # Whether others would guess it.
    *("password", "new_password"),
    # Whether its database suits a server of RADIUS, and how its routers are served.
    *("entrega", "host", "todas_las_sucursales"),
    # Whether it is the telephone's.
    "codigo",
}
HARMLESS = (
    *("/reembolso", "/probar", "/preferir", "/resolver", "/desconectar"),
    *("/test-telegram", "/test-email", "/test-webhook"),
)
UPLOADS = ("/logo", "/imagen")
TOKENS = ("tok_test_visa_4242", "tok_test_card_declined")


class Wanderer:
    """Whoever sends it: what is taken away or spoilt is a second company's, never the shop's."""

    def __init__(self, shop: DocumentedShop, spare: Tenant, user_id: int) -> None:
        self.shop, self.spare, self.user_id = shop, spare, user_id
        self.bought = shop.real()
        self.sessions = shop.log_in()

    def headers(self, operation: Operation) -> dict[str, str]:
        if operation.said.get("security") == [{"ApiKey": []}]:
            return {"X-API-Key": self.shop.api_key}
        if operation.path.startswith("/api/v1/auth/"):
            return self.shop.credentials(operation) | {"X-Empresa-ID": self.shop.company_id}
        spoils = operation.method != "get" and not operation.path.endswith(HARMLESS)
        company = self.spare.company_id if spoils else self.shop.company_id
        return self.sessions | {"X-Empresa-ID": company}

    def path(self, operation: Operation) -> dict[str, Any]:
        """What there is, for the names in a path."""
        spoils = operation.method != "get"
        shop, spare = self.shop, self.spare
        sale = self.bought["sal_0123456789abcdef0123456789abcdef"]
        values = {
            "company_id": spare.company_id if spoils else shop.company_id,
            "router_id": spare.router_id if spoils else shop.router_id,
            "product_id": spare.plan_ids[0] if spoils else shop.plan_id,
            "user_id": self.user_id,
            "alert_id": shop.alert_id,
            "key_id": self.bought["key_0123456789abcdef"],
            "sale_id": sale,
            "session_id": self.bought["ses_0123456789abcdef0123456789abcdef"],
            "reference": sale,
            "image_id": shop.image_id,
            "provider": "conekta",
            "token": "kit_" + "0" * 32,
            "tunnel_token": "tun_" + "0" * 32,
            "access_id": self.bought["acc_0123456789abcdef0123"],
            "session_key": self.bought["1A-AABBCCDDEEFF"],
            "voucher_id": self.bought["vou_0123456789abcdef0123"],
            "batch_id": self.bought["lot_0123456789ab"],
        }
        # What is made here by nobody is nowhere, and so says the answer.
        named = {p["name"]: p["example"] for p in operation.parameters if p["in"] == "path"}
        return {name: values.get(name, example) for name, example in named.items()}

    def made_possible(self, case: Any) -> None:
        """Put what must be known in the place of what was drawn."""
        if KEY in (case.headers or {}):
            case.headers[KEY] = str(uuid4())
        if isinstance(case.body, dict) and "current_password" in case.body:
            # The example's is the right one, and whoever comes next logs in with it.
            case.body["current_password"] = "la de nadie"
        if isinstance(case.body, dict) and "token_tarjeta" in case.body:
            case.body["token_tarjeta"] = TOKENS[len(case.body["nombre_cliente"]) % len(TOKENS)]
            case.body["producto_id"] = self.shop.plan_id
            case.body |= {"extiende": None, "contrasena": None}


@pytest.fixture(scope="module")
def wanderer(shop: DocumentedShop) -> Wanderer:
    spare = make_tenant(shop.app, "Repuesto")
    return Wanderer(shop, spare, make_user(shop.app, spare.company_id).id)


def test_what_is_allowed_is_taken_and_answered_as_documented(
    shop: DocumentedShop, document: dict[str, Any], wanderer: Wanderer
) -> None:
    print(f"seed {SEED}")
    load_all_checks()
    checks = CHECKS.get_by_names(CHECKED)
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", shop.app)
    wrong: dict[str, str] = {}
    for operation in operations(document):
        if operation.path.endswith(UPLOADS):
            continue
        known = wanderer.path(operation)
        # By a number drawn, whoever wanders would meet with themselves and lock themselves out.
        for values in (known,) if "user_id" in known else ({}, known):
            try:
                wander(schema, operation, values, wanderer, checks)
            except (AssertionError, FailureGroup) as error:
                wrong[operation.name] = f"{type(error).__name__}: {error}"[:1500]
    assert wrong == {}, "\n\n".join(f"{name}: {told}" for name, told in wrong.items())


def wander(
    schema: Any, operation: Operation, values: dict[str, Any], wanderer: Wanderer, checks: Any
) -> None:
    """Send some requests to one operation, and look at each answer."""
    found = schema[operation.path][operation.method.upper()]
    sent: dict[str, Any] = {"headers": wanderer.headers(operation)}
    if values:
        sent["path_parameters"] = values

    @seed(SEED)
    @BOUNDED
    @given(case=found.as_strategy(**sent))
    def run(case: Any) -> None:
        wanderer.made_possible(case)
        response = case.call()
        case.validate_response(response, checks=checks)
        taken = {*TAKEN, *KNOWN_TO_RECORDS.get(operation.name, ())}
        assert response.status_code in taken or is_known_to_records(response), (
            f"{response.status_code} {response.text[:300]} for {case.body!r} {case.query!r} "
            f"{case.path_parameters!r} {case.headers!r}"
        )

    run()


def is_known_to_records(response: Any) -> bool:
    """Whether it complains of nothing but what a schema could not tell."""
    named = set(response.json()["errores"]) if response.status_code == 422 else set()
    return bool(named) and named <= KNOWN_FIELDS
