"""Say to people what stands in the trail: actions as sentences, and fields by the contract's names.

What is not named here is shown as it was recorded, so that a new action is never left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from portal.core.i18n import gettext
from portal.operators.audit import AuditAction
from portal.operators.trail.verification import Break, ChainState

ACTIONS: Mapping[str, str] = {
    AuditAction.ACCESS_CONNECT: "Pidió conectar un aparato con un acceso",
    AuditAction.ACCESS_COURTESY: "Regaló tiempo o datos",
    AuditAction.ACCESS_DELIVER: "Entregó otra vez un acceso",
    AuditAction.ACCESS_DISCONNECT: "Pidió desconectar un aparato",
    AuditAction.ACCESS_ENABLE: "Activó un acceso desactivado en el router",
    AuditAction.ACCESS_FREE: "Liberó un código para otro aparato",
    AuditAction.ALERT_RESOLVE: "Dio por resuelto un aviso",
    AuditAction.API_KEY_REVOKE: "Revocó una llave de un router",
    AuditAction.API_KEY_ROTATE: "Cambió la llave de un router",
    AuditAction.COMPANY_ACT_FOR: "Actuó por la empresa",
    AuditAction.COMPANY_CREATE: "Dio de alta la empresa",
    AuditAction.COMPANY_LOGO: "Cambió el logotipo",
    AuditAction.COMPANY_UPDATE: "Cambió los datos de la empresa",
    AuditAction.GATEWAY_ACCOUNT_PROBE: "Probó las llaves de la pasarela",
    AuditAction.GATEWAY_ACCOUNT_SET_KEYS: "Cambió las llaves de la pasarela",
    AuditAction.INVOICING_SET: "Cambió si se ofrecen facturas",
    AuditAction.PLAN_CREATE: "Creó un plan",
    AuditAction.PLAN_PICTURE: "Cambió la imagen de un plan",
    AuditAction.PLAN_UPDATE: "Cambió un plan",
    AuditAction.ROUTER_ACTIVATE: "Reanudó las ventas de un router",
    AuditAction.ROUTER_CREATE: "Dio de alta un router",
    AuditAction.ROUTER_ADD_PROFILE: "Creó un perfil en un router",
    AuditAction.ROUTER_DEACTIVATE: "Pausó las ventas de un router",
    AuditAction.ROUTER_DELETE: "Eliminó un router",
    AuditAction.ROUTER_KIT: "Descargó los archivos de un router",
    AuditAction.ROUTER_KIT_FETCH: "Un router tomó sus archivos por un enlace",
    AuditAction.ROUTER_KIT_LINK: "Hizo un enlace a los archivos de un router",
    AuditAction.ROUTER_OUTAGE: "Declaró una interrupción",
    AuditAction.ROUTER_RESTORE: "Restauró un router",
    AuditAction.ROUTER_TUNNEL_KEY: "Registró la llave del túnel de un router",
    AuditAction.ROUTER_UPDATE: "Cambió un router",
    AuditAction.SALE_DELIVER: "Entregó otra vez una venta",
    AuditAction.SALE_RECEIPT: "Pidió enviar otra vez un recibo",
    AuditAction.SALE_REFUND: "Pidió devolver una venta",
    AuditAction.SALE_RETURN: "Registró una devolución hecha a mano",
    AuditAction.SALE_REFRESH: "Pidió preguntar a la pasarela por una venta",
    AuditAction.SALE_RETRY: "Siguió con una venta pendiente",
    AuditAction.SALE_UNPARK: "Puso en marcha una venta detenida",
    AuditAction.SESSION_END: "Cerró una sesión",
    AuditAction.USER_ASK_EMAIL: "Pidió cambiar su correo",
    AuditAction.USER_ACTIVATE: "Dejó entrar de nuevo a una persona",
    AuditAction.USER_CHANGE_PASSWORD: "Cambió su contraseña",
    AuditAction.USER_CREATE: "Dio de alta a una persona",
    AuditAction.USER_DEACTIVATE: "Cerró el paso a una persona",
    AuditAction.USER_RECOVERY_CODES: "Pidió otros códigos de recuperación",
    AuditAction.USER_RESET_PASSWORD: "Restableció una contraseña",
    AuditAction.USER_TOTP_OFF: "Desactivó la verificación en dos pasos",
    AuditAction.USER_TOTP_ON: "Activó la verificación en dos pasos",
    AuditAction.USER_UPDATE: "Cambió los datos de una persona",
    AuditAction.VOUCHER_BATCH: "Hizo un lote de fichas",
    AuditAction.VOUCHER_BATCH_VOID: "Anuló un lote de fichas",
    AuditAction.VOUCHER_HAND_OVER: "Recibió dinero de un vendedor",
    AuditAction.VOUCHER_IMPORT: "Tomó fichas de un router",
    AuditAction.VOUCHER_IMPORT_UNDO: "Deshizo una importación de fichas",
    AuditAction.VOUCHER_SELL: "Vendió una ficha",
    AuditAction.VOUCHER_VOID: "Anuló una ficha",
    AuditAction.WEBHOOKS_REGISTER: "Registró los avisos de la pasarela",
}
FIELDS: Mapping[str, str] = {
    "active": "activo",
    "all_sites": "todas_las_sucursales",
    "address": "domicilio",
    "amount": "precio",
    "cash_minimum": "monto_minimo_efectivo",
    "coa_port": "puerto_coa",
    "complaints": "quejas",
    "contact_email": "contacto_email",
    "contact_phone": "contacto_telefono",
    "currency": "moneda",
    "data_limit": "limite_datos_bytes",
    "delivery": "entrega",
    "description": "descripcion",
    "details": "detalles",
    "dial_in": "tunel",
    "duration_from": "duracion_desde",
    "duration_seconds": "duracion_segundos",
    "expires_at": "vence",
    "featured": "destacado",
    "image_url": "imagen_url",
    "hours_to_pay": "horas_para_pagar",
    "issued_at": "emitida",
    "keep_personal_days": "dias_datos_personales",
    "legal_name": "razon_social",
    "location": "ubicacion",
    "max_devices": "dispositivos_max",
    "mode": "modo",
    "name": "nombre",
    "parked_reason": "motivo_atencion",
    "passes_per_device": "pases_por_equipo_dia",
    "passes_per_router": "pases_por_router_hora",
    "payment_methods": "metodos_pago",
    "pin_digits": "pin_digitos",
    "port": "puerto",
    "portal_credentials": "tipo_usuario_portal",
    "position": "orden",
    "privacy_notice": "aviso_privacidad",
    "private_key": "llave_privada",
    "profile_id": "perfil_mikrotik_id",
    "profile_name": "perfil_mikrotik_nombre",
    "public_key": "llave_publica",
    "refund_after_minutes": "minutos_para_reembolso",
    "refund_policy": "devoluciones",
    "refused_at": "rechazada_desde",
    "resolved_at": "resuelto",
    "revoked_at": "revocada",
    "role": "rol",
    "speed": "velocidad",
    "state": "estado",
    "telegram_notifications": "notificaciones_telegram",
    "terms": "terminos",
    "time_zone": "zona_horaria",
    "tls_fingerprint": "tls_huella",
    "username": "usuario",
    "vat_rate": "tasa_iva",
    "preferred": "preferida",
    "webhook_public_key": "llave_de_avisos",
    "webhook_secret": "clave_de_avisos",
}
# What the first part of an action is about.
KINDS: Mapping[str, str] = {
    "sale": "Ventas",
    "voucher": "Fichas",
    "plan": "Planes",
    "router": "Routers",
    "api_key": "Llaves de routers",
    "company": "Empresa",
    "gateway_account": "Llaves de la pasarela",
    "user": "Personas",
    "session": "Sesiones",
    "alert": "Avisos",
}
CENTAVOS = ("amount", "cash_minimum")


def about(action: str) -> str:
    """Say what was done, in Spanish; panel pages translate it."""
    return ACTIONS.get(action, action)


BROKEN = {
    Break.MISSING: "falta la entrada {}.",
    Break.ALTERED: "la entrada {} no es la que se escribió.",
    Break.CUT_OFF: "faltan las últimas: la entrada {} y las que la siguen.",
    Break.SURPLUS: "hay más entradas que las que se escribieron, o se perdió su final.",
}
BEFORE_IT = "Las {} anteriores están bien."


def chain_fault(state: ChainState) -> str | None:
    """Say where a chain breaks, in the language of the request; None where it is whole."""
    if state.broken is None:
        return None
    said = gettext(BROKEN[state.broken]).format(state.entries + 1)
    return f"{said} {gettext(BEFORE_IT).format(state.entries)}"


def told(side: Mapping[str, Any] | None) -> dict[str, Any]:
    """Give what was before or is after by the contract's names, amounts in pesos: `"20.00"`."""
    return {label(name): amount_or_same(name, value) for name, value in (side or {}).items()}


def label(name: str) -> str:
    """Give the contract's name of a field; of a part (`alerts.email.target`) as it is."""
    return FIELDS.get(name, name)


def amount_or_same(name: str, value: Any) -> Any:
    """Write an amount in pesos, as `"20.00"`; give anything else as it is."""
    if name in CENTAVOS and isinstance(value, int):
        return f"{Decimal(value) / 100:.2f}"
    return value
