"""Say how long a simulated gateway takes."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Latency:
    """Hold seconds a call takes: `call` in general, `kinds` for some kinds in its place, `keys` for
    whatever some private keys ask.

    Half passes before the call is executed and half after. `authorisation` comes on top
    while a card is being charged, and the money moves at its end.
    """

    call: float = 0.0
    authorisation: float = 0.0
    kinds: dict[str, float] = field(default_factory=dict)
    keys: dict[str, float] = field(default_factory=dict, repr=False)

    def of(self, kind: str, key: str | None = None) -> float:
        """Give seconds for a call of this kind with this private key, without the authorisation."""
        return self.keys.get(key or "", self.kinds.get(kind, self.call))
