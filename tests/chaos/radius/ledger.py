"""Read what the RADIUS server offers and was told, and compare that with the routers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flask import Flask
from sqlalchemy import select

from portal.access.provisioning import mark_of
from portal.access.radius.keys import RadiusKeys, radius_keys
from portal.access.radius.sessions import is_fresh, is_open
from portal.core.database import reading
from portal.models import RadiusSession, RadiusUser
from portal.sandbox.routeros import RouterSandbox
from tests.support.ledgers import CLOCK, Finding, Ledgers


def read_offers(app: Flask) -> list[RadiusUser]:
    """All that the server lets somebody in by."""
    with app.app_context(), reading() as session:
        return list(session.scalars(select(RadiusUser)))


def as_users(
    app: Flask, offers: list[RadiusUser], names: Mapping[str, str]
) -> list[dict[str, str]]:
    """The same as users of routers; their names, which stand nowhere in clear, are tried."""
    with app.app_context():
        keys = radius_keys()
        return [_as_user(keys, offer, names.get(offer.access_id, "")) for offer in offers]


def _as_user(keys: RadiusKeys, offer: RadiusUser, name: str) -> dict[str, str]:
    is_named = offer.name_digest in keys.name_digests(offer.company_id, name)
    return {
        "router": offer.router_id,
        "name": name if is_named else "",
        "password": keys.open(offer.access_id, offer.password_cipher),
        "comment": mark_of(offer.access_id),
        "profile": offer.profile,
        "disabled": str(offer.disabled).lower(),
        "limit-bytes-total": str(offer.limit_bytes or "false"),
    }


def find_other_ends(offers: list[RadiusUser], ledgers: Ledgers) -> Iterator[Finding]:
    """Every access that the server ends at another moment than its record says."""
    ends = {offer.access_id: offer.expires_at for offer in offers}
    for access in ledgers.accesses:
        told, owed = ends.get(access.id), access.expires_at
        if access.id not in ends or not ledgers.entitled(access):
            continue
        if (told is None) != (owed is None) or (told and owed and abs(told - owed) > CLOCK):
            yield Finding("missing", access.id, f"ends at {told} instead of {owed} by RADIUS")


def find_unaccounted(app: Flask, routers: Mapping[str, RouterSandbox]) -> Iterator[Finding]:
    """Every session that is open at a router or in the accounting, and not at the other."""
    with app.app_context(), reading() as session:
        columns = (RadiusSession.router_id, RadiusSession.acct_session_id)
        told = {tuple(row) for row in session.execute(select(*columns).where(is_fresh()))}
        # However late the machine brought its last report.
        known = {tuple(row) for row in session.execute(select(*columns).where(is_open()))}
    there = {(router_id, each) for router_id, router in routers.items() for each in router.grants}
    for router_id, each in told - there:
        yield Finding("unaccounted", each, f"is over on {router_id}, and accounted as open")
    for router_id, each in there - known:
        yield Finding("unaccounted", each, f"is open on {router_id}, and not accounted")
