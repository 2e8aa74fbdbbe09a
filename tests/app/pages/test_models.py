"""The models' page: what is dropped is tried, waits in quarantine, and is approved or refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QLabel

from app.pages.model_panel import trial_words
from app.pages.models import ModelsPage
from app.pages.reading.page import ReadingPage
from app.workflow import own_models
from inference.models.own.records import OwnStatus
from tests.app.shell.driver import ADMIN, DOCTOR, PASSWORD, Driver
from tests.inference.builders import head_volume, series_of
from tests.inference.own_models import put, some_weights
from tests.inference.own_trials import SHOWN, Trying

SMALL = head_volume(shape=(8, 124, 102))


@pytest.fixture
def page(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> ModelsPage:
    monkeypatch.setattr(own_models, "_example", lambda _: (series_of(SMALL), SMALL))
    driver.workstation._own_models = Trying()
    driver.enter(ADMIN)
    shown = driver.visit("models")
    assert isinstance(shown, ModelsPage)
    return shown


def taken(driver: Driver, page: ModelsPage, folder: Path) -> None:
    page._dropped((put(folder, some_weights()),))
    driver.settle()


def test_a_dropped_model_is_tried_and_shown_in_quarantine(
    driver: Driver, page: ModelsPage, tmp_path: Path
) -> None:
    taken(driver, page, tmp_path / "m")
    (model,) = own_models.models(driver.session)
    assert model.status is OwnStatus.QUARANTINED
    page.panel.show_model(model)
    assert page.panel.approve.isVisibleTo(page.panel)
    assert "that it runs, not that it is right" in trial_words(SHOWN)
    said = [one.text() for one in page.panel.card.findChildren(QLabel)]
    assert any(text.startswith("Not calibrated: its probabilities") for text in said)


def test_a_refused_model_leaves_its_reason_on_the_page(
    driver: Driver, page: ModelsPage, tmp_path: Path
) -> None:
    (tmp_path / "model.pt").write_bytes(b"\x80\x04.")
    page.take(tmp_path / "model.pt")
    driver.settle()
    assert "Nothing is ever unpickled" in driver.find(QLabel, "models.refusal").text()
    assert own_models.models(driver.session) == ()
    assert page.choose.isEnabled()


def test_approval_with_a_wrong_password_is_told_at_the_field(
    driver: Driver, page: ModelsPage, tmp_path: Path
) -> None:
    taken(driver, page, tmp_path / "m")
    page.panel.show_model(own_models.models(driver.session)[0])
    page.panel.password.setText("wrong")
    driver.click("models.approve")
    driver.settle()
    assert "Nothing was approved" in page.panel._confirm.error
    page.panel.password.setText(PASSWORD)
    driver.click("models.approve")
    driver.settle()
    assert "Try again in" in page.panel._confirm.error
    driver.session.keys._failures.clear()  # the second of waiting is over
    page.panel.password.setText(PASSWORD)
    driver.click("models.approve")
    driver.settle()
    assert own_models.models(driver.session)[0].status is OwnStatus.APPROVED


def test_a_reader_may_choose_what_is_approved_and_sees_no_choice_before(
    driver: Driver, page: ModelsPage, tmp_path: Path
) -> None:
    taken(driver, page, tmp_path / "m")
    (model,) = own_models.models(driver.session)
    driver.window.sign_out()
    driver.settle()
    driver.enter(DOCTOR)
    reading = driver.visit("reading")
    assert isinstance(reading, ReadingPage)
    box = driver.find(QComboBox, "analysisModel")
    assert box.isHidden()
    driver.window.sign_out()
    driver.settle()
    driver.enter(ADMIN)
    own_models.approve(driver.session, model.id, PASSWORD)
    driver.window.sign_out()
    driver.settle()
    driver.enter(DOCTOR)
    driver.visit("reading")
    box = driver.find(QComboBox, "analysisModel")
    assert not box.isHidden()
    assert [box.itemData(n) for n in range(box.count())] == ["", model.id]
