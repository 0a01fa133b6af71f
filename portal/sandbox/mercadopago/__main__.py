"""The simulated Mercado Pago as a process: one JSON line with its URLs, until SIGTERM."""

from __future__ import annotations

from portal.sandbox.gateway import process
from portal.sandbox.gateway.latency import Latency
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
        host=options.host,
        port=options.port,
        state=options.state,
        keys=options.key,
        live_keys=options.live_key,
        behaviour=Behaviour(
            decline_status=options.decline_status, force_three_ds=options.force_three_ds
        ),
        latency=Latency(call=options.latency, authorisation=options.authorisation),
    )
    process.serve(sandbox, SCRIPT)


if __name__ == "__main__":
    main()
