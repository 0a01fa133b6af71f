"""Tell who makes or changes a plan what in its routers' profiles does not keep it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from portal.core.concurrency import map_concurrently
from portal.core.database import reading
from portal.core.errors import Problem
from portal.core.vault import VaultError
from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import RouterError
from portal.hotspot.inspection import Inspector
from portal.hotspot.setup import UserProfile
from portal.hotspot.setup.profile_checks import advice
from portal.models import Plan, Router
from portal.operators.router_setup import plan_terms
from portal.ports import inspector_of

# Whoever saves a plan waits for it.
SECONDS = 4.0
MOST_SAID = 30
UNSEEN = "Router «{}»: no se pudo mirar el perfil «{}». {}"
TOO_LATE = "No hubo tiempo para preguntarle."
UNREADABLE = "Su contraseña guardada no se puede leer: escríbala de nuevo en sus datos."
MORE = "Y {} avisos más: vea «flask router check» de cada router."


@dataclass(frozen=True)
class _Asked:
    """Hold a router by name, and what tells its profiles; a text where nothing does."""

    name: str
    inspector: Inspector | str


def plan_advice(plan: Plan) -> list[str]:
    """Give a sentence for each thing that does not fit, with the line that mends it.

    Its routers are asked side by side, within 4 s, while no transaction is open; that one could
    not be asked is such a sentence. An unsold plan has none.
    """
    asked, deadline = _asked(plan), Deadline(SECONDS)
    if not asked:
        return []
    wanted = UserProfile(plan.profile_name, (plan_terms(plan),))
    answers = map_concurrently(lambda one: _of_router(one, wanted, deadline), asked)
    said = [sentence for answer in answers for sentence in answer]
    rest = len(said) - MOST_SAID
    return said if rest <= 0 else [*said[:MOST_SAID], MORE.format(rest)]


def _asked(plan: Plan) -> list[_Asked]:
    with reading() as session:
        query = select(Router).where(Router.company_id == plan.company_id, Router.active)
        if plan.router_id is not None:
            query = query.where(Router.id == plan.router_id)
        found = session.scalars(query.order_by(Router.name, Router.id)).all()
    return [_Asked(router.name, _inspector(router)) for router in found if plan.active]


def _inspector(router: Router) -> Inspector | str:
    try:
        return inspector_of(router)
    except Problem as problem:
        return problem.detail
    except VaultError:
        return UNREADABLE


def _of_router(asked: _Asked, wanted: UserProfile, deadline: Deadline) -> list[str]:
    if isinstance(asked.inspector, str):
        return [UNSEEN.format(asked.name, wanted.name, asked.inspector)]
    if deadline.passed:
        return [UNSEEN.format(asked.name, wanted.name, TOO_LATE)]
    try:
        profiles = asked.inspector.profiles(deadline.remaining())
    except RouterError as error:
        return [UNSEEN.format(asked.name, wanted.name, error.advice)]
    return [f"Router «{asked.name}»: {said}" for said in advice(wanted, profiles)]
