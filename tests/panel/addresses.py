"""Name every address of the panel: who may enter it, and what stands in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from portal.web.spreadsheets.download import EITHER
from tests.support.tenants import Tenant

OWNER, CASHIER, ACTING, SUPER = "owner", "cashier", "acting super_admin", "super_admin"
OWNERS = frozenset((OWNER, ACTING))
STAFF = OWNERS | {CASHIER}
BEGINNERS = frozenset((OWNER, ACTING, SUPER))
DEPLOYMENT = frozenset((ACTING, SUPER))
# Tables, of which the other kind is called by tests of its own.
XLSX = {EITHER[1:-1]: "xlsx"}
EVERYBODY = frozenset((OWNER, CASHIER, ACTING, SUPER))


@dataclass(frozen=True)
class PanelAddress:
    """Say who may enter, and with which fields a form is posted.

    `values`: what stands in the path, of the tenant's own, by the rule's names; `fresh`: the
    password is asked for again; `is_nobodys`: what stands in the path is no company's.
    """

    audience: frozenset[str]
    values: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    fresh: bool = False
    is_nobodys: bool = False


OPEN = {
    ("GET", "/panel/entrar"),
    ("POST", "/panel/entrar"),
    ("POST", "/panel/idioma"),
    ("GET", "/panel/inicio"),
    ("POST", "/panel/inicio"),
    ("GET", "/panel/estilo-<digest>.css"),
    ("GET", "/panel/olvide"),
    ("POST", "/panel/olvide"),
    ("GET", "/panel/olvide/nueva"),
    ("POST", "/panel/olvide/nueva"),
    ("GET", "/panel/correo/confirmar"),
    ("POST", "/panel/correo/confirmar"),
}
# Whoever adds a page says here whose it is.
ADDRESSES = {
    ("GET", "/panel/mas"): PanelAddress(EVERYBODY),
    ("POST", "/panel/salir"): PanelAddress(EVERYBODY),
    ("GET", "/panel/confirmar"): PanelAddress(EVERYBODY),
    ("POST", "/panel/confirmar"): PanelAddress(EVERYBODY),
    ("GET", "/panel/pasos"): PanelAddress(BEGINNERS),
    ("GET", "/panel/pasos/empresa"): PanelAddress(BEGINNERS),
    ("POST", "/panel/pasos/empresa"): PanelAddress(BEGINNERS),
    ("GET", "/panel/pasos/llaves"): PanelAddress(OWNERS, fresh=True),
    ("POST", "/panel/pasos/llaves"): PanelAddress(OWNERS, fresh=True),
    ("GET", "/panel/pasos/planes"): PanelAddress(OWNERS),
    ("POST", "/panel/pasos/planes"): PanelAddress(OWNERS),
    ("GET", "/panel/pasos/venta"): PanelAddress(OWNERS),
    ("GET", "/panel/routers"): PanelAddress(STAFF),
    ("GET", "/panel/routers/nuevo"): PanelAddress(OWNERS),
    ("POST", "/panel/routers/nuevo"): PanelAddress(OWNERS),
    ("GET", "/panel/routers/<router_id>"): PanelAddress(STAFF),
    ("POST", "/panel/routers/<router_id>/pausa"): PanelAddress(OWNERS),
    ("GET", "/panel/routers/<router_id>/conectar"): PanelAddress(OWNERS),
    ("POST", "/panel/routers/<router_id>/conectar"): PanelAddress(OWNERS),
    ("GET", "/panel/routers/<router_id>/certificado"): PanelAddress(OWNERS, fresh=True),
    ("POST", "/panel/routers/<router_id>/certificado"): PanelAddress(OWNERS, fresh=True),
    ("GET", "/panel/routers/<router_id>/kit"): PanelAddress(OWNERS, fresh=True),
    ("POST", "/panel/routers/<router_id>/kit"): PanelAddress(OWNERS, fresh=True),
    ("GET", "/panel/routers/<router_id>/editar"): PanelAddress(OWNERS, fresh=True),
    ("POST", "/panel/routers/<router_id>/editar"): PanelAddress(OWNERS, fresh=True),
    ("GET", "/panel/routers/<router_id>/llaves"): PanelAddress(OWNERS, fresh=True),
    ("POST", "/panel/routers/<router_id>/llaves"): PanelAddress(OWNERS, fresh=True),
    ("GET", "/panel/routers/<router_id>/interrupcion"): PanelAddress(OWNERS),
    ("POST", "/panel/routers/<router_id>/interrupcion"): PanelAddress(OWNERS),
    ("GET", "/panel/routers/<router_id>/tunel"): PanelAddress(OWNERS, fresh=True),
    ("POST", "/panel/routers/<router_id>/tunel"): PanelAddress(OWNERS, fresh=True),
    ("GET", "/panel/planes"): PanelAddress(OWNERS),
    ("GET", "/panel/planes/nuevo"): PanelAddress(OWNERS),
    ("POST", "/panel/planes/nuevo"): PanelAddress(OWNERS),
    ("POST", "/panel/planes/vista"): PanelAddress(OWNERS),
    ("GET", "/panel/planes/<int:plan_id>"): PanelAddress(OWNERS),
    ("POST", "/panel/planes/<int:plan_id>"): PanelAddress(OWNERS),
    ("POST", "/panel/planes/<int:plan_id>/mover"): PanelAddress(OWNERS),
    ("POST", "/panel/planes/<int:plan_id>/perfil"): PanelAddress(OWNERS),
    ("POST", "/panel/planes/<int:plan_id>/imagen"): PanelAddress(OWNERS),
    ("POST", "/panel/planes/<int:plan_id>/sin-imagen"): PanelAddress(OWNERS),
    ("GET", "/panel/empresa"): PanelAddress(OWNERS),
    ("POST", "/panel/empresa"): PanelAddress(OWNERS),
    ("GET", "/panel/empresa/aspecto"): PanelAddress(OWNERS),
    ("POST", "/panel/empresa/aspecto"): PanelAddress(OWNERS),
    ("POST", "/panel/empresa/logo"): PanelAddress(OWNERS),
    ("GET", "/panel/empresa/textos"): PanelAddress(OWNERS),
    ("POST", "/panel/empresa/textos"): PanelAddress(OWNERS),
    ("GET", "/panel/empresa/llaves"): PanelAddress(OWNERS, fresh=True),
    ("POST", "/panel/empresa/llaves"): PanelAddress(OWNERS, fresh=True),
    ("GET", "/panel/empresa/llaves/<pasarela>"): PanelAddress(
        OWNERS, {"pasarela": "mercadopago"}, fresh=True, is_nobodys=True
    ),
    ("POST", "/panel/empresa/llaves/<pasarela>"): PanelAddress(
        OWNERS, {"pasarela": "mercadopago"}, fresh=True, is_nobodys=True
    ),
    ("GET", "/panel/alertas"): PanelAddress(OWNERS),
    ("POST", "/panel/alertas/<int:alert_id>/resolver"): PanelAddress(
        OWNERS, {"int:alert_id": "2147483646"}
    ),
    ("GET", "/panel/alertas/canales"): PanelAddress(OWNERS, fresh=True),
    ("POST", "/panel/alertas/canales"): PanelAddress(OWNERS, fresh=True),
    ("GET", "/panel/ayuda"): PanelAddress(EVERYBODY),
    ("GET", "/panel/ayuda/<slug>"): PanelAddress(
        EVERYBODY, {"slug": "cambiar-de-precio"}, is_nobodys=True
    ),
    ("GET", "/panel/fichas"): PanelAddress(STAFF),
    ("POST", "/panel/fichas"): PanelAddress(STAFF),
    ("GET", "/panel/fichas/lista"): PanelAddress(STAFF),
    ("GET", "/panel/fichas/<voucher_id>"): PanelAddress(STAFF),
    ("GET", "/panel/fichas/<voucher_id>/imprimir"): PanelAddress(STAFF),
    ("GET", "/panel/fichas/<voucher_id>.escpos"): PanelAddress(STAFF),
    ("POST", "/panel/fichas/<voucher_id>/anular"): PanelAddress(OWNERS, fields={"motivo": "Error"}),
    ("GET", "/panel/fichas/lotes"): PanelAddress(OWNERS),
    ("GET", "/panel/fichas/lotes/nuevo"): PanelAddress(OWNERS),
    ("POST", "/panel/fichas/lotes/nuevo"): PanelAddress(OWNERS),
    ("GET", "/panel/fichas/lotes/<batch_id>"): PanelAddress(OWNERS),
    ("GET", "/panel/fichas/lotes/<batch_id>/imprimir"): PanelAddress(OWNERS),
    ("POST", "/panel/fichas/lotes/<batch_id>/anular"): PanelAddress(
        OWNERS, fields={"motivo": "Error"}
    ),
    ("GET", "/panel/fichas/lotes/<batch_id>.pdf"): PanelAddress(OWNERS),
    ("GET", "/panel/fichas/lotes/<batch_id>.escpos"): PanelAddress(OWNERS),
    ("GET", f"/panel/fichas/lotes/<batch_id>.{EITHER}"): PanelAddress(OWNERS, XLSX),
    ("GET", "/panel/fichas/lotes/<batch_id>/deshacer"): PanelAddress(OWNERS),
    ("POST", "/panel/fichas/lotes/<batch_id>/deshacer"): PanelAddress(OWNERS),
    ("GET", "/panel/fichas/importar"): PanelAddress(OWNERS),
    ("POST", "/panel/fichas/importar"): PanelAddress(OWNERS),
    ("GET", "/panel/fichas/cortes"): PanelAddress(OWNERS),
    ("POST", "/panel/fichas/cortes"): PanelAddress(OWNERS),
    ("GET", "/panel/fichas/reporte"): PanelAddress(OWNERS),
    ("GET", "/panel/empresas"): PanelAddress(DEPLOYMENT),
    ("POST", "/panel/empresas/actuar"): PanelAddress(DEPLOYMENT),
    ("GET", "/panel/empresas/<company_id>"): PanelAddress(DEPLOYMENT, fresh=True),
    ("POST", "/panel/empresas/<company_id>"): PanelAddress(DEPLOYMENT, fresh=True),
    ("GET", "/panel/empresas/<company_id>/personas"): PanelAddress(DEPLOYMENT, fresh=True),
    ("POST", "/panel/empresas/<company_id>/personas"): PanelAddress(DEPLOYMENT, fresh=True),
    ("GET", "/panel/personas"): PanelAddress(OWNERS),
    ("GET", "/panel/personas/nueva"): PanelAddress(OWNERS, fresh=True),
    ("POST", "/panel/personas/nueva"): PanelAddress(OWNERS, fresh=True),
    ("GET", "/panel/personas/<int:user_id>"): PanelAddress(OWNERS, fresh=True),
    ("POST", "/panel/personas/<int:user_id>"): PanelAddress(OWNERS, fresh=True),
    ("GET", "/panel/personas/<int:user_id>/sin-dos-pasos"): PanelAddress(OWNERS, fresh=True),
    ("POST", "/panel/personas/<int:user_id>/sin-dos-pasos"): PanelAddress(OWNERS, fresh=True),
    ("GET", "/panel/sesiones"): PanelAddress(EVERYBODY),
    ("POST", "/panel/sesiones/<session_id>/cerrar"): PanelAddress(EVERYBODY),
    ("GET", "/panel/mi-cuenta"): PanelAddress(EVERYBODY),
    ("POST", "/panel/mi-cuenta"): PanelAddress(EVERYBODY),
    ("GET", "/panel/mi-cuenta/correo"): PanelAddress(EVERYBODY, fresh=True),
    ("POST", "/panel/mi-cuenta/correo"): PanelAddress(EVERYBODY, fresh=True),
    ("GET", "/panel/mi-cuenta/dos-pasos"): PanelAddress(EVERYBODY, fresh=True),
    ("POST", "/panel/mi-cuenta/dos-pasos"): PanelAddress(EVERYBODY, fresh=True),
    ("GET", "/panel/mi-cuenta/dos-pasos/quitar"): PanelAddress(EVERYBODY),
    ("POST", "/panel/mi-cuenta/dos-pasos/quitar"): PanelAddress(EVERYBODY),
    ("GET", "/panel/historial"): PanelAddress(OWNERS),
    ("GET", "/panel/instalacion/historial"): PanelAddress(DEPLOYMENT),
    ("GET", f"/panel/instalacion/historial.{EITHER}"): PanelAddress(
        DEPLOYMENT, XLSX, is_nobodys=True
    ),
    ("GET", f"/panel/historial.{EITHER}"): PanelAddress(OWNERS, XLSX, is_nobodys=True),
    ("GET", "/panel/"): PanelAddress(STAFF),
    ("POST", "/panel/avisos/<int:alert_id>/atendido"): PanelAddress(OWNERS),
    ("POST", "/panel/hoy/routers/<router_id>/revisar"): PanelAddress(STAFF),
    ("GET", "/panel/ventas"): PanelAddress(STAFF),
    ("GET", f"/panel/ventas.{EITHER}"): PanelAddress(OWNERS, XLSX, is_nobodys=True),
    ("GET", "/panel/ventas/<sale_id>"): PanelAddress(STAFF),
    ("GET", "/panel/ventas/<sale_id>/reembolso"): PanelAddress(OWNERS, fresh=True),
    ("POST", "/panel/ventas/<sale_id>/reembolso"): PanelAddress(
        OWNERS, fields={"motivo": "Prueba"}, fresh=True
    ),
    ("POST", "/panel/ventas/<sale_id>/seguir"): PanelAddress(OWNERS),
    ("POST", "/panel/ventas/<sale_id>/reintentar"): PanelAddress(STAFF),
    ("POST", "/panel/ventas/<sale_id>/preguntar"): PanelAddress(STAFF),
    ("POST", "/panel/ventas/<sale_id>/entregar"): PanelAddress(STAFF),
    ("POST", "/panel/ventas/<sale_id>/recibo"): PanelAddress(STAFF),
    ("GET", "/panel/contabilidad"): PanelAddress(OWNERS),
    ("GET", "/panel/contabilidad/facturas"): PanelAddress(OWNERS, fresh=True),
    ("POST", "/panel/contabilidad/facturas"): PanelAddress(OWNERS, fresh=True),
    ("GET", f"/panel/contabilidad/movimientos.{EITHER}"): PanelAddress(
        OWNERS, XLSX, is_nobodys=True
    ),
    ("GET", "/panel/en-linea"): PanelAddress(STAFF),
    ("POST", "/panel/en-linea/<router_id>/<session_key>/desconectar"): PanelAddress(
        STAFF, {"session_key": "1A-AABBCCDDEEFF"}
    ),
    ("GET", "/panel/por-que"): PanelAddress(STAFF),
    ("POST", "/panel/por-que"): PanelAddress(STAFF),
    ("GET", "/panel/por-que/<access_id>"): PanelAddress(STAFF),
    ("POST", "/panel/por-que/ventas/<sale_id>/seguir"): PanelAddress(STAFF),
    ("POST", "/panel/por-que/ventas/<sale_id>/retomar"): PanelAddress(OWNERS),
    ("POST", "/panel/accesos/<access_id>/entregar"): PanelAddress(STAFF),
    ("POST", "/panel/accesos/<access_id>/activar"): PanelAddress(OWNERS),
    ("POST", "/panel/accesos/<access_id>/liberar"): PanelAddress(STAFF),
    ("POST", "/panel/accesos/<access_id>/conectar"): PanelAddress(
        STAFF, fields={"mac": "AA:BB:CC:DD:EE:FF"}
    ),
    ("POST", "/panel/accesos/<access_id>/devolver-tiempo"): PanelAddress(OWNERS),
    ("GET", "/panel/accesos/<access_id>/regalo"): PanelAddress(OWNERS),
    ("POST", "/panel/accesos/<access_id>/regalo"): PanelAddress(
        OWNERS, fields={"minutos": "5", "motivo": "Cortesía"}
    ),
}


@dataclass(frozen=True)
class SoldTenant(Tenant):
    """A company that has sold an access, and one of its people, logged in."""

    sale_id: str
    access_id: str
    voucher_id: str
    batch_id: str
    user_id: str
    session_id: str
    alert_id: int


def path_of(rule: str, tenant: SoldTenant, values: dict[str, str]) -> str:
    """The rule's path, naming what is the tenant's."""
    known = {
        "<int:user_id>": tenant.user_id,
        "<session_id>": tenant.session_id,
        "<sale_id>": tenant.sale_id,
        "<access_id>": tenant.access_id,
        "<voucher_id>": tenant.voucher_id,
        "<batch_id>": tenant.batch_id,
        "<company_id>": tenant.company_id,
        "<router_id>": tenant.router_id,
        "<int:plan_id>": str(tenant.plan_ids[0]),
        "<int:alert_id>": str(tenant.alert_id),
    }
    for placeholder, value in {
        **known,
        **{f"<{name}>": text for name, text in values.items()},
    }.items():
        rule = rule.replace(placeholder, value)
    assert "<" not in rule, f"say what {rule} names"
    return rule
