"""Tell the time of a moment in a query, by UTC and by the clocks of a place.

Databases are only asked to add and compare, so that all of them tell the same.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Integer, case, cast, func
from sqlalchemy.orm import Session

from portal.core.local_time import offsets


def unix_seconds(session: Session, moment: Any) -> ColumnElement[int]:
    """Give a moment's whole seconds since 1970."""
    if session.get_bind().dialect.name == "sqlite":
        # It rounds to milliseconds, which would push the last of a day into the next.
        whole_second = func.substr(moment, 1, len("2025-01-31 23:59:59"))
        return cast(func.strftime("%s", whole_second), Integer)
    # A double, which holds every microsecond of our times; EXTRACT's numeric takes much longer.
    return cast(func.floor(func.date_part("epoch", moment)), BigInteger)


def local_seconds(
    session: Session, moment: Any, zone: ZoneInfo, since: datetime, until: datetime
) -> ColumnElement[int]:
    """Give the seconds that clocks there show since 1970, at a moment between these two."""
    known = list(offsets(since, until, zone))
    before = [(moment < known[i + 1][0], known[i][1]) for i in range(len(known) - 1)]
    ahead = case(*before, else_=known[-1][1]) if before else known[-1][1]
    return unix_seconds(session, moment) + ahead
