"""Connect to a host.

No proxy is asked, and no certificate let through that nobody vouches for.
"""

from __future__ import annotations

import socket
import ssl
from time import monotonic
from urllib.parse import urlsplit

import certifi

PORTS = {"http": 80, "https": 443}


class NotConnected(Exception):
    """Say that there is no connection, so that nothing was sent, for certain."""


class HttpHost:
    """Name who is spoken to, by an `http` or `https` address. Raises ValueError."""

    def __init__(self, address: str, ca_bundle: str | None) -> None:
        parts = urlsplit(address)
        self.is_secure = parts.scheme == "https"
        self.name = parts.hostname or ""
        self.port = parts.port or PORTS[parts.scheme]
        self.path = parts.path.rstrip("/")
        self.header = parts.netloc.rpartition("@")[2].encode("idna").decode()
        self._ca_bundle = ca_bundle
        self._context: ssl.SSLContext | None = None

    def connect(self, seconds: float) -> socket.socket:
        """Connect within so many seconds. Raises NotConnected."""
        started = monotonic()
        try:
            line = socket.create_connection((self.name, self.port), seconds)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line = self._secured(line, seconds - (monotonic() - started))
        except (OSError, ValueError) as error:
            raise NotConnected(type(error).__name__) from None
        # Name look-up and a list of addresses are not under the socket's timeout.
        if monotonic() - started > seconds:
            line.close()
            raise NotConnected("connecting took too long")
        return line

    def _secured(self, line: socket.socket, seconds: float) -> socket.socket:
        if not self.is_secure:
            return line
        try:
            if seconds <= 0:
                raise TimeoutError("connecting took too long")
            line.settimeout(seconds)
            return self._trusting().wrap_socket(line, server_hostname=self.name)
        except BaseException:
            line.close()
            raise

    def _trusting(self) -> ssl.SSLContext:
        if self._context is None:
            context = ssl.create_default_context(cafile=self._ca_bundle or certifi.where())
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.set_alpn_protocols(["http/1.1"])
            self._context = context
        return self._context
