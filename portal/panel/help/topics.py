"""List what the help tells, and which section's question mark leads to which of it."""

from __future__ import annotations

from dataclasses import dataclass

from portal.core.i18n import SPANISH, gettext, language


@dataclass(frozen=True)
class Topic:
    """Name a page of the help; `sections` are the paths of those whose question mark leads here."""

    slug: str
    label: str
    sections: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Give its name in the language of the request."""
        return gettext(self.label)

    @property
    def template(self) -> str:
        """Name what tells it in the language of the request."""
        folder = "help" if language() == SPANISH else f"help/{language()}"
        return f"{folder}/{self.slug}"


# In the order in which a new owner needs them.
TOPICS = (
    Topic("conectar-un-router", "Conectar un router", ("/panel/routers",)),
    Topic("cambiar-de-precio", "Crear un plan o cambiar su precio", ("/panel/planes",)),
    Topic("datos-del-negocio", "Lo que el cliente lee antes de pagar", ("/panel/empresa",)),
    Topic("cambiar-las-llaves", "Cambiar las llaves de pago", ("/panel/empresa/llaves",)),
    Topic("pague-y-no-tengo-internet", "«Pagué y no tengo Internet»", ("/panel/por-que",)),
    Topic(
        "desconectar-o-regalar",
        "Desconectar a alguien o regalarle tiempo",
        ("/panel/en-linea", "/panel/accesos"),
    ),
    Topic("vender-un-codigo", "Vender un código", ("/panel/fichas",)),
    Topic("imprimir-fichas", "Imprimir fichas", ("/panel/fichas/lotes",)),
    Topic("devolver-un-pago", "Devolver un pago", ("/panel/ventas",)),
    Topic("corte-de-caja", "Corte de caja", ("/panel/contabilidad", "/panel/")),
    Topic(
        "dar-de-alta-a-un-cajero",
        "Dar de alta a un cajero",
        ("/panel/personas", "/panel/sesiones", "/panel/historial"),
    ),
    Topic("avisos-por-telegram", "Avisos por Telegram", ("/panel/alertas",)),
    Topic("se-fue-la-luz", "Se fue la luz o el Internet"),
    Topic("olvide-mi-contrasena", "Olvidé mi contraseña", ("/panel/mi-cuenta",)),
)
BY_SLUG = {topic.slug: topic for topic in TOPICS}


def topic_for(path: str) -> Topic | None:
    """Find the page that helps at a page of the panel: that of the longest path above it."""
    found = [
        (section, topic)
        for topic in TOPICS
        for section in topic.sections
        if path == section or path.startswith(f"{section}/")
    ]
    return max(found, key=lambda pair: len(pair[0]))[1] if found else None
