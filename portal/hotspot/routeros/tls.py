"""Encrypt the connection to a router, as its record says."""

from __future__ import annotations

import hashlib
import hmac
import socket
import ssl
from functools import lru_cache

from portal.hotspot.errors import RouterRefused, RouterUnidentified
from portal.hotspot.router import RouterAddress, Tls
from portal.hotspot.routeros import messages


def secure(sock: socket.socket, address: RouterAddress, ca_file: str | None) -> socket.socket:
    """Give the socket to speak on: `sock` itself without TLS, else encrypted and checked.

    The handshake takes no longer than the socket's timeout. Raises OSError (ssl.SSLError among
    them), ValueError; RouterUnidentified when a pinned certificate is not the one on record.
    """
    if address.tls is Tls.NONE:
        return sock
    encrypted = _context(address.tls, ca_file).wrap_socket(sock, server_hostname=address.host)
    if address.tls is Tls.PINNED:
        try:
            _check_fingerprint(encrypted, address.tls_fingerprint)
        except BaseException:
            encrypted.close()
            raise
    return encrypted


def fingerprint_shown(sock: socket.socket) -> str:
    """Give the SHA-256 of the certificate that is shown, whoever made it, in lower-case hex.

    Raises OSError, and RouterUnidentified where there is none: nothing of it has been checked.
    """
    try:
        encrypted = _context(Tls.PINNED, None).wrap_socket(sock)
    except ssl.SSLError:
        raise RouterUnidentified(messages.NO_CERTIFICATE, executed=False) from None
    with encrypted:
        return _fingerprint_of(encrypted)


@lru_cache(maxsize=16)
def _context(tls: Tls, ca_file: str | None) -> ssl.SSLContext:
    if tls is Tls.VERIFIED:
        return ssl.create_default_context(cafile=ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if tls is Tls.ANONYMOUS:
        # What RouterOS speaks on api-ssl without a certificate: anonymous Diffie-Hellman,
        # which TLS 1.3 no longer has and OpenSSL only allows at its lowest level.
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ADH:@SECLEVEL=0")
    return context


def _check_fingerprint(sock: ssl.SSLSocket, expected: str | None) -> None:
    if not expected:
        raise RouterRefused(messages.FINGERPRINT_MISSING, executed=False)
    found = _fingerprint_of(sock)
    wanted = expected.replace(":", "").strip().lower()
    if not hmac.compare_digest(found.encode(), wanted.encode()):
        raise RouterUnidentified(messages.FINGERPRINT_DIFFERS, executed=False)


def _fingerprint_of(sock: ssl.SSLSocket) -> str:
    return hashlib.sha256(sock.getpeercert(binary_form=True) or b"").hexdigest()
