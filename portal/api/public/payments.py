"""Sell for a custom portal, and tell how a purchase stands in the contract's words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, jsonify, request

from portal.access.errors import NothingToExtend
from portal.access.proof import Proof, prove
from portal.api.blueprints import public_blueprint
from portal.api.parameters import IDEMPOTENCY_KEY, LONGEST_KEY
from portal.api.public.another_gateway import naming_another
from portal.api.public.part_sentences import part_sentence
from portal.api.public.payment_examples import ANY_EXAMPLES, EXAMPLES
from portal.api.public.payment_schemas import (
    AnyPaymentRequest,
    Payment,
    PaymentRequest,
    PaymentUnderWay,
)
from portal.api.public.required_action import required_action
from portal.api.router_key import shop
from portal.api.storefront import storefront
from portal.core.errors import Invalid, NotFound, PaymentDeclined, Problem
from portal.models import Access, Sale
from portal.models.sale_states import SaleState
from portal.payments.methods import Method
from portal.ports import provider_names
from portal.sales.decline_sentences import decline_sentence
from portal.sales.errors import PaymentUnavailable
from portal.sales.idempotency import begun_before
from portal.sales.methods import names, wanted_methods
from portal.sales.purchase import SaleStatus, buy, find_status
from portal.sales.request import PurchaseRequest
from portal.web.request_context import client_address
from portal.web.words import KIND_WORDS, KINDS, METHODS

CONNECTED = "¡Conexión establecida con éxito! Disfrute de Internet sin límites"
BY_HAND = "Favor de ingresar sus credenciales para conectar a Internet"
NOT_CONNECTED = "No se pudo conectar automáticamente. Use las credenciales para conectar a Internet"
VERIFYING = (
    "Su pago se está verificando. No pague otra vez: en cuanto se confirme, su acceso se activa."
)
CONFIRM_WITH_BANK = (
    "Su banco pide confirmar el pago. Siga el enlace para terminar; no pague otra vez."
)
PAY_BY_TRANSFER = (
    "Transfiera el monto exacto a la CLABE antes de que venza: en cuanto llegue, su acceso se "
    "activa y le enviamos el código por correo. No pague dos veces."
)
PAY_IN_CASH = (
    "Pague el monto exacto con una de las referencias antes de que venza: en cuanto llegue, su "
    "acceso se activa y le enviamos el código por correo. No pague dos veces."
)
WAITING_FOR = {
    "redireccion": CONFIRM_WITH_BANK,
    "spei": PAY_BY_TRANSFER,
    "efectivo": PAY_IN_CASH,
}
ROUTER_AWAY = (
    "Su pago fue recibido; su acceso se activa en cuanto el router responda. No pague otra vez."
)
GIVING_BACK = "Su pago se está devolviendo."
NOT_COMPLETED = "El pago no se completó. No se realizó ningún cargo."

LONGEST_REFERENCE = 64
# Paid, and what comes of it is yet to be seen.
UNFINISHED = (SaleState.PAID, SaleState.REFUNDING)

blueprint = public_blueprint("pagos", __name__, "/api/v1/payments")


@blueprint.route("/pagar-conekta", methods=["POST"])
@blueprint.arguments(PaymentRequest, examples=EXAMPLES)
@blueprint.response(200, Payment)
@blueprint.also(202, PaymentUnderWay)
@blueprint.failures(402, 404, 409, 429)
@blueprint.doc(parameters=[IDEMPOTENCY_KEY])
def pay(payload: dict[str, Any]) -> Response:
    """Cobrar un producto y abrir el acceso

    200: pagado, con el código de acceso. 202: todavía no se decide; si trae `accion_requerida`,
    lleve al cliente a su `url` (el banco pide confirmar, 3DS), y pregunte en `consulta` hasta que
    `estado_pago` cambie. No pague otra vez. Después de cualquier otra respuesta no se hizo ningún
    cargo. Con `extiende` la compra se suma a un acceso que sigue activo: su código (usuario o PIN)
    con su `contrasena`, o la `referencia` de una de sus compras.
    """
    return _pay(payload, usual_provider=provider_names()[0])


@blueprint.route("/pagar", methods=["POST"])
@blueprint.arguments(AnyPaymentRequest, examples=ANY_EXAMPLES)
@blueprint.response(200, Payment)
@blueprint.also(202, PaymentUnderWay)
@blueprint.failures(402, 404, 409, 429)
@blueprint.doc(parameters=[IDEMPOTENCY_KEY])
def pay_by_any_method(payload: dict[str, Any]) -> Response:
    """Cobrar un producto por cualquier método y pasarela que ofrezca la tienda

    Como `pagar-conekta`, con `metodo` y `pasarela` de los que da `/api/v1/config/public`. Con
    `spei` y `efectivo` responde 202 con `accion_requerida`: la CLABE o las referencias, el monto
    exacto y hasta cuándo. El acceso se activa cuando llega el dinero, aunque sea tarde: pregunte en
    `consulta`, que las da otra vez; el código llega también por correo. Pedido otra vez por el
    mismo dispositivo da la misma referencia; si el dispositivo compra de otra forma, la referencia
    se cancela. Si llega solo una parte ya no viene la referencia, y el `mensaje`, o el `detail` de
    un 402, dice cuánto llegó y si se devolvió. 422 si la tienda no ofrece ese método para ese
    producto o no cobra con esa pasarela; nada se cobró. 503 si la pasarela no responde: tampoco se
    cobró, y `pasarela` nombra otra de la tienda con la que se puede pagar, con un token de su
    propio formulario.
    """
    provider, method = payload["pasarela"], Method(METHODS[payload["metodo"]])
    try:
        return _pay(payload, provider=provider, objection=_objection(payload))
    except PaymentUnavailable as problem:
        plan_id = payload["producto_id"]
        raise naming_another(problem, storefront(), plan_id, method, provider) from None


def _objection(payload: dict[str, Any]) -> Problem | None:
    """Say why a way to pay is not this shop's; None where it is."""
    shop_methods = wanted_methods(storefront().company, storefront().accounts)
    if METHODS[payload["metodo"]] not in names(shop_methods) and storefront().accounts:
        return _not_offered("metodo", "no se ofrece en esta tienda: vea metodos_pago")
    if payload["pasarela"] is None:
        return None
    if payload["pasarela"] not in {account.provider for account in storefront().accounts}:
        return _not_offered("pasarela", "no cobra en esta tienda: vea pasarelas")
    return None


def _not_offered(name: str, complaint: str) -> Invalid:
    return Invalid(f"El campo «{name}» {complaint}.", errores={name: [f"{complaint}."]})


def _pay(
    payload: dict[str, Any],
    *,
    provider: str | None = None,
    usual_provider: str | None = None,
    objection: Problem | None = None,
) -> Response:
    proof = _proof(payload)
    purchase = replace(_purchase(payload, proof), provider=provider, usual_provider=usual_provider)
    if proof is not None and not proof.is_alive:
        objection = objection or NothingToExtend()
    # What was bought before anything spoke against it is answered all the same.
    if objection is not None and begun_before(purchase) is None:
        raise objection
    body, status = answer(buy(purchase), has_code=proof is not None and proof.has_code)
    return _private(body, status)


@blueprint.route("/<reference>")
@blueprint.response(200, Payment)
@blueprint.failures(404)
def look_up(reference: str) -> Response:
    """Cómo va un pago: por su referencia o por la orden de la pasarela

    Para quien tiene la llave del router y la referencia. Las credenciales vienen mientras el
    acceso viva, así que una página que se cerró las recupera aquí. `estado_pago` es pending
    mientras no se decida. Mientras la respuesta traiga `consulta`, siga preguntando; sin ella
    terminó, también si no trae credenciales.
    """
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


def _proof(payload: dict[str, Any]) -> Proof | None:
    """The access that is to be extended, where one is. Raises NothingToExtend."""
    if payload["extiende"] is None:
        return None
    return prove(shop().router_id, payload["extiende"], payload["contrasena"], client_address())


def _purchase(payload: dict[str, Any], proof: Proof | None) -> PurchaseRequest:
    # Who adds to an access without its code gives a present, and does not come in with it.
    may_come_in = proof is None or proof.has_code
    method = Method(METHODS[payload.get("metodo", "tarjeta")])
    return PurchaseRequest(
        company_id=shop().company_id,
        router_id=shop().router_id,
        plan_id=payload["producto_id"],
        card_token=payload["token_tarjeta"] if method == Method.CARD else None,
        method=method,
        network=payload.get("red") if method == Method.CASH else None,
        customer_name=payload["nombre_cliente"],
        customer_email=payload["email_cliente"],
        customer_phone=payload["telefono_cliente"],
        mac=payload["mac_cliente"],
        ip=payload["ip_cliente"],
        device_info=payload["info_dispositivo"],
        auto_connect=payload["conexion_automatica"] and may_come_in,
        kind=KINDS[payload["tipo_usuario"]],
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


def answer(sale_status: SaleStatus, *, has_code: bool = False) -> tuple[dict[str, Any], int]:
    """Answer `pagar-conekta` for a sale that stands so. Raises PaymentDeclined.

    `has_code`: whoever asks has proved the code of the access that they add to.
    """
    state = sale_status.public_state
    if state == "declined":
        sale = sale_status.sale
        raise PaymentDeclined(decline_sentence(sale.decline_reason, sale.buyer_message))
    if state == "canceled":
        raise PaymentDeclined(part_sentence(sale_status.sale) or NOT_COMPLETED)
    if state == "pending" or sale_status.sale.state == "paid":
        return under_way(sale_status), 202
    return payment(sale_status, has_code=has_code), 200


def payment(sale_status: SaleStatus, *, has_code: bool = False) -> dict[str, Any]:
    """Tell the whole of a sale. Credentials stand in it only while they work.

    Who adds to an access learns them only where they had them before: `has_code`.
    """
    sale, access = sale_status.sale, sale_status.access
    is_told = sale_status.is_open and (has_code or sale_status.is_buyers_own)
    body = {
        "success": sale_status.is_open,
        "id_transaccion": sale.order_id,
        "referencia": sale.id,
        "estado_pago": sale_status.public_state,
        "tipo_usuario": KIND_WORDS[access.kind],
        "usuario_hotspot": _credentials(access) if is_told else None,
        "producto": _product(sale),
        "cliente": {"nombre": sale.customer_name, "email": sale.customer_email},
        "timestamp": (sale.paid_at or sale.created_at).isoformat(),
        "auto_conexion": _connection(sale),
    }
    return body | _how_it_goes_on(sale_status)


def under_way(sale_status: SaleStatus) -> dict[str, Any]:
    """Tell of a sale that is not over: what to wait for, and where to ask."""
    sale = sale_status.sale
    return {
        "success": False,
        "id_transaccion": sale.order_id,
        "referencia": sale.id,
        "estado_pago": sale_status.public_state,
    } | _how_it_goes_on(sale_status)


def _how_it_goes_on(sale_status: SaleStatus) -> dict[str, Any]:
    sale = sale_status.sale
    part = part_sentence(sale) if sale.paid_at is None else None
    if sale_status.is_decided and sale.state not in UNFINISHED:
        return {"mensaje": part} if part else {}
    onward: dict[str, Any] = {
        "mensaje": part or VERIFYING,
        "consulta": f"/api/v1/payments/{sale.id}",
    }
    if sale.state in UNFINISHED:
        return onward | {"mensaje": ROUTER_AWAY if sale.state == SaleState.PAID else GIVING_BACK}
    if part is None and (action := required_action(sale)):
        return onward | {"mensaje": WAITING_FOR[action["tipo"]], "accion_requerida": action}
    return onward


def _credentials(access: Access) -> dict[str, Any]:
    return {"usuario": access.name, "contrasena": access.password}


def _product(sale: Sale) -> dict[str, Any]:
    return {
        "nombre": sale.plan_name,
        "precio": sale.amount / 100,
        "moneda": sale.currency,
        "perfil_mikrotik": sale.profile_name,
    }


def _connection(sale: Sale) -> dict[str, Any]:
    online = sale.session_id is not None
    body = {
        "estado": "conectado" if online else "no_conectado",
        "mac": sale.mac,
        "ip": sale.session_ip or sale.ip,
        "mensaje": CONNECTED if online else NOT_CONNECTED if sale.auto_connect else BY_HAND,
        "verificado": online,
    }
    return body | ({"session_id": sale.session_id} if online else {})
