"""Simulate Conekta: its API over real HTTP, with faults on purpose.

In a test: `with ConektaSandbox() as gateway:` and point the client at `gateway.url`.
As a process: `python -m portal.sandbox.conekta --port 0`.
"""

from portal.sandbox.conekta.sandbox import ConektaSandbox
from portal.sandbox.conekta.settings import Behaviour, Latency, LaterChallenge
from portal.sandbox.conekta.webhooks.deliveries import Manners
from portal.sandbox.gateway.faults import Action, Fault

__all__ = ["Action", "Behaviour", "ConektaSandbox", "Fault", "Latency", "LaterChallenge", "Manners"]
