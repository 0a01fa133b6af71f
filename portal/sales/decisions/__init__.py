"""Decide what each answer about a sale leads to, without clock, database or network.

The steps ask outside and hand the answer in; `transitions.apply` writes what is decided here.
Nowhere else is it looked into what a gateway answered about a sale.
"""

from portal.sales.decisions.charge import NOTHING as NOTHING
from portal.sales.decisions.charge import SILENCE as SILENCE
from portal.sales.decisions.charge import WAIT as WAIT
from portal.sales.decisions.charge import Closing as Closing
from portal.sales.decisions.charge import Look as Look
from portal.sales.decisions.charge import charge_looked_up as charge_looked_up
from portal.sales.decisions.charge import charged as charged
from portal.sales.decisions.charge import delivered as delivered
from portal.sales.decisions.charge import is_lost as is_lost
from portal.sales.decisions.charge import opened as opened
from portal.sales.decisions.charge import parked as parked
from portal.sales.decisions.charge import request_died as request_died
from portal.sales.decisions.charge import router_failed as router_failed
from portal.sales.decisions.closing import HAD_MONEY as HAD_MONEY
from portal.sales.decisions.closing import SETTLED as SETTLED
from portal.sales.decisions.closing import closed as closed
from portal.sales.decisions.closing import closed_undecided as closed_undecided
from portal.sales.decisions.closing import closing_of as closing_of
from portal.sales.decisions.closing import given_up as given_up
from portal.sales.decisions.closing import is_closed as is_closed
from portal.sales.decisions.closing import late as late
from portal.sales.decisions.closing import late_again as late_again
from portal.sales.decisions.closing import needs_look as needs_look
from portal.sales.decisions.closing import replaced as replaced
from portal.sales.decisions.looks import followed as followed
from portal.sales.decisions.looks import stuck as stuck
from portal.sales.decisions.refunds import may_change as may_change
from portal.sales.decisions.refunds import outside as outside
from portal.sales.decisions.refunds import refund_asked as refund_asked
from portal.sales.decisions.refunds import refund_begun as refund_begun
from portal.sales.decisions.refunds import refund_if_router_away as refund_if_router_away
from portal.sales.decisions.refunds import refund_objection as refund_objection
from portal.sales.decisions.refunds import refunded as refunded
from portal.sales.decisions.refunds import returned_by_hand as returned_by_hand
