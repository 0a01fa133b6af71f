"""Put in words what is left of an access, as its own visitor reads it."""

from __future__ import annotations

from datetime import tzinfo

from portal.access.usage import bytes_left, seconds_left
from portal.core.formatting import data, duration, time_left, until
from portal.core.i18n import gettext
from portal.models import Access, utc_now


def remaining(access: Access, time_zone: tzinfo) -> list[str]:
    """List what is left, a line each; until when in the zone (`America/Mexico_City`)."""
    lines = [_until(access, time_zone), _time(access), _data(access)]
    return [line for line in lines if line]


def _until(access: Access, time_zone: tzinfo) -> str | None:
    if access.expires_at is None:
        return None
    shown = {"until": until(access.expires_at, time_zone, utc_now())}
    return gettext("Tienes Internet %(until)s.") % shown


def _time(access: Access) -> str:
    left = seconds_left(access)
    if left is not None:
        return gettext("Tiempo que te queda: %(time)s.") % {"time": time_left(left)}
    if access.duration_seconds is None:
        return gettext("Sin límite de tiempo.")
    shown = {"time": duration(access.duration_seconds)}
    return gettext("Tu tiempo empieza cuando te conectas: %(time)s.") % shown


def _data(access: Access) -> str | None:
    left = bytes_left(access)
    if left is None:
        return None
    return gettext("Datos que te quedan: %(size)s.") % {"size": data(left) if left else "0 MB"}
