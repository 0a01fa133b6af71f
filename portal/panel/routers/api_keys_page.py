"""List a router's API keys, replace the one in use, and end one at once."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.i18n import gettext
from portal.operators import api_keys, routers
from portal.operators.api_keys import GOOD, KeyStatus, Minted, key_status
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company_id

MOST = 50
# Until when the key before goes on: whoever has a page of his own has to change it there.
GRACE_HOURS = {"0": 0, "24": 24, "168": 168}
DEFAULT_GRACE = "24"


@blueprint.page("/routers/<router_id>/llaves", OWNERS, fresh=True)
def router_keys(router_id: str) -> Response:
    """List them, the newest first."""
    return _shown(router_id)


@blueprint.action("/routers/<router_id>/llaves", OWNERS, fresh=True)
def change_router_keys(router_id: str) -> BaseResponse:
    """End the key that the form names; else make a new one, shown this once."""
    if key_id := request.form.get("revocar"):
        api_keys.revoke(actor(), company_id(), router_id, key_id)
        said = gettext("Listo: esa llave ya no abre nada.")
        return see_other("panel.router_keys", said, router_id=router_id)
    chosen = request.form.get("gracia", DEFAULT_GRACE)
    hours = GRACE_HOURS.get(chosen, GRACE_HOURS[DEFAULT_GRACE])
    return _shown(router_id, api_keys.rotate(actor(), company_id(), router_id, hours))


def _shown(router_id: str, minted: Minted | None = None) -> Response:
    router = routers.get(company_id(), router_id)
    found = api_keys.listing(company_id(), router_id, MOST, 0).rows
    return page(
        "routers/api_keys",
        router=router,
        keys=[(key, key_status(key)) for key in found],
        statuses=KeyStatus,
        good=GOOD,
        minted=minted,
        grace=DEFAULT_GRACE,
    )
