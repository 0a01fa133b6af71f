"""Speak HTTP with a provider: timeouts hold for a whole answer, and sent is told from not sent.

urllib3's read timeout starts anew with every byte that arrives, so a server that dribbles
could hold a caller for hours. Here it is the time for the whole answer, headers and body.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from http.client import HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, MaxRetryError, NewConnectionError

if TYPE_CHECKING:
    import socket

    from _typeshed import WriteableBuffer

MAX_IDLE_SECONDS = 20.0


class _UntilDeadline(io.RawIOBase):
    """A socket's bytes until a moment of the monotonic clock, then TimeoutError."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline
        self._bytes = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        self._sock.settimeout(left)
        return self._bytes.readinto(buffer)

    def close(self) -> None:
        self._bytes.close()
        super().close()


class _WholeAnswer(HTTPResponse):
    """An answer that must be complete within the timeout its socket has when it begins."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        timeout = sock.gettimeout()
        if timeout is not None:
            self.fp.close()
            self.fp = io.BufferedReader(_UntilDeadline(sock, monotonic() + timeout))


class _Connection(HTTPConnection):
    """Fails to connect in one way only, so that a caller knows that nothing was sent.

    A connection that lay idle counts as dropped: servers close theirs after a while, and a
    charge sent into a closing line is a charge of unknown fate. (urllib3 itself drops those
    whose end has arrived already; what is left is a close that crosses our request.)
    """

    response_class = _WholeAnswer
    _last_answer = 0.0

    def connect(self) -> None:
        started, timeout = monotonic(), self.timeout
        try:
            super().connect()
        except (OSError, ValueError, HTTPError) as error:
            self.close()
            raise NewConnectionError(self, type(error).__name__) from None
        # Name look-up and a list of addresses are not under the socket's timeout.
        if timeout is not None and monotonic() - started > timeout:
            self.close()
            raise ConnectTimeoutError(self, "connecting took too long")

    def getresponse(self, *args: Any, **kwargs: Any) -> Any:
        # What the pool hands over differs: urllib3-future, installed in place of urllib3, names
        # the promise of a response.
        self._last_answer = monotonic()
        return super().getresponse(*args, **kwargs)

    @property
    def is_connected(self) -> bool:
        return super().is_connected and monotonic() - self._last_answer < MAX_IDLE_SECONDS


class _TLSConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Follow no redirect: an API that moves is a reason to ask a person."""


def new_session(pool_size: int, ca_bundle: str | None = None) -> requests.Session:
    """Make a session for many threads: no cookies, no retries, no redirects, no environment.

    `pool_size` is how many idle connections are kept at most, so it should not be less than
    the threads that call. `ca_bundle` is the path of a PEM file, certifi's where None.
    """
    session = _Session()
    session.trust_env = False
    session.verify = ca_bundle or True
    session.cookies = RequestsCookieJar(DefaultCookiePolicy(allowed_domains=[]))
    adapter = _Adapter(pool_connections=1, pool_maxsize=pool_size, max_retries=0, pool_block=False)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def never_sent(error: Exception) -> bool:
    """Tell whether a `requests` exception says that not one byte of the request left us."""
    inner = error.args[0] if error.args else None
    cause = inner.reason if isinstance(inner, MaxRetryError) else inner
    return isinstance(cause, ConnectTimeoutError)


@contextmanager
def beside(work: Callable[[], object] | None) -> Iterator[None]:
    """Have something done in a thread of its own while the block waits; it ends with the block."""
    if work is None:
        yield
        return
    thread = Thread(target=copy_context().run, args=(work,))
    thread.start()
    try:
        yield
    finally:
        thread.join()
