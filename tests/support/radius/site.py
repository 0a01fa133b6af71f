"""Sell accesses at sites that RADIUS serves, written straight into the records."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from secrets import token_bytes
from typing import Any

from flask import Flask
from sqlalchemy import update

from portal.access.radius.keys import radius_keys
from portal.access.radius.routers import enrol
from portal.access.radius.secrets import RadiusSecrets
from portal.core.database import reading, writing
from portal.core.records import new_id
from portal.models import (
    Access,
    Job,
    RadiusGrant,
    RadiusRouter,
    RadiusSession,
    RadiusUser,
    Router,
)
from portal.models.job import JobKind
from tests.support.radius.radclient import SECONDS, Heard, ask
from tests.support.servers.freeradius import FreeRadius
from tests.support.tenants import make_tenant

MAC, IP = "AA:BB:CC:00:00:01", "192.168.88.10"
PASSWORD = "clave-1234"
_sessions = count(1)


@dataclass(frozen=True)
class Sold:
    """What a customer knows of an access, and which it is."""

    access_id: str
    name: str
    password: str = field(repr=False)


class Site:
    """One router with RADIUS. `says` is its realm, which tells whose its packets are."""

    def __init__(self, app: Flask, router_id: str, server: FreeRadius) -> None:
        self.app, self.router_id, self.server = app, router_id, server
        with app.app_context():
            keys = radius_keys()
            self.key: RadiusSecrets = keys.first
            with writing() as session:
                router = session.get_one(Router, router_id)
                self.company_id = router.company_id
                enrol(session, keys, router)
        self.says = self.key.router_name(router_id)

    @classmethod
    def open(cls, app: Flask, server: FreeRadius) -> Site:
        """Open the first site of a new company."""
        return cls(app, make_tenant(app).router_id, server)

    def second(self, host: str = "", *, dial_in: str | None = None) -> Site:
        """Open another site of the same company."""
        with self.app.app_context(), writing() as session:
            router = Router(
                company_id=self.company_id,
                name="Playa",
                host=host or "192.0.2.9",
                username="portal",
                dial_in=dial_in,
            )
            session.add(router)
            session.flush()
            router_id = router.id
        return Site(self.app, router_id, self.server)

    def sell(
        self, name: str = "", password: str = PASSWORD, kind: str = "user_password", **bought: Any
    ) -> Sold:
        """Write an access that is wanted enabled, and what the server reads of it."""
        name = name or new_id("U", 8)
        access = Access(
            id=new_id("acc_", 20, upper=False),
            company_id=self.company_id,
            router_id=self.router_id,
            kind=kind,
            wanted="enabled",
            actual="enabled",
            profile_name="1hora",
        )
        values = {"disabled": False, "profile": "1hora", "used_seconds": 0, "used_bytes": 0}
        with self.app.app_context(), writing() as session:
            access.name, access.password = name, password
            session.add(access)
            session.flush()
            user = RadiusUser(
                access_id=access.id,
                company_id=self.company_id,
                router_id=self.router_id,
                key_id=self.key.id,
                name_digest=self.key.name_digest(self.company_id, name),
                password_cipher=self.key.seal(access.id, password),
                **values | bought,
            )
            session.add(user)
        return Sold(access.id, name, password)

    def log_in(
        self, sold: Sold, *, chap: bool = False, seconds: float = SECONDS, **changes: object
    ) -> Heard:
        """Ask as this router does when somebody logs in, and wait so long."""
        values = {
            "User_Name": sold.name,
            **(chap_of(sold.password) if chap else {"User_Password": sold.password}),
            "NAS_Identifier": "MikroTik",
            "Mikrotik_Realm": self.says,
            "NAS_IP_Address": "192.168.88.1",
            "Called_Station_Id": "hotspot1",
            "Calling_Station_Id": MAC,
            "Framed_IP_Address": IP,
        }
        port, secret = self.server.auth_port, self.server.secret
        return ask(port, "auth", secret, seconds, **values | changes)

    def log_in_with(self, secret: str, sold: Sold, **changes: object) -> Heard:
        """Ask with another secret than the server's; short, since no answer is awaited."""
        values = {"User_Name": sold.name, "User_Password": sold.password, **changes}
        return ask(self.server.auth_port, "auth", secret, 0.3, Mikrotik_Realm=self.says, **values)

    def account(
        self,
        kind: str,
        session_id: str,
        login: str | None = None,
        seconds: float = SECONDS,
        **more: object,
    ) -> Heard:
        """Tell of a session as this router does. `login` is the Class that the login gave."""
        values = {
            "Acct_Status_Type": kind,
            "NAS_Identifier": "MikroTik",
            "Mikrotik_Realm": self.says,
            "NAS_IP_Address": "192.168.88.1",
            "Acct_Session_Id": session_id,
            "Calling_Station_Id": MAC,
            "Framed_IP_Address": IP,
        }
        if login is not None:
            values["Class"] = login
        port, secret = self.server.accounting_port, self.server.secret
        return ask(port, "acct", secret, seconds, **values | more)

    def sessions(self) -> list[RadiusSession]:
        """Its sessions, in the order in which we heard of them."""
        with self.app.app_context(), reading() as session:
            found = session.query(RadiusSession).filter_by(router_id=self.router_id)
            return found.order_by(RadiusSession.id).all()

    def user(self, sold: Sold) -> RadiusUser:
        """What the server reads of an access now."""
        with self.app.app_context(), reading() as session:
            return session.get_one(RadiusUser, sold.access_id)

    def job(self, sold: Sold) -> Job | None:
        """The work that has the sessions of an access changed; None where none waits."""
        with self.app.app_context(), reading() as session:
            return session.get(Job, JobKind.SESSION_CHANGES.about(sold.access_id))

    @contextmanager
    def reading_router(self) -> Iterator[RadiusRouter]:
        """What is known of the router itself."""
        with self.app.app_context(), reading() as session:
            yield session.get_one(RadiusRouter, self.router_id)

    def age_sessions(self, seconds: int) -> None:
        """Let the sessions have been silent for so long, and what was let in be that old."""
        earlier = timedelta(seconds=seconds)
        with self.app.app_context(), writing() as session:
            here = update(RadiusSession).where(RadiusSession.router_id == self.router_id)
            session.execute(here.values(heard_at=RadiusSession.heard_at - earlier))
            session.execute(update(RadiusGrant).values(granted_at=RadiusGrant.granted_at - earlier))

    def change(self, sold: Sold, **values: Any) -> None:
        """Write other values into what the server reads."""
        with self.app.app_context(), writing() as session:
            user = session.get_one(RadiusUser, sold.access_id)
            for name, value in values.items():
                setattr(user, name, value)


def chap_of(password: str) -> dict[str, str]:
    """A challenge and its answer, as RFC 2865 has a router make them."""
    challenge, number = token_bytes(16), b"\x07"
    answer = hashlib.md5(number + password.encode() + challenge).hexdigest()
    return {"CHAP_Challenge": "0x" + challenge.hex(), "CHAP_Password": "0x07" + answer}


def new_session_id() -> str:
    """A session id that no other test has."""
    return f"{0x80000000 + next(_sessions):x}"
