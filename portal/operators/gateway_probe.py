"""Try a company's test account out at its gateway, question by question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from portal.access.provisioning import owner_of
from portal.operators.gateway_lookup import usable
from portal.payments.probe import GatewayProbe, ProbeFinding
from portal.payments.trial_cards import TrialCard
from portal.ports import gateway_of, provider_of, settings

# Orders of a probe are nobody's sale: the search for orphans must not take them for one.
OWNER = "probe of {}"


def findings(
    company_id: str, provider: str | None, currency: str, cards: Mapping[TrialCard, str]
) -> Iterator[ProbeFinding]:
    """Yield what the current key's gateway says. `cards` are tokens beside the published ones.

    Raises NotFound, Unavailable.
    """
    account = usable(company_id, provider)
    known = {**provider_of(account).trial_cards, **cards}
    owner = OWNER.format(owner_of(company_id))
    offered = provider_of(account).methods
    methods = [name for name in offered if offered[name].currency in (None, currency)]
    gateway, timeout = gateway_of(account), settings().gateway_timeout
    return GatewayProbe(gateway, known, owner, currency, timeout, methods).findings()
