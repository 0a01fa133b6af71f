"""Run the simulated Mercado Pago as a process: one JSON line with its URLs, until SIGTERM."""

from __future__ import annotations

from portal.sandbox.gateway import process
from portal.sandbox.mercadopago import MercadoPagoSandbox
from portal.sandbox.mercadopago.component import SCRIPT
from portal.sandbox.mercadopago.world import Behaviour


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    options = process.parser(
        "portal.sandbox.mercadopago", __doc__, "token", "APP_USR-"
    ).parse_args()
    process.block_signals()
    sandbox = MercadoPagoSandbox(
        behaviour=Behaviour(
            decline_status=options.decline_status, force_three_ds=options.force_three_ds
        ),
        **process.shared(options),
    )
    process.serve(sandbox, SCRIPT)


if __name__ == "__main__":
    main()
