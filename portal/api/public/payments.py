"""Buying, and asking how a purchase stands."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from portal.access.errors import NothingToExtend
from portal.access.proof import Proof, prove
from portal.api.blueprints import public_blueprint
from portal.api.public.payment_answers import KINDS, answer, payment
from portal.api.public.payment_schemas import Payment, PaymentRequest, PaymentUnderWay
from portal.api.router_key import shop
from portal.core.client_address import client_address
from portal.core.errors import Invalid, NotFound
from portal.sales.idempotency import begun_before
from portal.sales.purchase import buy
from portal.sales.request import PurchaseRequest
from portal.sales.status import find_status

LONGEST_KEY = 255
LONGEST_REFERENCE = 64

blueprint = public_blueprint("pagos", __name__, "/api/v1/payments")


@blueprint.route("/pagar-conekta", methods=["POST"])
@blueprint.arguments(PaymentRequest)
@blueprint.response(200, Payment)
@blueprint.also(202, PaymentUnderWay)
@blueprint.failures(402, 404, 409, 422, 429, 500, 503)
def pay(wish: dict[str, Any]) -> Response:
    """Cobrar un producto y abrir el acceso"""
    proof = _proof(wish)
    order = _order(wish, proof)
    # What was bought before its access ended is answered all the same.
    if proof is not None and not proof.is_alive and begun_before(order) is None:
        raise NothingToExtend
    body, status = answer(buy(order), has_code=proof is not None and proof.has_code)
    return _private(body, status)


@blueprint.route("/<reference>")
@blueprint.response(200, Payment)
@blueprint.failures(404)
def look_up(reference: str) -> Response:
    """Cómo va un pago: por su referencia o por la orden de la pasarela"""
    known = len(reference) <= LONGEST_REFERENCE and reference.isprintable()
    sale_status = find_status(shop().router_id, reference) if known else None
    if sale_status is None:
        raise NotFound("Pago no encontrado")
    return _private(payment(sale_status), 200)


def _private(body: dict[str, Any], status: int) -> Response:
    response = jsonify(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def _proof(wish: dict[str, Any]) -> Proof | None:
    """The access that is to be extended, where one is. Raises NothingToExtend."""
    if wish["extiende"] is None:
        return None
    return prove(shop().router_id, wish["extiende"], wish["contrasena"], client_address())


def _order(wish: dict[str, Any], proof: Proof | None) -> PurchaseRequest:
    # Who adds to an access without its code gives a present, and does not come in with it.
    may_come_in = proof is None or proof.has_code
    return PurchaseRequest(
        company_id=shop().company_id,
        router_id=shop().router_id,
        plan_id=wish["producto_id"],
        card_token=wish["token_tarjeta"],
        customer_name=wish["nombre_cliente"],
        customer_email=wish["email_cliente"],
        customer_phone=wish["telefono_cliente"],
        mac=wish["mac_cliente"],
        ip=wish["ip_cliente"],
        device_info=wish["info_dispositivo"],
        auto_connect=wish["conexion_automatica"] and may_come_in,
        kind=KINDS[wish["tipo_usuario"]],
        idempotency_key=_idempotency_key(),
        extends_access_id=proof.access_id if proof else None,
        client_address=client_address(),
    )


def _idempotency_key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 1 <= len(key) <= LONGEST_KEY:
        complaint = f"debe tener entre 1 y {LONGEST_KEY} caracteres"
        raise Invalid(f"Idempotency-Key {complaint}.", errores={"Idempotency-Key": [complaint]})
    return key
