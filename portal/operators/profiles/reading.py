"""Ask a company's routers for their user profiles, side by side and not for long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select

from portal.core.concurrency import map_concurrently
from portal.core.database import reading
from portal.core.errors import Problem
from portal.core.vault import VaultError
from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import RouterError
from portal.hotspot.inspection import Inspector, Profile
from portal.models import Router
from portal.ports import inspector_of

TOO_LATE = "No hubo tiempo para preguntarle."
UNREADABLE = "Su contraseña guardada no se puede leer: escríbala de nuevo en sus datos."

Port = TypeVar("Port")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class RouterProfiles:
    """Hold a router's user profiles; None where it could not be asked, and `problem` says why."""

    router_id: str
    name: str
    profiles: tuple[Profile, ...] | None
    problem: str = ""


def read_profiles(company_id: str, router_id: str | None, seconds: float) -> list[RouterProfiles]:
    """Read those of the company's active routers, or of one, within so many seconds."""

    def read(inspector: Inspector, timeout: float) -> tuple[Profile, ...]:
        return inspector.profiles(timeout)

    routers = active_routers(company_id, router_id)
    answers = ask_each(routers, inspector_of, read, seconds)
    return [
        RouterProfiles(router.id, router.name, None, answer)
        if isinstance(answer, str)
        else RouterProfiles(router.id, router.name, answer)
        for router, answer in zip(routers, answers, strict=True)
    ]


def active_routers(company_id: str, router_id: str | None) -> Sequence[Router]:
    """Give the company's routers that sell, or the one, by name."""
    query = select(Router).where(Router.company_id == company_id, Router.active)
    if router_id is not None:
        query = query.where(Router.id == router_id)
    with reading() as session:
        return session.scalars(query.order_by(Router.name, Router.id)).all()


def ask_each(
    routers: Sequence[Router],
    port_of: Callable[[Router], Port],
    ask: Callable[[Port, float], Answer],
    seconds: float,
) -> list[Answer | str]:
    """Ask each router through its port, while no transaction is open; a text says why not."""
    deadline = Deadline(seconds)
    ports = [_reached(router, port_of) for router in routers]
    return list(map_concurrently(lambda port: _asked(port, ask, deadline), ports))


def _reached(router: Router, port_of: Callable[[Router], Port]) -> Port | str:
    try:
        return port_of(router)
    except Problem as problem:
        return problem.detail
    except VaultError:
        return UNREADABLE


def _asked(
    port: Port | str, ask: Callable[[Port, float], Answer], deadline: Deadline
) -> Answer | str:
    if isinstance(port, str):
        return port
    if deadline.passed:
        return TOO_LATE
    try:
        return ask(port, deadline.remaining())
    except RouterError as error:
        return error.advice
