"""Read what operators ask of batches, in their own days, and choose what is printed of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from flask import Response, stream_with_context

from portal.core.errors import Conflict
from portal.core.local_time import end_of
from portal.operators import companies
from portal.operators.vouchers.batches import BatchOrder, get_batch
from portal.operators.vouchers.codes import codes_of_batch, get_code
from portal.vouchers.printing.sheets import sheets
from portal.vouchers.printing.thermal import thermal
from portal.vouchers.printing.ticket import Ticket
from portal.web.operator_schemas.voucher_schemas import last_of
from portal.web.spreadsheets.download import attached
from portal.web.spreadsheets.vouchers import voucher_table
from portal.web.voucher_tickets import tickets

BYTES, PDF = "application/octet-stream", "application/pdf"
OVER = "Esta ficha ya no sirve: no se imprime otra vez."


def batch_order(company_id: str, values: dict[str, Any]) -> BatchOrder:
    """Give the order; a day until which codes are used is the company's, and counts whole."""
    until: date | datetime | None = values.get("use_before")
    if until is not None:
        values = values | {"use_before": end_of(until, companies.zone_of(company_id))}
    return BatchOrder(**values)


def printed_tickets(company_id: str, batch_id: str, query: dict[str, Any]) -> Iterator[Ticket]:
    """Give the tickets of a batch from `first` to `last`, of those that are still to be used.

    Raises NotFound at once.
    """
    batch = get_batch(company_id, batch_id).batch
    last = last_of(query["first"], query.get("last"))
    codes = codes_of_batch(company_id, batch_id, query["first"], last)
    return tickets(companies.get(company_id), codes, batch.number, query["ssid"])


def sheet_file(company_id: str, batch_id: str, query: dict[str, Any]) -> Response:
    """Answer with a batch's sheets, 3 by 8. Raises NotFound."""
    printed = printed_tickets(company_id, batch_id, query)
    return attachment(sheets(printed, query["paper"]), PDF, f"{batch_id}.pdf")


def roll_file(company_id: str, batch_id: str, query: dict[str, Any]) -> Response:
    """Answer with a batch as a thermal printer takes it, sent as it is made. Raises NotFound."""
    printed = thermal(printed_tickets(company_id, batch_id, query), query["paper"])
    return attachment(stream_with_context(printed), BYTES, f"{batch_id}.bin")


def table_file(company_id: str, batch_id: str, kind: str) -> Response:
    """Answer with a batch as a table, sent as it is read. Raises NotFound."""
    table = voucher_table(codes_of_batch(company_id, batch_id), companies.zone_of(company_id))
    return attached(table, batch_id, kind)


def one_roll(company_id: str, voucher_id: str, query: dict[str, Any]) -> Response:
    """Answer with one code as a thermal printer takes it. Raises NotFound, Conflict: it is over."""
    code, company = get_code(company_id, voucher_id), companies.get(company_id)
    printed = tickets(company, [code], ssid=query["ssid"]) if code.shown_code else ()
    made = b"".join(thermal(printed, query["paper"]))
    if not made:
        raise Conflict(OVER)
    return attachment(made, BYTES, f"{voucher_id}.bin")


def attachment(content: bytes | Iterator[bytes], mimetype: str, name: str) -> Response:
    """Answer with a file under this name."""
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
