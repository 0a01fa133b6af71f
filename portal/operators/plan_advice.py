"""Tell who makes or changes a plan what in its routers' profiles does not keep it."""

from __future__ import annotations

from collections.abc import Iterable

from portal.hotspot.setup import UserProfile
from portal.hotspot.setup.profile_checks import advice
from portal.models import Plan
from portal.operators.profiles.reading import RouterProfiles, read_profiles
from portal.operators.router_setup import plan_terms

# Whoever saves a plan waits for it.
SECONDS = 4.0
MOST_SAID = 30
UNSEEN = "Router «{}»: no se pudo mirar el perfil «{}». {}"
MORE = "Y {} avisos más: vea «flask router check» de cada router."


def plan_advice(plan: Plan) -> list[str]:
    """Give a sentence for each thing that does not fit, with the line that mends it.

    Its routers are asked side by side, within 4 s, while no transaction is open; that one could
    not be asked is such a sentence. An unsold plan has none.
    """
    if not plan.active:
        return []
    return advice_on(plan, read_profiles(plan.company_id, plan.router_id, SECONDS))


def advice_on(plan: Plan, routers: Iterable[RouterProfiles]) -> list[str]:
    """Give the same of routers that were asked already."""
    wanted = UserProfile(plan.profile_name, (plan_terms(plan),))
    said = [sentence for router in routers for sentence in _of_router(router, wanted)]
    rest = len(said) - MOST_SAID
    return said if rest <= 0 else [*said[:MOST_SAID], MORE.format(rest)]


def lacking(plan: Plan, routers: Iterable[RouterProfiles]) -> list[str]:
    """Name the routers that were asked and have no profile of the plan's."""
    return [
        router.name
        for router in routers
        if router.profiles is not None
        and plan.profile_name not in {profile.name for profile in router.profiles}
    ]


def _of_router(router: RouterProfiles, wanted: UserProfile) -> list[str]:
    if router.profiles is None:
        return [UNSEEN.format(router.name, wanted.name, router.problem)]
    return [f"Router «{router.name}»: {said}" for said in advice(wanted, router.profiles)]
