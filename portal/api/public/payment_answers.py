"""How a sale is told to a custom portal, in the contract's words."""

from __future__ import annotations

from typing import Any

from portal.core.errors import PaymentDeclined
from portal.models import Access, Sale
from portal.models.sale_states import SaleState
from portal.sales.status import PublicState, SaleStatus

KINDS = {"usuario_contrasena": "user_password", "pin": "pin"}
WORDS = {kind: word for word, kind in KINDS.items()}

CONNECTED = "¡Conexión establecida con éxito! Disfrute de Internet sin límites"
BY_HAND = "Favor de ingresar sus credenciales para conectar a Internet"
NOT_CONNECTED = "No se pudo conectar automáticamente. Use las credenciales para conectar a Internet"
VERIFYING = (
    "Su pago se está verificando. No pague otra vez: en cuanto se confirme, su acceso se activa."
)
CONFIRM_WITH_BANK = (
    "Su banco pide confirmar el pago. Siga el enlace para terminar; no pague otra vez."
)
ROUTER_AWAY = (
    "Su pago fue recibido; su acceso se activa en cuanto el router responda. No pague otra vez."
)
NOT_COMPLETED = "El pago no se completó. No se realizó ningún cargo."


def answer(sale_status: SaleStatus, *, has_code: bool = False) -> tuple[dict[str, Any], int]:
    """What `pagar-conekta` answers for a sale that stands so. Raises PaymentDeclined.

    `has_code`: whoever asks has proved the code of the access that they add to.
    """
    state = sale_status.public_state
    if state == PublicState.DECLINED:
        raise PaymentDeclined(sale_status.sale.buyer_message)
    if state == PublicState.CANCELED:
        raise PaymentDeclined(NOT_COMPLETED)
    if state == PublicState.PENDING or sale_status.sale.state == SaleState.PAID:
        return under_way(sale_status), 202
    return payment(sale_status, has_code=has_code), 200


def payment(sale_status: SaleStatus, *, has_code: bool = False) -> dict[str, Any]:
    """The whole of a sale. Credentials stand in it only while they work.

    Who adds to an access learns them only where they had them before: `has_code`.
    """
    sale, access = sale_status.sale, sale_status.access
    is_told = sale_status.is_open and (has_code or sale_status.is_buyers_own)
    body = {
        "success": sale_status.is_open,
        "id_transaccion": sale.order_id,
        "referencia": sale.id,
        "estado_pago": sale_status.public_state,
        "tipo_usuario": WORDS[access.kind],
        "usuario_hotspot": _credentials(access) if is_told else None,
        "producto": _product(sale),
        "cliente": {"nombre": sale.customer_name, "email": sale.customer_email},
        "timestamp": (sale.paid_at or sale.created_at).isoformat(),
        "auto_conexion": _connection(sale),
    }
    return body | _how_it_goes_on(sale_status)


def under_way(sale_status: SaleStatus) -> dict[str, Any]:
    """A sale that is not over: what to wait for, and where to ask."""
    sale = sale_status.sale
    return {
        "success": False,
        "id_transaccion": sale.order_id,
        "referencia": sale.id,
        "estado_pago": sale_status.public_state,
    } | _how_it_goes_on(sale_status)


def _how_it_goes_on(sale_status: SaleStatus) -> dict[str, Any]:
    sale = sale_status.sale
    if sale_status.is_decided and sale.state != SaleState.PAID:
        return {}
    onward: dict[str, Any] = {
        "mensaje": _waiting_for(sale),
        "consulta": f"/api/v1/payments/{sale.id}",
    }
    if sale.state == SaleState.PENDING and sale.action_url:
        onward["accion_requerida"] = {"tipo": "redireccion", "url": sale.action_url}
    return onward


def _waiting_for(sale: Sale) -> str:
    if sale.state == SaleState.PAID:
        return ROUTER_AWAY
    return CONFIRM_WITH_BANK if sale.state == SaleState.PENDING and sale.action_url else VERIFYING


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
