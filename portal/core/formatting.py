"""Write money, time and data as people say them."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from math import ceil

from babel.dates import format_date, format_datetime, format_skeleton, get_timezone

from portal.core.i18n import gettext, language, ngettext

MINUTE, HOUR, DAY = 60, 3600, 86400
# Operators enter megabytes of 2**20 bytes, as routers count.
MEGABYTE, GIGABYTE = 2**20, 2**30
LOCALES = {"es": "es_MX", "en": "en_US"}
SIGNS = {"MXN": "$", "USD": "US$"}
FOR_SALE_UNTIL_DAYS = 2
# By whether the year goes without saying.
DAY_OF = {
    True: {"es": "EEE d MMM", "en": "EEE, MMM d"},
    False: {"es": "d MMM y", "en": "MMM d, y"},
}


def price(centavos: int, currency: str) -> str:
    """Write a price: `$20`, `$20.50`, `US$5`."""
    whole, rest = divmod(centavos, 100)
    return f"{SIGNS[currency]}{whole:,}" + (f".{rest:02d}" if rest else "")


def price_in_full(centavos: int, currency: str) -> str:
    """Write a price as it stands on a receipt: `$20.50 MXN`."""
    return f"{price(centavos, currency)} {currency}"


def exact_price(centavos: int, currency: str) -> str:
    """Write an amount of the books, to the centavo: `$1,234.00`, `−US$5.50`."""
    sign = "−" if centavos < 0 else ""
    whole, rest = divmod(abs(centavos), 100)
    return f"{sign}{SIGNS[currency]}{whole:,}.{rest:02d}"


def short_day(when: date) -> str:
    """Write a day of these weeks: `mar 11 mar`."""
    return format_date(when, DAY_OF[True][language()], locale=LOCALES[language()])


def month(year: int, number: int) -> str:
    """Write a month: `noviembre de 2026`."""
    return format_skeleton("yMMMM", date(year, number, 1), locale=LOCALES[language()])


def duration(seconds: int) -> str:
    """Write the time that is sold: `30 minutos`, `24 horas`, `7 días`."""
    if seconds % DAY == 0 and seconds >= FOR_SALE_UNTIL_DAYS * DAY:
        return ngettext("%(num)d día", "%(num)d días", seconds // DAY) % {"num": seconds // DAY}
    if seconds % HOUR == 0:
        return ngettext("%(num)d hora", "%(num)d horas", seconds // HOUR) % {"num": seconds // HOUR}
    minutes = max(1, round(seconds / MINUTE))
    return ngettext("%(num)d minuto", "%(num)d minutos", minutes) % {"num": minutes}


def time_left(seconds: float) -> str:
    """Write what remains, in its two largest units: `2 días 3 h`, `1 h 20 min`, `59 min`.

    A minute that has begun is a minute.
    """
    days, rest = divmod(ceil(seconds / MINUTE) * MINUTE, DAY)
    hours, minutes = rest // HOUR, rest % HOUR // MINUTE
    if days:
        shown = ngettext("%(num)d día", "%(num)d días", days) % {"num": days}
        return f"{shown} {hours} h" if hours else shown
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if minutes else gettext("menos de 1 min")


def data(size: int) -> str:
    """Write an amount of data: `500 MB`, `2 GB`, `1.5 GB`."""
    if size >= GIGABYTE:
        return f"{size / GIGABYTE:.3g} GB"
    return f"{max(1, round(size / MEGABYTE))} MB"


def until(when: datetime, time_zone: str | tzinfo, now: datetime) -> str:
    """Write when something ends: `hasta las 16:50`, with the day where that is not today."""
    zone, locale = get_timezone(time_zone), LOCALES[language()]
    local, today = when.astimezone(zone), now.astimezone(zone)
    hour = gettext("la %(time)s") if local.hour == 1 else gettext("las %(time)s")
    clock = hour % {"time": format_datetime(local, "H:mm", locale=locale)}
    if local.date() == today.date():
        return gettext("hasta %(clock)s") % {"clock": clock}
    day = format_datetime(local, DAY_OF[local.year == today.year][language()], locale=locale)
    return gettext("hasta el %(day)s a %(clock)s") % {"day": day, "clock": clock}


def moment(when: datetime, time_zone: str | tzinfo) -> str:
    """Write a date and time of day in a zone, or in the one of this name."""
    zone = get_timezone(time_zone)
    return format_datetime(when, "d MMM y, HH:mm", tzinfo=zone, locale=LOCALES[language()])


def day(when: datetime, time_zone: str | tzinfo) -> str:
    """Write the day that it is in a zone: `28 feb 2027`."""
    zone = get_timezone(time_zone)
    return format_datetime(when, "d MMM y", tzinfo=zone, locale=LOCALES[language()])
