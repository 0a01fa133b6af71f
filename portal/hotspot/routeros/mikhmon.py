"""Read the codes that Mikhmon leaves on a router, as its third version writes them.

A code it makes has the comment `vc-`, where the name is the password too, or `up-`, then three
digits, the day (`mm.dd.yy`) and what the seller typed. When it is first used, its profile's
on-login script writes there until when it is good, as the router's version writes a moment:
`jan/02/2026 10:00:00`, from RouterOS 7.10 on `2026-01-02 10:00:00`. That script begins with a
header, `:put (",rem,5000,1d,6000,,Disable,")`: what happens at the end, price, validity, selling
price (github.com/laksa19/mikhmonv3: hotspot/generateuser.php, adduserprofile.php).
"""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from decimal import Decimal

from portal.hotspot.adoption import LeftKind, LeftProfile, LeftUser
from portal.hotspot.routeros.users import bound_mac
from portal.hotspot.routeros.values import Row, number, parse_duration, seconds, text, truth

_MADE = re.compile(r"(vc|up)-[0-9]{3}-[0-9]{2}\.[0-9]{2}\.[0-9]{2}-(.*)", re.DOTALL)
_CLOCK = r" ([0-9]{2}:[0-9]{2}:[0-9]{2})( .*)?"
_ENDS = (
    (re.compile(r"([a-z]{3}/[0-9]{2}/[0-9]{4})" + _CLOCK), "%b/%d/%Y %H:%M:%S"),
    (re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})" + _CLOCK), "%Y-%m-%d %H:%M:%S"),
)
_HEADER = re.compile(
    r':put \(",(?P<mode>rem|ntf|remc|ntfc|),(?P<price>[^,"]*),(?P<validity>[^,"]*),'
    r'(?P<selling>[^,"]*),'
)
_PESOS = re.compile(r"[0-9]{1,7}(\.[0-9]{1,2})?")
# What its watcher writes to a code that is over and whose users are to be told so.
_OVER = 1
_HIDDEN = re.compile(r"\**")


def is_left(row: Row) -> bool:
    """Tell whether a user may be Mikhmon's, by its comment; an e-mail is not what it writes."""
    comment = row.get("comment", "")
    dated = any(form.fullmatch(comment) for form, _ in _ENDS)
    return not row.get("email") and (dated or _MADE.fullmatch(comment) is not None)


def read_profile(name: str, on_login: str) -> LeftProfile | None:
    """Read what a profile's script says of its codes; None where it is not Mikhmon's."""
    header = _HEADER.match(on_login.lstrip())
    if header is None:
        return None
    price = _centavos(header["selling"]) or _centavos(header["price"])
    return LeftProfile(name, price, _span(header["validity"]) if header["mode"] else None)


def read_left(
    row: Row, profile: LeftProfile | None, zone: tzinfo, now: datetime
) -> LeftUser | None:
    """Read a user that may be Mikhmon's; None where it is not.

    A date alone is anybody's comment, unless the user's profile is Mikhmon's. Raises
    RouterRefused for counters that cannot be read.
    """
    comment, name = text(row, "comment"), text(row, "name")
    made, ends = _MADE.fullmatch(comment), _moment(comment, zone)
    if made is None and (ends is None or profile is None):
        return None
    password = _password(row, name, is_code=made is not None and made[1] == "vc")
    return LeftUser(
        name=name,
        password=password,
        comment=comment,
        profile=text(row, "profile"),
        kind=_kind(row, ends, now, is_known=bool(password)),
        note=made[2] if made else "",
        expires_at=ends,
        limit_uptime=seconds(row, "limit-uptime") or None,
        limit_bytes=number(row, "limit-bytes-total") or None,
        is_bound=bool(bound_mac(row)),
    )


def _kind(row: Row, ends: datetime | None, now: datetime, *, is_known: bool) -> LeftKind:
    uptime, limit = seconds(row, "uptime"), seconds(row, "limit-uptime")
    traffic = number(row, "bytes-in") + number(row, "bytes-out")
    most = number(row, "limit-bytes-total")
    is_used, has_end = uptime + traffic > 0, ends is not None
    if truth(row, "disabled"):
        return LeftKind.DISABLED
    is_spent = limit == _OVER or 0 < limit <= uptime or 0 < most <= traffic
    if is_spent or (ends is not None and ends <= now):
        return LeftKind.EXPIRED
    if is_used and not has_end and not limit:
        return LeftKind.ENDLESS
    if not is_known:
        return LeftKind.HIDDEN
    return LeftKind.USED if is_used or has_end else LeftKind.UNUSED


def _password(row: Row, name: str, *, is_code: bool) -> str:
    """Give the password, as the router tells it or as Mikhmon makes it; empty: it is not known."""
    told = text(row, "password")
    # A login without the policy `sensitive` gets stars, or nothing at all.
    if _HIDDEN.fullmatch(told) is None:
        return told
    return name if is_code else ""


def _moment(comment: str, zone: tzinfo) -> datetime | None:
    for form, written in _ENDS:
        if found := form.fullmatch(comment):
            try:
                ends = datetime.strptime(f"{found[1].title()} {found[2]}", written)
            except ValueError:
                return None
            return ends.replace(tzinfo=zone)
    return None


def _centavos(written: str) -> int | None:
    return int(Decimal(written) * 100) or None if _PESOS.fullmatch(written) else None


def _span(written: str) -> int | None:
    try:
        return parse_duration(written) or None
    except ValueError:
        return None
