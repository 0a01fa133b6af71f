"""Change what is said of a router, once whoever changes it has shown who he is."""

from __future__ import annotations

from typing import Any

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext
from portal.operators import routers
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.forms import PostedForm, read_form
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company_id
from portal.panel.routers.tries import count_change
from portal.web.operator_schemas.router_schemas import RouterSchema

SECRETS = ("password",)
SAID = (
    *("nombre", "ubicacion", "entrega", "puerto_coa", "host", "puerto", "usuario", "password"),
    *("tls", "tls_huella", "login_hosts"),
)
ENTERED_WITH = {"host", "port", "username", "password"}


@blueprint.page("/routers/<router_id>/editar", OWNERS, fresh=True)
def router_edit(router_id: str) -> Response:
    """Show it as it is."""
    router = routers.get(company_id(), router_id)
    shown: dict[str, Any] = RouterSchema(only=SAID).dump(router)
    return _shown(router_id, PostedForm(shown), shown["login_hosts"])


@blueprint.action("/routers/<router_id>/editar", OWNERS, fresh=True)
def save_router(router_id: str) -> BaseResponse:
    """Keep what was changed; the password goes along, since its owner has just given his own."""
    before = routers.get(company_id(), router_id)
    form = read_form(RouterSchema(only=SAID, partial=True), secrets=SECRETS, partial=True)
    changed = {name: value for name, value in form.values.items() if _differs(before, name, value)}
    if form.is_good:
        if ENTERED_WITH & set(changed):
            count_change()
        try:
            routers.update(actor(), company_id(), router_id, trusted=True, **changed)
        except Invalid as problem:
            form = form.with_problem(problem)
        except Conflict as problem:
            form = PostedForm(form.typed, form.values, {"entrega": problem.detail})
        else:
            said = gettext("Listo: los datos del router quedaron guardados.")
            return see_other("panel.router_page", said, router_id=router_id)
    return _shown(router_id, form, _typed_hosts(form), 422)


def _differs(router: Any, name: str, value: Any) -> bool:
    return name == "password" or getattr(router, name) != value


def _typed_hosts(form: PostedForm) -> list[str]:
    return form.values.get("login_hosts") or [form.typed.get("login_hosts", "")]


def _shown(router_id: str, form: PostedForm, hosts: list[str], status: int = 200) -> Response:
    router = routers.get(company_id(), router_id)
    return page("routers/edit", status, router=router, form=form, hosts=hosts)
