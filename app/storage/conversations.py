"""Shelves of conversations with the assistant and of reviews of its answers.

Every text is sealed under the patient's own key (`PatientKeyRing`), inside the encrypted database:
with that one key erased, nothing of it can be read again, in backups neither.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, select

from app.accounts.slots import SealBrokenError, expand, unwrap, wrap
from app.errors import DamagedFileError
from app.records import AnswerReview, Conversation
from app.storage.codec import canonical, decode, encode, instant, parse
from app.storage.conversation_tables import answer_review, conversation, conversation_turn
from app.storage.patient_keys import PatientKeyRing
from app.storage.record_table import RecordTable
from assistant.records import Turn


class _Seal:
    """Texts of one patient under the patient's key; each is bound to its place."""

    def __init__(self, ring: PatientKeyRing) -> None:
        self._ring = ring

    def close(self, patient_id: str, plain: bytes, place: str) -> tuple[str, bytes]:
        """Return the id of the key and the sealed text."""
        key_id, key = self._ring.of_patient(patient_id)
        return key_id.hex(), wrap(expand(key, b"conversation"), plain, place.encode())

    def open(self, key_id: str, sealed: bytes, place: str) -> bytes:
        """Return the text, or raise DamagedFileError if its key was erased."""
        key = expand(self._ring.of_id(bytes.fromhex(key_id)), b"conversation")
        try:
            return unwrap(key, bytes(sealed), place.encode())
        except SealBrokenError as error:
            raise DamagedFileError("What was said here can not be read any more.") from error


class ConversationShelf:
    """The durable home of conversations and what was said in them."""

    def __init__(self, connection: Connection, ring: PatientKeyRing) -> None:
        self._rows = RecordTable(connection, conversation, Conversation)
        self._connection = connection
        self._seal = _Seal(ring)

    def put(self, held: Conversation) -> None:
        """Keep the conversation; what was said in it stays."""
        self._rows.put(held)

    def get(self, conversation_id: str) -> Conversation | None:
        """Return the conversation, if it is there."""
        return self._rows.one(conversation.c.id == conversation_id)

    def of_patient(self, patient_id: str) -> tuple[Conversation, ...]:
        """Return a patient's conversations, the one last spoken in first."""
        column = conversation.c
        return self._rows.many(
            column.patient_id == patient_id, order=[column.updated_at.desc(), column.id]
        )

    def add_turn(self, held: Conversation, turn: Turn) -> None:
        """Keep what was said next."""
        column = conversation_turn.c
        position = self._connection.execute(
            select(func.count()).where(column.conversation_id == held.id)
        ).scalar_one()
        place = f"turn|{held.id}|{position}"
        key_id, sealed = self._seal.close(held.patient_id, canonical(encode(turn)), place)
        self._connection.execute(
            conversation_turn.insert().values(
                conversation_id=held.id, position=position, key_id=key_id, sealed=sealed
            )
        )

    def turns(self, conversation_id: str) -> tuple[Turn, ...]:
        """Return what was said, oldest first; DamagedFileError if the key was erased."""
        column = conversation_turn.c
        rows = self._connection.execute(
            conversation_turn.select()
            .where(column.conversation_id == conversation_id)
            .order_by(column.position)
        )
        return tuple(
            parse(
                Turn,
                self._seal.open(row.key_id, row.sealed, f"turn|{conversation_id}|{row.position}"),
            )
            for row in rows
        )

    def remove(self, conversation_id: str) -> None:
        """Erase the conversation and what was said in it."""
        turns = conversation_turn.c.conversation_id == conversation_id
        self._connection.execute(delete(conversation_turn).where(turns))
        self._connection.execute(delete(conversation).where(conversation.c.id == conversation_id))


class AnswerReviewShelf:
    """The durable home of reviews; the person's words and the excerpt are sealed."""

    def __init__(self, connection: Connection, ring: PatientKeyRing) -> None:
        self._connection = connection
        self._seal = _Seal(ring)

    def put(self, review: AnswerReview) -> None:
        """Keep the review, or what was answered to it."""
        said = {"words": review.words, "question": review.question, "answer": review.answer}
        place = f"review|{review.id}"
        key_id, sealed = self._seal.close(review.patient_id, canonical(said), place)
        column = answer_review.c
        self._connection.execute(delete(answer_review).where(column.id == review.id))
        self._connection.execute(
            answer_review.insert().values(
                id=review.id,
                patient_id=review.patient_id,
                filed_by=review.filed_by,
                filed_at=instant(review.filed_at),
                fault=review.fault.value,
                key_id=key_id,
                sealed=sealed,
                answered_by=review.answered_by,
                answered_at=None if review.answered_at is None else instant(review.answered_at),
                outcome=review.outcome,
            )
        )

    def get(self, review_id: str) -> AnswerReview | None:
        """Return the review, if it is there."""
        return next((one for one in self.all() if one.id == review_id), None)

    def all(self) -> tuple[AnswerReview, ...]:
        """Return every review, the newest first; erased words are empty."""
        rows = self._connection.execute(
            answer_review.select().order_by(answer_review.c.filed_at.desc(), answer_review.c.id)
        )
        found = []
        for row in rows:
            values = {
                name: value
                for name, value in row._mapping.items()  # noqa: SLF001 - its public name
                if name not in {"key_id", "sealed"}
            }
            said = self._said(row.key_id, row.sealed, row.id)
            found.append(decode(AnswerReview, {**values, **said}))
        return tuple(found)

    def remove_of_patient(self, patient_id: str) -> None:
        """Erase the reviews a patient has filed."""
        column = answer_review.c
        self._connection.execute(delete(answer_review).where(column.patient_id == patient_id))

    def _said(self, key_id: str, sealed: bytes, review_id: str) -> dict[str, str]:
        try:
            return parse(dict[str, str], self._seal.open(key_id, sealed, f"review|{review_id}"))
        except DamagedFileError:
            return {}


def shelves_of_talk(
    connection: Connection, ring: PatientKeyRing
) -> tuple[ConversationShelf, AnswerReviewShelf]:
    """Return both shelves, open on one connection."""
    return ConversationShelf(connection, ring), AnswerReviewShelf(connection, ring)
