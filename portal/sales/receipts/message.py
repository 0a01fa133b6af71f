"""Write a receipt as an e-mail: what was bought, and the code."""

from __future__ import annotations

from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage

from sqlalchemy import Select, select

from portal.core import formatting
from portal.core.mail import MailRefused, header_text
from portal.models import Access, Company, Router, Sale
from portal.payments.methods import Method
from portal.ports import settings, time_zone_of

PAID_BY = {Method.TRANSFER: "por SPEI", Method.CASH: "en efectivo"}


@dataclass(frozen=True)
class Receipt:
    """Hold a sale with all that its receipt tells."""

    sale: Sale
    access: Access
    router: Router
    company: Company

    @property
    def subject(self) -> str:
        """Say what the e-mail is about."""
        return f"Tu Internet en {self.company.name}"

    @property
    def message_id(self) -> str:
        """Name it, the same however often it is sent."""
        return self.sale.id

    def message(self) -> EmailMessage:
        """Write the e-mail. What a company may have in its name is no header of its own."""
        message = EmailMessage()
        message["Subject"] = header_text(self.subject)
        message["From"] = _address(self.company.name, settings().smtp_from)
        message["To"] = _address(self.sale.customer_name, self.sale.customer_email)
        if self.company.contact_email:
            message["Reply-To"] = self.company.contact_email
        message["Auto-Submitted"] = "auto-generated"
        message["Message-ID"] = f"<{self.message_id}@{settings().smtp_from.rpartition('@')[2]}>"
        message.set_content(self._text())
        return message

    def _text(self) -> str:
        return "\n\n".join("\n".join(part) for part in self._parts())

    def _parts(self) -> list[list[str]]:
        return [self._code(), self._bought(), self._help()]

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
        if sale.is_deferred:
            lines.append(f"Pagado: {PAID_BY[Method(sale.method)]}")
        return [*lines, f"Referencia: {sale.order_id or sale.id}"]

    def _help(self) -> list[str]:
        company = self.company
        contact = [text for text in (company.contact_phone, company.contact_email) if text]
        return [company.name, *(["¿Necesitas ayuda? " + " · ".join(contact)] if contact else [])]


def receipts() -> Select[Sale, Access, Router, Company]:
    """Select what receipts are made of."""
    return (
        select(Sale, Access, Router, Company)
        .join(Access, Access.id == Sale.access_id)
        .join(Router, Router.id == Sale.router_id)
        .join(Company, Company.id == Sale.company_id)
    )


def written(receipt: Receipt) -> EmailMessage:
    """Write a receipt. Raises MailRefused where none can be made of what was sold; VaultError."""
    try:
        message = receipt.message()
        message.as_bytes()
    except (ValueError, IndexError, MessageError) as error:
        raise MailRefused(type(error).__name__) from None
    return message


def _address(name: str, email: str) -> Address:
    return Address(display_name=header_text(name), addr_spec=email)
