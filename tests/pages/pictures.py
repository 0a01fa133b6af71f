"""Take the README's pictures of the demo's shop: `python -m tests.pages.pictures`."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page

from tests.sandbox.demo.running import demo
from tests.support.browsers.chromium import open_page
from tests.support.processes.commands import CHECKOUT

FOLDER = CHECKOUT / "static" / "readme"
PHONE = {"width": 390, "height": 760}
QUALITY = 80


def take(page: Page, name: str) -> None:
    """Keep what the phone shows, twice as fine as its pixels."""
    with Image.open(BytesIO(page.screenshot())) as picture:
        picture.save(FOLDER / f"{name}.webp", quality=QUALITY, method=6)


def main() -> None:
    """Let a phone join, buy and be online; take its plans, its code, and what its owner sees."""
    with TemporaryDirectory() as folder, demo(Path(folder) / "instance", "--json") as running:
        facts = running.wait_for_json()
        url = facts["portal_url"]
        with open_page(locale="es-MX", viewport=PHONE, device_scale_factor=2) as start:
            start.goto(url)
            with start.expect_popup() as opened:
                start.locator("form.new button").click()
            phone = opened.value
            phone.locator(".plan").first.wait_for()
            take(phone, "plans")
            phone.locator(".best button").click()
            phone.locator("#pay:enabled").wait_for()
            if (name := phone.locator("[name=nombre_cliente]")).count():
                name.fill("Ana Ruiz")
            phone.locator("[name=email_cliente]").fill("ana@example.com")
            phone.locator("#pay").click()
            phone.locator(".code").first.wait_for()
            take(phone, "connected")
            start.goto(f"{facts['api_url']}/panel/entrar")
            start.locator("[name=email]").fill(facts["owner_email"])
            start.locator("[name=password]").fill(facts["owner_password"])
            start.locator("[name=password]").press("Enter")
            start.locator(".chart").first.wait_for()
            take(start, "panel")


if __name__ == "__main__":
    main()
