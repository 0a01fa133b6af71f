"""Show the tunnel by which a router comes in, take its key, and change how it is reached."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Conflict, Invalid, Unavailable
from portal.core.i18n import gettext
from portal.hotspot.setup import State
from portal.models import DialIn
from portal.operators import routers
from portal.operators.dial_in.enrolment import paste_key
from portal.operators.dial_in.places import is_offered
from portal.operators.dial_in.standing import TunnelStage, standing_of
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.forms import PostedForm, read_form
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company_id
from portal.panel.routers.tries import count_change
from portal.web.operator_schemas.address_fields import HostField
from portal.web.operator_schemas.tunnel_schemas import TunnelKeyBody
from portal.web.schemas import AdminSchema

LOOK_SECONDS = 10


class AddressForm(AdminSchema):
    """Read the address by which a router is reached from now on."""

    host = HostField(required=True)


@blueprint.page("/routers/<router_id>/tunel", OWNERS, fresh=True)
def router_tunnel(router_id: str) -> Response:
    """Show how it stands, again by itself until the router is there."""
    return _shown(router_id, PostedForm())


@blueprint.action("/routers/<router_id>/tunel", OWNERS, fresh=True)
def change_router_tunnel(router_id: str) -> BaseResponse:
    """Take the key that was pasted, have the router dial in, or give it an address again."""
    wanted = request.form.get("accion", "")
    try:
        if wanted in list(DialIn):
            return _dial_in(router_id, wanted)
        return _take_address(router_id) if wanted == "direccion" else _take_key(router_id)
    except (Invalid, Conflict, Unavailable) as problem:
        typed = {name: request.form.get(name, "") for name in ("llave_publica", "host")}
        found = problem.extra.get("errores") or {"": [problem.detail]}
        errors = {name: said[0] for name, said in found.items()}
        return _shown(router_id, PostedForm(typed, errors=errors), problem.status)


def _take_key(router_id: str) -> BaseResponse:
    form = read_form(TunnelKeyBody())
    if not form.is_good:
        return _shown(router_id, form, 422)
    paste_key(actor(), company_id(), router_id, form.values["public_key"])
    said = gettext("Listo: la llave quedó registrada. En menos de un minuto el router entra.")
    return see_other("panel.router_tunnel", said, router_id=router_id)


def _take_address(router_id: str) -> BaseResponse:
    form = read_form(AddressForm())
    if not form.is_good:
        return _shown(router_id, form, 422)
    _change(router_id, host=form.values["host"])
    said = gettext("Listo: ahora se llega al router por su dirección. Haga otra vez su kit.")
    return see_other("panel.router_kit", said, router_id=router_id)


def _dial_in(router_id: str, kind: str) -> BaseResponse:
    _change(router_id, dial_in=kind)
    said = gettext("Listo: ahora el router entra por el túnel. Haga otra vez su kit.")
    return see_other("panel.router_kit", said, router_id=router_id)


def _change(router_id: str, **values: Any) -> None:
    routers.get(company_id(), router_id)
    count_change()
    routers.update(actor(), company_id(), router_id, trusted=True, **values)


def _shown(router_id: str, form: PostedForm, status: int = 200) -> Response:
    router = routers.get(company_id(), router_id)
    standing = standing_of(router)
    shown = page(
        "routers/tunnel",
        status,
        router=router,
        standing=standing,
        form=form,
        states=State,
        kinds=[kind for kind in DialIn if is_offered(kind)],
        is_unknown=standing is not None and standing.stage is TunnelStage.UNKNOWN,
    )
    if standing is not None and standing.state is State.MISSING and status == 200:
        shown.headers["Refresh"] = str(LOOK_SECONDS)
    return shown
