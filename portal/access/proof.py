"""Find the access that somebody names, and whether they proved that its code is theirs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Select, case, or_, select

from portal.access.attempt_limits import CODES
from portal.access.errors import NothingToExtend
from portal.access.guess_guard import CODE_GUESSES
from portal.access.reconciler import has_ended
from portal.access.reconnection import fits
from portal.core.database import reading
from portal.core.errors import TooManyRequests
from portal.models import Access, Sale
from portal.models.access import AccessState

REFERENCE = re.compile(r"sal_[0-9a-f]{32}")


@dataclass(frozen=True)
class Proof:
    """Hold an access that was named rightly.

    `has_code`: by its code, not by a sale's reference alone. `is_alive`: it stands, as far as we
    know.
    """

    access_id: str
    has_code: bool
    is_alive: bool


def prove(router_id: str, named: str, password: str | None, address: str) -> Proof:
    """Find the access that somebody names by its code, or by the reference of one of its sales.

    Wrong tries are counted for the address that asks: a device is only claimed here, so
    counting it would let anybody keep another's phone from entering its code. Raises
    NothingToExtend, and TooManyRequests after too many wrong ones; an address that waits is
    still heard with a good code, since all customers of a WiFi may share it.
    """
    if _is_reference(named) and password is None:
        # Of 128 random bits, so there is nothing to guess and nothing to count.
        return _known(_check(router_id, named, password))
    waits = _begin(router_id, named, address)
    proof = _check(router_id, named, password)
    if proof is None:
        CODE_GUESSES.note_wrong(router_id, named)
        raise waits or NothingToExtend()
    CODE_GUESSES.note_right(router_id, address, named, was_late=waits is not None)
    return proof


def _begin(router_id: str, named: str, address: str) -> TooManyRequests | None:
    """Count a try before it is looked at; give the wait that its address has, if any."""
    with reading() as session:
        waits = CODES.waits(session, router_id, address)
    if waits is None:
        CODE_GUESSES.begin(router_id, address)
    else:
        CODE_GUESSES.begin_late(router_id, named, waits)
    return waits


def _known(proof: Proof | None) -> Proof:
    if proof is None:
        raise NothingToExtend
    return proof


def _is_reference(named: str) -> bool:
    return REFERENCE.fullmatch(named) is not None


def _check(router_id: str, named: str, password: str | None) -> Proof | None:
    is_reference = _is_reference(named)
    query = _by_reference(router_id, named) if is_reference else _by_code(router_id, named)
    with reading() as session:
        access = session.scalars(query.limit(1)).first()
    is_pin = access is not None and access.kind == "pin" and not is_reference
    # A PIN is its own password, in whichever spelling it stands on the router.
    is_itself = access is not None and is_pin and password in (None, named)
    given = access.name if access is not None and is_itself else password
    # Looked at also where nothing was found, so that both take the same time.
    is_right = fits(access, given or "")
    if access is None or not (is_right or (is_reference and password is None)):
        return None
    return Proof(
        access.id, is_right, access.wanted == AccessState.ENABLED and not has_ended(access)
    )


def _by_reference(router_id: str, reference: str) -> Select[Access]:
    query = select(Access).join(Sale, Sale.access_id == Access.id)
    return query.where(Sale.id == reference, Sale.router_id == router_id)


def _by_code(router_id: str, code: str) -> Select[Access]:
    """Find the one that stands, else the latest. Our names are capitals; phones begin small.

    Other tools' are often small, and phones begin with a capital.
    """
    stands = or_(Access.wanted != AccessState.ABSENT, Access.actual != AccessState.ABSENT)
    return (
        select(Access)
        .where(Access.named(router_id, code, code.upper(), code.lower()))
        .order_by(case((stands, 0), else_=1), Access.created_at.desc())
    )
