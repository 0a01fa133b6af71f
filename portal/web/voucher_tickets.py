"""Put codes into words to be printed, and name where they lead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from portal.core.formatting import data, day, duration, price
from portal.core.i18n import gettext, ngettext
from portal.models import Access, Company
from portal.operators.vouchers.codes import ToldCode
from portal.ports import settings, time_zone_of
from portal.vouchers.printing.ticket import Ticket, TicketWords


def tickets(
    company: Company, codes: Iterable[ToldCode], of: int | None = None, ssid: str | None = None
) -> Iterator[Ticket]:
    """Give a ticket for each code that is still to be used; `of`: how many its batch has.

    `ssid` is the network's name, where phones are to join it by a QR code too.
    """
    words = _words()
    for code in codes:
        if code.is_live:
            yield _ticket(company, code, words, of, ssid)


def code_link(router_id: str, access: Access) -> str:
    """Give the address of our page with the code in its fragment, which is never sent or logged."""
    name, password = str(access.name), str(access.password)
    code = name if name == password else f"{name}-{password}"
    return f"{settings().public_url.rstrip('/')}/r/{router_id}/codigo#c={code}"


def terms(access: Access) -> list[str]:
    """List what a code buys, a line each."""
    lines = [_time(access)]
    if access.data_limit is not None:
        lines.append(gettext("%(size)s de datos") % {"size": data(access.data_limit)})
    if access.max_devices is not None:
        number = access.max_devices
        shown = ngettext("%(num)d dispositivo", "%(num)d dispositivos", number)
        lines.append(shown % {"num": number})
    return lines


def price_words(amount: int, currency: str) -> str:
    """Write what a code costs; one that costs nothing is a courtesy."""
    return price(amount, currency) if amount else gettext("Cortesía")


def use_by(use_before: datetime, company: Company) -> str:
    """Say until which day a code is to be used; the last moment of a day is that day's."""
    last = use_before - timedelta(seconds=1)
    return gettext("Úsala hasta el %(day)s") % {"day": day(last, time_zone_of(company).key)}


def _ticket(
    company: Company, code: ToldCode, words: TicketWords, of: int | None, ssid: str | None
) -> Ticket:
    voucher, lines = code.voucher, terms(code.access)
    if voucher.use_before is not None:
        lines.append(use_by(voucher.use_before, company))
    number = f"{voucher.number}/{of}" if of else voucher.id[4:12].upper()
    return Ticket(
        company=company.name,
        plan=voucher.plan_name,
        price=price_words(voucher.amount, voucher.currency),
        lines=tuple(lines),
        name=str(code.access.name),
        password=str(code.access.password),
        link=code_link(voucher.router_id, code.access),
        number=number,
        words=words,
        ssid=ssid,
    )


def _words() -> TicketWords:
    return TicketWords(
        join=gettext("Únete al WiFi"),
        enter=gettext("Escanea para entrar"),
        user=gettext("Usuario"),
        phrase=gettext("Contraseña"),
        mobile_data=gettext("¿No entra? Apaga los datos móviles mientras te conectas."),
    )


def _time(access: Access) -> str:
    if access.duration_seconds is None:
        return gettext("Sin límite de tiempo")
    shown = {"time": duration(access.duration_seconds)}
    if access.duration_from == "connected":
        return gettext("%(time)s de conexión: solo cuenta cuando lo usas") % shown
    return gettext("%(time)s desde que te conectas") % shown
