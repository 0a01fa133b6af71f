"""Read who visits: what the router said of a device, each word checked."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from marshmallow import ValidationError

from portal.pages.visits.chap import Challenge, read_challenge
from portal.pages.visits.login_hosts import read_login_url, read_url
from portal.pages.visits.seals import VISIT, Scope, seal, unseal
from portal.ports import settings
from portal.web.fields import ApiField, IPv4, Mac, Text

LONGEST_NAME = 64
# An address stays short enough for every browser; who buys more often shows the latest.
MOST_PROOFS = 5
# What Android asks to find out whether it is online; the answer is empty, and shows nothing.
PROBES = ("/generate_204", "/gen_204")


@dataclass(frozen=True)
class Visit:
    """Describe a device in front of a router's hotspot, as far as is known.

    `id` was drawn when it arrived, and is the same on all pages that it sees from then on;
    nobody else can name it. `mac` and `ip` are what the address said, which anybody may write.
    `login_url` is the router's own login page; `orig_url` where the device wanted to go.
    `sales` are those begun or opened in this visit, `codes` the accesses whose code was
    entered in it: ids, the latest last. `goes_on`: it came with a seal of ours, not just now.
    """

    scope: Scope | None = None
    id: str | None = None
    mac: str | None = None
    ip: str | None = None
    login_url: str | None = None
    orig_url: str | None = None
    challenge: Challenge | None = None
    sales: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    goes_on: bool = field(default=False, compare=False)

    @property
    def is_bare(self) -> bool:
        """Tell whether nothing is known of it."""
        said = (self.mac, self.ip, self.login_url, self.orig_url, self.challenge)
        return not any(said) and not self.sales and not self.codes

    @property
    def comes_from_router(self) -> bool:
        """Tell whether a router sent it, rather than somebody who typed the address."""
        return self.mac is not None

    @property
    def onward_url(self) -> str | None:
        """Give where the device wanted to go, if there is anything to see."""
        wanted = read_url(self.orig_url)
        if wanted is None or wanted.path.endswith(PROBES) or self.is_sent_back:
            return None
        return self.orig_url

    @property
    def is_sent_back(self) -> bool:
        """Tell whether the router was asked to lead here, by a page of ours."""
        ours = settings().public_url.rstrip("/") + "/r/"
        return self.orig_url is not None and self.orig_url.startswith(ours)

    def with_sale(self, sale_id: str) -> Visit:
        """Give the visit in which this sale was begun, or opened at its own address."""
        return replace(self, sales=_latest(self.sales, sale_id))

    def with_code(self, access_id: str) -> Visit:
        """Give the visit in which this access' code was entered."""
        return replace(self, codes=_latest(self.codes, access_id))

    def sealed(self) -> str:
        """Give it as text for an address; empty for nobody's."""
        return seal(VISIT, self.scope, list(_flat(self).values())) if self.scope else ""


def _latest(ids: tuple[str, ...], one: str) -> tuple[str, ...]:
    return (*(known for known in ids if known != one), one)[-MOST_PROOFS:]


def new_visit(scope: Scope, **said: Any) -> Visit:
    """Make the visit of somebody who has just come."""
    return Visit(scope, secrets.token_urlsafe(9), **said)


def read_visit(scope: Scope, said: Mapping[str, str], login_hosts: Collection[str]) -> Visit:
    """Read what a router's login page said, hostile as it may be; what is not good is left out."""
    orig = said.get("link-orig")
    return new_visit(
        scope,
        mac=_checked(Mac(), said.get("mac")),
        ip=_checked(IPv4(), said.get("ip")),
        login_url=read_login_url(said.get("link-login-only"), login_hosts),
        orig_url=orig if read_url(orig) else None,
        challenge=read_challenge(said.get("chap-id"), said.get("chap-challenge")),
    )


def open_visit(scope: Scope, sealed: str | None) -> Visit:
    """Open a visit that we sealed for this shop; make a new one where it is not ours or stale."""
    values = unseal(VISIT, scope, sealed)
    if not isinstance(values, list) or len(values) != len(_FIELDS):
        return new_visit(scope)
    found: dict[str, Any] = dict(zip(_FIELDS, values, strict=True))
    chap_id, challenge = found.pop("chap_id"), found.pop("chap_challenge")
    found |= {name: tuple(found[name]) for name in ("sales", "codes")}
    given = Challenge(chap_id, challenge) if chap_id else None
    return Visit(scope, **found, challenge=given, goes_on=True)


def read_name(said: Mapping[str, str]) -> str | None:
    """Read the hotspot user that was tried last, if it could be one."""
    return _checked(Text(LONGEST_NAME), said.get("username"))


def _flat(visit: Visit) -> dict[str, Any]:
    values: dict[str, Any] = asdict(visit)
    del values["scope"], values["goes_on"]
    challenge = values.pop("challenge") or {"id": None, "challenge": None}
    return values | {"chap_id": challenge["id"], "chap_challenge": challenge["challenge"]}


def _checked(field: ApiField, value: str | None) -> str | None:
    if not value:
        return None
    try:
        found: str = field.deserialize(value)
    except ValidationError:
        return None
    return found


_FIELDS = tuple(_flat(Visit()))
