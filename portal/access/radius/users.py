"""Write a router's users where the RADIUS server reads them: nothing outside is asked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from portal.access.provisioning import expiry, mark_of, mark_prefix
from portal.access.radius.errors import NotOffered, SessionsOpen
from portal.access.radius.keys import radius_keys
from portal.access.radius.session_changes import put_changes
from portal.access.radius.sessions import close_forgotten, open_of
from portal.core.database import reading, writing
from portal.core.rows.inserting import insert_new
from portal.hotspot.errors import NameTaken
from portal.hotspot.provisioning import (
    HotspotUser,
    Known,
    NewHotspotUser,
    NewProfile,
    Provisioner,
    UserFound,
)
from portal.hotspot.setup.speeds import rate_limit
from portal.models import Access, Company, RadiusSession, RadiusUser, Router, utc_now

NAME_TAKEN = "Otro código vigente de la empresa tiene ese nombre."
FOUND, NOT_FOUND = UserFound(True), UserFound(False)
BATCH = 1_000


class RadiusUsers(Provisioner):
    """Serve the users of one router. `timeout` is not needed, since nobody outside is waited for.

    `api` is the same port of the router's own API, where it has one. What is written holds from the
    next login on; who is in by it is seen to by `session_changes`.
    """

    def __init__(self, router: Router, api: Callable[[], Provisioner] | None) -> None:
        self._router_id, self._company_id, self._api = router.id, router.company_id, api

    def add_user(self, user: NewHotspotUser, timeout: float, *, disabled: bool = True) -> str:
        keys, access_id = radius_keys(), _access_in(user.mark)
        digests = keys.name_digests(self._company_id, user.name)
        sealed = {"key_id": keys.first.id, "name_digest": digests[0]}
        sealed["password_cipher"] = keys.first.seal(access_id, user.password)
        with writing() as session:
            self._in_turn(session)
            access = session.get_one(Access, access_id)
            values = _terms(access) | _limits(user) | {"disabled": disabled}
            values |= {} if disabled else {"expires_at": _end_from_now(access)}
            if (twin := self._twin(session, access, digests)) is not None or not insert_new(
                session, RadiusUser, {**self._own(access_id), **sealed, **values}
            ):
                raise NameTaken(NAME_TAKEN, _shown(twin, user.name) if twin else None)
        return access_id

    def enable_user(
        self,
        name: str,
        mark: str,
        timeout: float,
        *,
        user_id: str | None = None,
        known: Known | None = None,
        was_enabled: bool = False,
    ) -> UserFound:
        def enable(session: Session, user: RadiusUser) -> None:
            access = session.get_one(Access, user.access_id)
            if user.disabled or access.expires_at is None:
                user.expires_at = _end_from_now(access)
            user.disabled = False

        return self._change(mark, enable)

    def disable_user(
        self,
        name: str,
        mark: str,
        timeout: float,
        *,
        user_id: str | None = None,
        known: Known | None = None,
    ) -> UserFound:
        def disable(session: Session, user: RadiusUser) -> None:
            if not user.disabled:
                user.disabled = True
                _see_to_sessions(session, user)

        return self._change(mark, disable)

    def update_user(
        self,
        name: str,
        mark: str,
        timeout: float,
        *,
        profile: str | None = None,
        limit_uptime: int | None = None,
        limit_bytes: int | None = None,
        known: Known | None = None,
    ) -> UserFound:
        def update(session: Session, user: RadiusUser) -> None:
            access = session.get_one(Access, user.access_id)
            terms = _terms(access) | {"limit_seconds": limit_uptime, "limit_bytes": limit_bytes}
            if access.expires_at is None:
                del terms["expires_at"]
            changed = {name: new for name, new in terms.items() if getattr(user, name) != new}
            for name, new in changed.items():
                setattr(user, name, new)
            if changed:
                _see_to_sessions(session, user)

        return self._change(mark, update)

    def unbind_user(
        self, name: str, mark: str, timeout: float, *, known: Known | None = None
    ) -> UserFound:
        return self._change(mark, lambda _session, _user: None)

    def remove_user(
        self,
        name: str,
        mark: str,
        timeout: float,
        *,
        user_id: str | None = None,
        known: Known | None = None,
    ) -> UserFound:
        access_id = _access_in(mark)
        with writing() as session:
            close_forgotten(session, RadiusSession.access_id == access_id)
            user = self._user(session, access_id)
            if not open_of(session, access_id):
                session.execute(delete(RadiusUser).where(RadiusUser.access_id == access_id))
                return UserFound(user is not None)
            is_news = user is not None and not user.disabled
            if user is not None:
                user.disabled = True
            put_changes(session, access_id, self._company_id, at_once=is_news)
        raise SessionsOpen

    def find_user(self, name: str, timeout: float) -> HotspotUser | None:
        return next(iter(self.users_named([name], timeout)), None)

    def users_named(self, names: Sequence[str], timeout: float) -> tuple[HotspotUser, ...]:
        keys, known = radius_keys(), dict[bytes, str]()
        for name in names:
            known |= dict.fromkeys(keys.name_digests(self._company_id, name), name)
        digests, found = list(known), list[HotspotUser]()
        for start in range(0, len(digests), BATCH):
            some = RadiusUser.name_digest.in_(digests[start : start + BATCH])
            found += [_shown(user, known[user.name_digest]) for user in self._read(some)]
        return tuple(found)

    def users_marked(
        self,
        mark_prefix: str,
        timeout: float,
        *,
        names: Collection[str] = (),
        sold: int | None = None,
    ) -> tuple[HotspotUser, ...]:
        """Give all of the router's, without their names, which stand nowhere in clear."""
        return tuple(_shown(user, "") for user in self._read())

    def add_profile(self, profile: NewProfile, timeout: float) -> bool:
        if self._api is None:
            raise NotOffered
        return self._api().add_profile(profile, timeout)

    def _in_turn(self, session: Session) -> None:
        """Have others of the company wait: two codes of one name are kept apart by this alone."""
        mine = select(Company.id).where(Company.id == self._company_id)
        session.execute(mine.with_for_update(key_share=True))

    def _twin(
        self, session: Session, access: Access, digests: Sequence[bytes]
    ) -> RadiusUser | None:
        """Find what has the name where one of the two is good at all of the company's sites.

        Also its own row, which an answer that was lost has left.
        """
        same = RadiusUser.name_digest.in_(digests)
        where = RadiusUser.everywhere | (RadiusUser.router_id == self._router_id)
        met = select(RadiusUser).where(RadiusUser.company_id == self._company_id, same)
        return session.scalar((met if access.all_sites else met.where(where)).limit(1))

    def _own(self, access_id: str) -> dict[str, Any]:
        own = {"access_id": access_id, "company_id": self._company_id}
        counted = {"used_seconds": 0, "used_bytes": 0, "updated_at": utc_now()}
        return own | counted | {"router_id": self._router_id}

    def _user(self, session: Session, access_id: str) -> RadiusUser | None:
        mine = RadiusUser.router_id == self._router_id
        query = select(RadiusUser).where(RadiusUser.access_id == access_id, mine)
        return session.scalar(query.with_for_update())

    def _change(self, mark: str, change: Callable[[Session, RadiusUser], None]) -> UserFound:
        with writing() as session:
            user = self._user(session, _access_in(mark))
            if user is None:
                return NOT_FOUND
            change(session, user)
        return FOUND

    def _read(self, *which: ColumnElement[bool]) -> Sequence[RadiusUser]:
        with reading() as session:
            mine = RadiusUser.router_id == self._router_id
            return session.scalars(select(RadiusUser).where(mine, *which)).all()


def _see_to_sessions(session: Session, user: RadiusUser) -> None:
    """Have who is in by it told of the change, once that is committed."""
    if open_of(session, user.access_id):
        put_changes(session, user.access_id, user.company_id)


def _terms(access: Access) -> dict[str, Any]:
    from_first = access.duration_from == "first_use"
    return {
        "everywhere": access.all_sites,
        "profile": access.profile_name,
        "rate_limit": rate_limit(access.speed),
        # Where no one router counts devices, somebody has to.
        "max_devices": access.max_devices or (1 if access.all_sites else None),
        "first_use_seconds": access.duration_seconds if from_first else None,
        "expires_at": access.expires_at,
    }


def _end_from_now(access: Access) -> datetime | None:
    """Give when it ends if it is opened now.

    Its record says so only once that is done: whoever died before is not whose clock counts.
    """
    return access.expires_at or expiry(access, utc_now())


def _limits(user: NewHotspotUser) -> dict[str, int | None]:
    return {"limit_seconds": user.limit_uptime, "limit_bytes": user.limit_bytes}


def _access_in(mark: str) -> str:
    return mark.removeprefix(mark_prefix())


def _shown(user: RadiusUser, name: str) -> HotspotUser:
    return HotspotUser(
        id=user.access_id,
        name=name,
        mark=mark_of(user.access_id),
        disabled=user.disabled,
        profile=user.profile,
        uptime=user.used_seconds,
        bytes_in=user.used_bytes,
        bytes_out=0,
        limit_uptime=user.limit_seconds,
        limit_bytes=user.limit_bytes,
    )
