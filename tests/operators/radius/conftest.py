"""The real server of tests/access/radius, for these tests too."""

from __future__ import annotations

from tests.access.radius.conftest import radius as radius
from tests.access.radius.conftest import radius_app as radius_app
from tests.access.radius.conftest import site as site
