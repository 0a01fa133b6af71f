"""Let things go wrong at routers."""

from __future__ import annotations

from collections.abc import Container
from contextlib import suppress

from portal.sandbox.routeros import Fault, FaultKind, RouterSandbox, Trap
from portal.sandbox.routeros.menus.paths import ACTIVE, USER
from tests.chaos.environment import STRANGERS, ChaosEnvironment
from tests.chaos.fault_scheduler import Action, FaultScheduler

COMMANDS = (None, f"{USER}/add", f"{USER}/set", f"{USER}/remove", f"{USER}/print", ACTIVE)
STRIKES = (
    FaultKind.CUT_BEFORE,
    FaultKind.CUT_AFTER,
    FaultKind.HANG,
    FaultKind.HANG_AFTER,
    FaultKind.DRIBBLE,
    FaultKind.GARBAGE,
    FaultKind.TRAP,
    FaultKind.FATAL,
    FaultKind.DELAY,
    FaultKind.REFUSE_LOGIN,
    FaultKind.TOO_MANY_SESSIONS,
)
# As often as all others together where answers tangle.
TANGLES = (FaultKind.DROP_TAG, FaultKind.MANGLE_TAG, FaultKind.IGNORE_CANCEL, FaultKind.HANG) * 3
SCATTER_MILLISECONDS = 30.0


class RouterFaults:
    """`actions` are what can go wrong, with their weights."""

    def __init__(
        self, environment: ChaosEnvironment, scheduler: FaultScheduler, *, tangle: bool
    ) -> None:
        self._environment, self._scheduler, self._chance = environment, scheduler, scheduler.chance
        self._strikes = STRIKES + TANGLES if tangle else STRIKES
        if tangle:
            for router in environment.routers[::2]:
                router.faults.scatter(SCATTER_MILLISECONDS, times=None)
        self._down: set[RouterSandbox] = set()
        self._bare: set[RouterSandbox] = set()
        self._owed: list[tuple[RouterSandbox, dict[str, str]]] = []
        self._disabled: set[tuple[RouterSandbox, str]] = set()
        self.actions: dict[Action, int] = {
            self._strike: 45,
            self._go_down: 6,
            self._reboot: 6,
            self._reset: 2,
            self._delete_a_user: 4,
            self._disable_a_user: 3,
        }
        if tangle:
            # However few faults chance has time for, this one is among them.
            self._strike_with(FaultKind.DROP_TAG)

    def clear(self) -> None:
        """Whatever listens works properly again, and what hangs is let go."""
        for router in self._environment.routers:
            router.faults.clear()
            router.drop_connections()
        owed, self._owed = self._owed, []
        for router, row in owed:
            self._enable(router, row)

    def enable(self, marks: Container[str]) -> None:
        """Have their operators enable those of these users whom they disabled, wherever they are.

        One that was lost since is made again as it was left, maybe after all else is calm.
        """
        for router, mark in self._disabled:
            for user in list(router.users.values()) if mark in marks else ():
                if user.get("comment") == mark:
                    self._enable(router, user)

    def _router(self) -> RouterSandbox:
        return self._chance.choice(self._environment.routers)

    def _strike(self) -> None:
        self._strike_with(self._chance.choice(self._strikes))

    def _strike_with(self, kind: FaultKind) -> None:
        slow = {FaultKind.DELAY: self._chance.uniform(200, 1500), FaultKind.DRIBBLE: 20.0}
        self._router().faults.add(
            Fault(
                kind,
                self._chance.choice(COMMANDS),
                times=self._chance.choice((1, 1, 2, 3)),
                milliseconds=slow.get(kind, 0.0),
                message="failure: chaos",
            )
        )
        self._scheduler.counts[f"router: {kind.value.replace('_', ' ')}"] += 1

    def _go_down(self) -> None:
        router = self._router()
        if router in self._down:
            return
        self._down.add(router)
        self._environment.mishaps[router] += 1
        router.go_down()
        self._scheduler.later(0.5, 4, lambda: self._come_up(router))
        self._scheduler.counts["router: down for seconds"] += 1

    def _come_up(self, router: RouterSandbox) -> None:
        router.come_up()
        self._environment.mishaps[router] += 1
        self._down.discard(router)

    def _reboot(self) -> None:
        router = self._router()
        # Told or not: only those who report to somebody could tell.
        router.reboot(power_cut=router in self._environment.set_ups and self._chance.random() < 0.5)
        self._environment.mishaps[router] += 1
        self._scheduler.counts["router: reboot with new ids"] += 1

    def _reset(self) -> None:
        """Its operator sets it up again soon, without any of our users."""
        router = self._router()
        if router in self._bare:
            return
        self._bare.add(router)
        self._environment.mishaps[router] += 1
        router.reset()
        self._scheduler.later(0.1, 1.5, lambda: self._set_up(router))
        self._scheduler.counts["router: reset to empty"] += 1

    def _set_up(self, router: RouterSandbox) -> None:
        self._environment.furnish(router)
        self._environment.mishaps[router] += 1
        self._bare.discard(router)

    def _delete_a_user(self) -> None:
        if self._by_hand("remove") is not None:
            self._scheduler.counts["router: user deleted by hand"] += 1

    def _disable_a_user(self) -> None:
        """It stays so until its operator has it back, which what we disabled is never."""
        if (found := self._by_hand("disable")) is not None:
            router, row = found
            self._disabled.add((router, row.get("comment", "")))
            if row.get("disabled", "false") == "false":
                self._scheduler.later(0.5, 4, lambda: self._enable(router, row))
            self._scheduler.counts["router: user disabled by hand"] += 1

    def _enable(self, router: RouterSandbox, row: dict[str, str]) -> None:
        standing = router.users.get(row["name"])
        if standing is None:
            # Lost since: it is made again as its operator left it, and they have it back then.
            self._owed.append((router, row))
        elif standing.get("comment") == row.get("comment"):
            with suppress(Trap):
                router.execute(f"{USER}/enable", numbers=standing[".id"])

    def _by_hand(self, verb: str) -> tuple[RouterSandbox, dict[str, str]] | None:
        """Do this to one of the users that are not strangers; give it as it was."""
        router = self._router()
        users = [row for name, row in router.users.items() if name not in STRANGERS]
        if not users:
            return None
        row = self._chance.choice(users)
        try:
            router.execute(f"{USER}/{verb}", numbers=row[".id"])
        except Trap:
            return None
        return router, row
