"""Read a plan as people write one: so many hours, so many gigabytes, a line for each detail."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from portal.models import Plan
from portal.web.fields import Choice, StrictInteger, Text, pesos
from portal.web.operator_schemas.product_schemas import (
    LARGEST_MEGABYTES,
    LONGEST_MINUTES,
    ProductSchema,
)
from portal.web.schemas import AdminSchema
from portal.web.words import DURATION_WORDS, MEGABYTE, MINUTE

HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE
TIMES = {"minutos": MINUTE, "horas": HOUR, "dias": DAY}
SIZES = {"MB": MEGABYTE, "GB": 1024 * MEGABYTE}
MOST_DETAILS, LONGEST_DETAIL = 20, 200
NO_LIMIT = "Ponga cuánto dura o cuántos datos da, o marque que no tiene límite."
BOTH = "Si no tiene límite, deje vacíos la duración y los datos."
TOO_LONG = "Es demasiado: diez años como máximo."
TOO_MUCH = "Son demasiados datos."
PROFILE_MISSING = "Elija el perfil del router, o escriba el nombre de uno nuevo."
DETAILS_WRONG = "Escriba 20 líneas como máximo, de 200 caracteres cada una."


class DetailLines(Text):
    """Read a detail a line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(10_000, lines=True, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kw)
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        if len(lines) > MOST_DETAILS or any(len(line) > LONGEST_DETAIL for line in lines):
            raise ValidationError(DETAILS_WRONG)
        return [{"texto": line} for line in lines]


class PlanForm(ProductSchema):
    """Describe a plan as the panel's form has it; what it means is what the API's would."""

    class Meta(AdminSchema.Meta):
        exclude = (
            *("duracion_minutos", "limite_datos_mb", "imagen_url", "orden", "detalles"),
            *("perfil_mikrotik_id", "perfil_mikrotik_nombre"),
        )

    documented: ClassVar[dict[str, Any]] = {}
    documented_whole: ClassVar[dict[str, Any]] = {}

    duracion = StrictInteger(1, LONGEST_MINUTES, blank=None)
    unidad_duracion = Choice(*TIMES, load_default="horas")
    datos = StrictInteger(1, LARGEST_MEGABYTES, blank=None)
    unidad_datos = Choice(*SIZES, load_default="GB")
    lineas = DetailLines(blank=None)
    perfil = Text(100, blank=None)
    perfil_nuevo = Text(100, blank=None)

    @validates_schema
    def _check(self, data: dict[str, Any], **_kw: Any) -> None:
        wrong = {name: [said] for name, said in _complaints(data)}
        if wrong:
            raise ValidationError(wrong)

    @post_load
    def _mean(self, data: dict[str, Any], **_kw: Any) -> dict[str, Any]:
        return meant(data)


def meant(data: dict[str, Any]) -> dict[str, Any]:
    """Give what was typed by the record's names: seconds, bytes, one profile."""
    own = dict(data)
    seconds = _times(own, "duracion", "unidad_duracion", TIMES)
    limit = _times(own, "datos", "unidad_datos", SIZES)
    chosen, new = own.pop("perfil", None), own.pop("perfil_nuevo", None)
    since = own.pop("duration_from", None)
    return own | {
        "duration_seconds": seconds,
        "duration_from": (since or "purchase") if seconds else None,
        "data_limit": limit,
        "profile_name": new or chosen,
        "details": own.pop("lineas", None) or [],
    }


def typed_of(plan: Plan) -> dict[str, Any]:
    """Give what stands in the form of a plan."""
    seconds, limit = plan.duration_seconds, plan.data_limit
    time, size = _largest(seconds, TIMES), _largest(limit, SIZES)
    return {
        "nombre_venta": plan.name,
        "precio": pesos(plan.amount),
        "moneda": plan.currency,
        "descripcion": plan.description,
        "lineas": "\n".join(str(detail.get("texto", "")) for detail in plan.details),
        "router_id": plan.router_id or "",
        "perfil": plan.profile_name,
        "duracion": seconds and seconds // TIMES[time],
        "unidad_duracion": time,
        "duracion_desde": DURATION_WORDS.get(plan.duration_from or "purchase"),
        "datos": limit and limit // SIZES[size],
        "unidad_datos": size,
        "ilimitado": plan.is_unlimited,
        "dispositivos_max": plan.max_devices,
        "velocidad": plan.speed,
        "todas_las_sucursales": plan.all_sites,
        "activo": plan.active,
        "destacado": plan.featured,
    }


NEW: dict[str, Any] = {
    "moneda": "MXN",
    "unidad_duracion": "horas",
    "unidad_datos": "GB",
    "activo": True,
}


def _complaints(data: dict[str, Any]) -> list[tuple[str, str]]:
    said = []
    time, size = data.get("duracion"), data.get("datos")
    if not (time or size or data.get("unlimited")):
        said.append(("ilimitado", NO_LIMIT))
    if (time or size) and data.get("unlimited"):
        said.append(("ilimitado", BOTH))
    if time and time * TIMES[data["unidad_duracion"]] > LONGEST_MINUTES * MINUTE:
        said.append(("duracion", TOO_LONG))
    if size and size * SIZES[data["unidad_datos"]] > LARGEST_MEGABYTES * MEGABYTE:
        said.append(("datos", TOO_MUCH))
    if not (data.get("perfil") or data.get("perfil_nuevo")):
        said.append(("perfil", PROFILE_MISSING))
    return said


def _times(data: dict[str, Any], name: str, unit: str, units: dict[str, int]) -> int | None:
    number, factor = data.pop(name, None), units[data.pop(unit, next(iter(units)))]
    return number * factor if number else None


def _largest(number: int | None, units: dict[str, int]) -> str:
    """The largest unit in which it is whole; that which people write most where there is none."""
    if not number:
        return list(units)[1]
    return next((name for name in reversed(units) if number % units[name] == 0), next(iter(units)))


SCHEMA: Schema = PlanForm()
FIELDS: dict[str, fields.Field[Any]] = SCHEMA.load_fields
