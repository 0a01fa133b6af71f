"""Hold an access for an operator, who waits while the worker or a sale is at it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from portal.access.desired_state import claim_one_access
from portal.core.database import reading
from portal.core.errors import Conflict
from portal.core.leases import Claim, release
from portal.hotspot.deadline import Deadline
from portal.models import Access, Router
from portal.operators.lookup import owned_in
from portal.ports import settings

PAUSE = 0.2
BUSY = "Este acceso se está atendiendo. Intente de nuevo en unos segundos."


def access_and_router(company_id: str, access_id: str) -> tuple[Access, Router]:
    """Find the company's access and its router. Raises NotFound."""
    with reading() as session:
        access = owned_in(session, Access, access_id, company_id)
        return access, owned_in(session, Router, access.router_id, company_id)


@contextmanager
def held_access(access_id: str) -> Iterator[Claim]:
    """Hold the access for the block, however that ends. Raises Conflict: somebody keeps it."""
    claim = _claim(access_id)
    try:
        yield claim
    finally:
        _let_go(claim)


def _claim(access_id: str) -> Claim:
    patience = Deadline(settings().sale_deadline)
    while (claim := claim_one_access(access_id)) is None:
        if patience.passed:
            raise Conflict(BUSY)
        time.sleep(patience.remaining(PAUSE))
    return claim


def _let_go(claim: Claim) -> None:
    """Whoever recorded what came of it has let go already."""
    with reading() as session:
        access = session.get_one(Access, claim.id)
    if access.lease == claim.lease:
        release(Access, access)
