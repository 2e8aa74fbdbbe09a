"""Small widgets do what they say."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QTextDocument
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from app.widgets.forms import FormRow, PasswordField, line
from app.widgets.messages import Banner, ProgressRow
from app.widgets.surfaces import DropZone
from app.widgets.table import TONE, Column, Rows, Table
from app.widgets.text import ShortLabel, label, plain_tip
from tests.assistant.injections import HIDDEN


def test_text_is_never_read_as_markup(qtbot: QtBot) -> None:
    made = label("<b>CANARY</b>")
    qtbot.addWidget(made)
    assert made.textFormat() == Qt.TextFormat.PlainText


def test_a_tooltip_shows_what_looks_like_markup_as_it_is_written(qtbot: QtBot) -> None:
    table: Table[str] = Table((Column("Text", str),), name="orders", says="Orders")
    qtbot.addWidget(table)
    table.show_records(HIDDEN)
    for row, order in enumerate(HIDDEN):
        tip = table.rows.data(table.rows.index(row, 0), Qt.ItemDataRole.ToolTipRole)
        assert tip == plain_tip(order)
        assert not GuiQt.mightBeRichText(order) or "<img" not in tip
    shown = QTextDocument()
    shown.setHtml(plain_tip("T1 <b>x</b> & <img src='a'>"))
    assert shown.toPlainText().replace("\xa0", " ") == "T1 <b>x</b> & <img src='a'>"
    assert plain_tip("TR < 500") == "TR < 500"


def test_a_banner_says_and_is_dismissed(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    banner.say("Two files were refused.", "warning")
    assert banner.isVisible()
    banner.dismiss()
    assert not banner.isVisible()


def test_cancel_asks_once_and_cannot_be_pressed_twice(qtbot: QtBot) -> None:
    row = ProgressRow()
    qtbot.addWidget(row)
    row.begin("Importing")
    with qtbot.waitSignal(row.cancelled):
        row._cancel.click()
    assert not row._cancel.isEnabled()


def test_an_error_stands_at_its_field_and_goes_again(qtbot: QtBot) -> None:
    field = line("name")
    row = FormRow("Name", field, "as on the card")
    qtbot.addWidget(row)
    row.fail("Please fill this in.")
    assert row.error == "Please fill this in."
    assert field.property("invalid") == "true"
    row.fail("")
    assert row.error == ""
    assert row.findChildren(QLabel)[-1].text() == "as on the card"


def test_a_password_is_hidden_again_once_forgotten(qtbot: QtBot) -> None:
    field = PasswordField("password")
    qtbot.addWidget(field)
    field.setText("secret")
    field._look.setChecked(True)
    assert field.echoMode() == QLineEdit.EchoMode.Normal
    field.forget()
    assert field.text() == ""
    assert field.echoMode() == QLineEdit.EchoMode.Password


def test_a_drop_hands_over_local_paths_only(qtbot: QtBot, tmp_path: Path) -> None:
    zone = DropZone()
    qtbot.addWidget(zone)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path)), QUrl("https://example.org/x.dcm")])
    event = QDropEvent(
        QPointF(1, 1),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    with qtbot.waitSignal(zone.dropped) as caught:
        zone.dropEvent(event)
    assert caught.args == [(tmp_path,)]


def test_enter_chooses_the_current_row_and_a_new_list_keeps_it(qtbot: QtBot) -> None:
    table: Table[str] = Table((Column("Word", str),), name="words", says="Words")
    qtbot.addWidget(table)
    table.show_records(("one", "two", "three"), same=str)
    table.selectRow(1)
    with qtbot.waitSignal(table.chosen) as caught:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert caught.args == ["two"]
    table.show_records(("zero", "one", "two"), same=str)
    assert table.current == "two"


def test_a_column_with_a_tone_says_so_in_its_data() -> None:
    rows: Rows[str] = Rows((Column("Word", str, tone=lambda _: "good"), Column("Same", str)))
    rows.replace(("one",))
    assert rows.index(0, 0).data(TONE) == "good"
    assert rows.index(0, 1).data(TONE) is None


def test_a_line_without_room_ends_in_an_ellipsis_and_its_tip_has_it_all(qtbot: QtBot) -> None:
    made = ShortLabel("muted")
    qtbot.addWidget(made)
    made.setText("MRN-1  ·  63 y  ·  3 Mar 2026  ·  Brain tumour follow-up with contrast")
    made.resize(120, 24)
    made.show()
    assert made.shown.endswith("…")
    assert made.fontMetrics().horizontalAdvance(made.shown) <= 120
    assert made.toolTip() == made.text()
    made.resize(made.sizeHint())
    assert made.shown == made.text()
