"""List the panel's sections, in the order in which people look for them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from portal.core.i18n import gettext
from portal.panel.audience import ANYBODY_LOGGED_IN, BEGINNERS, DEPLOYMENT, OWNERS, STAFF, Audience


@dataclass(frozen=True)
class Section:
    """Name a section; `in_bar`: it stands in the bar at the bottom of a phone's screen."""

    endpoint: str
    label: str
    audience: Audience
    in_bar: bool = False

    @property
    def title(self) -> str:
        """Give its name in the language of the request."""
        return gettext(self.label)

    @property
    def is_here(self) -> bool:
        """Tell whether the page at hand belongs to it."""
        return request.endpoint == self.endpoint


SECTIONS = (
    Section("panel.today", "Hoy", STAFF, in_bar=True),
    Section("panel.sales", "Ventas", STAFF, in_bar=True),
    Section("panel.voucher_sale", "Fichas", STAFF, in_bar=True),
    Section("panel.online", "En línea", STAFF, in_bar=True),
    Section("panel.menu", "Más", ANYBODY_LOGGED_IN, in_bar=True),
    Section("panel.first_steps", "Primeros pasos", BEGINNERS),
    Section("panel.why", "¿Por qué no tiene Internet?", STAFF),
    Section("panel.plan_list", "Planes", OWNERS),
    Section("panel.router_list", "Routers", STAFF),
    Section("panel.accounting", "Contabilidad", OWNERS),
    Section("panel.alert_list", "Alertas", OWNERS),
    Section("panel.company_details", "Empresa", OWNERS),
    Section("panel.staff_list", "Personas", OWNERS),
    Section("panel.history_list", "Historial", OWNERS),
    Section("panel.company_list", "Empresas", DEPLOYMENT),
    Section("panel.deployment_history", "Historial de la instalación", DEPLOYMENT),
    Section("panel.account", "Mi cuenta", ANYBODY_LOGGED_IN),
    Section("panel.help_list", "Ayuda", ANYBODY_LOGGED_IN),
)


def sections_for(role: str, *, has_company: bool) -> list[Section]:
    """List the sections that somebody of this role may enter."""
    return [
        section
        for section in SECTIONS
        if section.audience.admits(role) and (has_company or not section.audience.for_company)
    ]
