"""Do what mends a cause, and show again how things stand."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response as BaseResponse

from portal.access.reconnection import Result
from portal.core.errors import Conflict
from portal.core.i18n import gettext
from portal.operators import refunds
from portal.operators.diagnosis import mending
from portal.operators.online import devices
from portal.panel.audience import OWNERS, STAFF
from portal.panel.blueprint import blueprint
from portal.panel.rendering import see_other
from portal.panel.request import actor, company_id
from portal.panel.why.pages import named_mac


@blueprint.action("/accesos/<access_id>/entregar", STAFF)
def deliver_access(access_id: str) -> BaseResponse:
    """Bring the access to its router as it should be."""
    done = mending.deliver(actor(), company_id(), access_id)
    return _back(access_id, gettext("Listo: el acceso está en el router.") if done else _later())


@blueprint.action("/accesos/<access_id>/activar", OWNERS)
def enable_access(access_id: str) -> BaseResponse:
    """Enable what somebody disabled on the router."""
    done = mending.enable(actor(), company_id(), access_id)
    return _back(access_id, gettext("Listo: el acceso está activo.") if done else _later())


@blueprint.action("/accesos/<access_id>/liberar", STAFF)
def free_access(access_id: str) -> BaseResponse:
    """Log its devices out, so that another can come in."""
    devices.free(actor(), company_id(), access_id)
    said = gettext("Listo: el código está libre. El aparato que lo escriba entra.")
    return see_other("panel.why_access", said, access_id=access_id)


@blueprint.action("/accesos/<access_id>/conectar", STAFF)
def connect_device(access_id: str) -> BaseResponse:
    """Log the device in that was asked after."""
    mac = named_mac(request.form.get("mac", ""))
    if mac is None:
        raise Conflict(gettext("Diga la MAC del aparato que entra."))
    came = devices.connect(actor(), company_id(), access_id, mac)
    if came.online is not None:
        return _back(access_id, gettext("Listo: el aparato está en línea."))
    return _back(access_id, _why_not(came.result))


@blueprint.action("/accesos/<access_id>/devolver-tiempo", OWNERS)
def give_outage_back(access_id: str) -> BaseResponse:
    """Declare the outage in which the access lost its time: all who lost some get it back."""
    given = mending.give_outage_back(actor(), company_id(), access_id)
    said = gettext("Listo: se devolvió tiempo a %(many)s accesos.") % {"many": given.accesses}
    return _back(access_id, said)


@blueprint.action("/por-que/ventas/<sale_id>/seguir", STAFF)
def carry_sale_on(sale_id: str) -> BaseResponse:
    """Ask the gateway how it stands, and do what follows from it."""
    sale = mending.carry_on(actor(), company_id(), sale_id)
    said = gettext("Se preguntó a la pasarela. Así está ahora:")
    return see_other("panel.why_access", said, access_id=sale.access_id)


@blueprint.action("/por-que/ventas/<sale_id>/retomar", OWNERS)
def unpark_from_why(sale_id: str) -> BaseResponse:
    """Let the worker go on with what waited for a person."""
    told = refunds.unpark(actor(), company_id(), sale_id)
    said = gettext("Listo: la venta se atiende ahora.")
    return see_other("panel.why_access", said, access_id=told.sale.access_id)


def _back(access_id: str, notice: str) -> BaseResponse:
    """Show how it stands now, for the same device."""
    mac = named_mac(request.form.get("mac", ""))
    return see_other("panel.why_access", notice, access_id=access_id, mac=mac)


def _later() -> str:
    return gettext("El router no respondió: se hará en cuanto responda.")


def _why_not(result: Result) -> str:
    """Say why the router did not let a device in."""
    if result is Result.EXPIRED:
        return gettext("A este acceso ya no le queda nada.")
    if result is Result.ROUTER_AWAY:
        return gettext("El router no respondió: intente otra vez en un minuto.")
    if result is Result.NOT_IN_NETWORK:
        return gettext("El aparato no está en el WiFi de este router.")
    if result is Result.ENTERS_ITSELF:
        return gettext("En este router cada aparato entra con su código, en la página del WiFi.")
    if result is Result.BLOCKED:
        return gettext("Este acceso está desactivado en el router.")
    return gettext("El router no dejó entrar al aparato: mire otra vez por qué.")
