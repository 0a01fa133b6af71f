"""Describe a router's kit, the link to it, and the check of its set-up."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from marshmallow import Schema, fields, post_load

from portal.hotspot.setup import Finding, State
from portal.operators.router_kit.kit import KitOptions
from portal.operators.router_kit.setup_check import missing
from portal.web.fields import Flag, ListOf, Text, patterns
from portal.web.operator_schemas.address_fields import OCTETS
from portal.web.schemas import AdminSchema

STATES = {
    State.OK: "listo",
    State.MISSING: "falta",
    State.UNKNOWN: "sin_saber",
    State.ADVICE: "consejo",
}
MOST_ADDRESSES = 10
EXAMPLE = {"hotspot": "hotspot1"}


class NetworkField(Text):
    """Read an IP address or a network, as `10.0.0.0/24`."""

    default_error_messages = {"network": "debe ser una dirección o una red IP"}  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(49, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        try:
            return str(ip_network(text, strict=False))
        except ValueError:
            raise self.make_error("network") from None

    def documented(self) -> dict[str, Any]:
        """Say how both are written."""
        ipv4 = patterns.whole(f"{OCTETS}(?:/(?:{patterns.integers(0, 32)}))?")
        return {"anyOf": [{"pattern": ipv4}, {"format": "ipv6"}], "example": "203.0.113.7"}


class HotspotQuery(AdminSchema):
    """Read which hotspot is meant, where a router has several."""

    hotspot = Text(100, blank=None, about="El hotspot, si no son todos los del router.")


class KitBody(HotspotQuery):
    """Read what may be said of a kit."""

    desde = ListOf(
        NetworkField(),
        MOST_ADDRESSES,
        load_default=(),
        about=(
            "Direcciones o redes con las que este servidor llega al router; de ellas entrará el "
            "usuario de la API. Si no se dicen, se averiguan."
        ),
    )
    certificado = Text(
        100, blank=None, about="Certificado del router para api-ssl; si no, el guion crea uno."
    )
    reemplazar_compartidas = Flag(
        load_default=False,
        about="El guion reemplaza también las páginas que otro hotspot toma de la misma carpeta.",
    )

    @post_load
    def _options(self, data: dict[str, Any], **_kw: Any) -> KitOptions:
        return KitOptions(
            allowed_from=tuple(data["desde"]),
            server=data["hotspot"],
            certificate=data["certificado"],
            replace_shared=data["reemplazar_compartidas"],
        )


class KitLinkAnswer(Schema):
    """Describe a link that was just made, shown this once."""

    url = fields.String(required=True)
    comando = fields.String(
        attribute="command",
        required=True,
        metadata={"description": "La línea para pegar en la terminal del router."},
    )
    vence = fields.DateTime(attribute="expires_at", required=True)


class PointAnswer(Schema):
    """Describe a point of the set-up."""

    punto = fields.String(attribute="name", required=True)
    estado = fields.Function(
        lambda finding: STATES[finding.state],
        metadata={
            "type": "string",
            "enum": list(STATES.values()),
            "description": "`consejo`: funciona así y puede mejorar. `sin_saber`: el router no "
            "deja leerlo.",
        },
    )
    detalle = fields.String(attribute="found", required=True)
    arreglo = fields.String(
        attribute="mend",
        required=True,
        metadata={
            "description": "La línea para la terminal del router, si hay una que lo arregla."
        },
    )


class CheckAnswer(Schema):
    """Describe how the set-up of a router stands."""

    listo = fields.Boolean(required=True)
    faltan = fields.Integer(required=True)
    puntos = fields.List(fields.Nested(PointAnswer), required=True)


def check_answer(findings: list[Finding]) -> dict[str, Any]:
    """Give the findings as CheckAnswer shows them."""
    count = missing(findings)
    return {"listo": count == 0, "faltan": count, "puntos": findings}
