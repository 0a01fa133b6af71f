"""Go a customer's ways with Tab, Enter and letters alone, and see where the focus is."""

from __future__ import annotations

from tests.pages.browser import APPROVED, Visitor
from tests.pages.waiting import FORM, TEXT, TITLE, until
from tests.pages.webkit import WebKitVisitor

MOST_TABS = 60
WHO = {"nombre_cliente": "José Ñúñez Pérez", "email_cliente": "jose.nunez@example.com"}
ASKED = "return arguments[0] in document.getElementById('form').elements"
# Whether what has the focus is it, and what is wrong with how that shows.
FOCUSED = """
const [selector, text] = arguments, element = document.activeElement;
const style = getComputedStyle(element), inner = element.matches("body,iframe");
const shown = inner || style.outlineStyle === "auto" || parseFloat(style.outlineWidth) >= 2;
const plan = element.name === "plan";
const words = (element.closest(".plan") || element).innerText.trim().replace(/\\s+/g, " ");
return {
  there: element.matches(selector) && (!text || words === text || plan && words.includes(text)),
  shown, what: element.outerHTML.slice(0, 200),
};
"""


class Keyboard:
    """Mixed into a visitor, goes as it does, and never touches the screen."""

    def press(self, name: str) -> None:
        """Press what is called so, a button or a link."""
        self.go_by("a,button", name)

    def choose(self, price: str = "$20") -> None:
        """Take the plan of this price, and wait for the card form."""
        self.go_by("[name=plan]", price)
        self.await_form()

    def enter(self, field: str, text: str) -> None:
        """Type into the field of this name."""
        self._tab_to(f"[name={field}]")
        self.type(text)

    def fill(self, number: str = APPROVED, **fields: str) -> None:
        """Fill the form in, the card's in its frame."""
        for name, value in (WHO | fields).items():
            if self.run(ASKED, name):
                self.enter(name, value)
        self._tab_to("#card iframe")
        # In the frame's first field; the number is the second.
        self.key("Tab")
        self.type(number)

    def pay(self) -> None:
        """Press the button, and wait for what comes of it."""
        self.go_by("#pay")

    def go_by(self, selector: str, text: str = "") -> None:
        """Press what this selector finds, with this text, and wait for what comes of it."""
        self._tab_to(selector, text)
        with self.leaving():
            self.key("Enter")

    def _tab_to(self, selector: str, text: str = "") -> None:
        passed = []
        for _ in range(MOST_TABS):
            focus = self.run(FOCUSED, selector, text)
            assert focus["shown"], f"nobody sees the focus on {focus['what']}"
            if focus["there"]:
                return
            passed.append(focus["what"])
            self.key("Tab")
        raise AssertionError(f"no Tab leads to {selector} {text}, only to {passed}")


class KeyboardVisitor(Keyboard, Visitor):
    """Somebody with Chromium, who reads what there is without reaching for it."""

    def await_title(self, title: str) -> None:
        """Wait until the page says this at its top."""
        until(self.page, TITLE, title)

    def await_text(self, text: str) -> None:
        """Wait until the page says this somewhere."""
        until(self.page, TEXT, text)

    def await_form(self) -> None:
        """Wait until the card form can be sent."""
        until(self.page, FORM)


class KeyboardWebKitVisitor(Keyboard, WebKitVisitor):
    """Somebody with WebKit."""
