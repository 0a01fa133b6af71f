"""Say a length of time in Spanish words."""

from __future__ import annotations

_UNITS = (
    (604_800, "semana", "semanas"),
    (86_400, "día", "días"),
    (3_600, "hora", "horas"),
    (60, "minuto", "minutos"),
    (1, "segundo", "segundos"),
)


def span(seconds: int) -> str:
    """Give seconds as `1 semana` or `2 horas 30 minutos`: its two largest units at most."""
    words = []
    for size, one, many in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            words.append(f"{count} {one if count == 1 else many}")
    return " ".join(words[:2]) or "0 segundos"
