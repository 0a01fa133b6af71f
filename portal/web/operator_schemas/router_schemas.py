"""Describe what is said and shown of a router and of its API keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from portal.models import DialIn, Router
from portal.models.router import Delivery
from portal.operators.api_keys import Minted, key_status
from portal.operators.lookup import ListPage
from portal.operators.online.router_state import RouterState, state_of, states_of
from portal.web import messages
from portal.web.fields import Choice, Flag, ListOf, StrictInteger, Text
from portal.web.operator_schemas.address_fields import HostField, LoginHost
from portal.web.operator_schemas.fields import Fingerprint, Translated
from portal.web.operator_schemas.pages import columns_of, page_schema
from portal.web.operator_schemas.secret_fields import MASK, RouterPassword
from portal.web.schemas import AdminSchema

TLS = {"ninguno": "none", "verificado": "verified", "huella": "pinned", "anonimo": "anonymous"}
API_SSL_PORT = 8729
LONGEST_GRACE_HOURS = 30 * 24
NEW = {
    "nombre": "Azotea",
    "host": "203.0.113.7",
    "puerto": 8729,
    "tls": "verificado",
    "usuario": "portal",
    "password": "la que puso en el router",
    "login_hosts": ["10.5.50.1"],
}
CHANGES = {"nombre": "Azotea norte", "ubicacion": "Segundo piso"}


class RouterStateAnswer(Schema):
    """Say how a router stands, as was heard of it last."""

    en_linea = fields.Boolean(
        attribute="is_online",
        required=True,
        allow_none=True,
        metadata={"description": "Nulo si nadie lo ha preguntado en los últimos minutos."},
    )
    version = fields.String(required=True, allow_none=True)
    ultimo_contacto = fields.DateTime(attribute="last_contact", required=True, allow_none=True)
    avisos = fields.List(fields.String(), attribute="warnings", required=True)


API_FIELDS = {"host": "host", "usuario": "username", "password": "password"}
# By RADIUS the router asks us, so that there need be no way to its API; by a tunnel it makes one.
API_RULE = {
    "anyOf": [
        {"properties": {"entrega": {"const": "radius"}}, "required": ["entrega"]},
        {"properties": {"tunel": {"enum": list(DialIn)}}, "required": ["tunel"]},
        {
            "properties": {"host": {"type": "string"}},
            "required": list(API_FIELDS),
        },
    ]
}


class RouterSchema(AdminSchema):
    """Describe a router."""

    documented: ClassVar[dict[str, Any]] = {
        "anyOf": [
            {"properties": {"tls": {"not": {"const": "huella"}}}},
            {"properties": {"tls_huella": {"type": "string"}}, "required": ["tls_huella"]},
        ]
    }
    documented_whole: ClassVar[dict[str, Any]] = {"allOf": [API_RULE]}

    id = fields.String(dump_only=True)
    empresa_id = fields.String(attribute="company_id", dump_only=True)
    nombre = Text(100, attribute="name", required=True)
    entrega = Choice(
        *Delivery,
        attribute="delivery",
        about=(
            "Cómo se atiende: `api`, si este servidor entra al router; `radius`, si el router "
            "pregunta a nuestro servidor RADIUS en cada entrada. Con `radius`, `host`, `usuario` y "
            "`password` son opcionales: sirven a lo que solo la API sabe hacer. `api` si no se "
            "indica; no cambia mientras haya accesos vigentes."
        ),
    )
    puerto_coa = StrictInteger(
        1,
        65535,
        attribute="coa_port",
        about="Donde el router escucha a RADIUS para desconectar (`/radius incoming`); 3799.",
    )
    host = HostField(blank=None, about="Obligatorio con `entrega: api`, salvo con `tunel`.")
    tunel = Choice(
        *DialIn,
        attribute="dial_in",
        blank=None,
        about=(
            "Para un router detrás de otro equipo o sin dirección pública: es él quien entra, por "
            "el túnel que su kit prepara. `wireguard` con la versión 7.1 o posterior del router, "
            "`l2tp` con la 6. `host` no se usa entonces, y `usuario` y `password` los pone el kit."
        ),
    )
    direccion_tunel = fields.String(
        attribute="tunnel_address",
        dump_only=True,
        allow_none=True,
        metadata={"description": "La dirección que el router tiene en el túnel, si entra por él."},
    )
    puerto = StrictInteger(1, 65535, attribute="port", load_default=8728)
    usuario = Text(100, attribute="username")
    password = RouterPassword()
    password_por_confirmar = fields.Boolean(
        attribute="is_password_withheld",
        dump_only=True,
        metadata={
            "description": "Se cambió `host`, `puerto`, `tls` o `tls_huella` sin enviar otra vez "
            "`password`: la guardada no se envía a la dirección nueva hasta que se escriba de "
            "nuevo, o el router reciba otro kit."
        },
    )
    ubicacion = Text(200, attribute="location", blank=None)
    tls = Translated(
        TLS,
        about=(
            "Al crear el router: `verificado` si el puerto es 8729, `ninguno` si es otro. "
            "`verificado`: cadena y nombre del certificado. `huella`: el certificado es el de "
            "`tls_huella`. `anonimo`: cifrado, pero sin saber con quién."
        ),
    )
    tls_huella = Fingerprint(attribute="tls_fingerprint", blank=None)
    login_hosts = ListOf(
        LoginHost(), 20, about="Hosts donde puede vivir la página de entrada del hotspot."
    )
    activo = Flag(attribute="active")
    estado = fields.Nested(RouterStateAnswer, attribute="state", dump_only=True)
    created_at = fields.DateTime(dump_only=True)
    updated_at = fields.DateTime(dump_only=True)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _need_api(self, data: dict[str, Any], original: Any, partial: Any, **_kw: Any) -> None:
        """Name all that is missing at once; what is there and wrong has been named already."""
        has_other_way = data.get("delivery") == Delivery.RADIUS or data.get("dial_in") is not None
        if partial or has_other_way or not isinstance(original, Mapping):
            return
        missing = [
            name
            for name, own in API_FIELDS.items()
            if data.get(own) is None and original.get(name) in (None, MASK)
        ]
        if missing:
            raise ValidationError({name: [str(messages.EVERY["required"])] for name in missing})

    @post_load
    def _encrypt(self, data: dict[str, Any], partial: Any, **_kw: Any) -> dict[str, Any]:
        """On the port of api-ssl nothing else is spoken."""
        if partial:
            return data
        return {"tls": "verified" if data["port"] == API_SSL_PORT else "none"} | data


class ApiKeyAnswer(Schema):
    """Describe a router's API key, without the key."""

    key_id = fields.String(attribute="id", required=True)
    issued_at = fields.DateTime(required=True)
    expires_at = fields.DateTime(required=True)
    revoked_at = fields.DateTime(required=True, allow_none=True)
    estado = fields.Function(lambda key: key_status(key).value, metadata={"type": "string"})


class MintedAnswer(Schema):
    """Describe a new API key, shown this once."""

    api_key = fields.String(attribute="token", required=True)
    api_key_info = fields.Nested(ApiKeyAnswer, attribute="key", required=True)


class NewRouterAnswer(RouterSchema):
    """Describe a new router, with its API key, shown this once."""

    api_key = fields.String(attribute="minted.token", dump_only=True)
    api_key_info = fields.Nested(ApiKeyAnswer, attribute="minted.key", dump_only=True)


class ApiKeyStatus(Schema):
    """Tell whether the router has a good key, and which was minted last."""

    router_id = fields.String(required=True)
    activa = fields.Boolean(required=True)
    api_key_info = fields.Nested(ApiKeyAnswer, required=True, allow_none=True)


class RegenerateBody(AdminSchema):
    horas_gracia = StrictInteger(
        0,
        LONGEST_GRACE_HOURS,
        alias="grace_hours",
        blank=None,
        about="Horas que la llave anterior sigue sirviendo; 0 la termina de inmediato.",
    )


class ToggleBody(AdminSchema):
    activo = Flag(blank=None, about="Sin este campo se invierte el estado actual.")


class ConnectionAnswer(Schema):
    """Describe what the router answered."""

    success = fields.Boolean(required=True)
    identidad = fields.String(attribute="identity", required=True)
    version = fields.String(required=True)
    modelo = fields.String(attribute="board", required=True)
    uptime_segundos = fields.Integer(attribute="uptime", required=True)


class ProfileAnswer(Schema):
    """Describe a hotspot user profile, in the router's own terms."""

    id = fields.String(required=True)
    nombre = fields.String(attribute="name", required=True)
    rate_limit = fields.String(required=True)
    shared_users = fields.String(required=True)
    session_timeout = fields.String(required=True)


RouterPage = page_schema("routers", RouterSchema)
ApiKeyPage = page_schema("api_keys", ApiKeyAnswer)
ProfilePage = page_schema("perfiles", ProfileAnswer)


def with_state(router: Router) -> dict[str, Any]:
    """Give a router as RouterSchema shows it."""
    return _shown(router, state_of(router))


def with_states(page: ListPage[Router]) -> ListPage[dict[str, Any]]:
    """Give a company's routers so."""
    states = states_of(page.rows)
    return ListPage(page.total, [_shown(router, states[router.id]) for router in page.rows])


def with_key(router: Router, minted: Minted) -> dict[str, Any]:
    """Give a new router as NewRouterAnswer shows it."""
    return {**with_state(router), "minted": minted}


def _shown(router: Router, state: RouterState) -> dict[str, Any]:
    withheld = router.is_password_withheld
    dials_in = router.dial_in is not None
    place = {
        "host": None if dials_in else router.host,
        "tunnel_address": router.host if dials_in else None,
    }
    return {**columns_of(router), **place, "is_password_withheld": withheld, "state": state}
