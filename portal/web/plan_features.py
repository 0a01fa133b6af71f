"""Put in words what a plan gives: time, data, speed, devices."""

from __future__ import annotations

from portal.core.formatting import data, duration
from portal.core.i18n import gettext, ngettext
from portal.models import Plan


def features(plan: Plan) -> list[str]:
    """List what a plan gives, a line each, the operator's own words last."""
    lines = [_time(plan), _data(plan), plan.speed, _devices(plan), _sites(plan)]
    lines += [str(detail.get("texto", "")) for detail in plan.details]
    return [line for line in lines if line]


def _time(plan: Plan) -> str:
    if plan.duration_seconds is None:
        return gettext("Sin límite de tiempo")
    shown = {"time": duration(plan.duration_seconds)}
    if plan.duration_from == "first_use":
        return gettext("%(time)s desde que te conectas") % shown
    if plan.duration_from == "connected":
        return gettext("%(time)s de conexión: solo cuenta cuando lo usas") % shown
    return gettext("%(time)s desde que pagas") % shown


def _data(plan: Plan) -> str:
    if plan.data_limit is None:
        return gettext("Datos sin límite")
    return gettext("%(size)s de datos") % {"size": data(plan.data_limit)}


def _sites(plan: Plan) -> str | None:
    return gettext("Vale en todas las sucursales") if plan.all_sites else None


def _devices(plan: Plan) -> str | None:
    if plan.max_devices is None:
        return None
    number = plan.max_devices
    return ngettext("%(num)d dispositivo", "%(num)d dispositivos", number) % {"num": number}
