"""Claims about the backup's card: what it says of the last backup, and what it lets one do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from app.pages.settings import SettingsPage
from app.pages.settings_backup import BackupCard, told
from app.shell.strip import StatusStrip
from app.workflow import backing_up
from app.workflow.backing_up import BackupState
from tests.app.shell.driver import ADMIN, DOCTOR, Driver


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def card_of(driver: Driver) -> BackupCard:
    driver.enter(ADMIN)
    page = driver.visit("settings")
    assert isinstance(page, SettingsPage)
    return page.backup


def test_a_backup_is_made_and_checked_from_the_card(driver: Driver, stick: Path) -> None:
    card = card_of(driver)
    assert "No backup" in card.told.text()
    assert not card.make.isEnabled()
    card.take(stick)
    driver.settle()
    assert card.folder.text() == str(stick)
    assert not card.check.isEnabled()
    assert "own disk" in card.told.text()
    driver.click("settings.backup_now")
    assert card.progress.isVisible()
    assert not card.choose.isEnabled()
    driver.settle()
    assert card.progress.isHidden()
    assert "Last backup" in card.told.text()
    assert "not checked yet" in card.told.text()
    driver.click("settings.backup_check")
    driver.settle()
    assert "checked, sound" in card.told.text()
    assert card.wrong.isHidden()


def test_what_is_wrong_with_a_backup_stands_on_the_card(driver: Driver, stick: Path) -> None:
    card = card_of(driver)
    card.take(stick)
    driver.settle()
    driver.click("settings.backup_now")
    driver.settle()
    database = next(stick.rglob("sagittal.db"))
    database.write_bytes(database.read_bytes()[:-1])
    driver.click("settings.backup_check")
    driver.settle()
    assert "sagittal.db is damaged" in card.wrong.text()
    stick.rename(stick.with_name("pulled"))
    driver.click("settings.backup_now")
    driver.settle()
    assert "connected" in card.wrong.text()
    assert card.make.isEnabled()


def test_a_folder_of_the_workstation_itself_is_refused(driver: Driver) -> None:
    card = card_of(driver)
    card.take(driver.workstation.folder)
    driver.settle()
    assert "inside" in card.wrong.text()
    assert card.folder.text() == ""


def test_a_running_backup_can_be_stopped(driver: Driver, stick: Path) -> None:
    card = card_of(driver)
    card.take(stick)
    driver.settle()
    driver.click("settings.backup_now")
    card.progress.cancelled.emit()
    driver.settle()
    assert "Stopped" in card.wrong.text()
    assert list(stick.rglob("manifest.json")) == []
    driver.click("settings.backup_now")
    driver.settle()
    assert "Last backup" in card.told.text()


def test_every_day_is_switched_on_and_done_by_itself(driver: Driver, stick: Path) -> None:
    card = card_of(driver)
    card.take(stick)
    driver.settle()
    card.daily.click()
    driver.settle()
    assert backing_up.state(driver.session).daily
    driver.window.background.back_up()
    driver.settle()
    assert "checked, sound" in card.told.text()


def test_nothing_is_said_of_the_disk_where_it_is_another() -> None:
    assert "own disk" not in told(BackupState(folder="/media/stick"), UTC)
    assert "own disk" in told(BackupState(folder="/var/stick", same_disk=True), UTC)


def test_a_doctor_is_told_to_tell_the_administrator(driver: Driver) -> None:
    driver.enter(DOCTOR)
    assert driver.window.strip.text_of("backup") == ""
    later = replace(
        driver.session, clock=lambda: driver.workstation.clock() + timedelta(days=8, hours=1)
    )
    driver.window.background.begin(later, driver.window.words)
    driver.settle()
    said = driver.window.strip.text_of("backup")
    assert said == "No backup for 8 days: tell the administrator"


def test_the_strip_says_nothing_where_there_is_a_backup(qapp: object) -> None:
    strip = StatusStrip()
    strip.show_backup(9, may_back_up=True)
    assert strip.text_of("backup") == "No backup for 9 days: see Settings"
    strip.show_backup(0, may_back_up=True)
    assert strip.text_of("backup") == ""
