"""Post each example of the documentation to the real application: it gets what is documented."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator

from tests.api.documented.calls import JSON, operations
from tests.api.documented.conftest import DocumentedShop

ROUTER = "/admin/empresas/{company_id}/routers/{router_id}"


def empty_router(shop: DocumentedShop, headers: dict[str, str]) -> str:
    """A router on which nothing was sold."""
    body = {"nombre": "Vacío", "host": "10.0.0.9", "usuario": "api", "password": "x"}
    path = "/api/v1/admin/mi-empresa/routers"
    found: str = shop.app.test_client().post(path, json=body, headers=headers).json["id"]
    return found


def test_every_example_gets_its_documented_answer(
    shop: DocumentedShop, document: dict[str, Any]
) -> None:
    wrong, count, real = {}, 0, shop.real()
    for operation in operations(document):
        headers = shop.credentials(operation)
        if operation.name == f"delete {ROUTER}":
            real["RTR_01234567"] = empty_router(shop, headers)
        for number, body in enumerate(operation.bodies()):
            count += 1
            answer = operation.call(shop.app.test_client(), body, headers, real)
            # What is paid later is never done at once.
            later = isinstance(body, dict) and body.get("metodo") in ("spei", "efectivo")
            if answer.status_code != (202 if later else operation.success):
                wrong[f"{operation.name} {number}"] = (answer.status_code, answer.text[:300])
            elif answer.mimetype == JSON:
                said = operation.said["responses"][str(answer.status_code)]
                schema = {**said["content"][JSON]["schema"], "components": document["components"]}
                Draft202012Validator(schema).validate(answer.json)
        if operation.path.endswith("/reembolso"):
            real = shop.real()
    assert wrong == {}
    assert count > 60


def test_every_operation_is_told_in_sentences(document: dict[str, Any]) -> None:
    for operation in operations(document):
        assert operation.said["summary"][0].isupper(), operation.name
        assert operation.said["description"].strip().endswith((".", "!")), operation.name


def test_every_example_is_what_its_schema_takes(document: dict[str, Any]) -> None:
    for operation in operations(document):
        content = operation.said.get("requestBody", {}).get("content", {}).get(JSON, {})
        schema = {**content.get("schema", {}), "components": document["components"]}
        for body in operation.bodies():
            if body is not None:
                Draft202012Validator(schema).validate(body)


def test_every_status_is_described(document: dict[str, Any]) -> None:
    for operation in operations(document):
        answers = operation.said["responses"]
        assert {"500", "503"} <= set(answers), operation.name
        assert "default" not in answers, operation.name
        if "security" in operation.said:
            assert "401" in answers, operation.name
        if JSON in operation.said.get("requestBody", {}).get("content", {}):
            assert {"400", "413"} <= set(answers), operation.name
    for response in document["components"]["responses"].values():
        assert response["description"].endswith(".")
        assert response["content"][JSON]["schema"] == {"$ref": "#/components/schemas/ErrorBody"}


def test_headers_and_media_types_are_described(document: dict[str, Any]) -> None:
    paths = document["paths"]
    pay = paths["/api/v1/payments/pagar-conekta"]["post"]
    (key,) = [p for p in pay["parameters"] if p["name"] == "Idempotency-Key"]
    assert (key["in"], key["schema"]["minLength"], key["schema"]["maxLength"]) == ("header", 1, 255)
    for path, item in paths.items():
        for method in ("get", "post", "put", "delete"):
            if method in item:
                names = [p["name"] for p in item[method].get("parameters", [])]
                is_own = path.startswith(("/api/v1/admin/", "/api/v1/auth/"))
                expected = is_own and not path.endswith("/login")
                assert ("X-Empresa-ID" in names) is expected, (method, path)
    listing = paths["/api/v1/admin/mi-empresa/transacciones"]["get"]["responses"]["200"]
    assert set(listing["content"]) == {JSON, "text/csv"}
