"""What the window does around the pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.events import NoticesSent
from app.shell.idle import IdleWatch
from app.shell.palette import Command, CommandPalette, matching
from app.shell.strip import StatusStrip
from app.widgets.forms import FormRow
from app.workflow import memory
from app.workflow.sending import SyncStatus
from tests.app.pages.reading.conftest import ProbeAnalyser
from tests.app.shell.driver import ADMIN, DESK, DOCTOR, PASSWORD, PATIENT, Driver

NEW = "violet engine under snow 9"
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def test_ctrl_and_a_number_open_the_page_of_that_number(driver: Driver) -> None:
    driver.enter(DOCTOR)
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    driver.settle()
    assert driver.page.objectName() == "patients"


def test_pages_are_made_at_their_first_visit_only(driver: Driver) -> None:
    driver.enter(DESK)
    first = driver.page
    driver.visit("calendar")
    assert driver.visit("worklist") is first


def test_the_palette_finds_a_page_and_opens_it(driver: Driver) -> None:
    driver.enter(DOCTOR)
    driver.window.open_palette()
    palette = driver.find(CommandPalette, "palette")
    driver.type("palette.field", "calen")
    driver.qtbot.keyClick(driver.find(QLineEdit, "palette.field"), Qt.Key.Key_Return)
    driver.settle()
    assert not palette.isVisible()
    assert driver.page.objectName() == "calendar"


def test_commands_match_by_every_word_and_begin_first() -> None:
    commands = [Command(text, "page", "info", lambda: None) for text in ("My health", "Health")]
    assert [one.text for one in matching(commands, "health")] == ["Health", "My health"]
    assert matching(commands, "health lock") == ()


def test_changing_the_theme_keeps_the_page_and_is_remembered(driver: Driver) -> None:
    driver.enter(DESK)
    driver.visit("calendar")
    driver.window.use_theme("light")
    driver.settle()
    assert driver.page.objectName() == "calendar"
    assert driver.workstation.preferences.theme == "light"
    driver.window.use_theme("dark")
    driver.settle()


def test_the_strip_says_offline_since_when(qtbot: QtBot) -> None:
    strip = StatusStrip()
    qtbot.addWidget(strip)
    strip.show_sync(SyncStatus(True, NOW - timedelta(hours=3), "away", 2), NOW)
    assert "Offline" in strip.text_of("sync")
    assert "3 h ago" in strip.text_of("sync")
    assert strip.text_of("waiting").startswith("2 changes wait")
    strip.show_sync(SyncStatus(True, NOW, "why", 0, held=True), NOW)
    assert strip.text_of("sync") == "Restored from a backup: enrol it again"


def test_the_strip_says_until_when_bookings_are_final_offline(qtbot: QtBot) -> None:
    strip = StatusStrip()
    qtbot.addWidget(strip)
    until = datetime(2027, 5, 6, 14, tzinfo=ZoneInfo("Europe/Paris"))
    strip.show_sync(SyncStatus(True, NOW - timedelta(hours=3), "away", 0, until), NOW)
    assert strip.text_of("sync").endswith("books for good until Thursday 14:00")


def test_the_strip_is_calm_where_there_is_no_server(qtbot: QtBot) -> None:
    strip = StatusStrip()
    qtbot.addWidget(strip)
    strip.show_sync(SyncStatus(False, None, "", 7), NOW)
    assert "No server" in strip.text_of("sync")
    assert strip.text_of("waiting") == ""


def test_a_workstation_nobody_touches_warns_and_then_locks(qtbot: QtBot) -> None:
    calls: list[str] = []
    watch = IdleWatch(
        0.001,
        idle=lambda: calls.append("idle"),
        nearly=lambda: calls.append("nearly"),
        back=lambda: calls.append("back"),
    )
    watch.start()
    qtbot.waitUntil(lambda: "idle" in calls, timeout=5_000)
    assert calls == ["nearly", "idle"]


def test_what_a_program_does_is_no_touch(qtbot: QtBot) -> None:
    watch = IdleWatch(1.0, idle=lambda: None, nearly=lambda: None, back=lambda: None)
    watch.start()
    watch._end.setInterval(90_000)
    watch.eventFilter(QObject(), QEvent(QEvent.Type.MouseMove))
    assert watch._end.remainingTime() > 60_000


def test_a_person_changes_their_own_password(driver: Driver) -> None:
    driver.enter(DOCTOR)
    driver.window.ask_password()
    dialog = driver.find(QDialog, "password")
    for name, text in (("old", "not the password"), ("new", NEW), ("again", NEW)):
        driver.type(f"password.{name}", text, dialog)
    driver.click("password.save", dialog)
    driver.settle()
    assert dialog.isVisible()
    assert any("wrong" in row.error for row in dialog.findChildren(FormRow))
    driver.type("password.old", PASSWORD, dialog)
    driver.click("password.save", dialog)
    driver.settle()
    assert driver.window.news.text == "Your password is changed."
    driver.window.sign_out()
    driver.settle()
    driver.enter(DOCTOR, NEW)


def test_two_different_new_passwords_change_nothing(driver: Driver) -> None:
    driver.enter(DESK)
    driver.window.ask_password()
    dialog = driver.find(QDialog, "password")
    for name, text in (("old", PASSWORD), ("new", NEW), ("again", NEW + "x")):
        driver.type(f"password.{name}", text, dialog)
    driver.click("password.save", dialog)
    assert any("differ" in row.error for row in dialog.findChildren(FormRow))
    driver.window.lock()
    driver.until(lambda: driver.window.findChild(QDialog, "password") is None)
    driver.settle()
    driver.enter(DESK)


def test_the_report_page_is_behind_a_link_not_in_the_rail(driver: Driver) -> None:
    driver.enter(DOCTOR)
    assert "report" not in driver.rail()
    assert driver.visit("report").objectName() == "reportPage"


def test_the_reading_page_is_made_before_its_first_visit(driver: Driver) -> None:
    driver.enter(DOCTOR)
    driver.settle()
    assert driver.window.findChild(QWidget, "readingPage") is not None
    assert driver.page.objectName() == "worklist"


class Warm(ProbeAnalyser):
    """Notes that it was asked to get ready."""

    asked = 0

    def warm_up(self) -> None:
        self.asked += 1


@pytest.mark.parametrize(
    ("who", "free", "asked"),
    [(DOCTOR, 8 << 30, 1), (DOCTOR, 1 << 30, 0), (DESK, 8 << 30, 0)],
    ids=["a doctor", "a doctor with little memory", "the desk"],
)
def test_the_analysing_process_gets_ready_for_whoever_may_ask_it_where_there_is_room(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, who: str, free: int, asked: int
) -> None:
    warm = Warm()
    monkeypatch.setattr(driver.workstation, "_analyser", warm)
    monkeypatch.setattr(memory, "free_bytes", lambda: free)
    driver.enter(who)
    assert warm.asked == 0
    driver.window.background._warming.timeout.emit()
    driver.settle()
    assert warm.asked == asked
    driver.window.lock()
    driver.settle()
    driver.window.background._warming.timeout.emit()
    driver.settle()
    assert warm.asked == asked


def test_a_patient_is_not_told_how_many_messages_wait_for_others(driver: Driver) -> None:
    driver.enter(DESK)
    driver.workstation.bus.publish(NoticesSent(accepted=0, waiting=1))
    strip = driver.window.strip
    driver.until(lambda: strip.text_of("notices") == "1 message waits to be sent")
    driver.window.sign_out()
    driver.settle()
    driver.enter(PATIENT)
    assert strip.text_of("notices") == ""
    driver.workstation.bus.publish(NoticesSent(accepted=0, waiting=3))
    driver.tasks.on_gui_thread(lambda: driver.window.strip.setProperty("heard", "yes"))
    driver.until(lambda: driver.window.strip.property("heard"))
    assert strip.text_of("notices") == ""


@pytest.mark.parametrize("key", ["calendar", "emergencies"])
def test_a_page_that_comes_to_the_front_has_the_focus_and_not_the_first_of_the_rail(
    driver: Driver, key: str
) -> None:
    driver.enter(ADMIN)
    driver.visit(key)
    field = driver.find(QLineEdit, "settings.clinic_name", driver.visit("settings"))
    driver.window.activateWindow()
    driver.until(driver.window.isActiveWindow)
    field.setFocus()
    assert field.hasFocus()
    driver.click(f"rail.{key}")
    driver.settle()
    focused = driver.window.focusWidget()
    assert focused is not None
    assert driver.page is focused or driver.page.isAncestorOf(focused)


def test_news_lies_over_the_page_and_moves_nothing_below_it(driver: Driver) -> None:
    driver.enter(DESK)
    page = driver.page
    before = page.mapTo(driver.window, QPoint(0, 0)), page.size()
    driver.window.banner("Saved.", "good")
    news = driver.window.news
    assert news.isVisible()
    assert (page.mapTo(driver.window, QPoint(0, 0)), page.size()) == before
    short = news.geometry()
    assert short.height() >= news.minimumSizeHint().height()
    driver.window.banner("The disk or the network refused, and it took many words. " * 6, "danger")
    assert news.height() > short.height()
    assert page.rect().contains(news.geometry())
    news.dismiss()
    assert (page.mapTo(driver.window, QPoint(0, 0)), page.size()) == before
