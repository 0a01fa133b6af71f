"""Name every address of the panel: who may enter it, and what stands in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from tests.support.tenants import Tenant

OWNER, CASHIER, ACTING, SUPER = "owner", "cashier", "acting super_admin", "super_admin"
OWNERS = frozenset((OWNER, ACTING))
STAFF = OWNERS | {CASHIER}
DEPLOYMENT = frozenset((ACTING, SUPER))
EVERYBODY = frozenset((OWNER, CASHIER, ACTING, SUPER))


@dataclass(frozen=True)
class PanelAddress:
    """Say who may enter, and with which fields a form is posted.

    `values`: what stands in the path, of the tenant's own, by the rule's names; `fresh`: the
    password is asked for again.
    """

    audience: frozenset[str]
    values: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    fresh: bool = False


OPEN = {
    ("GET", "/panel/entrar"),
    ("POST", "/panel/entrar"),
    ("POST", "/panel/idioma"),
    ("GET", "/panel/estilo-<digest>.css"),
}
# Whoever adds a page says here whose it is.
ADDRESSES = {
    ("GET", "/panel/mas"): PanelAddress(EVERYBODY),
    ("POST", "/panel/salir"): PanelAddress(EVERYBODY),
    ("GET", "/panel/confirmar"): PanelAddress(EVERYBODY),
    ("POST", "/panel/confirmar"): PanelAddress(EVERYBODY),
    ("GET", "/panel/empresas"): PanelAddress(DEPLOYMENT),
    ("POST", "/panel/empresas/actuar"): PanelAddress(DEPLOYMENT),
    ("GET", "/panel/"): PanelAddress(STAFF),
    ("POST", "/panel/avisos/<int:alert_id>/atendido"): PanelAddress(OWNERS),
    ("POST", "/panel/hoy/routers/<router_id>/revisar"): PanelAddress(STAFF),
    ("GET", "/panel/ventas"): PanelAddress(STAFF),
    ("GET", "/panel/ventas.csv"): PanelAddress(STAFF),
    ("GET", "/panel/ventas/<sale_id>"): PanelAddress(STAFF),
    ("GET", "/panel/ventas/<sale_id>/reembolso"): PanelAddress(OWNERS, fresh=True),
    ("POST", "/panel/ventas/<sale_id>/reembolso"): PanelAddress(
        OWNERS, fields={"motivo": "Prueba"}, fresh=True
    ),
    ("POST", "/panel/ventas/<sale_id>/seguir"): PanelAddress(OWNERS),
    ("POST", "/panel/ventas/<sale_id>/reintentar"): PanelAddress(STAFF),
    ("POST", "/panel/ventas/<sale_id>/entregar"): PanelAddress(STAFF),
    ("POST", "/panel/ventas/<sale_id>/recibo"): PanelAddress(STAFF),
    ("GET", "/panel/contabilidad"): PanelAddress(OWNERS),
    ("GET", "/panel/contabilidad/movimientos.csv"): PanelAddress(OWNERS),
}


def sale_of(tenant: Tenant) -> str:
    """The id of the sale that a tenant of these tests has."""
    return f"sal_{sha256(tenant.company_id.encode()).hexdigest()[:32]}"


def alert_of(tenant: Tenant) -> int:
    """The id of its alert."""
    return 10**6 + int(sha256(tenant.company_id.encode()).hexdigest()[:7], 16)


def path_of(rule: str, tenant: Tenant, values: dict[str, str]) -> str:
    """The rule's path, naming what is the tenant's."""
    known = {
        "<company_id>": tenant.company_id,
        "<router_id>": tenant.router_id,
        "<int:plan_id>": str(tenant.plan_ids[0]),
        "<sale_id>": sale_of(tenant),
        "<int:alert_id>": str(alert_of(tenant)),
    }
    for placeholder, value in {
        **known,
        **{f"<{name}>": text for name, text in values.items()},
    }.items():
        rule = rule.replace(placeholder, value)
    assert "<" not in rule, f"say what {rule} names"
    return rule
