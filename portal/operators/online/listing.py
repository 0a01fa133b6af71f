"""List who is online now, by router: asked side by side, within one deadline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from portal import ports
from portal.access.payment_pass.marks import passes_at
from portal.alerts.router_contact import Heard, note_answer, note_each, note_failure
from portal.core.concurrency import map_concurrently
from portal.core.database import reading
from portal.core.errors import Problem
from portal.core.vault import VaultError
from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import RouterError
from portal.hotspot.presence import Session as Online
from portal.models import Access, PaymentPass, Router, Sale
from portal.operators.lookup import ListPage, company_in, owned_in
from portal.operators.online.owners import BATCH, key_of, owners_of
from portal.operators.targets import problem_of
from portal.ports import settings

# Whoever looks at the panel waits for it.
SECONDS = 3.0
TOO_LATE = "No hubo tiempo para preguntarle."
UNREADABLE = "Su contraseña guardada no se puede leer: escríbala de nuevo en sus datos."


@dataclass(frozen=True)
class OnlineDevice:
    """Hold a device that is online, and the access and the sale that it came in by.

    Who is let in to pay has a `payment_pass`, and the sale is the one that waits for it. Without
    either its user is somebody else's, made on the router itself.
    """

    online: Online
    access: Access | None = None
    sale: Sale | None = None
    payment_pass: PaymentPass | None = None

    @property
    def is_ours(self) -> bool:
        """Tell whether it may be ended here."""
        return self.access is not None or self.payment_pass is not None

    @property
    def key(self) -> str:
        """Name the session, so that it can be ended."""
        return key_of(self.online)


@dataclass(frozen=True)
class RouterOnline:
    """Hold who is online on a router, who came last first; `problem` says why it is not known.

    `is_asked`: it was spoken to, and `error` is what it said instead of an answer.
    """

    router: Router
    sessions: Sequence[Online] = field(default=(), repr=False)
    problem: str | None = None
    error: RouterError | None = None
    is_asked: bool = True


def on_router(company_id: str, router_id: str, limit: int, offset: int) -> ListPage[OnlineDevice]:
    """List who is online on one router. Raises NotFound, and with advice Unavailable."""
    with reading() as session:
        router = owned_in(session, Router, router_id, company_id)
    try:
        found = _sessions(router, settings().router_timeout)
    except RouterError as error:
        note_failure(router, error)
        raise problem_of(error) from error
    note_answer(router)
    shown = [(router.id, online) for online in found[offset : offset + limit]]
    return ListPage(len(found), told(shown))


def on_all_routers(company_id: str) -> list[RouterOnline]:
    """List who is online on each of the company's active routers, by the routers' names.

    One that does not answer within 3 s is said to be away, and the others are shown all the
    same. Raises NotFound.
    """
    with reading() as session:
        company_in(session, company_id)
        mine = select(Router).where(Router.company_id == company_id, Router.active)
        routers = session.scalars(mine.order_by(Router.name, Router.id)).all()
    deadline = Deadline(SECONDS)
    found = map_concurrently(lambda router: _asked(router, deadline), routers)
    note_each([Heard(one.router, one.error) for one in found if one.is_asked])
    return found


def told(sessions: Sequence[tuple[str, Online]]) -> list[OnlineDevice]:
    """Say of each session, beside its router's id, whose it is. Two queries a few hundred."""
    owners = owners_of(sessions)
    passes = passes_at([(router_id, online.user) for router_id, online in sessions])
    sales = _sales_of(owners.values()) | _sales_of_passes(passes.values())
    found = ((online, (router_id, online.user)) for router_id, online in sessions)
    return [_device(online, owners.get(at), passes.get(at), sales) for online, at in found]


def _device(
    online: Online,
    access: Access | None,
    payment_pass: PaymentPass | None,
    sales: Mapping[str, Sale],
) -> OnlineDevice:
    of = access or payment_pass
    return OnlineDevice(online, access, sales.get(of.id) if of else None, payment_pass)


def _asked(router: Router, deadline: Deadline) -> RouterOnline:
    if deadline.passed:
        return RouterOnline(router, problem=TOO_LATE, is_asked=False)
    try:
        return RouterOnline(router, _sessions(router, deadline.remaining()))
    except RouterError as error:
        return RouterOnline(router, problem=problem_of(error).detail, error=error)
    except VaultError:
        return RouterOnline(router, problem=UNREADABLE, is_asked=False)
    except Problem as problem:
        return RouterOnline(router, problem=problem.detail, is_asked=False)


def _sessions(router: Router, timeout: float) -> list[Online]:
    found = ports.presence_of(router).sessions(timeout)
    return sorted(found, key=lambda online: online.uptime)


def _sales_of_passes(passes: Iterable[PaymentPass]) -> dict[str, Sale]:
    """Give the sale that each pass is for, by the pass' id."""
    of_sale = {one.sale_id: one.id for one in passes}
    if not of_sale:
        return {}
    with reading() as session:
        found = session.scalars(select(Sale).where(Sale.id.in_(of_sale)))
        return {of_sale[sale.id]: sale for sale in found}


def _sales_of(accesses: Iterable[Access]) -> dict[str, Sale]:
    """Give the sale that made each access, by the access' id; a code sold for cash has none."""
    ids = sorted({access.id for access in accesses})
    sales: dict[str, Sale] = {}
    with reading() as session:
        for start in range(0, len(ids), BATCH):
            some = Sale.access_id.in_(ids[start : start + BATCH])
            query = select(Sale).where(some, Sale.extends.is_(False)).order_by(Sale.created_at)
            sales |= {sale.access_id: sale for sale in session.scalars(query)}
    return sales
