"""Prove that printed codes are read again: off rendered sheets, off thermal paper, off a photo."""

from __future__ import annotations

import pypdfium2
import pytest
from PIL import Image

from portal.vouchers.printing.plain_text import plain, wrapped
from portal.vouchers.printing.qr import QrMatrix
from portal.vouchers.printing.sheets import sheets
from portal.vouchers.printing.thermal import ROLLS, thermal
from portal.vouchers.printing.ticket import Ticket, TicketWords
from tests.support.scanning import as_photographed, cells, scanned
from tests.support.thermal_printer import printed

WORDS = TicketWords(
    "Únete al WiFi",
    "Escanea para entrar",
    "Usuario",
    "Contraseña",
    "¿No entra? Apaga los datos móviles mientras te conectas.",
)
LINK = "https://wifi.cafe-nandu.mx/r/RTR_01234567/codigo#c="
SSID = 'Café; "Ñandú", 5\\G:1'
JOINS = 'WIFI:T:nopass;S:Café\\; \\"Ñandú\\"\\, 5\\\\G\\:1;;'
PAPERS = {"a4": (210, 297), "carta": (215.9, 279.4)}


def ticket(number: int = 1, ssid: str | None = None, password: str | None = None) -> Ticket:
    name = f"{12345677 + number}" if password is None else "AB3C9D"
    code = name if password is None else f"{name}-{password}"
    return Ticket(
        company="Café Ñandú “El Óasis” 🌵",
        plan="1 Hora de Internet — especial",
        price="$20",
        lines=("1 hora desde que te conectas", "Úsala hasta el 28 feb 2027"),
        name=name,
        password=password or name,
        link=LINK + code,
        number=f"{number}/480",
        words=WORDS,
        ssid=ssid,
    )


def page_of(pdf: bytes, number: int = 0, dpi: int = 200) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    picture: Image.Image = document[number].render(scale=dpi / 72).to_pil()
    return picture


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("dpi", [150, 203, 300])
def test_every_code_of_a_sheet_is_read(paper: str, dpi: int) -> None:
    printed_ = [
        ticket(n, SSID if n % 2 else None, "4026" if n % 5 == 0 else None) for n in range(1, 25)
    ]
    page = page_of(sheets(printed_, paper), dpi=dpi)
    wide, high = PAPERS[paper]
    assert page.width / page.height == pytest.approx(wide / high, rel=0.01)
    for told, cell in zip(printed_, cells(page), strict=True):
        assert set(scanned(cell)) == {told.link} | ({JOINS} if told.ssid else set())


def test_a_sheet_is_read_off_a_photo() -> None:
    page = page_of(sheets([ticket()], "carta"), dpi=300)
    label = next(cells(page))
    assert scanned(as_photographed(label)) == [ticket().link]


def test_more_than_a_sheet_holds_goes_on_the_next() -> None:
    pdf = sheets([ticket(number) for number in range(1, 50)], "carta")
    assert len(pypdfium2.PdfDocument(pdf)) == 3
    text = pypdfium2.PdfDocument(pdf)[2].get_textpage().get_text_range()
    assert "1234 5726" in text
    assert "49/480" in text


def test_a_sheet_says_what_the_code_is_in_words() -> None:
    page = pypdfium2.PdfDocument(sheets([ticket(ssid="Café")], "a4"))[0]
    text = page.get_textpage().get_text_range()
    for said in ("1234 5678", "1 Hora de Internet - especial - $20", "Únete al WiFi", "Café Ñandú"):
        assert said in text


@pytest.mark.parametrize("paper", ROLLS)
@pytest.mark.parametrize("password", [None, "4026"])
def test_thermal_paper_is_read(paper: str, password: str | None) -> None:
    [data] = thermal([ticket(ssid=SSID, password=password)], paper)
    out = printed(data)
    joins, enters = out.pictures
    assert scanned(joins) == [JOINS]
    assert scanned(enters) == [ticket(password=password).link]
    for picture in out.pictures:
        assert picture.width <= ROLLS[paper].dots
        assert scanned(as_photographed(picture)) != []


# Whoever guesses (zbar 0.23.92) takes most of these for Chinese or Japanese, written as Latin-1 or
# as UTF-8; each is read right once the code says which letters it has.
NETWORKS = (
    *("Hotel Señorial", "WiFi Niños", "Cabaña El Búho", "Mesón del Ángel", "Posada Doña Inés"),
    *("Mamá Lucía", "Peña", "Ñ", "Año Nuevo 20 °C", "¡Hola! ¿Cuánto?", "Café 🌵"),
)


def test_a_networks_name_is_read_with_its_accents() -> None:
    assert [scanned(QrMatrix(name).picture(6)) for name in NETWORKS] == [[n] for n in NETWORKS]


@pytest.mark.parametrize("paper", ROLLS)
def test_thermal_dots_are_large_enough_for_worn_paper(paper: str) -> None:
    [data] = thermal([ticket()], paper)
    [picture] = printed(data).pictures
    assert picture.width // QrMatrix(ticket().link).size >= 4


@pytest.mark.parametrize("paper", ROLLS)
@pytest.mark.parametrize("changes_page", [True, False])
def test_thermal_text_fits_and_keeps_its_letters(paper: str, changes_page: bool) -> None:
    """Also where the printer stays at its first code page."""
    [data] = thermal([ticket(ssid="Ñandú")], paper)
    out = printed(data, changes_page=changes_page)
    for line, size in out.lines:
        assert len(line) * size <= ROLLS[paper].columns
    for said in ("Café Ñandú", "¿No entra?", "Unete al WiFi", "1234 5678"):
        assert said in out.text
    assert "?" not in out.text.replace("¿No entra?", "")
    assert out.cuts == int(ROLLS[paper].cuts)


def test_the_code_is_large_where_it_is_typed() -> None:
    for password, said in ((None, ["1234 5678"]), ("4026", ["AB3C9D", "4026"])):
        [data] = thermal([ticket(password=password)], "58")
        assert [line for line, size in printed(data).lines if size > 1] == said


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Café — “Ñ”…", 'Café - "Ñ"...'),
        ("3:05\u202fp.m.", "3:05 p.m."),
        ("Łódź 🌵 ok", "ódz ok"),
        ("€5 ™", "EUR5 (TM)"),
    ],
)
def test_letters_that_a_font_lacks(text: str, shown: str) -> None:
    assert plain(text, "latin-1") == shown


def test_words_are_broken_only_where_they_must() -> None:
    assert wrapped("uno dos tres", 8) == ["uno dos", "tres"]
    assert wrapped("x" * 20, 8) == ["x" * 8, "x" * 8, "xxxx"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("123456", "123 456"),
        ("12345678", "1234 5678"),
        ("KF123456", "KF 123 456"),
        ("1234567", "1234 567"),
    ],
)
def test_codes_are_shown_in_groups(name: str, shown: str) -> None:
    told = Ticket("", "", "", (), name, name, "", "", WORDS)
    assert told.shown == shown
    assert name not in repr(told)
