"""Refuse in the two shapes that Mercado Pago answers."""

from __future__ import annotations

import json

from portal.sandbox.gateway.http import Json, Response


class ApiError(Exception):
    """Refuse a call with `status`: an `Error` of its OpenAPI."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(error)
        self.status, self.error, self.message = status, error, message

    def body(self) -> Json:
        """Give the answer as JSON."""
        return {"status": self.status, "error": self.error, "message": self.message, "cause": []}


class Declined(ApiError):
    """Refuse for the bank: the order, which was processed, comes along in `data`."""

    def __init__(self, order: Json) -> None:
        super().__init__(402, "failed", "The following transactions failed")
        self.order = order

    def body(self) -> Json:
        """Give the answer as its orders give it: `errors`, and the order."""
        details = [f"{each['id']}: {each['status_detail']}" for each in _payments(self.order)]
        errors = [{"code": self.error, "message": self.message, "details": details}]
        return {"errors": errors, "data": self.order}


def _payments(order: Json) -> list[Json]:
    listed: list[Json] = order["transactions"]["payments"]
    return listed


def invalid(message: str, error: str = "bad_request") -> ApiError:
    """Give a request that cannot be accepted."""
    return ApiError(400, error, message)


def unauthorized() -> ApiError:
    """Refuse a call without an access token, or with one that nobody knows."""
    return ApiError(401, "unauthorized", "The access token is invalid")


def not_found() -> ApiError:
    """Nothing of that id in the seller's account."""
    return ApiError(404, "not_found", "The resource was not found")


def conflict(message: str) -> ApiError:
    """Give what the order's status, or an earlier question of the same key, forbids."""
    return ApiError(409, "conflict", message)


def trouble(status: int) -> Response:
    """Mercado Pago's own trouble, or a refusal on purpose, of any status."""
    error = unauthorized() if status == 401 else ApiError(status, "internal_error", "Sorry")
    return Response(status, json.dumps(error.body()).encode())
