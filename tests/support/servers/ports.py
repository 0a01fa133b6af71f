"""Find free TCP ports on the loopback."""

from __future__ import annotations

import random
import socket

# Below those that Linux gives to connections as they are made: any of these might take a port
# between the moment that it was found free and the moment that a server is bound to it.
_PORTS = range(16_384, 32_768)
_TRIES = 100
# Whoever seeds the tests' chance must not have two processes find the same ports.
_chance = random.SystemRandom()


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago."""
    for port in _chance.sample(_PORTS, _TRIES):
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise OSError(f"none of {_TRIES} ports is free")


def free_udp_port() -> int:
    """A UDP port of 127.0.0.1 that was free a moment ago."""
    for port in _chance.sample(_PORTS, _TRIES):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
            try:
                found.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"none of {_TRIES} ports is free")
