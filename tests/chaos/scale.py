"""Say how big a chaos run is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.support.patience import PATIENCE


@dataclass(frozen=True)
class Scale:
    """Customers buy until `sales`, `kills` and `database_restarts` are reached, or for `seconds`.

    `servers` gunicorns have `processes` each; beside them run `workers`. A process is killed
    every `kill_pause` seconds, though never more than one for each `sales_per_kill`; `halts` is
    the share of these moments at which another is stopped for a while. Outside something goes
    wrong every `fault_pause`, though never more than `faults_per_sale`, so that a busy machine
    has the same faults in more time; `deaf_routers` never enable anybody. The second gateway
    is lost for `lost_seconds` each time, at the least and at the most. What is left over has
    `settle_seconds` to come to its end. With `tangle` every second router answers out of order,
    sentence by sentence, and all now and then without a tag or with a wrong one, and do not cancel.
    `by_radius` has FreeRADIUS serve half of the routers, through bad weather, and kills it
    `radius_restarts` times, and goes on until so many `logins` have succeeded there; these routers
    report every `interim` seconds, half of what is sold there ends after `short_seconds`, and who
    has paid is let in within `let_in_within`.
    """

    sales: int
    kills: int
    database_restarts: int
    routers: int = 20
    customers: int = 64
    deaf_routers: int = 1
    servers: int = 2
    processes: int = 2
    workers: int = 3
    kill_pause: float = 0.95
    sales_per_kill: float = 0.0
    halts: float = 0.1
    fault_pause: float = 0.25
    faults_per_sale: float = 0.5
    lost_seconds: tuple[float, float] = (2.0, 4.0)
    seconds: float = 115.0
    settle_seconds: float = 40.0
    tangle: bool = False
    by_radius: bool = False
    radius_restarts: int = 0
    logins: int = 0
    interim: int = 10
    short_seconds: int = 25
    let_in_within: float = 10.0

    def half_by_radius(self) -> Scale:
        """The same with half of the routers on RADIUS."""
        times = 2 * self.database_restarts
        return replace(self, by_radius=True, radius_restarts=times, seconds=self.seconds * 1.5)


FULL = Scale(sales=2000, kills=50, database_restarts=2, seconds=600.0, settle_seconds=600.0)
# All goes on until each way to lose a gateway has come up; many more would buy meanwhile.
BRIEFLY = (1.2, 2.4)
SMALL = Scale(
    sales=90,
    kills=5,
    database_restarts=1,
    routers=6,
    customers=40,
    processes=1,
    workers=2,
    kill_pause=0.5,
    sales_per_kill=15.0,
    fault_pause=0.15,
    lost_seconds=BRIEFLY,
    seconds=150.0,
    settle_seconds=120.0,
    tangle=True,
)
SMALL_ON_SQLITE = Scale(
    sales=80,
    kills=4,
    database_restarts=0,
    routers=6,
    customers=24,
    servers=1,
    processes=1,
    workers=1,
    halts=0.0,
    kill_pause=1.0,
    sales_per_kill=15.0,
    fault_pause=0.15,
    lost_seconds=BRIEFLY,
    seconds=150.0,
    settle_seconds=120.0,
)
# How long somebody waits is measured by the large run alone: here the machine may be busy.
BRIEF_BY_RADIUS = Scale(
    sales=24,
    kills=2,
    database_restarts=1,
    routers=4,
    customers=12,
    servers=1,
    workers=1,
    kill_pause=0.5,
    sales_per_kill=8.0,
    halts=0.0,
    fault_pause=0.15,
    lost_seconds=BRIEFLY,
    seconds=150.0,
    settle_seconds=300.0,
    by_radius=True,
    radius_restarts=1,
    logins=5,
    interim=3,
    short_seconds=6,
    let_in_within=PATIENCE,
)
