"""Say what an access must be: its time, its data, its user. There is no Portal in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.model.fault_plan import Fate, RouterPlan

# What a device that is online uses, in bytes a second, on the simulated router.
BYTES_PER_SECOND = 22_000


@dataclass(frozen=True)
class Plan:
    """What is sold: `seconds` that run as `counts` says, and `data` in bytes. None: no limit."""

    name: str
    counts: str | None
    seconds: int | None = None
    data: int | None = None


@dataclass(eq=False)
class Part:
    """What one purchase brought to an access, and what its refund took: seconds and bytes."""

    plan: Plan
    seconds_taken: int = 0
    data_taken: int = 0

    @property
    def seconds(self) -> int:
        """What it has brought in the end."""
        return (self.plan.seconds or 0) - self.seconds_taken

    @property
    def data(self) -> int:
        """The same in bytes."""
        return (self.plan.data or 0) - self.data_taken


@dataclass
class User:
    """A hotspot user with its limits; `counted` are the seconds of sessions that are over."""

    is_enabled: bool
    seconds: int | None
    data: int | None
    counted: int = 0

    def left(self, used: int) -> int | None:
        """Seconds until the first limit, when so many are used up."""
        limits = [] if self.seconds is None else [self.seconds - used]
        limits += [] if self.data is None else [self.data // BYTES_PER_SECOND - used]
        return min(limits, default=None)


@dataclass(frozen=True)
class Session:
    """A device online since then; `until` was fixed when it began. Seconds of the model's clock."""

    device: int
    since: int
    until: int | None

    def lasted(self, now: int) -> int:
        """Seconds so far."""
        return (now if self.until is None else min(now, self.until)) - self.since

    def runs(self, now: int) -> bool:
        """Whether it has not come to its end."""
        return self.until is None or now < self.until


@dataclass(eq=False)
class Entry:
    """A hotspot user and its session, as the router has them."""

    user: User | None = field(default=None, kw_only=True)
    session: Session | None = field(default=None, kw_only=True)

    def uptime(self, now: int) -> int:
        """What the router counts for its user, in seconds."""
        counted = self.user.counted if self.user else 0
        return counted + (self.session.lasted(now) if self.session else 0)

    def is_online(self, now: int) -> bool:
        """Whether a device is."""
        return self.session is not None and self.session.runs(now)

    def has_online(self, device: int, now: int) -> bool:
        """Whether this device is."""
        return self.session is not None and self.session.device == device and self.is_online(now)

    def log_in(self, device: int, now: int) -> bool:
        """A device enters the code; whether the router lets it in. The one before it goes."""
        left = self.user.left(self.uptime(now)) if self.user else 0
        if self.user is None or not self.user.is_enabled or (left is not None and left <= 0):
            return False
        self.log_out(now)
        self.session = Session(device, now, None if left is None else now + left)
        return True

    def log_out(self, now: int) -> None:
        """End the session; the router books its time."""
        if self.user:
            self.user.counted = self.uptime(now)
        self.session = None

    def forget(self) -> None:
        """The router knows neither user nor session any more."""
        self.user = self.session = None

    def remove(self, router: RouterPlan) -> bool:
        """Take the user off a router that is up; False where that is not certain."""
        done = self.user is None or router.remove is Fate.DONE
        if router.remove.arrives:
            self.user = None
        if done:
            self.session = None
        return done


@dataclass(eq=False)
class Access(Entry):
    """`wanted` and `known` as our records must have them; `user` and `session` as the router has.

    `due`: something is to be done at the router; `is_fresh`: not in the pass that found it out.
    `seen` are the seconds that were read last, `used` those that the router has forgotten since.
    `parts` are used up one after the other, in the order in which their money came.
    """

    plan: Plan
    wanted: str = "disabled"
    known: str = "unknown"
    due: bool = False
    is_fresh: bool = False
    started: int | None = None
    ends: int | None = None
    seen: int = 0
    used: int = 0
    parts: list[Part] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.counts, self.seconds, self.data = self.plan.counts, self.plan.seconds, self.plan.data

    def want(self, wanted: str) -> None:
        """Decide what it should be."""
        self.wanted, self.due, self.is_fresh = wanted, True, True

    @property
    def stands(self) -> bool:
        """Whether the router has it, may have it or is to have it."""
        return (self.wanted, self.known) != ("absent", "absent")

    def has_ended(self, now: int) -> bool:
        """Whether the time that was bought is over."""
        return self.ends is not None and self.ends <= now

    def ends_within(self, seconds: int, now: int) -> bool:
        """Whether its end is still to come, and that soon."""
        return self.wanted == "enabled" and self.ends is not None and self.ends < now + seconds

    def pay(self, part: Part) -> None:
        """The money of a purchase is in."""
        self.parts.append(part)

    def extend(self, plan: Plan, now: int) -> None:
        """Add what was bought to what is left, which is not less than nothing."""
        if self.ends is not None:
            self.ends = max(self.ends, now) + (plan.seconds or 0)
        if self.seconds is not None:
            self.seconds = max(self.seconds, self._seconds_used) + (plan.seconds or 0)
        if self.data is not None:
            self.data = max(self.data, self._data_used) + (plan.data or 0)
        self.known = "unknown"

    def take(self, part: Part, now: int) -> None:
        """What is left of a purchase goes; of those after it all is left before that."""
        after = self.parts[self.parts.index(part) + 1 :]
        seconds = self._seconds_left(now) - sum(other.seconds for other in after)
        data = (self.data or 0) - self._data_used - sum(other.data for other in after)
        part.seconds_taken = max(0, min(seconds, part.seconds))
        part.data_taken = max(0, min(data, part.data))
        self._move(part, -1)

    def put_back(self, part: Part) -> None:
        """Undo that."""
        self._move(part, 1)
        part.seconds_taken = part.data_taken = 0

    def _move(self, part: Part, sign: int) -> None:
        """A clock that was set runs to its end; what it was set to is as was bought."""
        if self.seconds is not None:
            whole = part.seconds_taken if self.counts == "connected" else part.plan.seconds or 0
            self.seconds += sign * whole
        self.ends = None if self.ends is None else self.ends + sign * part.seconds_taken
        self.data = None if self.data is None else self.data + sign * part.data_taken
        self.known = "unknown"

    def _seconds_left(self, now: int) -> int:
        if self.ends is not None:
            return self.ends - now
        return (self.seconds or 0) - self._seconds_used

    @property
    def _seconds_used(self) -> int:
        return self.used + self.seen if self.counts == "connected" else 0

    @property
    def _data_used(self) -> int:
        return (self.used + self.seen) * BYTES_PER_SECOND

    def start(self, now: int) -> None:
        """It was delivered; its time runs from the first time on."""
        if self.started is not None:
            return
        self.started = now
        if self.counts == "purchase" and self.seconds is not None:
            self.ends = now + self.seconds

    def make(self, router: RouterPlan, *, is_enabled: bool) -> bool:
        """Put the user on the router; False where that is not certain."""
        if router.add.arrives:
            self.user = User(is_enabled, *self._limits())
        return router.add is Fate.DONE

    def bring(
        self, router: RouterPlan, now: int, *, limits: bool = False, note: bool = True
    ) -> bool:
        """Make the router have it as wanted; False where that is not certain."""
        done = router.is_up and self._bring(router, now, limits=limits)
        if note:
            self.note(done)
        return done

    def note(self, is_done: bool) -> None:
        """What is known now of the router."""
        self.known, self.due = (self.wanted, False) if is_done else ("unknown", True)
        self.is_fresh = True

    def _bring(self, router: RouterPlan, now: int, *, limits: bool) -> bool:
        if self.wanted == "absent":
            return self.remove(router)
        if self.user is None:
            # The router counts from nothing again.
            self.used, self.seen = self.used + self.seen, 0
            return self.make(router, is_enabled=self.wanted == "enabled")
        if router.set.arrives:
            self.user.is_enabled = self.wanted == "enabled"
        if router.set is Fate.DONE and limits:
            self.user.seconds, self.user.data = self._limits()
        return router.set is Fate.DONE

    def _limits(self) -> tuple[int | None, int | None]:
        """Never nothing, which a router takes for no limit."""
        seconds = self.seconds if self.counts == "connected" else None
        return (
            None if seconds is None else max(1, seconds - self.used),
            None if self.data is None else max(1, self.data - self.used * BYTES_PER_SECOND),
        )

    def read(self, now: int) -> None:
        """A round has read the router's counters."""
        if self.user is None:
            self.used, self.seen = self.used + self.seen, 0
            self.known, self.due = "absent", True
            return
        uptime = self.uptime(now)
        if uptime < self.seen:
            self.used += self.seen
        self.seen = uptime
        if self.counts == "first_use" and self.ends is None and self.seconds and uptime > 0:
            self.started, self.ends = now - uptime, now - uptime + self.seconds
        if self._is_used_up():
            self.want("absent")

    def _is_used_up(self) -> bool:
        used, connected = self.used + self.seen, self.counts == "connected"
        out_of_time = connected and self.seconds is not None and used >= self.seconds
        out_of_data = self.data is not None and used * BYTES_PER_SECOND >= self.data
        return out_of_time or out_of_data
