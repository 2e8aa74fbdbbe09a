"""What a patient says to the assistant is sealed under the patient's key and goes with it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import text

from app.errors import DamagedFileError
from app.records import SYSTEM, AnswerFault, AnswerReview, Conversation
from app.storage.work import Storage
from assistant.records import Turn
from assistant.wishes import Act, Topic, When, Wish
from scheduling.records import Slot
from viewer.records import Patient

NOW = datetime(2026, 3, 18, 9, 30, tzinfo=UTC)
HELD = Conversation("c1", "p1", "a1", NOW, NOW, "de", "r1")
SLOT = Slot(NOW, NOW.replace(hour=10), "d1")
WISH = Wish(
    "neurology", "Keller", When(date(2026, 3, 20), None, time(9), time.max, (0, 4)), ("d1",)
)
TURNS = (
    Turn("patient", "Canary asks for a visit"),
    Turn("assistant", "These are free.", Topic(Act.MOVE, WISH, (SLOT,), ("v1",), "times")),
)
REVIEW = AnswerReview("w1", "p1", "a1", NOW, AnswerFault.WRONG, "Canary words", "q", "answer")


@pytest.fixture
def talked(storage: Storage) -> Storage:
    """A storage with a conversation of two turns and a review."""
    with storage.begin(SYSTEM) as work:
        work.patients.put(Patient("p1", "Canary, Zoe"))
        work.conversations.put(HELD)
        for turn in TURNS:
            work.conversations.add_turn(HELD, turn)
        work.answer_reviews.put(REVIEW)
    return storage


def test_what_was_said_reads_back_with_what_it_left_open(talked: Storage) -> None:
    with talked.begin(SYSTEM) as work:
        assert work.conversations.of_patient("p1") == (HELD,)
        assert work.conversations.turns("c1") == TURNS
        assert work.answer_reviews.all() == (REVIEW,)


def test_rows_hold_no_readable_word(talked: Storage) -> None:
    with talked.begin(SYSTEM) as work:
        for table in ("conversation_turn", "answer_review", "conversation"):
            rows = work._connection.execute(text(f"SELECT * FROM {table}")).all()
            assert rows
            assert "Canary" not in repr(rows)


def test_with_the_patients_key_erased_nothing_of_it_is_read_again(talked: Storage) -> None:
    with talked.begin(SYSTEM) as work:
        work._connection.execute(text("DELETE FROM pixel_key WHERE patient_id = 'p1'"))
    with talked.begin(SYSTEM) as work:
        with pytest.raises(DamagedFileError):
            work.conversations.turns("c1")
        (left,) = work.answer_reviews.all()
        assert left.words == left.answer == left.question == ""


def test_a_turn_moved_to_another_place_does_not_open(talked: Storage) -> None:
    with talked.begin(SYSTEM) as work:
        work._connection.execute(
            text("UPDATE conversation_turn SET position = position + 5 WHERE position = 0")
        )
        with pytest.raises(DamagedFileError):
            work.conversations.turns("c1")


def test_an_erased_conversation_leaves_no_row(talked: Storage) -> None:
    with talked.begin(SYSTEM) as work:
        work.conversations.remove("c1")
        work.answer_reviews.remove_of_patient("p1")
        for table in ("conversation_turn", "answer_review", "conversation"):
            assert work._connection.execute(text(f"SELECT * FROM {table}")).all() == []
