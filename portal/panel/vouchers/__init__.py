"""Sell codes for cash from the counter, and account for them."""

from __future__ import annotations

from portal.panel.vouchers import batches, cash, codes, files, importing, report, selling

VIEWS = (selling, batches, importing, cash, report, files, codes)
