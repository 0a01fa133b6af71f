"""Note when routers answered, and since when they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

from portal.core.database import reading, writing
from portal.core.rows.columns import table_of, truncate_to_columns
from portal.core.rows.inserting import insert_new
from portal.hotspot.errors import RouterBusy, RouterError, RouterUnavailable
from portal.models import Router, RouterContact, utc_now
from portal.models.router import Delivery

# A router that is asked often need not be written down each time.
EVERY = timedelta(seconds=30)


@dataclass(frozen=True)
class Heard:
    """Say what came of asking a router: an error, or an answer, which may have told its version.

    `reported`: it was heard of by its own reports, where its users and sessions stand here.
    """

    router: Router
    error: RouterError | None = None
    version: str | None = None
    reported: bool = False

    @property
    def tells(self) -> bool:
        """Tell whether it says something of the router itself."""
        is_asked = self.router.delivery == Delivery.API
        return is_asked or self.reported or self.error is not None


def note_answer(router: Router, version: str | None = None, *, reported: bool = False) -> None:
    """Note that it answered just now, and its version where it was read; `reported` as in Heard."""
    note_each([Heard(router, version=version, reported=reported)])


def note_failure(router: Router, error: RouterError) -> None:
    """Note what an error says of it: one that refuses is there, of one not asked nothing is known.

    It is silent since the first time, however often it is asked.
    """
    note_each([Heard(router, error)])


@cache
def noting_users_read(dialect: str) -> PostgresInsert | SqliteInsert:
    """Build what notes that all of a router's users were read; `users_read` are its values."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    table = table_of(RouterContact)
    names = ("router_id", "company_id", "users_read_at")
    told = {name: bindparam(f"contact_{name}", type_=table.c[name].type) for name in names}
    new = insert(table).values(told)
    return new.on_conflict_do_update(
        index_elements=["router_id"], set_={"users_read_at": new.excluded.users_read_at}
    )


def users_read(router: Router) -> dict[str, Any]:
    """Give the values that say it of this router, as of now."""
    mine = {"contact_router_id": router.id, "contact_company_id": router.company_id}
    return mine | {"contact_users_read_at": utc_now()}


def silent_seconds(router_id: str) -> float:
    """Give for how many seconds it has been silent, as far as was noted; 0 where it is not."""
    query = select(RouterContact.silent_since).where(RouterContact.router_id == router_id)
    with reading() as session:
        since = session.scalar(query)
    return 0.0 if since is None else (utc_now() - since).total_seconds()


def note_each(several: Sequence[Heard]) -> None:
    """Note it of several routers at once: one query, and one transaction where any has news."""
    several = [heard for heard in several if heard.tells]
    if not several:
        return
    with reading() as session:
        ids = [heard.router.id for heard in several]
        rows = session.scalars(select(RouterContact).where(RouterContact.router_id.in_(ids)))
        known = {contact.router_id: contact for contact in rows}
    news = [(heard.router, _news(known.get(heard.router.id), heard)) for heard in several]
    if not any(values for _, values in news):
        return
    with writing() as session:
        for router, values in news:
            mine = {"router_id": router.id, "company_id": router.company_id}
            if values and not insert_new(session, RouterContact, mine | values):
                row = update(RouterContact).where(RouterContact.router_id == router.id)
                session.execute(row.values(**values))


def _news(known: RouterContact | None, heard: Heard) -> dict[str, Any]:
    """Give what is to be written; empty where nothing is new."""
    if isinstance(heard.error, RouterBusy):
        return {}
    if isinstance(heard.error, RouterUnavailable):
        is_new = known is None or known.silent_since is None
        return {"silent_since": utc_now()} if is_new else {}
    if known is not None and _is_known(known, heard.version):
        return {}
    said = {} if heard.version is None else {"version": heard.version}
    return {"answered_at": utc_now(), "silent_since": None} | truncate_to_columns(
        RouterContact, said
    )


def _is_known(known: RouterContact, version: str | None) -> bool:
    is_fresh = known.answered_at is not None and utc_now() - known.answered_at < EVERY
    return is_fresh and known.silent_since is None and version in (None, known.version)
