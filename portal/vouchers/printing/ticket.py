"""Say what stands on a printed code, in words that are ready to print."""

from __future__ import annotations

from dataclasses import dataclass, field

# What stands between groups of a code: people read and type three or four signs at a time.
GROUP = {6: 3, 7: 4, 8: 4, 9: 3}


@dataclass(frozen=True)
class TicketWords:
    """Hold the words that all tickets share, in the language that they are printed in."""

    join: str
    enter: str
    user: str
    phrase: str
    mobile_data: str


@dataclass(frozen=True)
class Ticket:
    """Hold one code as it is printed.

    `link` is our page with the code in its fragment, which no server and no log ever gets to
    see; `wifi` is what lets a phone join the network, where its name is known. `price` is empty
    where the code was given away. `lines` tell what it buys and until when.
    """

    company: str
    plan: str
    price: str
    lines: tuple[str, ...]
    name: str = field(repr=False)
    password: str = field(repr=False)
    link: str = field(repr=False)
    number: str
    words: TicketWords
    ssid: str | None = None

    @property
    def is_pin(self) -> bool:
        """Tell whether one code is all that has to be typed."""
        return self.name == self.password

    @property
    def shown(self) -> str:
        """Give the code in groups: `1234 5678`, `KF 123 456`, or name and password."""
        if not self.is_pin:
            return f"{self.name} {self.password}"
        letters = self.name.rstrip("0123456789")
        digits = self.name[len(letters) :]
        size = GROUP.get(len(digits), len(digits) or 1)
        groups = [digits[start : start + size] for start in range(0, len(digits), size)]
        return " ".join(filter(None, (letters, *groups)))

    @property
    def wifi(self) -> str | None:
        """Give what a QR holds that joins the open network of this name."""
        return None if self.ssid is None else f"WIFI:T:nopass;S:{escaped(self.ssid)};;"


def escaped(text: str) -> str:
    """Write a network's name so that its own signs do not end it (ZXing's and Android's rules)."""
    return "".join(f"\\{sign}" if sign in '\\;,:"' else sign for sign in text)
