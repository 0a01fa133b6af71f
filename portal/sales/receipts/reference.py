"""Write an e-mail that says how a deferred payment is made, and until when."""

from __future__ import annotations

from portal.core import formatting
from portal.payments.methods import CashInstructions, CashReference, TransferInstructions
from portal.ports import settings, time_zone_of
from portal.sales.deferred.instructions import read
from portal.sales.receipts.message import Receipt

ONCE = (
    "Paga una sola vez y el importe exacto. En cuanto llegue tu pago, tu acceso se activa y te "
    "enviamos tu código a este correo."
)


class Reference(Receipt):
    """Hold a sale that waits for its buyer, with all that is told of it."""

    @property
    def subject(self) -> str:
        """Say what the e-mail is about."""
        return f"Cómo pagar tu Internet en {self.company.name}"

    @property
    def message_id(self) -> str:
        """Name it, so that it is not taken for the receipt."""
        return f"pagar.{self.sale.id}"

    def _parts(self) -> list[list[str]]:
        return [self._how(), [ONCE], self._page(), self._help()]

    def _how(self) -> list[str]:
        sale, told = self.sale, read(self.sale.method, self.sale.instructions)
        lines = [f"Plan: {sale.plan_name}"]
        lines.append(f"Importe exacto: {formatting.price_in_full(sale.amount, sale.currency)}")
        if sale.payable_until is not None:
            until = formatting.moment(sale.payable_until, time_zone_of(self.company))
            lines.append(f"Se puede pagar hasta: {until}")
        if isinstance(told, TransferInstructions):
            return [*lines, "", *_transfer(told)]
        return [*lines, *(self._cash(told) if told else [])]

    def _cash(self, told: CashInstructions) -> list[str]:
        lines = []
        for each in told.references:
            lines += ["", *self._place(each)]
        return lines

    def _place(self, place: CashReference) -> list[str]:
        lines = [f"Paga en: {', '.join(place.stores) or place.network}"]
        if place.agreement:
            lines.append(f"Convenio: {place.agreement}")
        lines.append(f"Referencia: {place.reference}")
        if place.fee:
            fee = formatting.price_in_full(place.fee, self.sale.currency)
            lines.append(f"La tienda cobra aparte: {fee}")
        address = place.page_url or place.barcode_url
        return [*lines, *([f"Código de barras: {address}"] if address else [])]

    def _page(self) -> list[str]:
        base = settings().public_url.rstrip("/")
        return [f"Tu compra: {base}/r/{self.router.id}/pago/{self.sale.id}"]


def _transfer(told: TransferInstructions) -> list[str]:
    bank = [f"Banco: {told.bank}"] if told.bank else []
    holder = [f"A nombre de: {told.holder}"] if told.holder else []
    return ["Transfiere por SPEI desde tu banco", f"CLABE: {told.clabe}", *bank, *holder]
