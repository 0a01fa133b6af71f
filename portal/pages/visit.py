"""Who stands at the door: what the router said of a device, each word checked."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from marshmallow import ValidationError

from portal.api.fields import ApiField, IPv4, Mac, Text
from portal.pages.chap import Challenge, read_challenge
from portal.pages.login_hosts import read_login_url, read_url
from portal.pages.seals import VISIT, seal, unseal

LONGEST_NAME = 64
# What Android asks to find out whether it is online; the answer is empty, and shows nothing.
PROBES = ("/generate_204", "/gen_204")


@dataclass(frozen=True)
class Visit:
    """A device in front of a router's hotspot, as far as is known.

    `login_url` is the router's own login page; `orig_url` where the device wanted to go. `id`
    was drawn when it arrived, and is the same on all pages that it sees from then on.
    """

    id: str | None = None
    mac: str | None = None
    ip: str | None = None
    login_url: str | None = None
    orig_url: str | None = None
    challenge: Challenge | None = None

    @property
    def comes_from_router(self) -> bool:
        """Whether a router sent it, rather than somebody who typed the address."""
        return self.mac is not None

    @property
    def says_nothing(self) -> bool:
        """Whether it tells neither who came nor from where."""
        return replace(self, id=None) == Visit()

    @property
    def onward_url(self) -> str | None:
        """Where the device wanted to go, if there is anything to see."""
        wanted = read_url(self.orig_url)
        return self.orig_url if wanted and not wanted.path.endswith(PROBES) else None

    def sealed(self) -> str:
        """It as text for an address."""
        return seal(VISIT, list(_flat(self).values()))


def read_visit(said: Mapping[str, str], login_hosts: Collection[str]) -> Visit:
    """What a router's login page said, hostile as it may be; what is not good is left out."""
    orig = said.get("link-orig")
    return Visit(
        id=secrets.token_urlsafe(9),
        mac=_checked(Mac(), said.get("mac")),
        ip=_checked(IPv4(), said.get("ip")),
        login_url=read_login_url(said.get("link-login-only"), login_hosts),
        orig_url=orig if read_url(orig) else None,
        challenge=read_challenge(said.get("chap-id"), said.get("chap-challenge")),
    )


def open_visit(sealed: str | None) -> Visit:
    """A visit that we sealed; an empty one where it is not ours or stale."""
    values = unseal(VISIT, sealed)
    if not isinstance(values, list) or len(values) != len(_FIELDS):
        return Visit()
    found: dict[str, Any] = dict(zip(_FIELDS, values, strict=True))
    chap_id, challenge = found.pop("chap_id"), found.pop("chap_challenge")
    return Visit(**found, challenge=Challenge(chap_id, challenge) if chap_id else None)


def read_name(said: Mapping[str, str]) -> str | None:
    """The hotspot user that was tried last, if it could be one."""
    return _checked(Text(LONGEST_NAME), said.get("username"))


def _flat(visit: Visit) -> dict[str, str | None]:
    values: dict[str, Any] = asdict(visit)
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
