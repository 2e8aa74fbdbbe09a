"""Claims about what a person keeps for writing: it is theirs alone, and bounded."""

from __future__ import annotations

import pytest

from app.bootstrap import Workstation
from app.errors import NotFoundError, WorkstationError
from app.records import Macro, Role
from app.workflow import admitting, macros, own_words
from app.workflow.session import Session
from app.workflow.signing_up import SignUp
from tests.app.workflow.conftest import ADMIN, DOCTOR, PASSWORD, enter


def test_a_text_is_kept_changed_renamed_and_removed(doctor: Session) -> None:
    macros.save_macro(doctor, " .MLS ", "Shift of {a} mm.\n")
    assert macros.macros(doctor) == (Macro("mls", "Shift of {a} mm."),)
    macros.save_macro(doctor, "mls", "Shift.")
    macros.save_macro(doctor, "shift", "Shift.", former="mls")
    assert macros.macros(doctor) == (Macro("shift", "Shift."),)
    macros.remove_macro(doctor, "shift")
    assert macros.macros(doctor) == ()
    with pytest.raises(NotFoundError):
        macros.remove_macro(doctor, "shift")


@pytest.mark.parametrize("name", ["", ".", "two words", "a" * 21, "-x", "x-", "a.b"])
def test_an_abbreviation_that_could_not_be_typed_is_refused(doctor: Session, name: str) -> None:
    with pytest.raises(WorkstationError, match="abbreviation"):
        macros.save_macro(doctor, name, "Text")


def test_an_empty_or_endless_text_is_refused(doctor: Session) -> None:
    for text in ("", " \n", "x" * 4001):
        with pytest.raises(WorkstationError, match="text"):
            macros.save_macro(doctor, "x", text)


def test_texts_and_words_are_bounded(doctor: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(macros, "MOST_MACROS", 1)
    monkeypatch.setattr(own_words, "MOST_WORDS", 1)
    macros.save_macro(doctor, "a", "A.")
    macros.save_macro(doctor, "a", "B.")
    macros.save_macro(doctor, "b", "B.", former="a")
    own_words.add_word(doctor, "Sagittal")
    for act in (
        lambda: macros.save_macro(doctor, "c", "C."),
        lambda: own_words.add_word(doctor, "Coronal"),
    ):
        with pytest.raises(WorkstationError, match="already"):
            act()


def test_a_refused_renaming_loses_nothing(doctor: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    macros.save_macro(doctor, "a", "A.")
    monkeypatch.setattr(macros, "MOST_MACROS", 0)
    with pytest.raises(WorkstationError, match="already"):
        macros.save_macro(doctor, "b", "A.", former="a")
    assert macros.macros(doctor) == (Macro("a", "A."),)


def test_words_are_kept_once_and_forgotten(doctor: Session) -> None:
    for _ in range(2):
        own_words.add_word(doctor, " Knosp ")
    own_words.add_word(doctor, "Evans")
    assert own_words.own_words(doctor) == ("Evans", "Knosp")
    own_words.remove_word(doctor, "Evans")
    assert own_words.own_words(doctor) == ("Knosp",)
    with pytest.raises(NotFoundError):
        own_words.remove_word(doctor, "Evans")
    for word in ("", "two words", "x" * 61):
        with pytest.raises(WorkstationError, match="single word"):
            own_words.add_word(doctor, word)


def test_what_one_doctor_keeps_no_other_sees(clinic: Workstation) -> None:
    admitting.add_staff(enter(clinic, ADMIN), SignUp(Role.DOCTOR, "Nina", "nina", PASSWORD))
    first = enter(clinic, DOCTOR)
    macros.save_macro(first, "mine", "Mine.")
    own_words.add_word(first, "Mine")
    other = enter(clinic, "nina")
    assert macros.macros(other) == ()
    assert own_words.own_words(other) == ()


def test_each_change_is_on_record_without_the_words(doctor: Session) -> None:
    macros.save_macro(doctor, "abc", "Secret words.")
    macros.remove_macro(doctor, "abc")
    own_words.add_word(doctor, "Zebracanary")
    own_words.remove_word(doctor, "Zebracanary")
    with doctor.begin() as work:
        lines = work.audit.entries(4)
    assert {one.action for one in lines} == {
        *("macro.saved", "macro.removed", "own-word.added", "own-word.removed"),
    }
    assert "ecret" not in repr(lines)
    assert "ebracanary" not in repr(lines)
