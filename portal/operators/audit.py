"""Keep on record for good who did what, and what that changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from portal.models import AuditEntry, utc_now
from portal.models.audit_entry import DEPLOYMENT
from portal.operators.trail import chain
from portal.operators.trail.changes import Changes


class AuditAction(StrEnum):
    """Name what can be done that is kept on record."""

    ACCESS_CONNECT = "access.connect"
    ACCESS_COURTESY = "access.courtesy"
    ACCESS_DELIVER = "access.deliver"
    ACCESS_DISCONNECT = "access.disconnect"
    ACCESS_ENABLE = "access.enable"
    ACCESS_FREE = "access.free"
    ALERT_RESOLVE = "alert.resolve"
    API_KEY_REVOKE = "api_key.revoke"
    API_KEY_ROTATE = "api_key.rotate"
    COMPANY_ACT_FOR = "company.act_for"
    COMPANY_CREATE = "company.create"
    COMPANY_LOGO = "company.logo"
    COMPANY_UPDATE = "company.update"
    GATEWAY_ACCOUNT_PROBE = "gateway_account.probe"
    GATEWAY_ACCOUNT_SET_KEYS = "gateway_account.set_keys"
    INVOICING_SET = "invoicing.set"
    PLAN_CREATE = "plan.create"
    PLAN_PICTURE = "plan.picture"
    PLAN_UPDATE = "plan.update"
    ROUTER_ACTIVATE = "router.activate"
    ROUTER_ADD_PROFILE = "router.add_profile"
    ROUTER_CREATE = "router.create"
    ROUTER_DEACTIVATE = "router.deactivate"
    ROUTER_DELETE = "router.delete"
    ROUTER_KIT = "router.kit"
    ROUTER_KIT_FETCH = "router.kit_fetch"
    ROUTER_KIT_LINK = "router.kit_link"
    ROUTER_OUTAGE = "router.outage"
    ROUTER_RESTORE = "router.restore"
    ROUTER_TUNNEL_KEY = "router.tunnel_key"
    ROUTER_UPDATE = "router.update"
    SALE_DELIVER = "sale.deliver"
    SALE_RECEIPT = "sale.receipt"
    SALE_REFUND = "sale.refund"
    SALE_RETURN = "sale.return"
    SALE_REFRESH = "sale.refresh"
    SALE_RETRY = "sale.retry"
    SALE_UNPARK = "sale.unpark"
    SESSION_END = "session.end"
    USER_ASK_EMAIL = "user.ask_email"
    USER_ACTIVATE = "user.activate"
    USER_CHANGE_PASSWORD = "user.change_password"  # noqa: S105 - an action, no password
    USER_CREATE = "user.create"
    USER_DEACTIVATE = "user.deactivate"
    USER_RECOVERY_CODES = "user.recovery_codes"
    USER_RESET_PASSWORD = "user.reset_password"  # noqa: S105 - an action, no password
    USER_TOTP_OFF = "user.totp_off"
    USER_TOTP_ON = "user.totp_on"
    USER_UPDATE = "user.update"
    VOUCHER_BATCH = "voucher.batch"
    VOUCHER_BATCH_VOID = "voucher.batch_void"
    VOUCHER_HAND_OVER = "voucher.hand_over"
    VOUCHER_IMPORT = "voucher.import"
    VOUCHER_IMPORT_UNDO = "voucher.import_undo"
    VOUCHER_SELL = "voucher.sell"
    VOUCHER_VOID = "voucher.void"
    WEBHOOKS_REGISTER = "webhooks.register"


@dataclass(frozen=True)
class Actor:
    """Name who acts: an administrator's e-mail, or `cli:` and the system's user."""

    name: str
    request_id: str | None = None
    ip: str | None = None


def record(
    session: Session,
    actor: Actor,
    action: AuditAction,
    target: str | int | None = None,
    company_id: str | None = None,
    changed: Changes | None = None,
    **details: Any,
) -> None:
    """Write the action in the transaction that does it.

    `changed` is what `trail.changes` or `lookup.apply` found, with secrets hidden already;
    `details` must hold none either.
    """
    changed = changed or Changes()
    entry = AuditEntry(
        at=utc_now(),
        actor=actor.name,
        action=action,
        target=None if target is None else str(target),
        company_id=company_id,
        details=_plain(details),
        before=_plain(changed.before) or None,
        after=_plain(changed.after) or None,
        request_id=actor.request_id,
        ip=actor.ip,
        chain=company_id or DEPLOYMENT,
    )
    chain.append(session, entry)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Give it as it will be read back, which is what its digest is taken over."""
    read: dict[str, Any] = json.loads(json.dumps(values))
    return read
