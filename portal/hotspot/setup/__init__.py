"""Make a MikroTik hotspot send its customers here: pages, a set-up script, its checks."""

from portal.hotspot.setup.errors import KitError
from portal.hotspot.setup.facts import KitFacts, PlanTerms, UserProfile
from portal.hotspot.setup.findings import Finding, State
from portal.hotspot.setup.radius.facts import RadiusFacts, RadiusServer

__all__ = [
    "Finding",
    "KitError",
    "KitFacts",
    "PlanTerms",
    "RadiusFacts",
    "RadiusServer",
    "State",
    "UserProfile",
]
