"""How often the check of a report is right, over sentences of many styles, and how quick it is.

The floors are a little below what is measured now (docs/reporting.md); run with -s to read the
figures and every sentence that is judged wrongly.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.drafting.checking.consistency import check_consistency
from assistant.drafting.report import draft_sections
from assistant.records import Doubt, Report, ReportStatus
from tests.assistant import more_report_sentences as second
from tests.assistant import report_sentences as first
from tests.assistant.conftest import NOW, RUN, SERIES, STUDY
from tests.assistant.report_sentences import READINGS, Pair, Sample

FALSE_ALARMS = 0.05
NAMED = 0.95
LONG = 100
MOST_MS = 50.0


def say(*lines: object) -> None:
    """Tell the figures to who runs with -s."""
    sys.stdout.write("\n  ".join(map(str, lines)) + "\n")


def report_of(reading: str, **added: str) -> Report:
    """A sound draft of the reading's findings with words added to its sections."""
    findings = READINGS[reading]
    sections = tuple(
        replace(part, text=f"{part.text}\n{added[part.title]}") if part.title in added else part
        for part in draft_sections(STUDY, (SERIES,), findings, (RUN,))
    )
    status = ReportStatus.PARTIAL
    return Report("r1", 1, STUDY.uid, "p1", "d1", status, NOW, sections, findings)


def doubts(sample: Sample) -> tuple[Doubt, ...]:
    return check_consistency(report_of(sample.reading, **{sample.section: sample.text}))


@pytest.mark.parametrize("reading", READINGS)
def test_the_draft_the_sentences_are_added_to_is_sound(reading: str) -> None:
    assert check_consistency(report_of(reading)) == ()


@pytest.mark.parametrize("right", [first.RIGHT, second.RIGHT], ids=["first", "second"])
def test_right_sentences_are_left_alone(right: Sequence[Sample]) -> None:
    wrongly = [(one.text, found) for one in right if (found := doubts(one))]
    say(f"{len(wrongly)} false alarms in {len(right)} right sentences", *wrongly)
    assert len(right) >= 50
    assert len(wrongly) <= FALSE_ALARMS * len(right)


@pytest.mark.parametrize("wrong", [first.WRONG, second.WRONG], ids=["first", "second"])
def test_wrong_sentences_are_named_with_what_is_wrong(wrong: Sequence[Sample]) -> None:
    missed = [one for one in wrong if one.kind not in {doubt.kind for doubt in doubts(one)}]
    named = len(wrong) - len(missed)
    say(f"{named} of {len(wrong)} wrong sentences named", *missed)
    assert len(wrong) >= 50
    assert named >= NAMED * len(wrong)


def test_the_impression_is_held_against_the_findings_section() -> None:
    pairs = (*first.PAIRS, *second.PAIRS)
    wrongly = [pair for pair in pairs if bool(_pair(pair)) != pair.wrong]
    say(f"{len(pairs) - len(wrongly)} of {len(pairs)} pairs judged right", *wrongly)
    assert len(wrongly) <= 0.05 * len(pairs)


def _pair(pair: Pair) -> tuple[Doubt, ...]:
    added = {"Findings": pair.findings, "Impression": pair.impression}
    return check_consistency(report_of(pair.reading, **added))


@pytest.mark.parametrize("sample", first.WRONG[::7], ids=lambda one: one.text)
def test_a_doubt_points_at_its_sentence_and_tells_what_the_findings_say(sample: Sample) -> None:
    report = report_of(sample.reading, **{sample.section: sample.text})
    doubt = next(one for one in check_consistency(report) if one.kind == sample.kind)
    assert report.section(sample.section)[doubt.start : doubt.end] == doubt.sentence
    assert doubt.sentence in sample.text
    assert doubt.says


def test_a_long_report_is_checked_within_a_blink() -> None:
    """A hundred sentences, twice what a brain MRI report holds."""
    texts = [one.text for one in (*first.RIGHT, *first.WRONG, *second.RIGHT)]
    report = report_of("two", Findings="\n".join(texts[:LONG]), Impression="\n".join(texts[:20]))
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        assert check_consistency(report)
        taken.append(1000 * (time.perf_counter() - start))
    say(f"{min(taken):.1f} ms for {LONG} sentences")
    assert min(taken) < MOST_MS
