"""Lose one of two gateways in the middle of it all, in each way that one can be lost."""

from __future__ import annotations

from collections import Counter
from random import Random

from tests.chaos.environment import SECOND_KEYS, ChaosEnvironment

WAYS = ("cut off", "hanging", "answering 503", "refusing the keys")


class LostGateway:
    """The second gateway, which is lost in one way after the other; `counts` says in which."""

    def __init__(self, environment: ChaosEnvironment, seed: int) -> None:
        self._gateway = environment.second
        self._ways = list(WAYS)
        Random(f"{seed}:ways").shuffle(self._ways)
        self._way = self._ways[0]
        self.counts: Counter[str] = Counter()

    def kill(self) -> None:
        """Lose it."""
        self._way = self._ways[self.counts.total() % len(self._ways)]
        if self._way == "cut off":
            self._gateway.unplug()
        elif self._way == "hanging":
            self._gateway.fail("hang", executed=True, times=None)
        elif self._way == "answering 503":
            self._gateway.fail("status", times=None, status=503)
        else:
            for key in SECOND_KEYS:
                self._gateway.refuse(key)
        self.counts[f"second gateway lost: {self._way}"] += 1

    def start(self) -> None:
        """Have it back."""
        if self._way == "cut off":
            self._gateway.plug()
        for key in SECOND_KEYS:
            self._gateway.accept(key)
        self._gateway.heal()
