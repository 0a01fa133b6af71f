"""The simulated Conekta as a process: prints one JSON line with its URLs, serves until SIGTERM."""

from __future__ import annotations

from portal.sandbox.conekta import Behaviour, ConektaSandbox, Latency
from portal.sandbox.conekta.component import SCRIPT
from portal.sandbox.gateway import process


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    options = process.parser("portal.sandbox.conekta", __doc__, "key", "key_").parse_args()
    process.block_signals()
    sandbox = ConektaSandbox(
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
