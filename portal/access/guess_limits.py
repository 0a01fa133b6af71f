"""Say how many wrong codes a router takes from all devices together, and why so many.

A device may be invented anew for each try, so what bounds guessing is counted for the router.
Let `chance` be how likely a guess is right (see `LiveCodes`). What somebody who guesses without
a pause may expect to find stays below

    CALM_HITS + STORM_HITS = 0.02 + 0.25 codes an hour

- In the calm, tries cost nothing beyond what they cost their device. Those of honest people grow
  with the number of codes that are out, so the budget does too, until it would break the bound:

      tries an hour = min(TYPING_ERRORS + live codes, CALM_HITS / chance)

- Beyond it there is a storm. Tries are then looked at in turn, one every

      seconds = max(SHORTEST_TURN, chance * 3600 / STORM_HITS)

  so that 100 live PINs of 6 digits (chance 1/10,000) mean a try every 1.4 s, whoever asks. A
  device with no wrong tries takes the next turn, and who typed a wrong one waits a minute, then
  two, then four. A customer so waits for seconds and is not refused; where more invented
  devices ask each second than there are turns, he has his share of them at each try.

A device that tries the code which stands in its own name is let past all that, once: whoever
knows its MAC could otherwise guess that code beside the turns.
Who has to wait may try a code on in the router's turns, once each, and hears of a good one only:
whoever claims to be a device may make it wait, and must not keep its owner's code out.
What a try waits for comes before its code is looked at, so that neither the wait nor a 429
tells anything of the code; that there is a storm, everybody may know.
"""

from __future__ import annotations

from datetime import timedelta

from portal.access.live_codes import LiveCodes
from portal.core.leaky_bucket import Budget

CALM_HITS = 0.02
STORM_HITS = 0.25
TYPING_ERRORS = 60
HOUR = timedelta(hours=1)
CALM_AFTER = timedelta(minutes=5)
SHORTEST_TURN = 0.5
# The last four digits of a card, for whoever knows the e-mail that paid.
CHANCE_OF_LAST4 = 1e-4


def budget(live: int, chance: float) -> Budget:
    """Give the wrong tries an hour until a storm, which ends five minutes after the last one."""
    tries = float(TYPING_ERRORS + live)
    if chance > 0:
        tries = min(tries, CALM_HITS / chance)
    return Budget(max(tries, 1.0), HOUR, CALM_AFTER)


def turn_seconds(chance: float) -> float:
    """Give the seconds from one turn to the next in a storm."""
    return max(SHORTEST_TURN, chance * HOUR.total_seconds() / STORM_HITS)


def chance_of_code(codes: LiveCodes) -> float:
    """Give the chance of a guess at a code."""
    return codes.chance


def chance_of_last4(codes: LiveCodes) -> float:
    """Give the chance of a guess at the card of somebody whose e-mail is known."""
    return CHANCE_OF_LAST4 if codes.count else 0.0
