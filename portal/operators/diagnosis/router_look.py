"""Look at a router for one person: two questions at a time, none after the deadline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from portal import ports
from portal.alerts.router_contact import note_answer, note_failure
from portal.core.concurrency import run_concurrently
from portal.core.errors import Problem
from portal.core.vault import VaultError
from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import RouterBusy, RouterError, RouterUnavailable
from portal.hotspot.inspection import Garden, Inspector, Profile
from portal.hotspot.network import RouterClock
from portal.hotspot.presence import Host, Presence
from portal.hotspot.presence import Session as Online
from portal.hotspot.provisioning import HotspotUser, Provisioner
from portal.models import Router
from portal.models.router import Delivery
from portal.operators.diagnosis.facts import Look, Reach, Unseen

T = TypeVar("T")


@dataclass
class RouterAnswers:
    """Hold what the router said of a user, a device and itself; `problem` why it does not.

    `sessions` are those of the user and those of the device.
    """

    user: Look[HotspotUser | None] = Unseen.NOT_ASKED
    hosts: Look[tuple[Host, ...]] = Unseen.NOT_ASKED
    sessions: Look[tuple[Online, ...]] = Unseen.NOT_ASKED
    profiles: Look[tuple[Profile, ...]] = Unseen.NOT_ASKED
    garden: Look[Garden] = Unseen.NOT_ASKED
    clock: Look[RouterClock | None] = Unseen.NOT_ASKED
    reach: Look[Reach] = Unseen.NOT_ASKED
    problem: RouterError | None = None


def look_at(router: Router, name: str | None, mac: str | None, deadline: Deadline) -> RouterAnswers:
    """Ask all of it; what the deadline cuts off stays unseen. Nothing is held meanwhile."""
    try:
        asker = _Asker(
            ports.provisioner_of(router),
            ports.presence_of(router),
            ports.inspector_of(router),
            deadline,
        )
    except (VaultError, Problem):
        return RouterAnswers(reach=Reach.REFUSES)
    found = RouterAnswers()
    run_concurrently(
        lambda: _look_at_user(asker, found, name), lambda: _look_at_device(asker, found, name, mac)
    )
    if router.delivery == Delivery.RADIUS:
        # Its users and sessions stand here: whether it is there, its own reports say.
        asker = replace(asker, answered=0, problem=None, failures=[])
        asker.ask(asker.inspector.info)
    found.reach, found.problem = asker.reach, asker.problem
    if asker.answered:
        note_answer(router)
    elif asker.problem is not None:
        note_failure(router, asker.problem)
    return found


@dataclass
class _Asker:
    """Ask what there is time for, and keep what was wrong with the rest."""

    provisioner: Provisioner
    presence: Presence
    inspector: Inspector
    deadline: Deadline
    answered: int = 0
    problem: RouterError | None = None
    failures: list[RouterError] = field(default_factory=list)

    def ask(self, question: Callable[[float], T]) -> Look[T]:
        """Give the answer, or why there is none."""
        if self.deadline.passed:
            return Unseen.LATE
        try:
            answer = question(self.deadline.remaining())
        except RouterError as error:
            self.failures.append(error)
            if not isinstance(error, RouterBusy):
                self.problem = error
            return Unseen.LATE if isinstance(error, RouterUnavailable) else Unseen.REFUSED
        self.answered += 1
        return answer

    @property
    def reach(self) -> Look[Reach]:
        """Tell whether it answers at all: one answer shows that it does."""
        if self.answered:
            return Reach.ANSWERS
        if self.problem is None:
            return Unseen.LATE
        refuses = all(not isinstance(failed, RouterUnavailable) for failed in self.failures)
        return Reach.REFUSES if refuses else Reach.SILENT


def _look_at_user(asker: _Asker, found: RouterAnswers, name: str | None) -> None:
    if name is not None:
        found.user = asker.ask(lambda timeout: asker.provisioner.find_user(name, timeout))
        found.profiles = asker.ask(asker.inspector.profiles)
    found.garden = asker.ask(asker.inspector.walled_garden)


def _look_at_device(asker: _Asker, found: RouterAnswers, name: str | None, mac: str | None) -> None:
    presence = asker.presence
    if mac is not None:
        found.hosts = asker.ask(lambda timeout: presence.hosts(timeout, mac=mac))
    of_user: Look[tuple[Online, ...]] = ()
    if name is not None:
        of_user = asker.ask(lambda timeout: presence.sessions(timeout, user=name))
    found.sessions = _joined(of_user, _of_device(asker, mac))
    found.clock = asker.ask(asker.inspector.clock)


def _of_device(asker: _Asker, mac: str | None) -> Look[tuple[Online, ...]]:
    if mac is None:
        return ()
    return asker.ask(lambda timeout: asker.presence.sessions(timeout, mac=mac))


def _joined(
    of_user: Look[tuple[Online, ...]], of_device: Look[tuple[Online, ...]]
) -> Look[tuple[Online, ...]]:
    if isinstance(of_user, Unseen) or isinstance(of_device, Unseen):
        return of_user if isinstance(of_user, Unseen) else of_device
    return (*of_user, *(online for online in of_device if online not in of_user))
