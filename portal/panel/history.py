"""Show the trail, a company's and the deployment's own: who did what, and what was before it."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request
from marshmallow import ValidationError

from portal.core import i18n
from portal.core.i18n import gettext
from portal.models import AuditEntry
from portal.models.audit_entry import DEPLOYMENT as CHAIN_OF_DEPLOYMENT
from portal.operators import companies
from portal.operators.trail import history
from portal.operators.trail.changes import HIDDEN
from portal.operators.trail.verification import verify
from portal.panel.audience import DEPLOYMENT, OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.paging import offset_asked, paging
from portal.panel.rendering import page
from portal.panel.request import company_id
from portal.ports import time_zone_of
from portal.web.operator_schemas.history_schemas import HistoryFilters
from portal.web.spreadsheets.download import EITHER, attached
from portal.web.spreadsheets.trail import trail_table
from portal.web.trail_words import KINDS, about, amount_or_same, chain_fault, label

A_PAGE = 30
LONGEST = 300


@blueprint.page("/historial", OWNERS)
def history_list() -> Response:
    """List the company's entries that fit, the latest first."""
    return _list(company_id(), "panel.history_list", "panel.history_file")


@blueprint.page(f"/historial.{EITHER}", OWNERS)
def history_file(kind: str) -> Response:
    """Give all that fits as a table, with the digests that chain it."""
    return _table(company_id(), companies.zone_of(company_id()), "historial", kind)


@blueprint.page("/instalacion/historial", DEPLOYMENT)
def deployment_history() -> Response:
    """List what was done to the deployment and to no company, and tell whether it is whole."""
    [state] = verify(CHAIN_OF_DEPLOYMENT)
    here = ("panel.deployment_history", "panel.deployment_history_file")
    return _list(None, *here, state=state, fault=chain_fault(state))


@blueprint.page(f"/instalacion/historial.{EITHER}", DEPLOYMENT)
def deployment_history_file(kind: str) -> Response:
    """Give all of that which fits as a table."""
    return _table(None, time_zone_of(None), "historial-instalacion", kind)


def _list(whose: str | None, here_list: str, here_file: str, **more: Any) -> Response:
    typed, filters = _asked()
    found = history.listing(whose, A_PAGE, offset_asked(), **filters)
    return page(
        "history",
        here_list=here_list,
        here_file=here_file,
        entries=found.rows,
        paging=paging(found.total, A_PAGE),
        typed=typed,
        kinds=[(kind, gettext(words)) for kind, words in KINDS.items()],
        about=lambda entry: gettext(about(entry.action)),
        changes=_changes,
        **more,
    )


def _table(whose: str | None, zone: ZoneInfo, name: str, kind: str) -> Response:
    return attached(trail_table(history.every(whose, **_asked()[1]), zone), name, kind)


def _asked() -> tuple[dict[str, str], Any]:
    """What was typed into the filter, and what of it can be looked for."""
    schema = HistoryFilters()
    typed = {name: request.args.get(name, "").strip() for name in schema.load_fields}
    sent = {name: text for name, text in typed.items() if text}
    try:
        return typed, schema.load(sent)
    except ValidationError as error:
        good = {name: text for name, text in sent.items() if name not in error.messages_dict}
        return typed, schema.load(good)


def _changes(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """Tell each thing that changed with what it was and what it is."""
    before, after = entry.before or {}, entry.after or {}
    names = sorted({*before, *after})
    return [(_label(name), _shown(before, name), _shown(after, name)) for name in names]


def _label(name: str) -> str:
    spoken = label(name) if i18n.language() == i18n.SPANISH else name
    return spoken.replace("_", " ")


def _shown(side: dict[str, Any], name: str) -> str:
    value = amount_or_same(name, side.get(name))
    if value is None or value == "":
        return "—"
    if value == HIDDEN:
        return gettext("(secreto)")
    if isinstance(value, bool):
        return gettext("sí") if value else gettext("no")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
