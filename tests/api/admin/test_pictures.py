"""Test uploads of logos and of products' pictures, and how these are served."""

from __future__ import annotations

import struct
import warnings
import zlib
from io import BytesIO
from random import Random
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.core.database import reading
from portal.core.image_encoding import LARGEST_LOGO, MOST_PIXELS, TOO_LARGE, UNREADABLE
from portal.models import AuditEntry
from portal.models import Image as Stored
from portal.operators import plans
from portal.web.picture_paths import own_path
from tests.api.admin.caller import Caller
from tests.support.tenants import ACTOR, Tenant, make_tenant

LOGO = "/mi-empresa/logo"
MEBIBYTE = 1024 * 1024
SEED = 20260711
ORIENTATION = 0x0112
DESCRIPTION = 0x010E
MULTIPART = "multipart/form-data; boundary=x"


def drawn(
    kind: str = "PNG", size: tuple[int, int] = (800, 600), mode: str = "RGB", **options: Any
) -> bytes:
    """A file of this kind: a blue field whose upper half is yellow."""
    picture = Image.new("RGB", size, "#0033cc")
    picture.paste("#ffcc00", (0, 0, size[0], size[1] // 2))
    file = BytesIO()
    picture.convert(mode).save(file, kind, **options)
    return file.getvalue()


def noise(side: int) -> bytes:
    """What compresses worst."""
    print(f"seed {SEED}")
    picture = Image.frombytes("RGBA", (side, side), Random(SEED).randbytes(side * side * 4))
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header names this size."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    empty = b"IDAT" + zlib.compress(b"")
    data = struct.pack(">I", len(empty) - 4) + empty + struct.pack(">I", zlib.crc32(empty))
    return b"\x89PNG\r\n\x1a\n" + chunk + data


def form(raw: bytes, field: str = "archivo") -> bytes:
    """The file as a browser sends it."""
    head = f'--x\r\nContent-Disposition: form-data; name="{field}"; filename="foto.png"\r\n\r\n'
    return head.encode() + raw + b"\r\n--x--\r\n"


def upload(caller: Caller, path: str, raw: bytes, field: str = "archivo") -> TestResponse:
    return caller.call("POST", path, data=form(raw, field), content_type=MULTIPART)


def served(app: Flask, address: str) -> TestResponse:
    path = own_path_of(app, address)
    answer = app.test_client().get(path)
    assert answer.status_code == 200
    return answer


def own_path_of(app: Flask, address: str) -> str:
    with app.app_context():
        path = own_path(address)
    assert path is not None
    return path


def decoded(app: Flask, address: str) -> Image.Image:
    picture = Image.open(BytesIO(served(app, address).data), formats=["WEBP"])
    picture.load()
    return picture


def stored(app: Flask, tenant: Tenant, purpose: str) -> list[Stored]:
    query = select(Stored).where(Stored.company_id == tenant.company_id, Stored.purpose == purpose)
    with app.app_context(), reading() as session:
        return list(session.scalars(query))


def audit_entries(app: Flask, tenant: Tenant, action: str) -> list[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.company_id == tenant.company_id)
    with app.app_context(), reading() as session:
        return list(session.scalars(query.where(AuditEntry.action == action)))


@pytest.fixture
def picture_path(tenant: Tenant) -> str:
    return f"/products/{tenant.plan_ids[0]}/imagen"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_written_anew_and_served(app: Flask, operator: Caller, kind: str) -> None:
    answer = upload(operator, LOGO, drawn(kind))
    assert answer.status_code == 200
    assert operator.get("/mi-empresa").json["logo_url"] == answer.json["logo_url"]
    logo = decoded(app, answer.json["logo_url"])
    assert logo.size == (96, 72)
    red, _green, blue = logo.convert("RGB").getpixel((48, 5))
    assert red > 200
    assert blue < 60


def test_a_picture_is_cached_for_good(app: Flask, operator: Caller) -> None:
    address = upload(operator, LOGO, drawn()).json["logo_url"]
    headers = served(app, address).headers
    assert headers["Content-Type"] == "image/webp"
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["img_" + "0" * 32, "%00", "x" * 3000, "..%2f"])
def test_an_unknown_picture_is_not_found(app: Flask, name: str) -> None:
    answer = app.test_client().get(f"/imagenes/{name}")
    assert answer.status_code == 404
    assert answer.json["detail"].strip()
    assert answer.headers["Cache-Control"] == "no-store"


def test_even_noise_fits_into_the_customers_page(
    app: Flask, operator: Caller, tenant: Tenant
) -> None:
    assert upload(operator, LOGO, noise(400)).status_code == 200
    (logo,) = stored(app, tenant, "logo")
    assert 0 < len(logo.content) <= LARGEST_LOGO
    page = app.test_client().get(f"/r/{tenant.router_id}")
    assert '<img class="logo" src="data:image/webp;base64,' in page.text


def test_a_new_logo_takes_the_olds_place(app: Flask, operator: Caller, tenant: Tenant) -> None:
    other = make_tenant(app)
    with_logo = upload(operator, LOGO, drawn()).json["logo_url"]
    again = upload(operator, LOGO, drawn("JPEG")).json["logo_url"]
    assert again != with_logo
    (logo,) = stored(app, tenant, "logo")
    assert again.endswith(f"/imagenes/{logo.id}")
    assert stored(app, other, "logo") == []
    assert app.test_client().get(own_path_of(app, with_logo)).status_code == 404


def test_a_products_picture_is_shown(
    app: Flask, operator: Caller, tenant: Tenant, picture_path: str
) -> None:
    answer = upload(operator, picture_path, drawn("JPEG", (3000, 1500)))
    assert answer.status_code == 200
    address = answer.json["imagen_url"]
    assert decoded(app, address).size == (640, 320)
    page = app.test_client().get(f"/r/{tenant.router_id}")
    assert f'<img class="picture" src="{own_path_of(app, address)}"' in page.text
    entry = app.test_client().get("/api/v1/catalogo_perfiles_venta", headers=tenant.headers)
    assert address in [product["imagen_url"] for product in entry.json]


def test_pictures_that_no_product_shows_are_deleted(
    app: Flask, operator: Caller, tenant: Tenant
) -> None:
    first, second = (f"/products/{plan_id}" for plan_id in tenant.plan_ids)
    shared = upload(operator, f"{first}/imagen", drawn()).json["imagen_url"]
    operator.put(second, {"imagen_url": shared})
    upload(operator, LOGO, drawn())
    upload(operator, f"{first}/imagen", drawn())
    assert len(stored(app, tenant, "plan")) == 2
    served(app, shared)
    newest = upload(operator, f"{second}/imagen", drawn()).json["imagen_url"]
    assert len(stored(app, tenant, "plan")) == 2
    assert app.test_client().get(own_path_of(app, shared)).status_code == 404
    served(app, newest)
    assert len(stored(app, tenant, "logo")) == 1


def test_a_photo_stands_upright_and_tells_nothing_else(
    app: Flask, operator: Caller, picture_path: str
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[DESCRIPTION] = "planted description"
    raw = drawn("JPEG", (1600, 800), exif=exif)
    assert b"planted" in raw
    address = upload(operator, picture_path, raw).json["imagen_url"]
    picture = decoded(app, address)
    assert picture.size == (200, 400)
    assert picture.getpixel((190, 200))[0] > 200
    assert picture.getpixel((10, 200))[0] < 60
    assert b"planted" not in served(app, address).data


@pytest.mark.parametrize("mode", ["P", "L", "1", "LA", "RGBA", "I;16"])
def test_every_kind_of_png_is_understood(app: Flask, operator: Caller, mode: str) -> None:
    if mode == "I;16":
        file = BytesIO()
        Image.new("I;16", (300, 300), 0x8000).save(file, "PNG")
        raw, middle = file.getvalue(), range(120, 137)
    else:
        raw, middle = drawn(mode=mode), range(256)
    answer = upload(operator, LOGO, raw)
    assert answer.status_code == 200
    assert decoded(app, answer.json["logo_url"]).convert("L").getpixel((40, 60)) in middle


def test_what_is_see_through_stays_so(app: Flask, operator: Caller) -> None:
    file = BytesIO()
    Image.new("RGBA", (200, 200), (255, 0, 0, 0)).save(file, "PNG")
    address = upload(operator, LOGO, file.getvalue()).json["logo_url"]
    assert decoded(app, address).convert("RGBA").getpixel((50, 50))[3] == 0


REFUSED = {
    "garbage": b"no soy una imagen",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "gif": drawn("GIF"),
    "bmp": drawn("BMP", (50, 50)),
    "tiff": drawn("TIFF", (50, 50)),
    "torn png": drawn("PNG")[:200],
    "torn jpeg": drawn("JPEG")[:700],
    "torn webp": drawn("WEBP")[:60],
    "empty png": claiming(100, 100),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused(
    app: Flask, operator: Caller, tenant: Tenant, picture_path: str, name: str
) -> None:
    for path in (LOGO, picture_path):
        answer = upload(operator, path, REFUSED[name])
        assert answer.status_code == 422
        assert answer.json == {"detail": UNREADABLE, "errores": {"archivo": [UNREADABLE]}}
    assert stored(app, tenant, "logo") == stored(app, tenant, "plan") == []
    assert operator.get("/mi-empresa").json["logo_url"] is None


@pytest.mark.parametrize("side", [5001, 10_000, 60_000])
@pytest.mark.parametrize("warned", ["error", "ignore"])
def test_what_unfolds_too_far_is_not_decoded(operator: Caller, side: int, warned: Any) -> None:
    assert side * side > MOST_PIXELS
    with warnings.catch_warnings(action=warned):
        answer = upload(operator, LOGO, claiming(side, side))
    assert answer.status_code == 422
    assert answer.json["detail"] == TOO_LARGE


def test_as_many_pixels_as_may_be(operator: Caller) -> None:
    file = BytesIO()
    Image.new("1", (5000, 5000)).save(file, "PNG")
    assert upload(operator, LOGO, file.getvalue()).status_code == 200


def test_random_damage_is_an_answer(operator: Caller) -> None:
    print(f"seed {SEED}")
    random = Random(SEED)
    seen = set()
    for kind in ("PNG", "JPEG", "WEBP") * 15:
        raw = bytearray(drawn(kind, (60, 40)))
        for _ in range(4):
            raw[random.randrange(len(raw))] = random.randrange(256)
        seen.add(upload(operator, LOGO, bytes(raw)).status_code)
    assert seen == {200, 422}


def test_files_up_to_a_mebibyte(operator: Caller, picture_path: str) -> None:
    raw = drawn("JPEG")
    full = raw + bytes(MEBIBYTE - len(raw))
    for path in (LOGO, picture_path):
        assert upload(operator, path, full).status_code == 200
        for larger in (full + b"\0", full * 3):
            answer = upload(operator, path, larger)
            assert answer.status_code == 413
            assert answer.json == {"detail": "La solicitud es demasiado grande."}


def test_a_body_in_chunks_has_the_same_limit(operator: Caller) -> None:
    answer = operator.call(
        "POST",
        LOGO,
        input_stream=BytesIO(form(bytes(2 * MEBIBYTE))),
        content_type=MULTIPART,
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )
    assert answer.status_code == 413


def test_json_keeps_its_own_limit(operator: Caller) -> None:
    assert operator.put("/mi-empresa", {"nombre": "x" * 70_000}).status_code == 413


def test_only_multipart_brings_a_file(operator: Caller, picture_path: str) -> None:
    for path in (LOGO, picture_path):
        assert operator.post(path, {"archivo": "x"}).status_code == 415
        raw = operator.call("POST", path, data=drawn(), content_type="image/png")
        assert raw.status_code == 415
        assert "multipart/form-data" in raw.json["detail"]


@pytest.mark.parametrize("field", ["archivo", "logo"])
def test_a_file_is_required(operator: Caller, field: str) -> None:
    raw = b"" if field == "archivo" else drawn()
    answer = upload(operator, LOGO, raw, field)
    assert answer.status_code == 422
    assert answer.json["detail"] == "El campo «archivo» es obligatorio."
    bare = operator.call("POST", LOGO, data=b"x", content_type="multipart/form-data")
    assert bare.status_code == 422


def test_anothers_product_is_not_found(app: Flask, operator: Caller) -> None:
    stranger = make_tenant(app, "Ajena")
    path = f"/products/{stranger.plan_ids[0]}/imagen"
    assert upload(operator, path, drawn()).status_code == 404
    assert stored(app, stranger, "plan") == []


def test_uploads_are_audited(
    app: Flask, operator: Caller, tenant: Tenant, picture_path: str
) -> None:
    upload(operator, LOGO, drawn())
    upload(operator, picture_path, drawn())
    (logo,) = audit_entries(app, tenant, "company.logo")
    (picture,) = audit_entries(app, tenant, "plan.picture")
    assert logo.target == tenant.company_id
    assert logo.after == {"logo_url": operator.get("/mi-empresa").json["logo_url"]}
    assert logo.after["logo_url"].endswith(stored(app, tenant, "logo")[0].id)
    assert picture.target == str(tenant.plan_ids[0])
    assert picture.before == {"image_url": None}
    assert picture.after is not None
    assert picture.after["image_url"].endswith(stored(app, tenant, "plan")[0].id)


def test_a_page_shows_our_own_pictures_alone(app: Flask, tenant: Tenant) -> None:
    with app.app_context():
        plan_id = tenant.plan_ids[0]
        for address in ("https://elsewhere.example/a.png", "//elsewhere.example/a.png"):
            plans.update(ACTOR, tenant.company_id, plan_id, image_url=address)
            page = app.test_client().get(f"/r/{tenant.router_id}")
            assert "elsewhere" not in page.text
        assert own_path("http://127.0.0.1:8000/imagenes/x") == "/imagenes/x"
        assert own_path("http://127.0.0.1:8000.example/imagenes/x") is None
        assert own_path("http://127.0.0.1:8000//example/x") is None
        assert own_path(None) is None


def test_uploads_are_documented(app: Flask) -> None:
    paths = app.test_client().get("/api/openapi.json").json["paths"]
    for path in ("/mi-empresa/logo", "/products/{product_id}/imagen"):
        body = paths[f"/api/v1/admin{path}"]["post"]["requestBody"]
        schema = body["content"]["multipart/form-data"]["schema"]
        assert schema["properties"]["archivo"] == {"type": "string", "format": "binary"}
    assert "image/webp" in paths["/imagenes/{image_id}"]["get"]["responses"]["200"]["content"]
