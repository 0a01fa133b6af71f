"""Define the records, one module an aggregate."""

from portal.core.records import Base, utc_now
from portal.models.access import Access
from portal.models.admin_user import AdminSession, AdminUser
from portal.models.alert import Alert
from portal.models.alert_channel import (
    AlertChannel,
    AlertCursor,
    AlertMessage,
    AlertSubscription,
)
from portal.models.api_key import ApiKey
from portal.models.audit_entry import AuditChain, AuditEntry
from portal.models.company import Company
from portal.models.deployment import Deployment
from portal.models.deployment_secret import DeploymentSecret
from portal.models.dial_in.tunnel import DialIn, Tunnel
from portal.models.gateway_account import GatewayAccount
from portal.models.image import Image
from portal.models.job import Job, WorkerHeartbeat
from portal.models.kit_link import KitLink
from portal.models.login_failure import LoginFailure
from portal.models.outage import Outage
from portal.models.passes.payment_pass import PaymentPass
from portal.models.people.email_change import EmailChange
from portal.models.people.password_request import PasswordRequest
from portal.models.people.second_factor import RecoveryCode, SecondFactor
from portal.models.plan import Plan
from portal.models.radius.grant import RadiusGrant
from portal.models.radius.key import RadiusKey
from portal.models.radius.router import RadiusRouter
from portal.models.radius.session import RadiusSession
from portal.models.radius.user import RadiusUser
from portal.models.reporting.invoicing import InvoiceAccount, InvoiceReceipt
from portal.models.reporting.money_back import MoneyBack
from portal.models.reporting.sale_words import SaleWords, SaleWordsCursor
from portal.models.reporting.takings import TakingsDay, TakingsHour, TakingsState
from portal.models.router import Router, RouterContact
from portal.models.sale import Sale, SaleMove
from portal.models.sale_visit import SaleVisit
from portal.models.voucher import CashHandover, Voucher, VoucherBatch, VoucherSeller
from portal.models.webhook_event import WebhookEvent
from portal.models.wrong_code import WrongCode

__all__ = [
    "Access",
    "AdminSession",
    "AdminUser",
    "Alert",
    "AlertChannel",
    "AlertCursor",
    "AlertMessage",
    "AlertSubscription",
    "ApiKey",
    "AuditChain",
    "AuditEntry",
    "Base",
    "CashHandover",
    "Company",
    "Deployment",
    "DeploymentSecret",
    "DialIn",
    "EmailChange",
    "GatewayAccount",
    "Image",
    "InvoiceAccount",
    "InvoiceReceipt",
    "Job",
    "KitLink",
    "LoginFailure",
    "MoneyBack",
    "Outage",
    "PasswordRequest",
    "PaymentPass",
    "Plan",
    "RadiusGrant",
    "RadiusKey",
    "RadiusRouter",
    "RadiusSession",
    "RadiusUser",
    "RecoveryCode",
    "Router",
    "RouterContact",
    "Sale",
    "SaleMove",
    "SaleVisit",
    "SaleWords",
    "SaleWordsCursor",
    "SecondFactor",
    "TakingsDay",
    "TakingsHour",
    "TakingsState",
    "Tunnel",
    "Voucher",
    "VoucherBatch",
    "VoucherSeller",
    "WebhookEvent",
    "WorkerHeartbeat",
    "WrongCode",
    "utc_now",
]
