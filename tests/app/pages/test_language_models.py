"""The language models' page: looked at, added, measured, tried, approved, used, removed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from app.pages.language_models import LanguageModelsPage
from app.pages.language_words import trial_words
from app.workflow import language_models
from assistant.engine.records import OwnLanguageModel, OwnLanguageStatus
from tests.app.shell.driver import ADMIN, PASSWORD, Driver
from tests.app.workflow.test_language_models import SPEED, passed
from tests.assistant.tiny_gguf import put_tiny


@pytest.fixture
def page(driver: Driver) -> LanguageModelsPage:
    driver.enter(ADMIN)
    shown = driver.visit("language")
    assert isinstance(shown, LanguageModelsPage)
    return shown


def only(driver: Driver) -> OwnLanguageModel:
    (model,) = language_models.models(driver.session)
    return model


def added(driver: Driver, page: LanguageModelsPage, path: Path) -> OwnLanguageModel:
    page._dropped((path,))
    driver.settle()
    driver.click("language.add")
    driver.settle()
    return only(driver)


def known(driver: Driver, page: LanguageModelsPage, **facts: object) -> OwnLanguageModel:
    """The model with facts as if they had been measured here, shown."""
    model = replace(only(driver), **facts)
    with driver.session.begin() as work:
        work.language_models.put(model)
    page.refresh()
    driver.settle()
    return model


def test_a_dropped_file_is_looked_at_before_anything_is_kept(
    driver: Driver, page: LanguageModelsPage, tmp_path: Path
) -> None:
    page._dropped((put_tiny(tmp_path / "m.gguf", general__license=""),))
    driver.settle()
    assert language_models.models(driver.session) == ()
    assert not page.offer.add.isEnabled(), "the licence is not known yet"
    page.offer.licence.setText("Ours")
    assert page.offer.add.isEnabled()
    page.offer.chat_format.setCurrentIndex(0)
    assert not page.offer.add.isEnabled(), "the chat format is not chosen"
    page.offer.chat_format.setCurrentText("chatml")
    driver.click("language.add")
    driver.settle()
    assert (only(driver).status, only(driver).licence) == (OwnLanguageStatus.QUARANTINED, "Ours")


def test_a_refused_file_leaves_its_reason_on_the_page(
    driver: Driver, page: LanguageModelsPage, tmp_path: Path
) -> None:
    (tmp_path / "model.gguf").write_bytes(b"GGUF" + bytes(100))
    page.take(tmp_path / "model.gguf")
    driver.settle()
    assert "version 3" in driver.find(QLabel, "language.refusal").text()
    assert page.choose.isEnabled()


def test_approval_waits_for_a_measurement_and_wording_for_a_trial_that_passed(
    driver: Driver, page: LanguageModelsPage, tmp_path: Path
) -> None:
    added(driver, page, put_tiny(tmp_path / "m.gguf"))
    panel = page.panel
    assert panel.approve.isHidden()
    known(driver, page, speed=SPEED, trial=passed(0.5))
    assert not panel.approve.isHidden()
    assert panel.wording.isHidden()
    assert "Too many sentences do not pass" in trial_words(passed(0.5))
    known(driver, page, trial=passed())
    assert not panel.wording.isHidden()
    assert not panel.wording.isChecked(), "nobody allows wording by not looking"
    panel.wording.setChecked(True)
    panel.password.setText(PASSWORD)
    driver.click("language.approve")
    driver.settle()
    assert (only(driver).status, only(driver).allow_wording) == (OwnLanguageStatus.APPROVED, True)
    driver.click("language.use")
    driver.settle()
    assert only(driver).in_use
    driver.click("language.remove")
    driver.settle()
    assert only(driver).status is OwnLanguageStatus.REMOVED


def test_a_measurement_can_be_cancelled_and_leaves_nothing(
    driver: Driver, page: LanguageModelsPage, tmp_path: Path
) -> None:
    model = added(driver, page, put_tiny(tmp_path / "m.gguf"))
    page._gauge(model)
    page._cancel()
    driver.until(lambda: page._work is None)
    assert only(driver).speed is None
    assert "cancelled" in driver.find(QLabel, "language.refusal").text()


def test_the_sentences_are_shown_with_what_was_changed_and_why_one_was_refused(
    driver: Driver, page: LanguageModelsPage
) -> None:
    page.wordings.show_wordings(passed(0.95).wordings)
    texts = [one.text() for one in page.wordings.findChildren(QLabel) if not one.isHidden()]
    assert texts.count("Changed") == 19
    page.wordings.kind.setCurrentIndex(1)
    texts = [one.text() for one in page.wordings.findChildren(QLabel) if not one.isHidden()]
    assert "empty" in texts
