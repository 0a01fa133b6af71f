"""Set a company up from outside, by command line and JSON, which are any build's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.checkout import Checkout
from tests.benchmarks.fleet import PROFILE
from tests.support.servers.http import Api
from tests.support.shop import PRIVATE_KEY

EMAIL, PASSWORD = "dueno@example.com", "correct horse battery"
ADMIN = "/api/v1/admin"


@dataclass(frozen=True)
class Business:
    """What an operator has after setting up: a key for each router, and a plan for all of them."""

    keys: tuple[str, ...]
    plan_id: int


def set_up(
    checkout: Checkout, env: Mapping[str, str], url: str, routers: Sequence[Mapping[str, Any]]
) -> Business:
    """Make the first operator, and as he does a gateway account, the routers and one plan."""
    words = ("create-admin", "--email", EMAIL, "--empresa", "Café Ñandú", "--password-stdin")
    checkout.flask(env, *words, stdin=PASSWORD + "\n")
    with Api(url) as api:
        api.login(EMAIL, PASSWORD)
        gateway = {"conekta_private_key": PRIVATE_KEY, "conekta_public_key": "key_public"}
        _told(api, "PUT", "/mi-empresa/conekta", gateway | {"conekta_mode": "test"})
        keys = [_router(api, number, router) for number, router in enumerate(routers)]
        return Business(tuple(keys), _plan(api))


def _router(api: Api, number: int, router: Mapping[str, Any]) -> str:
    body = {"nombre": f"Patio {number}", "host": router["host"], "puerto": router["port"]}
    body |= {"usuario": router["user"], "password": router["password"], "tls": "ninguno"}
    return str(_told(api, "POST", "/mi-empresa/routers", body)["api_key"])


def _plan(api: Api) -> int:
    body = {"nombre_venta": "1 Hora de Internet", "precio": "20.00", "duracion_minutos": 60}
    body |= {"router_id": None, "perfil_mikrotik_nombre": PROFILE}
    answer = _told(api, "POST", "/products", body)
    return int(answer["id"])


def _told(api: Api, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    answer = api.request(method, ADMIN + path, json=body)
    if not answer.ok:
        raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
    told: dict[str, Any] = answer.json()
    return told
