"""Tell a company's operators what of it had better be changed, and why."""

from __future__ import annotations

from portal.access.pin_density import dense_pins
from portal.models import Company
from portal.operators.rfc import has_right_check_digit

ODD_RFC = (
    "El RFC {} no cuadra con su último signo: compárelo con su constancia de situación fiscal."
)


def company_advice(company: Company) -> list[str]:
    """Give a sentence for each such thing."""
    said = list(dense_pins(company.id))
    if company.rfc and not has_right_check_digit(company.rfc):
        said.append(ODD_RFC.format(company.rfc))
    return said
