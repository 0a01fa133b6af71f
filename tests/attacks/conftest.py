"""One deployment on each database: a shop that is attacked, and a rival's in the same house."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.attacks.pages import Rival, open_rival
from tests.pages.site import Site, open_site


@pytest.fixture(scope="module")
def site(
    module_database_url: str | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The shop, whose pages are served on a socket."""
    with open_site(tmp_path_factory.mktemp("site"), module_database_url) as opened:
        opened.shop.router.add_profile("premium")
        yield opened


@pytest.fixture(scope="module")
def rival(site: Site) -> Rival:
    """Another company with a router of its own."""
    return open_rival(site)
