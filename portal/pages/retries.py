"""Try again by itself what the router kept from being done, with what the customer had sent.

What was sent goes along in the page's address, for browsers without cookies: encrypted, since
there may be a code in it, for one visit at one router, and soon stale.
"""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass, field

from flask import Response, current_app, request

from portal.core.vault import Vault, VaultError
from portal.pages.addresses import in_other_language, page_url
from portal.pages.rendering import ComesAgain, page
from portal.pages.shop import Shop
from portal.pages.visits.seals import RETRY, seal, unseal
from portal.pages.visits.visit import Visit

HOURS = 3600
# After how many seconds of trying the next try comes in how many; then a person has to press.
PATIENCE = ((60, 10), (900, 30))


@dataclass(frozen=True)
class Retry:
    """Hold what was sent, and since when it is tried, in Unix seconds."""

    sent: dict[str, str] = field(repr=False)
    began: float = field(default_factory=time.time)

    @property
    def pause(self) -> int | None:
        """Give the seconds until the next try; None where it has been tried for long enough."""
        waited = time.time() - self.began
        return next((seconds for limit, seconds in PATIENCE if waited < limit), None)


def asked_again(shop: Shop, visit: Visit) -> Retry | None:
    """Read what the request at hand asks for once more; None where it is not this visit's."""
    sealed = unseal(RETRY, shop.scope, request.args.get("otra"), 2 * HOURS)
    try:
        return Retry(**json.loads(_vault().open(urlsafe_b64decode(sealed or ""), _place(visit))))
    except VaultError:
        return None


def away_page(shop: Shop, visit: Visit, endpoint: str, retry: Retry) -> Response:
    """Say that the WiFi does not answer, and lead to `endpoint` again after a while.

    The address stays the same from then on, so that Back leads to what stood before it.
    """
    sealed = _vault().seal(json.dumps(asdict(retry)), _place(visit))
    text = seal(RETRY, shop.scope, urlsafe_b64encode(sealed).decode())
    new = page_url(endpoint, visit, router_id=shop.router.id, otra=text)
    again_url = "" if "otra" in request.args else new
    again = ComesAgain(retry.pause, again_url) if retry.pause else None
    context = {"again_url": again_url, **in_other_language(visit, otra=text)}
    return page("away", shop, visit, 503, comes_again=again, **context)


def sent_now(*names: str) -> dict[str, str]:
    """Give what the form at hand sent under these names."""
    return {name: request.form.get(name, "") for name in names}


def _place(visit: Visit) -> str:
    where = visit.scope.router_id if visit.scope else None
    return f"retry:{where}:{visit.id}"


def _vault() -> Vault:
    vault: Vault = current_app.extensions["vault"]
    return vault
