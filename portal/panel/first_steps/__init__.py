"""Lead whoever is new from the server's first start to a first sale, step by step."""

from portal.panel.first_steps import (
    company_page,
    invitation_page,
    keys_page,
    plans_page,
    sale_page,
    steps_page,
)

VIEWS = (invitation_page, steps_page, company_page, keys_page, plans_page, sale_page)
