"""Drive a browser over the W3C's WebDriver protocol, as far as our tests need it."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any, TypeVar

import requests

from tests.support.patience import PATIENCE

PAUSE = 0.05
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
# What a page that is being left may say while it is looked at.
PASSING = ("no such element", "stale element reference", "no such window", "javascript error")
Found = TypeVar("Found")


class WebDriverError(AssertionError):
    """The driver's own word for what went wrong, and its sentence."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(f"{error}: {message}")
        self.error = error


class WebDriver:
    """One session at the driver that listens at `url`, with one window.

    `capabilities` are those that the session must have.
    """

    def __init__(self, url: str, capabilities: dict[str, Any]) -> None:
        self._http = requests.Session()
        self._http.trust_env = False
        self._url = url
        asked = {"capabilities": {"alwaysMatch": capabilities}}
        session = self._command("POST", "/session", asked)
        self._url = f"{url}/session/{session['sessionId']}"

    def quit(self) -> None:
        """End the session, and the browser with it."""
        self._command("DELETE", "")
        self._http.close()

    @property
    def url(self) -> str:
        return str(self._command("GET", "/url"))

    def go(self, url: str) -> None:
        """Open an address, and wait until it is loaded."""
        self._command("POST", "/url", {"url": url})

    def back(self) -> None:
        self._command("POST", "/back", {})

    def reload(self) -> None:
        self._command("POST", "/refresh", {})

    def run(self, script: str, *arguments: Any) -> Any:
        """What a function with this body returns in the page."""
        return self._command("POST", "/execute/sync", {"script": script, "args": arguments})

    def click(self, selector: str) -> None:
        self._of(selector, "click", {})

    def fill(self, selector: str, text: str) -> None:
        """Type into a field that is emptied first."""
        self._of(selector, "clear", {})
        self._of(selector, "value", {"text": text})

    def press(self, *keys: str, held: str = "") -> None:
        """Press one key after another, while one is `held`; where the focus is, it is felt."""
        pressed = [{"type": f"key{way}", "value": key} for key in keys for way in ("Down", "Up")]
        around = [[{"type": f"key{way}", "value": held}] if held else [] for way in ("Down", "Up")]
        actions = [*around[0], *pressed, *around[1]]
        keyboard = {"type": "key", "id": "keyboard", "actions": actions}
        self._command("POST", "/actions", {"actions": [keyboard]})

    def enter_frame(self, selector: str) -> None:
        self._command("POST", "/frame", {"id": {ELEMENT: self._find(selector)}})

    def leave_frame(self) -> None:
        self._command("POST", "/frame", {"id": None})

    def resize(self, width: int, height: int) -> None:
        """The window's size, in pixels."""
        self._command("POST", "/window/rect", {"width": width, "height": height})

    def delete_cookies(self) -> None:
        """Delete those of the site at hand, which are those of each port of its host."""
        self._command("DELETE", "/cookie")

    def screenshot(self) -> bytes:
        """What the window shows, as a PNG."""
        return base64.b64decode(self._command("GET", "/screenshot"))

    def wait_for(self, look: Callable[[], Found], what: str) -> Found:
        """Look again and again until it finds something. The protocol tells of no event."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found = self._look(look)
            if found:
                return found
            if time.monotonic() > deadline:
                text = self._look(lambda: self.run("return document.body.innerText"))
                raise AssertionError(f"waited in vain for {what} at {self.url}:\n{text}")
            time.sleep(PAUSE)

    def _look(self, look: Callable[[], Found]) -> Found | None:
        try:
            return look()
        except WebDriverError as error:
            if error.error not in PASSING:
                raise
        return None

    def _of(self, selector: str, command: str, body: dict[str, Any]) -> Any:
        return self._command("POST", f"/element/{self._find(selector)}/{command}", body)

    def _find(self, selector: str) -> str:
        """The first element of a CSS selector, or of an XPath that begins with a slash."""
        using = "xpath" if selector.startswith("/") else "css selector"
        asked = {"using": using, "value": selector}
        return str(self._command("POST", "/element", asked)[ELEMENT])

    def _command(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._http.request(method, self._url + path, json=body, timeout=PATIENCE)
        value = answer.json()["value"]
        if not answer.ok:
            raise WebDriverError(value["error"], value["message"])
        return value
