"""Write down as regular expressions what fields take, for the documentation.

They hold in ECMAScript's dialect, which JSON Schema speaks, as in Python's.
"""

from __future__ import annotations

from collections.abc import Iterator

# ASCII's controls, and those of Latin-1; text of several lines may have tab and line breaks.
CONTROLS = r"\x00-\x1f\x7f-\x9f"
CONTROLS_BUT_LINES = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"


def whole(pattern: str) -> str:
    """Have the pattern fit all of a text, not a part of it."""
    return f"^(?:{pattern})$"


def text(shortest: int, *, stripped: bool, lines: bool) -> str:
    """Describe text without control characters, and without outer blanks if it is `stripped`.

    `shortest` counts characters; how long it may be is said beside it.
    """
    controls = CONTROLS_BUT_LINES if lines else CONTROLS
    inner, outer = f"[^{controls}]", rf"[^\s{controls}]"
    if not stripped:
        return whole(f"{inner}*")
    if shortest <= 1:
        some = f"{outer}(?:{inner}*{outer})?"
        return whole(some if shortest else f"(?:{some})?")
    return whole(f"{outer}{inner}{{{shortest - 2},}}{outer}")


def amounts(least: int, most: int) -> str:
    """Describe amounts between two numbers of centavos, with two decimals at most."""
    (whole_pesos, first), (last, rest) = divmod(least, 100), divmod(most, 100)
    choices = []
    if first:
        choices.append(rf"{whole_pesos}\.(?:{_cents(first, 99)})")
        whole_pesos += 1
    until = last if rest == 99 else last - 1
    if whole_pesos <= until:
        choices.append(rf"(?:{integers(whole_pesos, until)})(?:\.[0-9]{{1,2}})?")
    if rest != 99 and last >= whole_pesos:
        choices.append(rf"{last}(?:\.(?:{_cents(0, rest)}))?")
    return whole("|".join(choices))


def _cents(first: int, last: int) -> str:
    """The decimals of so many centavos: of two digits, and of one where that says the same."""
    tens = range(-(-first // 10), last // 10 + 1)
    one_digit = [f"[{tens[0]}-{tens[-1]}]"] if tens else []
    return "|".join([*_between(f"{first:02d}", f"{last:02d}"), *one_digit])


def integers(first: int, last: int) -> str:
    """Describe the integers between two that are not negative, without leading zeros."""
    return "|".join(_of_equal_length(first, last))


def _of_equal_length(first: int, last: int) -> Iterator[str]:
    while first <= last:
        longest = min(last, 10 ** len(str(first)) - 1)
        yield from _between(str(first), str(longest))
        first = longest + 1


def _between(first: str, last: str) -> Iterator[str]:
    """The same for two of as many digits."""
    if not first:
        yield ""
    elif first[0] == last[0]:
        yield from (first[0] + rest for rest in _between(first[1:], last[1:]))
    else:
        yield from _leading(first, last)


def _leading(first: str, last: str) -> Iterator[str]:
    """The same where the first digits differ: the least, those between, the greatest."""
    rest = len(first) - 1
    low, high = int(first[0]), int(last[0])
    if first[1:].strip("0"):
        yield from (first[0] + more for more in _between(first[1:], "9" * rest))
        low += 1
    if last[1:].strip("9"):
        yield from (last[0] + more for more in _between("0" * rest, last[1:]))
        high -= 1
    if low <= high:
        leading = f"[{low}-{high}]" if low < high else str(low)
        yield leading + ("[0-9]" if rest == 1 else f"[0-9]{{{rest}}}" if rest else "")
