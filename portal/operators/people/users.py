"""Make and change the people who administer: users of the panel and of the administration API."""

from __future__ import annotations

from typing import Any, TypedDict, Unpack

from sqlalchemy import Select, select
from sqlalchemy import update as update_rows
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.records import sane
from portal.models import AdminSession, AdminUser, Company, utc_now
from portal.models.admin_user import COMPANY_ROLES, Role
from portal.operators import companies
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import ListPage, apply, company_in, conflict, owned_in, page
from portal.operators.people import password_rules, passwords
from portal.operators.people.own_password import forget_email_changes
from portal.operators.trail.changes import Changes, made

EMAIL_TAKEN = "Ya existe un usuario con ese correo."
COMPANY_NEEDED = "Un {} necesita una empresa."
COMPANY_REFUSED = "Un super_admin no pertenece a ninguna empresa."
NOT_OF_A_COMPANY = "Una persona de una empresa es cliente_admin o cajero."
LAST_OWNER = "Debe quedar al menos un dueño activo en la empresa."
LAST_SUPER_ADMIN = "Debe quedar al menos un super_admin activo."


class UserValues(TypedDict, total=False):
    """Hold what may be said of a user. `role` is one of `Role`'s words."""

    email: str
    password: str
    name: str
    role: str
    company_id: str | None
    active: bool


def create(actor: Actor, **values: Unpack[UserValues]) -> AdminUser:
    """Make a user. Raises Conflict (e-mail taken), Invalid (weak password), NotFound (company)."""
    _check_password(values)
    hashed = passwords.hash_password(values["password"])
    with writing() as session:
        return create_in(session, actor, hashed, **values)


def create_in(
    session: Session, actor: Actor, password_hash: str, **values: Unpack[UserValues]
) -> AdminUser:
    """Make a user within a transaction; the slow hashing was done before it."""
    named: dict[str, Any] = {name: value for name, value in values.items() if name != "password"}
    user = AdminUser(password_hash=password_hash, **named)
    user.email = user.email.lower()
    _check_company(session, user)
    session.add(user)
    with conflict(EMAIL_TAKEN):
        session.flush()
    record(session, actor, AuditAction.USER_CREATE, user.id, user.company_id, made(user))
    return user


def create_with_company(
    actor: Actor, email: str, password: str, company_name: str | None
) -> AdminUser:
    """Make a cliente_admin of the company of this name, and the company; else a super_admin.

    Raises Conflict (e-mail taken, several companies of this name), Invalid (weak password).
    """
    password_rules.check(password, (email, company_name))
    hashed = passwords.hash_password(password)
    with writing() as session:
        values = UserValues(email=email, name=email.partition("@")[0], role=Role.SUPER_ADMIN)
        if company_name is not None:
            company = companies.named_in(session, company_name)
            company = company or companies.create_in(session, actor, name=company_name)
            values |= UserValues(role=Role.COMPANY_ADMIN, company_id=company.id)
        return create_in(session, actor, hashed, **values)


def create_within(actor: Actor, within: str, **values: Unpack[UserValues]) -> AdminUser:
    """Make a person of the company, as its owner may: an owner or a cashier. Raises as `create`."""
    _check_role(values)
    values["company_id"] = within
    return create(actor, **values)


def update(
    actor: Actor, user_id: int, within: str | None = None, **values: Unpack[UserValues]
) -> AdminUser:
    """Set what is given, and leave the rest. Who is changed in more than name logs in anew.

    `within` is the company whose owner does it: nobody but its own people is found then, they
    stay its own, and an active owner must be left. Raises NotFound, Conflict (e-mail taken, last
    super_admin, last owner), Invalid.
    """
    if within is not None:
        _check_role(values)
    if "password" in values:
        known = get(user_id, within)
        _check_password(
            {"email": known.email, "name": known.name, "company_id": known.company_id, **values}
        )
    changes = _columns(values)
    with writing() as session:
        user = _user_in(session, user_id, within, lock=True)
        if changed := change_in(session, user, changes):
            if within is not None and session.scalar(_owners_of(within).limit(1)) is None:
                raise Conflict(LAST_OWNER)
            record(session, actor, AuditAction.USER_UPDATE, user_id, user.company_id, changed)
    return user


def toggle(actor: Actor, user_id: int, active: bool | None = None) -> AdminUser:
    """Lock the user out or let them in again: the other way round, or as `active` says.

    Raises NotFound, and Conflict for the last super_admin.
    """
    with writing() as session:
        user = _user_in(session, user_id, lock=True)
        changed = change_in(
            session, user, {"active": not user.active if active is None else active}
        )
        action = AuditAction.USER_ACTIVATE if user.active else AuditAction.USER_DEACTIVATE
        record(session, actor, action, user_id, user.company_id, changed)
    return user


def get(user_id: int, within: str | None = None) -> AdminUser:
    """Find the user, of one company or of all. Raises NotFound."""
    with reading() as session:
        return _user_in(session, user_id, within)


def listing(limit: int, offset: int) -> ListPage[AdminUser]:
    """List all users, by e-mail."""
    with reading() as session:
        return page(session, select(AdminUser).order_by(AdminUser.email), limit, offset)


def of_company(company_id: str, limit: int, offset: int) -> ListPage[AdminUser]:
    """List a company's people: who may enter first, then by name. Raises NotFound."""
    with reading() as session:
        company_in(session, company_id)
        theirs = select(AdminUser).where(AdminUser.company_id == company_id)
        order = (AdminUser.active.desc(), AdminUser.name, AdminUser.id)
        return page(session, theirs.order_by(*order), limit, offset)


def _check_role(values: UserValues) -> None:
    if values.get("role", Role.CASHIER) not in COMPANY_ROLES:
        raise Invalid(NOT_OF_A_COMPANY, errores={"rol": [NOT_OF_A_COMPANY]})


def _check_password(values: UserValues) -> None:
    company_id, company = values.get("company_id"), None
    if company_id and sane(company_id):
        with reading() as session:
            company = session.scalar(select(Company.name).where(Company.id == company_id))
    password_rules.check(values["password"], (values.get("email"), values.get("name"), company))


def _columns(values: UserValues) -> dict[str, Any]:
    changes: dict[str, Any] = dict(values)
    if "password" in changes:
        changes["password_hash"] = passwords.hash_password(changes.pop("password"))
    if "email" in changes:
        changes["email"] = changes["email"].lower()
    return changes


def _user_in(
    session: Session, user_id: int, within: str | None = None, *, lock: bool = False
) -> AdminUser:
    if lock:
        # In one order, so that two who lock each other out wait instead of deadlocking.
        most = _super_admins() if within is None else _owners_of(within)
        session.execute(most.order_by(AdminUser.id).with_for_update())
    if within is not None:
        return owned_in(session, AdminUser, user_id, within)
    user = session.get(AdminUser, user_id) if sane(user_id) else None
    if user is None:
        raise NotFound("Usuario no encontrado")
    return user


def change_in(session: Session, user: AdminUser, changes: dict[str, Any]) -> Changes:
    """Set columns within a transaction; who is changed in more than name logs in anew.

    Raises Conflict (e-mail taken, last super_admin), Invalid.
    """
    was_super_admin = user.role == Role.SUPER_ADMIN and user.active
    with session.no_autoflush:
        changed = apply(user, changes)
        _check_company(session, user)
    with conflict(EMAIL_TAKEN):
        session.flush()
    if was_super_admin and session.scalar(_super_admins().limit(1)) is None:
        raise Conflict(LAST_SUPER_ADMIN)
    if set(changed.names) - {"name"}:
        _end_sessions(session, user.id)
        forget_email_changes(session, user.id)
    return changed


def _check_company(session: Session, user: AdminUser) -> None:
    if user.role in COMPANY_ROLES and user.company_id is None:
        sentence = COMPANY_NEEDED.format(user.role)
        raise Invalid(sentence, errores={"empresa_id": [sentence]})
    if user.role == Role.SUPER_ADMIN and user.company_id is not None:
        raise Invalid(COMPANY_REFUSED, errores={"empresa_id": [COMPANY_REFUSED]})
    if user.company_id is not None:
        company_in(session, user.company_id)


def _super_admins() -> Select[int]:
    return select(AdminUser.id).where(AdminUser.role == Role.SUPER_ADMIN, AdminUser.active)


def _owners_of(company_id: str) -> Select[int]:
    return select(AdminUser.id).where(
        AdminUser.company_id == company_id,
        AdminUser.role == Role.COMPANY_ADMIN,
        AdminUser.active,
    )


def _end_sessions(session: Session, user_id: int) -> None:
    standing = update_rows(AdminSession).where(
        AdminSession.user_id == user_id, AdminSession.ended_at.is_(None)
    )
    session.execute(standing.values(ended_at=utc_now()))
