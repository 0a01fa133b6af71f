"""Send receipts by e-mail, where a mail server is configured: what was bought, and the code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage

from sqlalchemy import select, update

from portal.core import formatting
from portal.core.database import reading, writing
from portal.core.logs import log
from portal.core.mail import MailDelayed, MailRefused, header_text, send_mail
from portal.core.vault import VaultError
from portal.hotspot.deadline import Deadline
from portal.models import Access, Company, Router, Sale, utc_now
from portal.models.access import AccessState
from portal.models.sale_states import SaleState
from portal.ports import settings, time_zone_of

# A receipt that could not be sent by then comes too late to be of use.
LATEST = timedelta(hours=2)
AT_ONCE = 20
# Receipts are sent under a lease, which must not end before they are noted.
SECONDS = 20.0


@dataclass(frozen=True)
class Receipt:
    """Hold a sale with all that its receipt tells."""

    sale: Sale
    access: Access
    router: Router
    company: Company

    def message(self) -> EmailMessage:
        """Write the e-mail. What a company may have in its name is no header of its own."""
        message = EmailMessage()
        message["Subject"] = header_text(f"Tu Internet en {self.company.name}")
        message["From"] = _address(self.company.name, settings().smtp_from)
        message["To"] = _address(self.sale.customer_name, self.sale.customer_email)
        if self.company.contact_email:
            message["Reply-To"] = self.company.contact_email
        message["Auto-Submitted"] = "auto-generated"
        message["Message-ID"] = f"<{self.sale.id}@{settings().smtp_from.rpartition('@')[2]}>"
        message.set_content(self._text())
        return message

    def _text(self) -> str:
        parts = (self._code(), self._bought(), self._help())
        return "\n\n".join("\n".join(part) for part in parts)

    def _code(self) -> list[str]:
        access, base = self.access, settings().public_url.rstrip("/")
        purchase = f"Tu compra: {base}/r/{self.router.id}/pago/{self.sale.id}"
        if self.sale.extends:
            return ["Gracias por tu compra. Se sumó a un código que ya existía.", "", purchase]
        lines = ["Gracias por tu compra. Guarda tu código: con él vuelves a conectarte.", ""]
        if access.kind == "pin":
            lines += [f"PIN: {access.name}"]
        else:
            lines += [f"Usuario: {access.name}", f"Contraseña: {access.password}"]
        return [*lines, "", purchase]

    def _bought(self) -> list[str]:
        sale, zone = self.sale, time_zone_of(self.company)
        lines = [
            f"Plan: {sale.plan_name}",
            f"Importe: {formatting.price_in_full(sale.amount, sale.currency)}",
            f"Fecha: {formatting.moment(sale.paid_at or sale.created_at, zone)}",
        ]
        if sale.card_last4:
            lines.append(f"Tarjeta: terminada en {sale.card_last4}")
        return [*lines, f"Referencia: {sale.order_id or sale.id}"]

    def _help(self) -> list[str]:
        company = self.company
        contact = [text for text in (company.contact_phone, company.contact_email) if text]
        return [company.name, *(["¿Necesitas ayuda? " + " · ".join(contact)] if contact else [])]


def send_receipts(company_id: str) -> int:
    """Send the receipts of the company that are due; how many went out.

    One process at a time does this for a company. Nothing of the database is held while the
    mail server is spoken to; a crash in between may send a receipt twice, never not at all.
    Raises VaultError, once the others are sent, where a code cannot be read.
    """
    if not settings().smtp_host:
        return 0
    sent, deadline, unreadable = 0, Deadline(SECONDS), None
    for receipt in _due(company_id):
        if deadline.passed:
            break
        try:
            send_mail(_written(receipt), settings())
            sent += 1
        except VaultError as error:
            unreadable = error
            continue
        except MailRefused as refused:
            log().warning("receipt refused", sale=receipt.sale.id, code=str(refused))
        except MailDelayed as delayed:
            log().warning("receipts wait", company=company_id, why=str(delayed))
            break
        _note_sent(receipt.sale)
    if unreadable is not None:
        raise unreadable
    return sent


def _due(company_id: str) -> Sequence[Receipt]:
    query = (
        select(Sale, Access, Router, Company)
        .join(Access, Access.id == Sale.access_id)
        .join(Router, Router.id == Sale.router_id)
        .join(Company, Company.id == Sale.company_id)
        .where(
            Sale.company_id == company_id,
            Sale.state == SaleState.DELIVERED,
            Sale.created_at > utc_now() - LATEST,
            Sale.receipt_sent_at.is_(None),
            Sale.erased_at.is_(None),
            Access.wanted == AccessState.ENABLED,
        )
        .order_by(Sale.created_at)
        .limit(AT_ONCE)
    )
    with reading() as session:
        return [Receipt(*row) for row in session.execute(query)]


def _note_sent(sale: Sale) -> None:
    with writing() as session:
        sent = update(Sale).where(Sale.id == sale.id).values(receipt_sent_at=utc_now())
        session.execute(sent)


def _written(receipt: Receipt) -> EmailMessage:
    """Write a receipt. Raises MailRefused where none can be made of what was sold; VaultError."""
    try:
        message = receipt.message()
        message.as_bytes()
    except (ValueError, IndexError, MessageError) as error:
        raise MailRefused(type(error).__name__) from None
    return message


def _address(name: str, email: str) -> Address:
    return Address(display_name=header_text(name), addr_spec=email)
