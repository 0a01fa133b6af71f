"""Examine why somebody has no Internet: find them, look at their router, decide."""

from __future__ import annotations

from dataclasses import dataclass, replace

from portal.access.spans import Span
from portal.core.database import reading
from portal.hotspot.deadline import Deadline
from portal.hotspot.presence import Session as Online
from portal.hotspot.setup.findings import State
from portal.models import Company
from portal.operators.diagnosis.decision import Explanation, diagnose
from portal.operators.diagnosis.facts import Asked, DeviceFacts, Facts, RouterFacts, Unseen
from portal.operators.diagnosis.placing import placed
from portal.operators.diagnosis.record_facts import access_of, lost_time, money_of, name_of
from portal.operators.diagnosis.router_facts import router_facts
from portal.operators.diagnosis.router_look import RouterAnswers, look_at
from portal.operators.diagnosis.subject import Question, Subject, find_subject
from portal.operators.dial_in.standing import TunnelStanding, standing_of

# All of it: an owner stands at the counter with the customer before them.
SECONDS = 3.0
# Of that, what is left for our records and the page after the router has had its time.
SPARE_SECONDS = 0.2
BY_DEVICE = (Asked.MAC, Asked.SELF)


@dataclass(frozen=True)
class Examination:
    """Hold what was found out of somebody: the cause, and what it rests on.

    `session` is the device's own; `rivals` are the code's other sessions, the oldest first.
    `outage` is time that the access lost. `company` is whose days and rules they are. `tunnel` is
    how the router's own stands, where it dials in.
    """

    question: Question
    diagnosis: Explanation
    subject: Subject
    facts: Facts
    look: RouterAnswers
    company: Company
    session: Online | None = None
    rivals: tuple[Online, ...] = ()
    outage: Span | None = None
    tunnel: TunnelStanding | None = None


def examine(company_id: str, question: Question, router_id: str | None = None) -> Examination:
    """Find out why, live, within 3 s. Without `router_id` all of the company's are meant.

    Raises NotFound, also for another company's router.
    """
    deadline = Deadline(SECONDS - SPARE_SECONDS)
    found = find_subject(company_id, router_id, question)
    subject = placed(company_id, found, question, deadline)
    look = RouterAnswers()
    if subject.router is not None:
        look = look_at(subject.router, _user(subject, question), subject.mac, deadline)
    with reading() as session:
        outage = lost_time(session, subject.access) if subject.access else None
        company = session.get_one(Company, company_id)
    own, rivals = _sessions(subject, look)
    tunnel = standing_of(subject.router) if subject.router is not None else None
    facts = _facts(question, subject, look, company, outage, own)
    facts = replace(facts, router=replace(facts.router, is_tunnel_down=_is_down(tunnel)))
    return Examination(
        question, diagnose(facts), subject, facts, look, company, own, rivals, outage, tunnel
    )


def _is_down(tunnel: TunnelStanding | None) -> bool:
    return tunnel is not None and tunnel.state is State.MISSING


def _user(subject: Subject, question: Question) -> str | None:
    if subject.access is None:
        return question.text.strip() if question.asked is Asked.CODE else None
    return name_of(subject.access)


def _sessions(subject: Subject, look: RouterAnswers) -> tuple[Online | None, tuple[Online, ...]]:
    """Give the device's session, and the others by its code; of an unknown device the latest."""
    if isinstance(look.sessions, Unseen):
        return None, ()
    seen = sorted(look.sessions, key=lambda online: online.uptime)
    own = next((s for s in seen if subject.mac is None or s.mac == subject.mac), None)
    name = name_of(subject.access)
    rivals = [s for s in reversed(seen) if s.user == name and (own is None or s.mac != own.mac)]
    return own, tuple(rivals)


def _facts(
    question: Question,
    subject: Subject,
    look: RouterAnswers,
    company: Company,
    outage: Span | None,
    own: Online | None,
) -> Facts:
    router, access = subject.router, subject.access
    said = router_facts(router, access, look) if router else RouterFacts()
    if subject.mac is None and own is not None:
        said = _with_device(said, own)
    return Facts(
        asked=question.asked,
        is_found=access is not None or _is_there(question, subject, look),
        mac=subject.mac or (own.mac if own else None),
        money=money_of(subject.sale),
        access=access_of(access, outage),
        router=said,
        is_selling=company.active and (router is None or router.active),
    )


def _is_there(question: Question, subject: Subject, look: RouterAnswers) -> bool:
    """Tell whether a device is at least in the network, or may be for all that can be seen."""
    if question.asked not in BY_DEVICE or subject.router is None:
        return False
    return isinstance(look.hosts, Unseen) or bool(look.hosts)


def _with_device(said: RouterFacts, own: Online) -> RouterFacts:
    """Whoever is online by the code is the device, where nobody knows another."""
    return replace(said, device=DeviceFacts(frozenset({own.address})))
