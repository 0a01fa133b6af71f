"""Deliver events to webhooks: signed, retried, and as badly as tests ask for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from portal.sandbox.conekta import ids
from portal.sandbox.conekta.records import Event, Webhook
from portal.sandbox.conekta.server.errors import Json
from portal.sandbox.conekta.webhooks import signing
from portal.sandbox.conekta.webhooks.events import delivered_body
from portal.sandbox.conekta.world import World
from portal.sandbox.gateway import outgoing

_AT_ONCE = 16


@dataclass
class Manners:
    """Hold how deliveries go.

    `copies` of each, `delay` seconds before the first try, the next `lose` events never sent
    (-1 for all), groups of `reverse` events held back and sent newest first. A try that is
    not answered with 2xx within `timeout` seconds is repeated after each of `retry_after`.
    """

    copies: int = 1
    delay: float = 0.0
    lose: int = 0
    reverse: int = 0
    retry_after: tuple[float, ...] = (1, 5, 30, 300, 3600)
    timeout: float = 10.0


@dataclass(frozen=True)
class _Parcel:
    event: Event
    webhook: Webhook


@dataclass
class Deliverer:
    """Send each event to the webhooks of its account that listen to it."""

    world: World
    manners: Manners = field(default_factory=Manners)

    def __post_init__(self) -> None:
        self._held: list[_Parcel] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(_AT_ONCE)

    def happened(self, event: Event, only: Webhook | None = None) -> None:
        """Deliver an event, to one webhook or to all that listen."""
        webhooks = [only] if only is not None else self._listeners(event)
        if not webhooks:
            return
        if self._loses():
            return
        event.status = "pending"
        self.world.save_event(event)
        parcels = [_Parcel(event, webhook) for webhook in webhooks]
        for parcel in parcels * self.manners.copies:
            self._dispatch(parcel)

    def resume(self) -> None:
        """Take up what an earlier process left undelivered."""
        for event in list(self.world.events.values()):
            if event.status in ("pending", "failing"):
                for webhook in self._listeners(event):
                    self._dispatch(_Parcel(event, webhook))

    def release(self) -> None:
        """Send what is held back, newest first, one after the other."""
        held, self._held = self._held[::-1], []
        self._start(held)

    def _loses(self) -> bool:
        if self.manners.lose > 0:
            self.manners.lose -= 1
            return True
        return self.manners.lose < 0

    def _listeners(self, event: Event) -> list[Webhook]:
        return [
            webhook
            for webhook in self.world.webhooks.values()
            if webhook.account == event.account
            and webhook.livemode == event.livemode
            and webhook.active
            and event.type in webhook.subscribed_events
        ]

    def _dispatch(self, parcel: _Parcel) -> None:
        if self.manners.reverse:
            self._held.append(parcel)
            if len(self._held) >= self.manners.reverse:
                self.release()
        else:
            self._start([parcel])

    def _start(self, parcels: Iterable[_Parcel]) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(list(parcels)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, parcels: Iterable[_Parcel]) -> None:
        await asyncio.sleep(self.manners.delay)
        for parcel in parcels:
            await self._insist(parcel)

    async def _insist(self, parcel: _Parcel) -> None:
        body = delivered_body(parcel.event)
        for pause in self.manners.retry_after:
            if await self._try(parcel, body):
                return
            await asyncio.sleep(pause)
        if not await self._try(parcel, body):
            parcel.event.status = "failed"
            self.world.save_event(parcel.event)

    async def _try(self, parcel: _Parcel, body: bytes) -> bool:
        headers = {"Content-Type": "application/json"}
        key = self._signing_key(parcel.event)
        if key is not None:
            headers["Digest"] = signing.digest(key, body)
        async with self._slots:
            status = await outgoing.post(parcel.webhook.url, body, headers, self.manners.timeout)
        delivered = 200 <= status < 300
        parcel.event.status = "successful" if delivered else "failing"
        _log(parcel, status, self.world.clock.now())
        self.world.save_event(parcel.event)
        return delivered

    def _signing_key(self, event: Event) -> str | None:
        keys = [
            key.pem
            for key in self.world.webhook_keys.values()
            if key.account == event.account and key.livemode == event.livemode and key.active
        ]
        return keys[-1] if keys else None


def _log(parcel: _Parcel, status: int, now: int) -> None:
    """Keep one entry for each webhook, as Conekta does, counting its failures."""
    logs = parcel.event.logs
    entry = next((log for log in logs if log["url"] == parcel.webhook.url), None)
    if entry is None:
        entry = _entry(parcel.webhook.url)
        logs.append(entry)
    entry["last_http_response_status"] = status
    entry["last_attempted_at"] = now
    if not 200 <= status < 300:
        entry["failed_attempts"] += 1


def _entry(url: str) -> Json:
    return {
        "id": ids.prefixed("webhl"),
        "url": url,
        "failed_attempts": 0,
        "last_http_response_status": 0,
        "object": "webhook_log",
        "last_attempted_at": 0,
        "response_data": {},
    }
