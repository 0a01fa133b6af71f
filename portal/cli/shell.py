"""Give the commands what they share: who types, when, and how a problem is told."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
from babel.dates import get_timezone

from portal.core.errors import Problem
from portal.hotspot.errors import RouterError
from portal.operators.audit import Actor
from portal.ports import settings


def actor() -> Actor:
    """Name whoever runs the command, as the audit does."""
    return Actor(f"cli:{getpass.getuser()}")


@contextmanager
def problems_told() -> Iterator[None]:
    """End the command with a problem's sentence, and 1."""
    try:
        yield
    except Problem as problem:
        raise click.ClickException(_reason(problem)) from None


def _reason(problem: Problem) -> str:
    """What is wrong, in full: whoever has this shell may know what answers where."""
    cause = problem.__cause__
    return cause.advice if isinstance(cause, RouterError) else problem.detail


class MomentType(click.ParamType[datetime]):
    """Read a date, or date and time, in ISO 8601; `placed` gives it a zone where it names none."""

    name = "fecha"

    def convert(
        self, value: datetime | str, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read it, or end the command with a sentence where it is none."""
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(value.strip())
        except ValueError:
            self.fail(f"«{value}» no es una fecha como 2026-01-31 o 2026-01-31T18:30.", param, ctx)


MOMENT = MomentType()


def placed(moment: datetime) -> datetime:
    """Place the moment that was typed in TIME_ZONE, unless it named its zone."""
    if moment.tzinfo:
        return moment
    zone = get_timezone(settings().time_zone)
    # A zone of pytz, which Babel may use, must place a moment itself.
    localize = getattr(zone, "localize", None)
    found: datetime = localize(moment) if localize else moment.replace(tzinfo=zone)
    return found


def shown(moment: datetime) -> str:
    """Write a moment in TIME_ZONE: `2026-01-31 18:30:05`."""
    return moment.astimezone(get_timezone(settings().time_zone)).strftime("%Y-%m-%d %H:%M:%S")
