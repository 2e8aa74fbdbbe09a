"""Pages that take something in, models and leaflets alike: one at a time, and told why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtWidgets import QLabel

from app.pages.intake import IntakePage
from app.tasks import Lane
from tests.app.shell.driver import ADMIN, Driver

PLACES = ("models", "language", "knowledge")


@pytest.fixture
def visit(driver: Driver) -> Callable[[str], IntakePage]:
    driver.enter(ADMIN)

    def visited(place: str) -> IntakePage:
        page = driver.visit(place)
        assert isinstance(page, IntakePage)
        return page

    return visited


def told(page: IntakePage, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the page complains about from now on."""
    words: list[str] = []
    monkeypatch.setattr(page, "complain", words.append)
    return words


@pytest.mark.parametrize("place", PLACES)
def test_of_several_files_dropped_at_once_none_is_taken(
    visit: Callable[[str], IntakePage], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    page = visit(place)
    words, taken = told(page, monkeypatch), list[Path]()
    monkeypatch.setattr(page, "take", taken.append)
    page._dropped((Path("one"), Path("two")))
    assert taken == []
    assert [one.startswith("Drop one ") for one in words] == [True]
    page._dropped((Path("one"),))
    assert taken == [Path("one")]


@pytest.mark.parametrize("place", PLACES)
def test_while_one_is_at_work_no_other_begins_and_a_cancelled_one_leaves_its_word(
    driver: Driver, visit: Callable[[str], IntakePage], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    page = visit(place)
    words, done, let_go = told(page, monkeypatch), list[bool](), Event()
    page.work("Working…", lambda _: let_go.wait(60), done.append, Lane.IO)
    page.work("Working…", lambda _: True, done.append, Lane.IO)
    assert [one.startswith("Another ") for one in words] == [True]
    assert not page.choose.isEnabled()
    page._cancel()
    let_go.set()
    driver.until(lambda: page._work is None)
    assert done == []
    refusal = driver.find(QLabel, f"{place}.refusal")
    assert "cancelled; nothing was kept" in refusal.text()
    assert page.choose.isEnabled()


@pytest.mark.parametrize("place", PLACES)
def test_a_file_that_is_refused_meanwhile_does_not_hide_the_one_at_work(
    driver: Driver, visit: Callable[[str], IntakePage], place: str
) -> None:
    page = visit(place)
    done, let_go = list[bool](), Event()
    page.work("Working…", lambda _: let_go.wait(60), done.append, Lane.COMPUTE)
    page.refuse("This file is not a model.")
    assert not page.progress.isHidden()
    assert not page.choose.isEnabled()
    let_go.set()
    driver.until(lambda: done == [True])
    assert page.progress.isHidden()
    assert driver.find(QLabel, f"{place}.refusal").text() == "This file is not a model."
    assert page.choose.isEnabled()


@pytest.mark.parametrize("place", PLACES)
def test_a_file_dropped_while_one_is_at_work_is_not_looked_at(
    driver: Driver,
    visit: Callable[[str], IntakePage],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    place: str,
) -> None:
    page = visit(place)
    words, done, let_go = told(page, monkeypatch), list[bool](), Event()
    page.work("Working…", lambda _: let_go.wait(60), done.append, Lane.COMPUTE)
    page._dropped((tmp_path / "there is no such file",))
    let_go.set()
    driver.until(lambda: done == [True])
    driver.settle()
    assert [one.startswith("Another ") for one in words] == [True]
    assert driver.find(QLabel, f"{place}.refusal").isHidden()
