"""Name Mexico's time zones as people know them."""

from __future__ import annotations

from portal.core.i18n import gettext


def zone_choices(current: str) -> list[tuple[str, str]]:
    """List them by where they hold, the most people's first; the current one in any case."""
    zones = [
        ("America/Mexico_City", gettext("Centro: Ciudad de México y la mayor parte del país")),
        ("America/Monterrey", gettext("Nuevo León, Coahuila y Durango")),
        ("America/Merida", gettext("Yucatán, Campeche y Tabasco")),
        ("America/Cancun", gettext("Quintana Roo")),
        ("America/Chihuahua", gettext("Chihuahua")),
        ("America/Ciudad_Juarez", gettext("Ciudad Juárez y su frontera")),
        ("America/Ojinaga", gettext("Ojinaga")),
        ("America/Matamoros", gettext("Frontera de Coahuila, Nuevo León y Tamaulipas")),
        ("America/Mazatlan", gettext("Sinaloa, Nayarit y Baja California Sur")),
        ("America/Bahia_Banderas", gettext("Bahía de Banderas")),
        ("America/Hermosillo", gettext("Sonora")),
        ("America/Tijuana", gettext("Baja California")),
    ]
    known = current in dict(zones)
    return zones if known or not current else [(current, current), *zones]
