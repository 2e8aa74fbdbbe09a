"""Both themes can be read by everybody, and every picture they name is there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from app.widgets import theme

SURFACES = ("ground", "sunken", "surface", "raised", "hover")
ON_SURFACES = ("text", "text_muted")
TINTED = ("accent", "danger", "warning", "good", "info")
TEXT_PAIRS = (
    [(ink, ground) for ink in ON_SURFACES for ground in SURFACES]
    + [(ink, f"{ink}_soft") for ink in TINTED]
    + [("text", f"{ink}_soft") for ink in TINTED]
    + [("danger", "surface"), ("accent", "surface"), ("accent", "ground"), ("warning", "sunken")]
    + [("danger", "sunken"), ("danger", "ground"), ("on_accent", "accent")]
    + [("on_accent", "accent_hover"), ("on_selection", "selection")]
)
EDGE_PAIRS = [("line_strong", ground) for ground in ("ground", "surface", "raised")] + [
    ("focus", ground) for ground in SURFACES
]


def too_weak(colours: Mapping[str, str]) -> list[str]:
    """Pairs below WCAG 2.2 AA: 4.5 for text, 3 for the edges of controls and focus."""
    wanted = [(pair, 4.5) for pair in TEXT_PAIRS] + [(pair, 3.0) for pair in EDGE_PAIRS]
    return [
        f"{ink} on {ground}"
        for (ink, ground), least in wanted
        if theme.contrast(colours[ink], colours[ground]) < least
    ]


@pytest.mark.parametrize("name", theme.NAMES)
def test_all_text_and_edges_meet_wcag_aa(name: str) -> None:
    assert too_weak(theme.load(name).colours) == []


def test_the_check_sees_a_weak_colour() -> None:
    weak = dict(theme.load("dark").colours) | {"text_muted": "#4a5561"}
    assert "text_muted on surface" in too_weak(weak)


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert theme.contrast("#777777", "#777777") == pytest.approx(1.0)


def test_both_themes_have_the_same_tokens() -> None:
    dark, light = (set(theme.load(name).colours) for name in theme.NAMES)
    assert dark == light


@pytest.mark.parametrize("name", theme.NAMES)
def test_the_style_sheet_is_filled_in_and_its_pictures_exist(qapp: QApplication, name: str) -> None:
    sheet = theme.style_sheet(theme.load(name))
    assert "$" not in sheet
    pictures = re.findall(r"url\(([^)]+)\)", sheet)
    assert pictures
    assert all(Path(one).is_file() for one in pictures)


def test_a_short_list_that_opens_shows_every_entry(qtbot: QtBot) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    before = app.styleSheet()
    theme.apply(app)
    box = QComboBox()
    qtbot.addWidget(box)
    box.addItems(["Patient", "Referring doctor", "Second opinion", "Clinic's record", "Other"])
    box.show()
    box.showPopup()
    shown = box.view().viewport().rect()
    last = box.view().visualRect(box.model().index(box.count() - 1, 0))
    box.hidePopup()
    app.setStyleSheet(before)
    assert shown.contains(last)


def test_every_icon_is_a_drawing_that_can_be_recoloured() -> None:
    files = sorted((theme.RESOURCES / "icons").glob("*.svg"))
    assert len(files) > 40
    for file in files:
        text = file.read_text()
        assert ElementTree.fromstring(text).attrib["viewBox"] == "0 0 24 24"
        assert "#000" in text


def test_an_icon_takes_the_colour_of_its_token(qapp: QApplication) -> None:
    picture = theme.pixmap("dot", 24, "danger").toImage()
    assert picture.pixelColor(12, 12).name() == theme.current().colours["danger"]


def test_the_bundled_typeface_is_used_with_its_licence(qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    assert QFontInfo(qapp.font()).family() == "Open Sans"
    licence = (theme.RESOURCES / "fonts" / "LICENSE.txt").read_text()
    assert "Apache License" in licence
    for file in (theme.RESOURCES / "fonts").glob("*.ttf"):
        assert file.read_bytes()[:4] == b"\x00\x01\x00\x00", "a TrueType outline, as PDFs need"


def test_sizes_stand_on_the_grid() -> None:
    current = theme.current()
    assert current.size("control_px") % current.size("grid_px") == 0
