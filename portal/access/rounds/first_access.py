"""Plan a router's rounds as its first access is written, so that nobody has to look for it."""

from __future__ import annotations

from flask import current_app
from sqlalchemy.orm import Session

from portal.core.database import after_commit, insert_new
from portal.core.records import from_now
from portal.models import Job
from portal.models.job import JobKind
from portal.ports import settings

PLANNED = "routers_with_rounds"


def plan_rounds(session: Session, router_id: str, company_id: str) -> None:
    """Note that the router is to be read from now on, in the transaction that writes an access.

    Asked once a router and process: whoever knows that it is planned asks nothing.
    """
    known: set[str] = current_app.extensions.setdefault(PLANNED, set())
    if router_id in known:
        return
    job = {"id": JobKind.USAGE_SYNC.about(router_id), "company_id": company_id, "attempts": 0}
    insert_new(session, Job, job | {"next_attempt_at": from_now(settings().usage_sync_seconds)})
    after_commit(session, lambda: known.add(router_id))
