"""Make a MikroTik hotspot send its customers here: pages, a set-up script, its checks."""

from portal.hotspot.setup.facts import KitError, KitFacts, PlanTerms, UserProfile
from portal.hotspot.setup.findings import Finding, State

__all__ = ["Finding", "KitError", "KitFacts", "PlanTerms", "State", "UserProfile"]
