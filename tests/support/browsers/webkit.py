"""Launch the system's WebKit, whose kin is in every iPhone; it reaches only this machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.browsers.webdriver import WebDriver
from tests.support.processes.process import Process
from tests.support.servers.ports import free_port

DRIVER, DISPLAY = "WebKitWebDriver", "Xvfb"
BROWSERS = "*/webkit2gtk-4.*/MiniBrowser"
SIZE = (390, 844)
# Whatever would leave the machine finds nobody there.
NOWHERE = "127.0.0.1:9"
PROXY = {
    "proxyType": "manual",
    "httpProxy": NOWHERE,
    "sslProxy": NOWHERE,
    "noProxy": ["127.0.0.1"],
}


# Its hidden tool bar would not let the window be as narrow as a small phone.
NARROW = "* { min-width: 0; margin: 0; border: 0; padding: 0; font-size: 1px }"
# What turns while somebody waits would be painted anew sixty times a second.
STILL = "[Settings]\ngtk-enable-animations = false\n"
IN_THE_DARK = "gtk-theme-name = Adwaita-dark\n"


@contextmanager
def launched(*, dark: bool = False) -> Iterator[WebDriver]:
    """A browser of one's own, in a phone's size; one that wants pages `dark`.

    Skips where there is none, which in CI is a failure.
    """
    browser = next(Path("/usr/lib").glob(BROWSERS), None)
    if browser is None or not shutil.which(DRIVER):
        pytest.skip("no WebKit (webkit2gtk-driver)")
    if not shutil.which(DISPLAY):
        pytest.skip("no display for WebKit (xvfb)")
    with TemporaryDirectory() as home, _display() as display, _driver(display, home) as url:
        _furnish(Path(home), dark)
        driver = WebDriver(url, _capabilities(browser))
        try:
            driver.resize(*SIZE)
            yield driver
        finally:
            driver.quit()


def _furnish(home: Path, dark: bool) -> None:
    folder = home / "gtk-3.0"
    folder.mkdir()
    (folder / "gtk.css").write_text(NARROW)
    (folder / "settings.ini").write_text(STILL + (IN_THE_DARK if dark else ""))


def _capabilities(browser: Path) -> dict[str, object]:
    # Its tool bar would not let the window be as narrow as a phone.
    options = {"binary": str(browser), "args": ["--automation", "--full-screen"]}
    return {"webkitgtk:browserOptions": options, "proxy": PROXY}


@contextmanager
def _display() -> Iterator[str]:
    size = "x".join(map(str, SIZE))
    command = [DISPLAY, "-displayfd", "1", "-screen", "0", f"{size}x24", "-nolisten", "tcp"]
    with Process(command) as server:
        yield ":" + server.wait_for(r"^\d+$").group()


@contextmanager
def _driver(display: str, home: str) -> Iterator[str]:
    environment = {
        "DISPLAY": display,
        "GDK_BACKEND": "x11",
        "HOME": home,
        "XDG_CONFIG_HOME": home,
        "XDG_CACHE_HOME": home,
        "XDG_DATA_HOME": home,
        "LANG": "C.UTF-8",
        "NO_AT_BRIDGE": "1",
        # No graphics card is here to share buffers with, and to feign one takes half of its time.
        "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
        # Its own sandbox needs rights that a container does not give.
        "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
        # A page lives too briefly to win back what its scripts' second compiler takes.
        "JSC_useDFGJIT": "0",
        # No page plays anything, so nobody need look through the system's players at each launch.
        "GST_PLUGIN_SYSTEM_PATH_1_0": home,
    }
    port = free_port()
    with Process([DRIVER, f"--port={port}", "--host=127.0.0.1"], environment) as driver:
        driver.wait_for_port(port)
        yield f"http://127.0.0.1:{port}"
