"""Make on its routers the user profile that a plan is sold with, where they lack it."""

from __future__ import annotations

from dataclasses import dataclass

from portal.core.database import reading, writing
from portal.hotspot.provisioning import NewProfile, Provisioner
from portal.hotspot.setup import UserProfile
from portal.hotspot.setup.terminal import COOKIE_DAYS
from portal.models import Plan
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import owned_in
from portal.operators.profiles.reading import active_routers, ask_each
from portal.operators.router_setup import plan_terms
from portal.ports import provisioner_of

SECONDS = 6.0


@dataclass(frozen=True)
class ProfileMade:
    """Tell of a router whether the profile was made there; `problem`: why it is not known."""

    router: str
    made: bool
    problem: str = ""


def make_missing(actor: Actor, company_id: str, plan_id: int) -> list[ProfileMade]:
    """Make it on each router that sells the plan, within 6 s; one that stands is left alone.

    Raises NotFound. May be repeated: what was made and not heard of is found standing.
    """
    with reading() as session:
        plan = owned_in(session, Plan, plan_id, company_id)
    wanted = UserProfile(plan.profile_name, (plan_terms(plan),))
    profile = NewProfile(wanted.name, COOKIE_DAYS, wanted.rate_limit, wanted.shared_users)

    def make(provisioner: Provisioner, timeout: float) -> bool:
        return provisioner.add_profile(profile, timeout)

    routers = active_routers(company_id, plan.router_id)
    answers = ask_each(routers, provisioner_of, make, SECONDS)
    made = [router.id for router, answer in zip(routers, answers, strict=True) if answer is True]
    with writing() as session:
        for router_id in made:
            record(
                session,
                actor,
                AuditAction.ROUTER_ADD_PROFILE,
                router_id,
                company_id,
                profile=profile.name,
            )
    return [
        ProfileMade(router.name, False, answer)
        if isinstance(answer, str)
        else ProfileMade(router.name, answer)
        for router, answer in zip(routers, answers, strict=True)
    ]
