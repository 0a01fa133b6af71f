"""Serve what a super_admin calls: all companies, their routers, all administrators."""

from portal.api.super_admin import api_keys, companies, reports, routers, users

BLUEPRINTS = (
    companies.blueprint,
    routers.blueprint,
    api_keys.blueprint,
    users.blueprint,
    reports.blueprint,
)
