"""A clinic's model that may word sentences does so in My health, after the program's own words."""

from __future__ import annotations

# ruff: noqa: F811 - fixtures of other files
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel

from app.pages.assistant import AssistantPage
from app.pages.my_health import MyHealthPage
from app.workflow import auditing
from app.workflow.conversing import Said
from assistant.phrases import phrases
from assistant.records import Explanation, ModelProfile, Reply, Report, Sentence
from assistant.wishes import ReplyKind
from tests.app.pages.test_patient import matched  # noqa: F401 - a fixture
from tests.app.shell.driver import ADMIN, PATIENT, Driver
from tests.assistant.conftest import SIGNATURE, MakeReport, finding, make_report  # noqa: F401 - a fixture
from tests.assistant.test_conversation import Scripted

SOURCE = "Your MRI scan shows a growth of 38 mm in the right parietal lobe."
EASIER = "The MRI scan shows a growth of 38 mm in the right parietal lobe."
WRONG = "The MRI scan shows a growth of 38 mm in the left parietal lobe."
PROFILE = ModelProfile("Ours", "/nowhere", "ab" * 32, "none", allow_wording=True)
EXPLAINED = Explanation("rep1", 1, (Sentence(SOURCE, topic="found"),), None)


def read(one: QLabel) -> str:
    """What a label says, wherever its lines may break."""
    return one.text().replace("\N{NO-BREAK SPACE}", " ")


def shown(
    driver: Driver,
    report: Report,
    says: str,
    profile: ModelProfile,
    monkeypatch: pytest.MonkeyPatch,
) -> list[str]:
    """What stands on the page once the model has answered."""
    monkeypatch.setattr(driver.workstation, "language_model", lambda: Scripted(says))
    monkeypatch.setattr(driver.workstation, "language_profile", lambda: profile)
    # The stored reports, of which there are none, may be read again and would clear the page.
    monkeypatch.setattr(MyHealthPage, "_show_reports", lambda _page, _reports: None)
    driver.enter(PATIENT)
    page = driver.page
    assert isinstance(page, MyHealthPage)
    driver.settle()
    page._explained(report, EXPLAINED)
    told = [read(one) for one in page.findChildren(QLabel)]
    assert SOURCE in told, "the program's words wait for nothing"
    driver.until(lambda: page._wording is None)

    def visible() -> list[str]:
        return [read(one) for one in page.findChildren(QLabel) if one.isVisibleTo(page)]

    driver.until(lambda: {SOURCE, EASIER} & set(visible()))  # new labels are laid out later
    return visible()


def test_a_worded_sentence_is_shown_said_to_be_the_models_and_audited(
    matched: Driver,
    make_report: MakeReport,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = shown(matched, make_report(finding()), EASIER, PROFILE, monkeypatch)
    assert EASIER in said
    assert SOURCE not in said
    assert any("language model worded" in one for one in said)
    matched.window.sign_out()
    matched.settle()
    matched.enter(ADMIN)
    lines = auditing.lines(matched.session).entries
    assert [one.detail for one in lines if one.action == "report.worded"] == ["ab" * 32]


@pytest.mark.parametrize(
    ("says", "profile"),
    [
        (WRONG, PROFILE),
        (EASIER, replace(PROFILE, allow_wording=False)),
        (EASIER, replace(PROFILE, wording_languages=("de",))),
    ],
)
def test_what_the_gate_or_the_profile_does_not_allow_is_not_shown(
    matched: Driver,
    make_report: MakeReport,
    monkeypatch: pytest.MonkeyPatch,
    says,
    profile,
) -> None:
    said = shown(matched, make_report(finding()), says, profile, monkeypatch)
    assert SOURCE in said
    assert says not in said


@pytest.mark.parametrize(("says", "worded"), [(EASIER, True), (WRONG, False)])
def test_in_a_conversation_the_programs_words_come_first_and_the_gated_ones_are_marked(
    matched: Driver, monkeypatch: pytest.MonkeyPatch, says: str, worded: bool
) -> None:
    monkeypatch.setattr(matched.workstation, "language_model", lambda: Scripted(says))
    monkeypatch.setattr(matched.workstation, "language_profile", lambda: PROFILE)
    matched.enter(PATIENT)
    page = matched.visit("assistant")
    assert isinstance(page, AssistantPage)
    matched.settle()
    page._asked_report_id, page._asked_report = "rep1", "Report of today"
    reply = Reply(ReplyKind.EXPLANATION, EXPLAINED.sentences)
    page._answered("Explain my report", Said("", reply))
    assert SOURCE in [read(one) for one in page.findChildren(QLabel)]
    matched.until(lambda: page._wording._task is None)
    matched.settle()

    def visible() -> list[str]:
        return [read(one) for one in page.findChildren(QLabel) if one.isVisibleTo(page)]

    matched.until(lambda: {SOURCE, EASIER} & set(visible()))
    said = visible()
    assert (EASIER in said) is worded
    assert (SOURCE in said) is not worded
    assert (phrases("en").say("page.by_model") in said) is worded
    assert page._history[-1].text == SOURCE
