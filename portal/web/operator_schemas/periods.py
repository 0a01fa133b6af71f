"""Say which stretch of time is asked for."""

from __future__ import annotations

from portal.web.operator_schemas.fields import MomentField
from portal.web.schemas import AdminSchema

SINCE = "Un día de la empresa, en su `zona_horaria`, o un momento con su diferencia de UTC."
UNTIL = "Como `desde`. Un día cuenta entero; un momento ya no cuenta."


class PeriodQuery(AdminSchema):
    """Say which stretch of time."""

    desde = MomentField(attribute="since", about=SINCE)
    hasta = MomentField(attribute="until", about=UNTIL)
