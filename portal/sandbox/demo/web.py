"""Start the application's two processes, gunicorn and the worker, and its port."""

from __future__ import annotations

import socket
from collections.abc import Mapping

import requests

from portal.sandbox.demo.children import START_SECONDS, Child, Children
from portal.sandbox.demo.errors import DemoError

LOOPBACK = "127.0.0.1"
BACKLOG = 1024
THREADS = 32
# Where a demo says which folder it is of.
WHOSE_PATH = "/demo"
LOOK_SECONDS = 2.0


def listen(port: int) -> socket.socket:
    """Give the socket to serve on; customers wait in its queue while the application starts."""
    try:
        return socket.create_server((LOOPBACK, port), backlog=BACKLOG)
    except (OSError, OverflowError):
        raise DemoError(_who_is_at(port)) from None


def _who_is_at(port: int) -> str:
    """Why the port cannot be used: another demo, where it is one."""
    other = "Elija otro con --port; con 0 se toma uno libre."
    with requests.Session() as session:
        session.trust_env = False
        url = f"http://{LOOPBACK}:{port}"
        try:
            said = session.get(url + WHOSE_PATH, timeout=LOOK_SECONDS).json()
            return f"En {url}/ ya está en marcha la demostración de {said['instance']}. {other}"
        except (requests.RequestException, ValueError, KeyError, TypeError):
            return f"No se puede usar el puerto {port}. {other}"


def url_of(listener: socket.socket) -> str:
    """Tell where the application answers, without a slash at the end."""
    return f"http://{LOOPBACK}:{listener.getsockname()[1]}"


def start_worker(children: Children, env: Mapping[str, str]) -> None:
    """Start what finishes the sales that requests left."""
    children.start("worker", "flask", "--app", "wsgi", "worker", env=env)


def start_web(children: Children, env: Mapping[str, str], listener: socket.socket) -> Child:
    """Start the application on the socket, which is gunicorn's from now on."""
    descriptor = listener.fileno()
    web = children.start(
        "web",
        *("gunicorn", "--bind", f"fd://{descriptor}"),
        *("--worker-class", "gthread", "--workers", "1", "--threads", str(THREADS)),
        *(
            "--graceful-timeout",
            "5",
            "--no-control-socket",
            "portal.sandbox.demo.surface:application()",
        ),
        env=env,
        descriptors=[descriptor],
    )
    # Where gunicorn ends, customers are refused instead of waiting in a queue of ours.
    listener.close()
    return web


def wait_until_it_answers(web: Child, url: str, api_key: str) -> None:
    """Ask for the catalogue until it comes. Raises DemoError when it does not."""
    with requests.Session() as session:
        session.trust_env = False
        session.headers["X-API-Key"] = api_key
        try:
            answer = session.get(f"{url}/api/v1/catalogo_perfiles_venta", timeout=START_SECONDS)
            answer.raise_for_status()
        except requests.RequestException:
            raise DemoError(f"La aplicación no respondió. Vea {web.log}") from None
