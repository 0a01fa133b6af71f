"""Hold one request of one phone, as the hotspot's servlet sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Visit:
    """Hold what the phone of this MAC asks for.

    `base` is where the hotspot lives for this phone, without a slash at the end. `path` begins
    with a slash; `elsewhere` is where the phone finds another host, when it asked for one.
    """

    mac: str
    base: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    elsewhere: str = ""


@dataclass
class Outcome:
    """Hold what came of a visit so far: words for the page that tells it."""

    error: str = ""
    redirect: str = ""
    chap_id: str = ""
    chap_challenge: str = ""
