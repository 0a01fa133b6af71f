"""Find on which router somebody is of whom no record tells it, and by which code they came in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import select

from portal import ports
from portal.core.database import reading
from portal.hotspot.deadline import Deadline
from portal.models import Router
from portal.operators.diagnosis.asking import ask_each
from portal.operators.diagnosis.facts import Asked, Unseen
from portal.operators.diagnosis.subject import Question, Subject, find_subject, with_access
from portal.operators.online.owners import owners_of

T = TypeVar("T")


def placed(company_id: str, subject: Subject, question: Question, deadline: Deadline) -> Subject:
    """Give the subject with its router, and with the code that its device is online by."""
    if question.asked is Asked.CODE and subject.access is None:
        return _with_foreign_user(company_id, subject, question, deadline)
    if question.asked not in (Asked.MAC, Asked.SELF):
        return subject
    if subject.access is None:
        subject = _seen_somewhere(company_id, subject, question, deadline)
    return _by_its_session(subject, deadline)


def _seen_somewhere(
    company_id: str, subject: Subject, question: Question, deadline: Deadline
) -> Subject:
    """Look for a device in all host tables, by its MAC or by the address that asks.

    An address proves nothing where a router's NAT stands between: it is then in no table.
    """
    mac = question.text if question.asked is Asked.MAC else None
    if mac is None and question.address is None:
        return subject

    def hosts(router: Router, timeout: float) -> Sequence[str]:
        presence = ports.presence_of(router)
        seen = presence.hosts(timeout, mac=mac, address=None if mac else question.address)
        return [host.mac for host in seen]

    router, seen, unasked = _first(company_id, subject, hosts, deadline)
    if router is None or not seen:
        return replace(subject, router=router, unasked=unasked)
    own = replace(question, asked=Asked.MAC, text=seen[0])
    return replace(find_subject(company_id, router.id, own), router=router, mac=seen[0])


def _with_foreign_user(
    company_id: str, subject: Subject, question: Question, deadline: Deadline
) -> Subject:
    """Tell on which router a code is that we do not know: other tools make users as well."""
    name = question.text.strip()

    def is_there(router: Router, timeout: float) -> bool:
        return ports.provisioner_of(router).find_user(name, timeout) is not None

    router, is_known, unasked = _first(company_id, subject, is_there, deadline)
    return replace(subject, router=router if is_known else None, unasked=unasked)


def _by_its_session(subject: Subject, deadline: Deadline) -> Subject:
    """Tell by which of our codes the device is online now, whoever bought it."""
    router, mac = subject.router, subject.mac
    if router is None or mac is None:
        return subject
    [(_, seen)] = ask_each(
        [router], lambda one, timeout: ports.presence_of(one).sessions(timeout, mac=mac), deadline
    )
    if isinstance(seen, Unseen):
        return subject
    owners = owners_of([(router.id, online) for online in seen])
    owner = next(iter(owners.values()), None)
    return subject if owner is None else with_access(subject, owner)


def _first(
    company_id: str,
    subject: Subject,
    question: Callable[[Router, float], T],
    deadline: Deadline,
) -> tuple[Router | None, T | None, tuple[str, ...]]:
    """Give the first router that has something to say, and the names of those that say nothing.

    Where there is but one, it is that one if it says nothing: then nothing can be known.
    """
    routers = [subject.router] if subject.router else _routers(company_id)
    answers = ask_each(routers, question, deadline)
    unasked = tuple(router.name for router, said in answers if isinstance(said, Unseen))
    for router, said in answers:
        if not isinstance(said, Unseen) and said:
            return router, said, unasked
    is_silent = len(routers) == 1 and bool(unasked)
    return routers[0] if is_silent else None, None, unasked


def _routers(company_id: str) -> list[Router]:
    mine = select(Router).where(Router.company_id == company_id, Router.active)
    with reading() as session:
        return list(session.scalars(mine.order_by(Router.name, Router.id)))
