"""Run the simulated Conekta as a process: print one JSON line of URLs, serve until SIGTERM."""

from __future__ import annotations

from portal.sandbox.conekta import Behaviour, ConektaSandbox
from portal.sandbox.conekta.component import SCRIPT
from portal.sandbox.gateway import process


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    options = process.parser("portal.sandbox.conekta", __doc__, "key", "key_").parse_args()
    process.block_signals()
    sandbox = ConektaSandbox(
        behaviour=Behaviour(
            decline_status=options.decline_status, force_three_ds=options.force_three_ds
        ),
        **process.shared(options),
    )
    process.serve(sandbox, SCRIPT)


if __name__ == "__main__":
    main()
