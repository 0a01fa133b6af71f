"""Name why somebody has no Internet, what is looked at to find it, and what mends it."""

from __future__ import annotations

from enum import StrEnum


class DiagnosisStep(StrEnum):
    """Name what is looked at, in the order in which it is walked."""

    MONEY = "money"
    ACCESS = "access"
    ROUTER = "router"
    HOST = "host"
    SESSION = "session"
    DEVICES = "devices"
    DATA = "data"
    TIME = "time"
    GARDEN = "garden"
    CLOCK = "clock"


class StepState(StrEnum):
    """Say what came of a step; `UNSEEN` could not be looked at, `SKIPPED` has nothing to say."""

    GOOD = "good"
    FAULT = "fault"
    UNSEEN = "unseen"
    SKIPPED = "skipped"


class Remedy(StrEnum):
    """Name the one thing to do about a cause."""

    ASK_AGAIN = "ask_again"
    CARRY_ON = "carry_on"
    UNPARK = "unpark"
    SEE_SALE = "see_sale"
    SELL_CODE = "sell_code"
    DELIVER = "deliver"
    ENABLE = "enable"
    OPEN_ROUTER = "open_router"
    DECLARE_OUTAGE = "declare_outage"
    FREE_DEVICE = "free_device"
    CONNECT = "connect"
    DISCONNECT = "disconnect"
    GIVE_TIME = "give_time"
    GIVE_DATA = "give_data"


class Cause(StrEnum):
    """Name a cause; `remedy` is what mends it."""

    remedy: Remedy

    def __new__(cls, value: str, remedy: Remedy) -> Cause:
        cause = str.__new__(cls, value)
        cause._value_, cause.remedy = value, remedy
        return cause

    UNKNOWN_CODE = "unknown_code", Remedy.ASK_AGAIN
    FOREIGN_CODE = "foreign_code", Remedy.OPEN_ROUTER
    UNKNOWN_EMAIL = "unknown_email", Remedy.ASK_AGAIN
    UNKNOWN_DEVICE = "unknown_device", Remedy.ASK_AGAIN

    PARKED = "parked", Remedy.UNPARK
    UNDECIDED = "undecided", Remedy.CARRY_ON
    BANK_WAITS = "bank_waits", Remedy.CARRY_ON
    BUYER_WAITS = "buyer_waits", Remedy.CARRY_ON
    DECLINED = "declined", Remedy.SELL_CODE
    UNPAID = "unpaid", Remedy.SELL_CODE
    MONEY_BACK = "money_back", Remedy.SEE_SALE
    CHARGED_BACK = "charged_back", Remedy.SEE_SALE

    KEY_LOST = "key_lost", Remedy.SELL_CODE
    WITHDRAWN = "withdrawn", Remedy.SELL_CODE
    BLOCKED = "blocked", Remedy.ENABLE
    NAME_LOST = "name_lost", Remedy.OPEN_ROUTER
    USER_MISSING = "user_missing", Remedy.DELIVER
    NOT_DELIVERED = "not_delivered", Remedy.DELIVER

    PAID_WAITS = "paid_waits", Remedy.OPEN_ROUTER
    TUNNEL_DOWN = "tunnel_down", Remedy.OPEN_ROUTER
    ROUTER_AWAY = "router_away", Remedy.OPEN_ROUTER
    ROUTER_REFUSES = "router_refuses", Remedy.OPEN_ROUTER

    NOT_IN_NETWORK = "not_in_network", Remedy.ASK_AGAIN
    ONLINE_ELSEWHERE = "online_elsewhere", Remedy.FREE_DEVICE
    BYPASSED = "bypassed", Remedy.OPEN_ROUTER
    ONLINE = "online", Remedy.DISCONNECT
    OTHER_CODE = "other_code", Remedy.DISCONNECT
    PAYMENT_PASS = "payment_pass", Remedy.DISCONNECT
    FOREIGN_SESSION = "foreign_session", Remedy.OPEN_ROUTER
    OLD_ADDRESS = "old_address", Remedy.FREE_DEVICE

    BOUND = "bound", Remedy.FREE_DEVICE
    DEVICE_LIMIT = "device_limit", Remedy.FREE_DEVICE
    PROFILE_LIMIT = "profile_limit", Remedy.OPEN_ROUTER
    DATA_USED = "data_used", Remedy.GIVE_DATA
    TIME_LOST = "time_lost", Remedy.DECLARE_OUTAGE
    TIME_OVER = "time_over", Remedy.GIVE_TIME
    LIMITS_BEHIND = "limits_behind", Remedy.DELIVER

    GARDEN_CLOSED = "garden_closed", Remedy.OPEN_ROUTER
    CLOCK_WRONG = "clock_wrong", Remedy.OPEN_ROUTER

    NOT_LOGGED_IN = "not_logged_in", Remedy.CONNECT
    CODE_UNUSED = "code_unused", Remedy.ASK_AGAIN
    NOT_BOUGHT = "not_bought", Remedy.SELL_CODE
    SALES_PAUSED = "sales_paused", Remedy.OPEN_ROUTER
    UNCLEAR = "unclear", Remedy.ASK_AGAIN
