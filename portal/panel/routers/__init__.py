"""Show an owner his routers: connect, check, change and pause them, and keep their keys."""

from portal.panel.routers import (
    api_keys_page,
    certificate_page,
    connection_page,
    edit_page,
    kit_page,
    list_page,
    new_page,
    outage_page,
    tunnel_page,
)

VIEWS = (
    list_page,
    new_page,
    connection_page,
    certificate_page,
    kit_page,
    edit_page,
    api_keys_page,
    outage_page,
    tunnel_page,
)
