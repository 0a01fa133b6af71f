"""Keep what customers asked for, and what they were told."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.chaos.calling import Answer
from tests.chaos.scenarios import Outside, Scenario

UNAVAILABLE = 503


@dataclass
class Purchase:
    """One scenario carried out. `answers` and `looks` are in the order in which they came.

    `unanswered` counts the requests that brought nothing, `form` is what our page showed, and
    `was_in_frame` says whether the card was typed in the gateway's frame. `paid_outside` is what
    its buyer has done who was told how to pay later and elsewhere, and `passes` what was said of
    Internet to pay with.
    """

    scenario: Scenario
    card_token: str | None = field(repr=False)
    answers: list[Answer] = field(default_factory=list)
    looks: list[Answer] = field(default_factory=list)
    unanswered: int = 0
    form: dict[str, str] | None = field(default=None, repr=False)
    was_in_frame: bool = False
    paid_outside: Outside | None = None
    passes: list[str] = field(default_factory=list)

    def note(self, answer: Answer | None) -> None:
        """What a request to buy brought."""
        if answer is None:
            self.unanswered += 1
        else:
            self.answers.append(answer)

    def note_look(self, answer: Answer | None) -> None:
        """What a look at the payment brought."""
        if answer is not None and answer.status == 200:
            self.looks.append(answer)

    @property
    def is_turned_away(self) -> bool:
        """Whether nothing was begun, for certain: the device or its owner had to wait."""
        refusals = [answer for answer in self.answers if answer.status in (409, 429)]
        return bool(refusals) and len(refusals) == len(self.answers) and not self.unanswered

    @property
    def is_decided(self) -> bool:
        """Whether the customer knows how it ended."""
        return any(answer.status in (200, 402) for answer in self.answers)

    @property
    def is_refused_for_now(self) -> bool:
        """Whether the last word is that nothing can be paid there at the moment."""
        return bool(self.answers) and self.answers[-1].status == UNAVAILABLE

    @property
    def reference(self) -> str | None:
        """Under which the customer may ask how it stands."""
        known = (answer.body.get("referencia") for answer in reversed(self.answers))
        return next((reference for reference in known if reference), None)

    @property
    def credentials(self) -> tuple[str, str] | None:
        """User and password, once they were told."""
        bodies = (answer.body for answer in (*self.answers, *self.looks) if answer.status == 200)
        told = next((body["usuario_hotspot"] for body in bodies if body.get("success")), None)
        return told and (told["usuario"], told["contrasena"])

    @property
    def action(self) -> dict[str, Any]:
        """What the customer has to do, where the last word says so."""
        told = (self.looks or self.answers)[-1:]
        actions = (answer.body.get("accion_requerida") for answer in told)
        return next((action for action in actions if action), {})

    @property
    def action_url(self) -> str | None:
        """The bank's page, where the last word names one."""
        return self.action.get("url")

    @property
    def order_to_pay(self) -> tuple[str, str] | None:
        """The last order that it was told how to pay outside, and the amount that was told."""
        for answer in reversed((*self.answers, *self.looks)):
            told = answer.body.get("accion_requerida") or {}
            if told.get("tipo") in ("spei", "efectivo"):
                return answer.body["id_transaccion"], told["monto"]
        return None


class Purchases:
    """Everybody's purchases, in the order in which they were begun."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._all: list[Purchase] = []

    def next_number(self) -> int:
        """A number for one more purchase."""
        with self._lock:
            return next(self._numbers)

    def begin(self, scenario: Scenario, card_token: str | None) -> Purchase:
        """Open a page for a scenario."""
        purchase = Purchase(scenario, card_token)
        self._all.append(purchase)
        return purchase

    @property
    def all(self) -> list[Purchase]:
        """All so far."""
        return list(self._all)

    @property
    def begun(self) -> int:
        """How many have been asked for and were not turned away."""
        return sum(not purchase.is_turned_away for purchase in self.all)
