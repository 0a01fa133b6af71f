"""Make networks of one's own: namespaces of the kernel, cables between them, and NAT."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

NEW_NETWORK = 0x40000000
TOOLS = ("ip", "nft", "wg", "wireguard-go")
# Debian keeps some of them where only root's PATH leads.
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def require() -> None:
    """Skip the test that asks where no network can be made."""
    missing = [tool for tool in TOOLS if shutil.which(tool, path=PATH) is None]
    if missing:
        pytest.skip(f"not here: {', '.join(missing)}")
    if os.geteuid() != 0 or not Path("/dev/net/tun").exists():
        pytest.skip("networks are made by root, where there is a /dev/net/tun")


def run(*words: str, stdin: str = "") -> str:
    """Run a command, and give what it prints."""
    environ = os.environ | {"PATH": PATH}
    done = subprocess.run(words, input=stdin, capture_output=True, text=True, env=environ)
    assert done.returncode == 0, f"{words}: {done.stderr}"
    return done.stdout


class Network:
    """A namespace: a machine's own interfaces, addresses and routes."""

    def __init__(self, name: str) -> None:
        self.name = name

    def run(self, *words: str, stdin: str = "") -> str:
        """Run a command in it."""
        return run("ip", "netns", "exec", self.name, *words, stdin=stdin)

    def ip(self, words: str) -> str:
        """Run `ip` in it."""
        return run("ip", "-n", self.name, *words.split())

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Let this thread be in it while the block lasts; threads begun there stay there."""
        with ExitStack() as stack:
            before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
            stack.callback(os.close, before)
            into = os.open(f"/run/netns/{self.name}", os.O_RDONLY)
            stack.callback(os.close, into)
            _enter(into)
            try:
                yield
            finally:
                _enter(before)


@contextmanager
def network(name: str) -> Iterator[Network]:
    """Make one that lasts as long as the block."""
    run("ip", "netns", "add", name)
    try:
        made = Network(name)
        made.ip("link set lo up")
        yield made
    finally:
        run("ip", "netns", "delete", name)


def cable(one: Network, its: str, other: Network, others: str) -> None:
    """Lay a cable between two, with an interface of the given name at each end."""
    run(
        *("ip", "link", "add", its, "netns", one.name, "type", "veth"),
        *("peer", "name", others, "netns", other.name),
    )
    one.ip(f"link set {its} up")
    other.ip(f"link set {others} up")


def _enter(descriptor: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, NEW_NETWORK) != 0:
        raise OSError(ctypes.get_errno(), "setns")
