"""Claims about how studies were read, from the first opening to the figure on the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.bootstrap import Workstation
from app.pages.monitoring_reading import DisagreementCard, ReadingCard, span_words
from app.pages.monitoring_words import csv_text
from app.records import ReadMode, ReadStep, ReadStepKind
from app.storage.readings import ReadStudy
from app.workflow import monitoring, outlining, reading, revealing, reviewing, signing
from app.workflow.monitoring import Overview
from app.workflow.reading_figures import readings
from app.workflow.session import Session
from inference.records import RejectReason
from tests.app.workflow.conftest import ADMIN, DOCTOR, PASSWORD, enter, show_at_once
from tests.app.workflow.samples import read_draft
from tests.app.workflow.signed_study import put_seen_study
from tests.app.workflow.test_outlining import MORE, RUN, Placed, paint

BLIND, AT_ONCE = "blind first", "concurrent"


def one(*, first: bool | None, final: bool, sure: int = 4, seconds: float = 60.0) -> ReadStudy:
    mode = AT_ONCE if first is None else BLIND
    return ReadStudy(mode, first, sure if first is not None else 0, final, seconds)


def test_changes_of_mind_are_counted_with_their_direction() -> None:
    given = readings(
        [
            one(first=True, final=True),
            one(first=False, final=True, sure=2),
            one(first=True, final=False, sure=5),
            one(first=None, final=True),
        ]
    )
    assert (given.changed.count, given.changed.of) == (2, 3)
    assert (given.to_lesion, given.from_lesion) == (1, 1)
    assert (given.unsure_changed.count, given.unsure_changed.of) == (1, 1)
    assert {each.mode: each.times.count for each in given.modes} == {
        ReadMode.BLIND_FIRST: 3,
        ReadMode.CONCURRENT: 1,
    }


def test_times_are_exact_ranks() -> None:
    (mode,) = readings([one(first=None, final=True, seconds=float(s)) for s in range(1, 101)]).modes
    assert (mode.times.median_s, mode.times.p95_s) == (50.0, 95.0)


def test_nothing_read_is_no_figure() -> None:
    given = readings([])
    assert (given.modes, given.changed.value, given.count) == ((), None, 0)


@pytest.mark.parametrize(("seconds", "words"), [(45, "45 s"), (600, "10 min"), (3 * 3600, "3.0 h")])
def test_spans_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert span_words(seconds) == words


@pytest.fixture
def read(clinic: Workstation, tmp_path: Path) -> tuple[Session, str, Overview]:
    """A study read blind first: a lesion at first, then rejected as a vessel, outline corrected."""
    show_at_once(enter(clinic, ADMIN), ReadMode.BLIND_FIRST)
    session = enter(clinic, DOCTOR)
    study_uid = put_seen_study(session, tmp_path)
    reading.open_study(session, study_uid)
    revealing.write_impression(session, study_uid, lesion=True, confidence=2)
    revealing.reveal(session, study_uid)
    with session.begin() as work:
        series_uid = work.series.of_study(study_uid)[0].uid
    paint(session, series_uid, MORE, 1)
    outlining.remeasure(session, series_uid, RUN, Placed())
    reviewing.reject(session, "seen-1", reason=RejectReason.VESSEL)
    signing.sign(session, read_draft(session, study_uid).id, PASSWORD)
    return session, study_uid, monitoring.overview(session)


def test_a_reading_becomes_figures(read: tuple[Session, str, Overview]) -> None:
    _, _, overview = read
    given = overview.readings
    assert [(each.mode, each.times.count) for each in given.modes] == [(ReadMode.BLIND_FIRST, 1)]
    assert 0.0 <= given.modes[0].times.median_s < 60.0
    assert (given.changed.count, given.from_lesion) == (1, 1)
    (release,) = overview.releases
    assert release.rejections == {"vessel": 1}
    assert release.corrected_dice == (pytest.approx(0.75, abs=1e-3),)


def test_a_second_reading_of_the_study_is_one_of_its_own(
    read: tuple[Session, str, Overview],
) -> None:
    session, study_uid, _ = read
    later = session.now() + timedelta(hours=1)
    step = ReadStep(
        study_uid, session.actor.account_id, later, ReadStepKind.OPENED, ReadMode.CONCURRENT
    )
    with session.begin() as work:
        work.read_steps.add(step)
        work.read_steps.add(
            replace(step, at=later + timedelta(minutes=5), kind=ReadStepKind.SIGNED, lesion=True)
        )
    given = monitoring.overview(session).readings
    assert given.changed.of == 1, "the second reading had no first impression"
    times = {each.mode: each.times.median_s for each in given.modes}
    assert times[ReadMode.CONCURRENT] == pytest.approx(300.0, abs=1.0)


def test_the_cards_and_the_table_file_say_it(
    read: tuple[Session, str, Overview], qtbot: QtBot
) -> None:
    _, _, overview = read
    card, other = ReadingCard(), DisagreementCard()
    for made in (card, other):
        qtbot.addWidget(made)
    card.show_readings(overview.readings)
    assert card.lines["modes"].text().startswith("Blind first: 1 study, opening to signature")
    assert "1 of 1" in card.lines["changed"].text()
    assert "0 towards a lesion, 1 away from one" in card.lines["changed"].text()
    other.show_report(overview.releases[0])
    words = other.findChild(QLabel, "monitoring.outlines").text()
    assert "Outlines corrected: 1, median Dice with the model's 0.75" in words
    table = csv_text(overview, {})
    assert "rejections,tumour-t1ce" in table
    assert "mind changed" in table
