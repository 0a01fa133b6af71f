"""Find whom somebody asks after: by a code, a MAC or an e-mail, within one company."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from portal.access.desired_state import NAME_LENGTH, PASSWORD_DIGITS, READABLE
from portal.access.usage import is_used_up
from portal.core.database import reading
from portal.core.errors import NotFound
from portal.models import Access, Router, Sale
from portal.models.access import AccessState
from portal.operators.diagnosis.facts import Asked
from portal.operators.lookup import ABSENT, company_in, owned_in
from portal.sales.search.finding import Search

# Of one e-mail or device; who has bought more often is still found by the latest.
MOST = 200
PIECES = re.compile(r"[^\W_]+")
# A code and its password, typed as one.
PAIR = re.compile(rf"([{READABLE}]{{{NAME_LENGTH}}})[0-9]{{{PASSWORD_DIGITS}}}")


@dataclass(frozen=True)
class Question:
    """Hold what somebody is asked after by; `text` is the code, MAC or e-mail.

    `access_id` names one of several that an earlier answer told of, and `mac` the device that it
    is about. `address` is the caller's, for who asks after the device in their hand.
    """

    asked: Asked
    text: str = field(default="", repr=False)
    access_id: str | None = None
    address: str | None = None
    mac: str | None = None


@dataclass(frozen=True)
class Subject:
    """Hold whom it is about: the access, the purchase that made it, and others that fit as well.

    `mac` is the device in question where somebody named it, or bought with it. `unasked` are the
    names of routers that might have known more.
    """

    router: Router | None = None
    access: Access | None = None
    sale: Sale | None = None
    mac: str | None = None
    others: Sequence[Access] = ()
    unasked: tuple[str, ...] = ()


def find_subject(company_id: str, router_id: str | None, question: Question) -> Subject:
    """Find the newest living access that fits, else the newest purchase. Raises NotFound."""
    with reading() as session:
        company_in(session, company_id)
        router = owned_in(session, Router, router_id, company_id) if router_id else None
        accesses = _accesses(session, company_id, router, question)
        if not accesses:
            return Subject(router, mac=_named_mac(question))
        chosen = min(accesses, key=lambda access: (access.id != question.access_id, *_rank(access)))
        found = router or owned_in(session, Router, chosen.router_id, company_id)
        sale = _sale_of(session, chosen)
    mac = _named_mac(question) or chosen.mac or (sale.mac if sale else None)
    others = [access for access in accesses if access is not chosen]
    return Subject(found, chosen, sale, mac, sorted(others, key=_rank))


def with_access(subject: Subject, access: Access) -> Subject:
    """Give the same subject with another access of its."""
    if subject.access is not None and subject.access.id == access.id:
        return subject
    with reading() as session:
        return replace(subject, access=access, sale=_sale_of(session, access))


def is_living(access: Access) -> bool:
    """Tell whether it should let somebody in now."""
    return access.wanted == AccessState.ENABLED and not is_used_up(access)


def _named_mac(question: Question) -> str | None:
    return question.text if question.asked is Asked.MAC else question.mac


def _rank(access: Access) -> tuple[bool, float]:
    return not is_living(access), -access.created_at.timestamp()


def _accesses(
    session: Session, company_id: str, router: Router | None, question: Question
) -> Sequence[Access]:
    """Read those that fit, the newest first."""
    on_router = () if router is None else (Access.router_id == router.id,)
    named = question.access_id
    fits = (
        _fits(session, company_id, question)
        if named is None
        else _of_same_person(session, company_id, named, *on_router)
    )
    if fits is None:
        return ()
    mine = select(Access).where(Access.company_id == company_id, *on_router, fits)
    return session.scalars(mine.order_by(Access.created_at.desc()).limit(MOST)).all()


def _of_same_person(
    session: Session, company_id: str, access_id: str, *on_router: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Find an access that was named, and what else was bought with its e-mail. Raises NotFound."""
    access = owned_in(session, Access, access_id, company_id)
    if session.scalar(select(Access.id).where(Access.id == access_id, *on_router)) is None:
        raise NotFound(ABSENT[Access])
    sale = _sale_of(session, access)
    if sale is None or sale.erased_at is not None:
        return Access.id == access_id
    bought = _bought(session, company_id, Sale.customer_email == sale.customer_email)
    return Access.id.in_({access_id, *bought})


def _fits(session: Session, company_id: str, question: Question) -> ColumnElement[bool] | None:
    match question.asked:
        case Asked.CODE:
            return _named(session, company_id, question.text)
        case Asked.MAC:
            bought = _bought(session, company_id, Sale.mac == question.text)
            return or_(Access.mac == question.text, Access.id.in_(bought))
        case Asked.EMAIL:
            spelt = _spelt(session, company_id, question.text)
            return Access.id.in_(_bought(session, company_id, spelt))
        case Asked.SELF:
            return None


def _spelt(session: Session, company_id: str, email: str) -> ColumnElement[bool]:
    """Fit an e-mail as people spell it, which an index finds; else in any capitals at all."""
    usual = Sale.customer_email.in_({email, email.lower(), email.lower().capitalize()})
    mine = select(Sale).where(Sale.company_id == company_id)
    if session.scalar(mine.with_only_columns(Sale.id).where(usual).limit(1)) is not None:
        return usual
    newest = mine.order_by(Sale.created_at.desc(), Sale.id.desc())
    found = Search(session, company_id, email).newest(newest, MOST)
    return Sale.id.in_(sale.id for sale in found if sale.customer_email.lower() == email.lower())


def _bought(session: Session, company_id: str, which: ColumnElement[bool]) -> Sequence[str]:
    """Name the accesses of the latest purchases that fit; who added to one is another's guest.

    By themselves: of what may be this or was bought so, no index would be asked.
    """
    still_known = (Sale.company_id == company_id, Sale.erased_at.is_(None))
    query = select(Sale.access_id).where(*still_known, which, Sale.extends.is_(False))
    return session.scalars(query.order_by(Sale.created_at.desc()).limit(MOST)).all()


def _named(session: Session, company_id: str, typed: str) -> ColumnElement[bool] | None:
    """Names stand sealed, each for its router: the whole of one is looked for on every router.

    A code and its password may have been copied together.
    """
    names = _names_in(typed)
    if not names:
        return None
    routers = session.scalars(select(Router.id).where(Router.company_id == company_id))
    return Access.named_on(routers, *names)


def _names_in(typed: str) -> list[str]:
    pieces = PIECES.findall(typed)
    if not pieces:
        return []
    whole = "".join(pieces)
    found = [pieces[0], whole]
    if pair := PAIR.fullmatch(whole.upper()):
        found.append(pair[1])
    # Names of ours are in capitals, and phones begin with small letters.
    return list(dict.fromkeys([*found, *(name.upper() for name in found)]))


def _sale_of(session: Session, access: Access) -> Sale | None:
    """Find the purchase that made an access; a code sold for cash has none."""
    made = select(Sale).where(Sale.access_id == access.id, Sale.extends.is_(False))
    return session.scalar(made.order_by(Sale.created_at.desc()).limit(1))
