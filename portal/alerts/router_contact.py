"""Note when a router answered, and since when it does not."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from portal.core.database import insert_new, reading, writing
from portal.core.statements import truncate_to_columns
from portal.hotspot.errors import RouterBusy, RouterError, RouterUnavailable
from portal.models import Router, RouterContact, utc_now

# A router that is asked often need not be written down each time.
EVERY = timedelta(seconds=30)


def note_answer(router: Router, version: str | None = None) -> None:
    """Note that it answered just now, and its version where it was read."""
    with reading() as session:
        known = session.get(RouterContact, router.id)
    said = {} if version is None else truncate_to_columns(RouterContact, {"version": version})
    if known is None or not _is_known(known, said.get("version")):
        _write(router, {"answered_at": utc_now(), "silent_since": None, **said})


def note_failure(router: Router, error: RouterError) -> None:
    """Note what an error says of it: one that refuses is there, of one not asked nothing is known.

    It is silent since the first time, however often it is asked.
    """
    if isinstance(error, RouterBusy):
        return
    if not isinstance(error, RouterUnavailable):
        note_answer(router)
        return
    with reading() as session:
        known = session.get(RouterContact, router.id)
    if known is None or known.silent_since is None:
        _write(router, {"silent_since": utc_now()})


def _is_known(known: RouterContact, version: str | None) -> bool:
    is_fresh = known.answered_at is not None and utc_now() - known.answered_at < EVERY
    return is_fresh and known.silent_since is None and version in (None, known.version)


def _write(router: Router, values: dict[str, object]) -> None:
    mine = {"router_id": router.id, "company_id": router.company_id}
    with writing() as session:
        if not insert_new(session, RouterContact, mine | values):
            session.execute(
                update(RouterContact).where(RouterContact.router_id == router.id).values(**values)
            )
