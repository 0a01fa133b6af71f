"""Describe what is asked of codes sold for cash."""

from __future__ import annotations

from typing import Any

from portal.operators.vouchers.batches import MOST_CODES
from portal.vouchers.codes import PREFIX, PREFIX_LETTERS
from portal.web.fields import (
    Choice,
    Flag,
    Money,
    PageQuery,
    QueryInteger,
    StrictInteger,
    Text,
    patterns,
)
from portal.web.operator_schemas.fields import MomentField, Translated
from portal.web.schemas import AdminSchema
from portal.web.words import KINDS, VOUCHER_STATES

MOST_CENTAVOS = 99_999_999
MOST_PRINTED = 480
KEY = "Nombra esta petición: otra vez la misma clave da lo mismo y no hace otra."
ROUTER = "En cuál se usará; puede faltar si el producto es de un router o la empresa tiene uno."
KIND = "Nulo: el de `tipo_usuario_portal` de la empresa."


class Prefix(Text):
    """Read what stands before each code of a batch: two or three letters."""

    default_error_messages = {  # noqa: RUF012
        "prefix": "debe tener dos o tres letras, sin O ni I, que se confunden con números"
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(3, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw).upper()
        if not PREFIX.fullmatch(text):
            raise self.make_error("prefix")
        return text

    def documented(self) -> dict[str, Any]:
        """Say how it is written."""
        letters = PREFIX_LETTERS + PREFIX_LETTERS.lower()
        return {"pattern": patterns.whole(f"[{letters}]{{2,3}}")}


class CounterSaleSchema(AdminSchema):
    """Describe a code to sell, or to give away."""

    producto_id = StrictInteger(attribute="plan_id", required=True)
    router_id = Text(40, blank=None, about=ROUTER)
    cortesia = Flag(attribute="is_courtesy", load_default=False, about="No cuesta nada.")
    tipo_usuario = Translated(KINDS, attribute="kind", blank=None, about=KIND)
    clave = Text(64, attribute="key", blank=None, about=KEY)


class BatchOrderSchema(AdminSchema):
    """Describe a batch to make."""

    producto_id = StrictInteger(attribute="plan_id", required=True)
    router_id = Text(40, blank=None, about=ROUTER)
    cantidad = StrictInteger(1, MOST_CODES, attribute="number", required=True)
    vendedor = Text(100, attribute="seller", required=True, about="Quién responde por el efectivo.")
    precio = Money(
        0,
        MOST_CENTAVOS,
        attribute="amount",
        blank=None,
        about="Nulo: el del producto. 0: cortesía.",
    )
    prefijo = Prefix(attribute="prefix", blank=None, about="Dos o tres letras ante cada código.")
    tipo_usuario = Translated(KINDS, attribute="kind", blank=None, about=KIND)
    usar_antes = MomentField(
        attribute="use_before", blank=None, about="Las que nadie usó vencen; nulo: no vencen."
    )
    clave = Text(64, attribute="key", blank=None, about=KEY)


class VoidSchema(AdminSchema):
    """Say why codes are voided."""

    motivo = Text(200, required=True)


class HandoverSchema(AdminSchema):
    """Describe cash that a seller hands over."""

    vendedor_id = StrictInteger(attribute="seller_id", required=True)
    moneda = Choice("MXN", "USD", attribute="currency", load_default="MXN")
    importe = Money(
        0,
        MOST_CENTAVOS,
        attribute="counted",
        required=True,
        about="Lo contado, que debe ser lo que tiene por entregar: `GET …/fichas/cortes` lo dice.",
    )


class VoucherQuery(PageQuery):
    """Say which codes are asked for."""

    estado = Translated(VOUCHER_STATES, attribute="state")
    lote_id = Text(40, attribute="batch_id")
    vendedor_id = QueryInteger(attribute="seller_id")
    q = Text(100, attribute="text", about="Un código, entero; o el principio del id.")


class PrintQuery(AdminSchema):
    """Say which codes of a batch are printed, by their numbers."""

    desde = QueryInteger(1, attribute="first", load_default=1)
    hasta = QueryInteger(1, attribute="last", about="Hasta 480 fichas en un archivo.")
    wifi = Text(
        32, attribute="ssid", blank=None, about="El nombre de la red: agrega un QR para unirse."
    )


class SheetQuery(PrintQuery):
    papel = Choice("a4", "carta", attribute="paper", load_default="carta")


class RollQuery(PrintQuery):
    papel = Choice("58", "80", attribute="paper", load_default="58")


class OneRollQuery(AdminSchema):
    """Say on which paper a code is printed."""

    papel = Choice("58", "80", attribute="paper", load_default="58")
    wifi = Text(32, attribute="ssid", blank=None)


def last_of(first: int, last: int | None) -> int:
    """Give the number of the last code that one file holds."""
    most = first + MOST_PRINTED - 1
    return most if last is None else min(last, most)
