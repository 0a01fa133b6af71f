"""Tell a custom portal what its customer has to do so that a payment goes on."""

from __future__ import annotations

from typing import Any

from portal.models import Sale
from portal.models.sale_states import SaleState
from portal.payments.methods import CashInstructions, CashReference, TransferInstructions
from portal.sales.deferred.instructions import read
from portal.web.fields import pesos


def required_action(sale: Sale) -> dict[str, Any] | None:
    """Give `accion_requerida` of a sale that waits for its buyer; None where it waits for none."""
    if sale.state != SaleState.PENDING:
        return None
    if sale.action_url:
        return {"tipo": "redireccion", "url": sale.action_url}
    instructions = read(sale.method, sale.instructions)
    if instructions is None:
        return None
    ends = sale.payable_until
    until = {"monto": pesos(sale.amount), "vence": None if ends is None else ends.isoformat()}
    if isinstance(instructions, CashInstructions):
        return _cash(instructions) | until
    return _transfer(instructions) | until


def _transfer(instructions: TransferInstructions) -> dict[str, Any]:
    place = {"clabe": instructions.clabe, "banco": instructions.bank}
    return {"tipo": "spei", **place, "titular": instructions.holder}


def _cash(instructions: CashInstructions) -> dict[str, Any]:
    return {
        "tipo": "efectivo",
        "referencias": [_reference(each) for each in instructions.references],
    }


def _reference(reference: CashReference) -> dict[str, Any]:
    fee = reference.fee
    return {
        "red": reference.network,
        "referencia": reference.reference,
        "convenio": reference.agreement,
        "comision": None if fee is None else pesos(fee),
        "codigo_barras_url": reference.barcode_url,
        "tiendas": list(reference.stores),
    }
