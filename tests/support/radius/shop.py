"""Open a shop whose router asks a real RADIUS server, and has no API that we could enter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal.access.radius.keys import radius_keys
from portal.access.radius.routers import enrol
from portal.core.database import reading, writing
from portal.models import Access, Job, RadiusRouter, RadiusSession, Router, utc_now
from portal.sandbox.routeros import RouterSandbox
from portal.worker.dispatcher import run_pass
from tests.support.servers.freeradius import FreeRadius, freeradius
from tests.support.servers.nas import serve_by_radius
from tests.support.shop import Shop, open_shop

HOUR = {"duration_seconds": 3600, "duration_from": "purchase"}


class RadiusShop(Shop):
    """One company whose sites are served by RADIUS; `server` is set once it runs."""

    server: FreeRadius

    def serve(self, server: FreeRadius, *, keeps_api: bool = False) -> None:
        """Have its router ask by RADIUS from now on; its API stays on record if said."""
        self.server = server
        self._give(self.router, self.router_id)
        if keeps_api:
            return
        with self.app.app_context(), writing() as session:
            router = session.get_one(Router, self.router_id)
            router.host, router.password = None, None

    def second_site(self, router: RouterSandbox) -> str:
        """Open another site of the company at this router; its id."""
        with self.app.app_context(), writing() as session:
            record = Router(company_id=self.company_id, name="Playa", username="portal")
            record.delivery = "radius"
            session.add(record)
            session.flush()
            router_id = record.id
        self._give(router, router_id)
        return router_id

    def _give(self, sandbox: RouterSandbox, router_id: str) -> None:
        with self.app.app_context():
            keys = radius_keys()
        ports = (self.server.auth_port, self.server.accounting_port)
        name = keys.first.router_name(router_id)
        serve_by_radius(sandbox, keys.first.shared_secret, *ports, realm=name)
        with self.app.app_context(), writing() as session:
            router = session.get_one(Router, router_id)
            router.delivery, router.coa_port = "radius", sandbox.incoming_port
            # As behind a NAT, where all routers share one secret.
            host, router.host = router.host, None
            session.flush()
            enrol(session, keys, router)
            router.host = host

    def access(self) -> Access:
        """The latest access."""
        return self.accesses()[-1]

    def let_in(self, bought: dict[str, str], address: str, router: Any = None) -> None:
        """Log the device at this address in at the router's own form."""
        at = router or self.router
        at.log_in(bought["usuario"], bought["contrasena"], address, login_by="http-chap")
        at.accounted()

    def sessions(self) -> list[RadiusSession]:
        """All sessions, as accounted."""
        return self._all_of(RadiusSession)

    def jobs(self, kind: str) -> list[Job]:
        """The jobs of a kind."""
        return [job for job in self._all_of(Job) if job.id.startswith(f"{kind}:")]

    def finish(self, router: RouterSandbox) -> None:
        """Have the worker do what is to be done, and this router report what came of it."""
        self.reconcile()
        for _ in range(2):
            self.make_jobs_due()
            with self.app.app_context():
                run_pass()
            router.accounted()
        self.reconcile()

    def silence(self, seconds: int, *, router_too: bool = True) -> None:
        """Let the sessions, and their router unless said, have been silent for so long."""
        earlier = timedelta(seconds=seconds)
        with self.app.app_context(), writing() as session:
            late = RadiusSession.heard_at - earlier
            session.execute(sa.update(RadiusSession).values(heard_at=late))
            if router_too:
                heard = RadiusRouter.heard_at - earlier
                session.execute(sa.update(RadiusRouter).values(heard_at=heard))

    def make_jobs_due(self) -> None:
        """Let what waits to be asked again of routers be due, whoever died over it."""
        with self.app.app_context(), writing() as session:
            waiting, now = Job.id.startswith("session_changes:"), utc_now()
            due = sa.update(Job).where(waiting).values(next_attempt_at=now, lease_until=now)
            session.execute(due)

    def _all_of(self, record: Any) -> list[Any]:
        with self.app.app_context(), reading() as session:
            return list(session.query(record).order_by(record.id))


@contextmanager
def open_radius_shop(
    folder: Path, database_url: str, *, keeps_api: bool = False, **settings: Any
) -> Iterator[RadiusShop]:
    """A shop that sells by RADIUS while the block lasts."""
    with ExitStack() as stack:
        (folder / "instance").mkdir()
        (folder / "radius").mkdir()
        shop = stack.enter_context(
            open_shop(folder / "instance", database_url, RadiusShop, **settings)
        )
        server = stack.enter_context(freeradius(shop.app, folder / "radius"))
        shop.serve(server, keeps_api=keeps_api)
        yield shop
