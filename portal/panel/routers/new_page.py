"""Take a new router in: its name and address, and nothing that anybody would have to copy."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import post_load
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Invalid
from portal.models import DialIn
from portal.models.router import Delivery
from portal.operators import routers
from portal.operators.dial_in.places import is_offered
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.forms import PostedForm, read_form
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company_id
from portal.panel.routers.tries import count_change
from portal.web.fields import Choice, StrictInteger, Text
from portal.web.operator_schemas.address_fields import HostField
from portal.web.operator_schemas.router_schemas import API_SSL_PORT
from portal.web.request_context import caller
from portal.web.schemas import AdminSchema

API_USER = "portal"
DIRECT = "directa"
ARRIVALS = (DIRECT, *(kind.value for kind in DialIn))


class NewRouterForm(AdminSchema):
    """Read what only its owner knows of a router."""

    nombre = Text(100, attribute="name", required=True)
    entrega = Choice(*Delivery, attribute="delivery", load_default=Delivery.API)
    llegada = Choice(*ARRIVALS, load_default=DIRECT)
    host = HostField(blank=None)
    puerto = StrictInteger(1, 65535, attribute="port", load_default=API_SSL_PORT)
    ubicacion = Text(200, attribute="location", blank=None)

    @post_load
    def _place(self, data: dict[str, Any], **_kw: Any) -> dict[str, Any]:
        """What was typed as an address means nothing for a router that dials in."""
        chosen = data.pop("llegada")
        return data if chosen == DIRECT else data | {"host": None, "dial_in": chosen}


@blueprint.page("/routers/nuevo", OWNERS)
def new_router() -> Response:
    """Ask for it; whoever sits in the router's own network comes from its public address."""
    asking = caller()
    guess = str(asking) if asking is not None and asking.is_global else ""
    typed = {"entrega": Delivery.API, "host": guess, "puerto": str(API_SSL_PORT)}
    form = PostedForm({"llegada": DIRECT, **typed})
    return page("routers/new", form=form, guess=guess, kinds=_kinds())


@blueprint.action("/routers/nuevo", OWNERS)
def make_router() -> BaseResponse:
    """Keep it, to be met once it has its kit: until then nothing is sent to it."""
    form = read_form(NewRouterForm())
    if form.is_good:
        count_change()
        values = {"username": API_USER, "tls": "verified", **form.values}
        try:
            router, _ = routers.create(actor(), company_id(), **values)
        except Invalid as problem:
            form = form.with_problem(problem)
        else:
            return see_other("panel.router_kit", router_id=router.id)
    return page("routers/new", 422, form=form, guess="", kinds=_kinds())


def _kinds() -> list[DialIn]:
    """List by what routers may dial in here."""
    return [kind for kind in DialIn if is_offered(kind)]
