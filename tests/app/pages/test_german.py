"""A German patient reads German everywhere, also where something is refused."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QTableView,
    QWidget,
)

from app.accounts.records import EmergencyAccess, EmergencyReason
from app.errors import NotFoundError
from app.pages.access_list import AccessListPage
from app.pages.my_booking import MyBookingPage
from app.pages.page import words_for
from app.pages.told import known, told
from app.records import SYSTEM
from app.shell.change_password import PasswordDialog
from app.shell.crash import Crash, CrashCard
from app.shell.palette import CommandPalette
from app.workflow import conversing
from app.workflow.audit_acts import ACTS, Kind
from assistant.phrases import phrases
from scheduling.errors import SlotTakenError
from tests.app.pages.test_patient import matched
from tests.app.shell.driver import DOCTOR, PATIENT, Driver
from viewer.records import Patient

__all__ = ["matched"]

ROOT = Path(__file__).resolve().parents[3]
SAID_TO_PATIENTS = (
    "app/accounts/passwords.py",
    "app/workflow/arranging.py",
    "app/workflow/conversing.py",
    "app/workflow/explaining.py",
    "app/workflow/holding.py",
    "app/workflow/making.py",
    "app/workflow/session.py",
    "app/workflow/signing_up.py",
    "app/workflow/waiting_list.py",
    "app/workflow/clinic.py",
)
NOT_TO_PATIENTS = (
    "ValueError",
    "You are not treating this patient",
    "Please say what came of it.",
    "This workstation is set up already.",
    "is not a time zone",
)
ENGLISH = re.compile(
    r"\b(?:the|you|your|and|with|not|of|for|this|that|nothing|nobody|booked|time|times|from|until"
    r"|page|report|save|lock|sign|show|who|what|when|while|click|find|dismiss|password|kept"
    r"|appointment|anybody|any|place|visit|language|encrypted|only|is|are|has|was|to|my)\b",
    re.IGNORECASE,
)
NOT_ENGLISH = re.compile(r"\b(?:English|Speak English|Was|was)\b")


@pytest.fixture
def german(matched: Driver) -> Driver:
    """Zoe's language is German, and a doctor opened her chart in an emergency."""
    storage = matched.workstation.clinic.storage
    assert storage is not None
    with storage.begin(SYSTEM) as work:
        work.patients.put(Patient("p1", "Canary, Zoe", "MRN-1", date(1970, 1, 2), language="de"))
        now = datetime.now(UTC)
        doctor = work.accounts.by_username(DOCTOR)
        assert doctor is not None
        opened = EmergencyAccess(
            "e1",
            "p1",
            doctor.id,
            EmergencyReason.ON_CALL,
            "I am on call tonight.",
            now,
            now + timedelta(hours=4),
        )
        work.emergencies.add(opened)
        work.note("emergency.started", "e1", patient_id="p1")
    matched.enter(PATIENT)
    return matched


def texts(top: QWidget) -> Iterator[str]:
    """Everything a widget and those in it say to eyes and screen readers."""
    for one in (top, *top.findChildren(QWidget)):
        yield from (one.toolTip(), one.accessibleName(), one.accessibleDescription())
        yield one.windowTitle()
        if isinstance(one, QLabel | QAbstractButton):
            yield one.text()
        if isinstance(one, QLineEdit):
            yield one.placeholderText()
            yield from (action.text() for action in one.findChildren(QAction))
        if isinstance(one, QComboBox):
            yield from (one.itemText(number) for number in range(one.count()))
        if isinstance(one, QListWidget):
            yield from (one.item(number).text() for number in range(one.count()))
        if isinstance(one, QTableView):
            model = one.model()
            for column in range(model.columnCount()):
                yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
                for line in range(model.rowCount()):
                    yield str(model.index(line, column).data() or "")


def english(top: QWidget) -> list[str]:
    """What is said in English."""
    return sorted({one for one in texts(top) if one and ENGLISH.search(NOT_ENGLISH.sub("", one))})


@pytest.mark.parametrize("key", ["my_health", "my_booking", "assistant", "access"])
def test_no_page_of_a_german_patient_says_anything_in_english(german: Driver, key: str) -> None:
    page = german.visit(key)
    if isinstance(page, AccessListPage):
        page.changes.setChecked(True)
        model, done = page.own.model(), set(phrases("de").words.values())
        assert model.rowCount() > 1
        acts = {str(model.index(line, 3).data()) for line in range(model.rowCount())}
        assert acts <= done
    if isinstance(page, MyBookingPage):
        german.until(lambda: page.times.list.count() > 1)
        page.times.list.itemClicked.emit(page.times.list.item(1))
        german.settle()
        page.keeping.tick()
        german.click("my-booking.book", page)
        german.click("my-booking.join", page)
        german.settle()
    assert english(page) == []
    german.window.background.turn()
    german.settle()
    for part in (german.window.rail, german.window.strip, german.window.news):
        assert english(part) == []
    desk = german.find(QWidget, "desk")
    shown = [one for one in desk.findChildren(QWidget) if one.isVisibleTo(desk)]
    assert [said for one in shown for said in english(one)] == []


def test_a_conversation_its_cards_and_the_list_of_earlier_ones_are_german(german: Driver) -> None:
    page = german.visit("assistant")
    german.workstation.language_model = lambda: None  # type: ignore[method-assign]
    for text in ("Freie Termine zeigen", "Wer hat das Fußballspiel gewonnen?", "Danke"):
        with german.qtbot.waitSignal(page.answered, timeout=30_000):  # type: ignore[attr-defined]
            page.say(text)  # type: ignore[attr-defined]
        german.settle()
    assert english(page) == []
    (kept,) = conversing.past(german.session)
    page._open_past()  # type: ignore[attr-defined]
    german.settle()
    german.click(f"assistant.past.erase.{kept.id}", page)
    assert english(page) == []


def test_dialogs_speak_german_too(german: Driver) -> None:
    words = german.window.words
    for dialog in (
        PasswordDialog(german.window, lambda *_: None, words, 15),
        CommandPalette([], lambda *_: None, german.window, words),
        CrashCard(Crash("ABC", "x.py:1 f"), german.window, words),
    ):
        assert english(dialog) == []
        dialog.close()


def test_the_curtain_speaks_the_language_that_was_chosen_and_keeps_it(driver: Driver) -> None:
    curtain = driver.window.curtain
    curtain.choose("de")
    for card in (curtain.sign_in_card, curtain.sign_up_card, curtain.recover_card):
        assert english(card) == []
    assert english(curtain.brand) == []
    driver.type("sign-in.username", PATIENT)
    driver.type("sign-in.password", "wrong")
    driver.click("sign-in.submit")
    driver.settle()
    assert curtain.sign_in_card.banner.text == phrases("de").say("told.wrong_closed")
    driver.opened_by_staff()
    driver.enter(PATIENT)
    page = driver.page
    assert phrases("de").say("unmatched.title") in set(texts(page))
    driver.window.sign_out()
    assert english(curtain.sign_in_card) == []
    curtain.choose("en")
    assert english(curtain.sign_in_card)


def test_whoever_locks_the_window_finds_it_in_their_own_language(german: Driver) -> None:
    german.window.lock()
    assert english(german.window.curtain.sign_in_card) == []
    german.settle()
    german.window.curtain.fall()
    assert english(german.window.curtain.sign_in_card)


def test_staff_read_english_after_a_german_patient(german: Driver) -> None:
    german.window.sign_out()
    german.settle()
    german.enter(DOCTOR)
    assert german.window.words.language == "en"
    german.window.visit("worklist")
    assert "Worklist" in set(texts(german.window.rail))


def test_refusals_are_told_in_german_with_what_they_name() -> None:
    words = phrases("de")
    said = words_for(SlotTakenError("That time has just been taken."), words)
    assert said == words.say("told.taken")
    assert (
        told("Iris Moreau has no such slot.", words)
        == "Iris Moreau hat dann keinen solchen Termin."
    )
    assert words_for(NotFoundError("Something new."), words) == words.say("told.unknown")
    assert words_for(OSError(28, "Kein Platz"), words) == words.say(
        "told.disk", reason="Kein Platz"
    )


@pytest.mark.parametrize("path", SAID_TO_PATIENTS)
def test_every_refusal_a_patient_may_meet_has_its_own_german_words(path: str) -> None:
    strange = [
        one
        for one in _raised(ROOT / path)
        if not known(one) and not any(part in one for part in NOT_TO_PATIENTS)
    ]
    assert strange == []


def test_every_act_on_a_patients_data_has_words_in_each_language() -> None:
    own = {key for key, act in ACTS.items() if act.key}
    assert len(own) > 70
    assert all(act.key for act in ACTS.values() if act.kind in {Kind.EMERGENCY, Kind.REFUSAL})
    for act in (ACTS[key] for key in own):
        assert act.told(phrases("de")) != act.words


def _raised(path: Path) -> Iterator[str]:
    """The sentences of the exceptions a file raises, with something in the places to fill."""
    tree = ast.parse(path.read_text("utf-8"))
    constants = {
        target.id: ast.unparse(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
            continue
        if ast.unparse(node.exc.func) == "ValueError" or not node.exc.args:
            continue
        said = node.exc.args[0]
        if isinstance(said, ast.Name):
            said = ast.parse(constants[said.id], mode="eval").body
        if isinstance(said, ast.Constant):
            yield str(said.value)
        elif isinstance(said, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "7" for part in said.values
            )
