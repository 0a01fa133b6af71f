"""The records, one module an aggregate."""

from portal.models.access import Access
from portal.models.admin_user import AdminSession, AdminUser
from portal.models.alert import Alert
from portal.models.api_key import ApiKey
from portal.models.audit_entry import AuditEntry
from portal.models.base import Base, utc_now
from portal.models.company import Company
from portal.models.deployment import Deployment
from portal.models.gateway_account import GatewayAccount
from portal.models.plan import Plan
from portal.models.router import Router
from portal.models.sale import Sale, SaleMove

__all__ = [
    "Access",
    "AdminSession",
    "AdminUser",
    "Alert",
    "ApiKey",
    "AuditEntry",
    "Base",
    "Company",
    "Deployment",
    "GatewayAccount",
    "Plan",
    "Router",
    "Sale",
    "SaleMove",
    "utc_now",
]
