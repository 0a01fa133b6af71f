"""Answer what the frame of `Integration` asks of Conekta: to charge a checkout's order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from portal.sandbox.conekta.keyring import Identity, account_of
from portal.sandbox.conekta.orders import authorization, tokens
from portal.sandbox.conekta.records import Order
from portal.sandbox.conekta.server.call import read_json
from portal.sandbox.conekta.server.errors import (
    ApiError,
    Json,
    Text,
    general_failure,
    has_charge,
    invalid,
    not_found,
)
from portal.sandbox.conekta.world import World
from portal.sandbox.gateway import bank_page
from portal.sandbox.gateway.card_form import PREFIX, json_response
from portal.sandbox.gateway.http import Request, Response
from portal.sandbox.gateway.spoiling import spoiled

CHARGES = PREFIX + "charges"
WALLETS = ("apple", "google")
_WALLET_TOKEN = "tok_test_visa_4242"  # noqa: S105 - a published test token
_OVER = Text("Este pago ya no está disponible.", "This payment is no longer available.")


class CheckoutFrame:
    """Answer `/component/charges`: a GET how the order stands, a POST what came of charging it.

    Faults and figures know its calls as `frame`.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    async def answer(self, request: Request, gone: asyncio.Event) -> Response:
        """Answer one call, or spoil it."""
        world = self._world
        world.meter.count("frame")
        fault = world.faults.take("frame", executed=False)
        if fault is not None:
            return await spoiled(world.faults, fault, None, gone, _trouble)
        response = await self._execute(request)
        fault = world.faults.take("frame", executed=True)
        if fault is not None:
            return await spoiled(world.faults, fault, response, gone, _trouble)
        return response

    async def _execute(self, request: Request) -> Response:
        language = request.headers.get("accept-language", "es")
        try:
            order = self._order(request.query.get("checkout", ""))
            if request.method == "POST":
                await self._charge(order, read_json(request.body))
            return json_response(200, self._standing(order))
        except ApiError as refusal:
            sentence = refusal.details[0].text.in_language(language)
            return json_response(refusal.status, {"message_to_purchaser": sentence})

    def _order(self, checkout_id: str) -> Order:
        for order in self._world.orders.values():
            if order.parts.get("checkout", {}).get("id") == checkout_id:
                return order
        raise not_found("Checkout", checkout_id)

    async def _charge(self, order: Order, body: Json) -> None:
        self._refuse_closed(order)
        if order.busy or order.status not in (None, "declined"):
            raise has_charge()
        token = self._token(order, body)
        request = {"payment_method": {"type": "card", "token_id": token}}
        planned = authorization.plan(self._world, order, request)
        await authorization.execute(self._world, order, planned, later=True)

    def _refuse_closed(self, order: Order) -> None:
        checkout = order.parts["checkout"]
        expired = checkout.get("expires_at", 0) < self._world.clock.now()
        failures = sum(charge.status == "declined" for charge in order.charges)
        if expired or failures > checkout.get("max_failed_retries", failures):
            raise invalid("checkout.expired", _OVER)
        if order.status in ("canceled", "expired"):
            raise invalid("checkout.canceled", _OVER)

    def _token(self, order: Order, body: Json) -> str:
        if body.get("wallet") in self._wallets(order):
            return _WALLET_TOKEN
        owner = Identity(account_of(""), live=order.livemode, known=False)
        details = {"name": str(body.get("name", ""))}
        return tokens.mint(self._world, owner, str(body.get("number", "")), details).id

    def _standing(self, order: Order) -> Json:
        declined = [charge for charge in order.charges if charge.status == "declined"]
        at_bank = f"{self._world.url}{bank_page.PREFIX}{order.challenge}"
        return {
            "status": order.status,
            "wallets": list(self._wallets(order)),
            "challenge": at_bank if order.challenge else None,
            "message_to_purchaser": declined[-1].failure_message if declined else None,
        }

    def _wallets(self, order: Order) -> Sequence[str]:
        allowed = order.parts["checkout"]["allowed_payment_methods"]
        return [name for name in WALLETS if name in allowed]


def _trouble(status: int) -> Response:
    return json_response(status, general_failure(status).body("es"))
