"""Let customers, faults and a killer loose on one deployment."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from portal.core.database import reading
from portal.models import Sale
from portal.sandbox.routeros.menus.paths import USER
from tests.chaos.customer import Customer
from tests.chaos.deployment import Deployment
from tests.chaos.environment import ChaosEnvironment
from tests.chaos.fault_plan import FaultPlan
from tests.chaos.killing import Killer, Outages
from tests.chaos.lost_gateway import WAYS, LostGateway
from tests.chaos.purchases import Purchases
from tests.chaos.radius.ledger import as_users, read_offers
from tests.chaos.radius.logins import Logins
from tests.chaos.scale import Scale
from tests.chaos.settling import let_time_pass, wait_for_calm
from tests.support.databases.postgres import Postgres
from tests.support.ledgers import Ledgers, read_ledgers

LOOK_SECONDS = 0.25


class ChaosRun:
    """Customers, faults and a killer, all at once."""

    def __init__(
        self,
        scale: Scale,
        seed: int,
        environment: ChaosEnvironment,
        deployment: Deployment,
        postgres: Postgres | None,
    ) -> None:
        self._scale, self._environment, self._deployment = scale, environment, deployment
        self._seed = seed
        self._closing_time = time.monotonic() + scale.seconds
        self._over = threading.Event()
        self._sales = 0
        by_api = [
            router for n, router in enumerate(environment.routers) if not deployment.is_asking(n)
        ]
        self._deaf = by_api[-scale.deaf_routers :]
        asking = {
            n: router for n, router in enumerate(environment.routers) if deployment.is_asking(n)
        }
        self.logins = Logins(environment, asking, seed, scale.let_in_within)
        self.purchases = Purchases()
        self.fault_plan = FaultPlan(deployment, environment, seed, scale)
        self.killer = Killer(deployment, seed, scale)
        self.outages = Outages(postgres, scale.database_restarts, str(seed), scale.sales)
        self.radius_outages = Outages(
            deployment.radius, scale.radius_restarts, f"{seed}:radius", scale.sales
        )
        self.losses = LostGateway(environment, seed)
        self.gateway_outages = Outages(
            self.losses, len(WAYS), f"{seed}:second", scale.sales, lasts=scale.lost_seconds
        )

    def run(self) -> list[str]:
        """Until enough was bought and broken, or the time is over; what broke in ourselves."""
        self._deafen()
        with ThreadPoolExecutor(max_workers=self._scale.customers + 5) as pool:
            actions = [
                pool.submit(evil.run, self._over, lambda: self._sales)
                for evil in (
                    self.fault_plan,
                    self.killer,
                    self.outages,
                    self.radius_outages,
                    self.gateway_outages,
                )
            ]
            actions += [pool.submit(self._customer(n).run) for n in range(self._scale.customers)]
            while not (self._is_enough() or any(map(_is_broken, actions))):
                time.sleep(LOOK_SECONDS)
            self._over.set()
        broken = [action.exception() for action in actions if _is_broken(action)]
        return [f"{error!r} ended a part of the run" for error in broken]

    def settle(self) -> list[str]:
        """Clear all faults and wait until nothing is due; what is, when that takes too long."""
        now = time.monotonic()
        end = now + self._scale.settle_seconds
        # By then whoever is online has been told of once more.
        soonest = now + 2 * self._scale.interim if self._scale.by_radius else now
        self.fault_plan.clear()
        self._deafen()
        app, environment = self._deployment.app, self._environment
        plan = self.fault_plan
        left = let_time_pass(app, environment, end - time.monotonic(), plan.give_back_refused)
        plan.clear()
        time_left = end - time.monotonic()
        return left + wait_for_calm(app, environment, time_left, soonest, plan.enable)

    def read_ledgers(self) -> Ledgers:
        """All three, at their owners'."""
        deployment, environment = self._deployment, self._environment
        routers = dict(zip(deployment.router_ids, environment.routers, strict=True))
        ledgers = read_ledgers(deployment.app, environment.orders(), routers)
        if deployment.radius is None:
            return ledgers
        offered = as_users(deployment.app, read_offers(deployment.app), ledgers.names)
        return replace(ledgers, users=[*ledgers.users, *offered])

    def _deafen(self) -> None:
        """Some routers take users but never enable them, so that what they sell is refunded."""
        for router in self._deaf:
            router.faults.cut_before(f"{USER}/set", times=None)

    def _customer(self, number: int) -> Customer:
        shops, seed = self._deployment.shops, self._seed
        return Customer(number, shops, self.purchases, self.logins, seed, self._over)

    def _is_enough(self) -> bool:
        self._count_sales()
        reached = (
            self._sales >= self._scale.sales
            and self.killer.kills >= self._scale.kills
            and self.outages.restarts >= self._scale.database_restarts
            and self.radius_outages.restarts >= self._scale.radius_restarts
            and self.gateway_outages.restarts >= len(WAYS)
            and self.logins.let_in >= self._scale.logins
        )
        return reached or time.monotonic() > self._closing_time

    def _count_sales(self) -> None:
        """As many as our database knows; while it is away, as many as it knew."""
        with self._deployment.app.app_context(), suppress(OperationalError), reading() as session:
            self._sales = session.scalar(select(func.count()).select_from(Sale)) or 0


def _is_broken(action: Future[None]) -> bool:
    return action.done() and action.exception() is not None
