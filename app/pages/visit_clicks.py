"""What a click on a card of the conversation does: book, move, cancel, and take back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.events import AppointmentChanged
from app.pages.bubbles import Bubble
from app.pages.page import Page
from app.pages.told import told
from app.pages.visit_cards import VisitCard
from app.pages.wording import zone_of
from app.records import Role
from app.workflow import arranging, booking
from app.workflow.arranging import Arranged
from app.workflow.booking import CalendarEntry
from assistant.phrases import Phrases
from assistant.records import Reply
from assistant.tools.saying import meeting_words
from assistant.wishes import Act, ReplyKind
from scheduling.places import Hold
from scheduling.records import OCCUPYING, Appointment, Practitioner, Slot

Add = Callable[[QWidget], None]


class VisitClicks:
    """The cards of one conversation and what becomes of their clicks.

    Parameters
    ----------
    page
        Runs the acts off the GUI thread.
    add
        Puts a widget at the end of the conversation.
    told
        Is given what a click did, in words.
    say
        Says something for the person, about one of the own visits.
    """

    def __init__(
        self,
        page: Page,
        add: Add,
        told: Callable[[str], None],
        say: Callable[[str, str], None],
    ) -> None:
        self._page, self._add, self._told, self._say = page, add, told, say
        self._session = page.context.session
        self._own = self._session.actor.role is Role.PATIENT
        self._people: dict[str, Practitioner] = {}
        self._words = page.words
        self._zone = "UTC"
        self._holds: dict[Slot, Hold] = {}
        self._offered: list[VisitCard] = []
        self._about: list[tuple[VisitCard, Appointment]] = []
        self._moving: dict[VisitCard, str] = {}
        if self._own:
            page.listen(AppointmentChanged, lambda _: self._look_again())

    def know(self, people: tuple[Practitioner, ...]) -> None:
        """Learn the names behind the ids."""
        self._people = {one.id: one for one in people}

    def show(self, reply: Reply, words: Phrases, zone: str) -> None:
        """Show the times and visits of an answer; a chosen time is kept meanwhile."""
        self._words, self._zone = words, zone
        moving = ""
        if reply.topic is not None and reply.topic.act is Act.MOVE:
            moving = next(iter(reply.topic.appointment_ids), "")
        for slot in reply.slots:
            card = self._offer(slot, moving)
            if reply.kind is ReplyKind.CHOSEN and self._own:
                self._keep(slot, card)
        for visit in reply.visits:
            self._show_visit(visit)

    def _keep(self, slot: Slot, card: VisitCard) -> None:
        def kept(hold: Hold | None) -> None:
            if hold is not None:
                self._holds[slot] = hold
                until = hold.expires_at.astimezone(zone_of(self._zone))
                card.keep(f"{until:%H:%M}")

        self._page.ask(lambda _: arranging.keep_for_me(self._session, slot), kept)

    def _offer(self, slot: Slot, moving: str) -> VisitCard:
        """A card for a free time; ``moving`` is the visit that would be moved there."""
        act = Act.MOVE if moving else Act.BOOK
        card = self._card(slot, act)
        card.wanted.connect(partial(self._take, slot, moving, card))
        self._offered.append(card)
        if moving:
            self._moving[card] = moving
        return card

    def _card(self, at: Slot | Appointment, act: Act) -> VisitCard:
        who = self._people.get(at.practitioner_id)
        when = self._when(at)
        named = self._who(who) if who else ""
        card = VisitCard(when, named, self._words, act, allowed=self._own)
        self._add(card)
        return card

    def _who(self, person: Practitioner) -> str:
        """Name and specialty, in the words of the conversation where it has them."""
        key = f"specialty.{person.specialty.casefold()}"
        known = self._words.knows(key)
        specialty = self._words.say(key) if known else person.specialty
        parts = (person.name, specialty[:1].upper() + specialty[1:])
        return " · ".join(part for part in parts if part)

    def _take(self, slot: Slot, moving: str, card: VisitCard) -> None:
        session = self._session
        hold = self._holds.pop(slot, None)
        hold_id = hold.id if hold else ""

        def act() -> Arranged:
            if moving:
                return arranging.move_own(session, moving, slot, hold_id=hold_id)
            return arranging.book_own(session, slot, hold_id=hold_id)

        self._page.ask(
            lambda _: act(),
            lambda done: self._taken(done, moving, card),
            failed=card.refuse,
        )

    def _taken(self, done: Arranged, moving: str, card: VisitCard) -> None:
        visit = done.appointment
        if visit is None:
            card.refuse(told(done.refused, self._words))
            if done.alternatives:
                self._add(Bubble.machine_text(self._words.say("card.nearest")))
            for slot in done.alternatives:
                self._offer(slot, moving)
            return
        card.settle(visit.status, undoable=not moving or done.before is not None)
        self._tells(card, visit)
        for other in self._offered:
            other.close_offer()
        self._offered.clear()
        self._moving.clear()
        before = done.before
        if moving and before is not None:
            card.undo_wanted.connect(
                lambda: self._undo(lambda: arranging.undo_move(self._session, before), card)
            )
        elif not moving:
            card.undo_wanted.connect(
                lambda: self._undo(lambda: arranging.cancel_own(self._session, visit.id), card)
            )
        key = "card.said_moved" if moving else "card.said_booked"
        self._told(self._words.say(key, when=card.when))

    def _look_again(self) -> None:
        """Whatever changes an appointment: no card goes on telling what is not so any more."""
        if self._about or self._moving:
            self._page.ask(lambda _: booking.my_appointments(self._session), self._compare)

    def _compare(self, found: tuple[CalendarEntry, ...]) -> None:
        now = {one.appointment.id: one.appointment for one in found}
        kept = []
        for card, seen in filter(lambda one: isValid(one[0]), self._about):
            one = now.get(seen.id)
            if one is not None and arranging.same_visit(one, seen):
                kept.append((card, seen))
                continue
            card.outdate(self._when(one) if one is not None and one.status in OCCUPYING else "")
        self._about = kept
        for card, ident in tuple(self._moving.items()):
            one = now.get(ident)
            if not isValid(card):
                del self._moving[card]
            elif one is None or one.status not in OCCUPYING:
                card.outdate("")
                del self._moving[card]

    def _when(self, at: Slot | Appointment) -> str:
        return meeting_words(at.starts, at.ends, zone_of(self._zone), self._words)

    def _tells(self, card: VisitCard, visit: Appointment) -> None:
        """From now on the card tells of the visit as it is here."""
        self._moving.pop(card, None)
        self._about = [one for one in self._about if one[0] is not card]
        self._about.append((card, visit))

    def _show_visit(self, visit: Appointment) -> None:
        card = self._card(visit, Act.CANCEL)
        self._tells(card, visit)
        asked = self._words.say("card.move_request", when=card.when)
        card.move_wanted.connect(lambda: self._say(asked, visit.id))
        card.wanted.connect(lambda: self._cancel(visit, card))

    def _cancel(self, visit: Appointment, card: VisitCard) -> None:
        self._page.ask(
            lambda _: arranging.cancel_own(self._session, visit.id, visit),
            lambda done: self._cancelled(done, card),
            failed=card.refuse,
        )

    def _cancelled(self, done: Arranged, card: VisitCard) -> None:
        before = done.before
        if done.appointment is None:
            card.refuse(told(done.refused, self._words))
            return
        card.settle(done.appointment.status, undoable=before is not None)
        self._tells(card, done.appointment)
        if before is not None:
            card.undo_wanted.connect(
                lambda: self._undo(lambda: arranging.undo_cancel(self._session, before), card)
            )
        self._told(self._words.say("card.said_cancelled", when=card.when))

    def _undo(self, act: Callable[[], Arranged], card: VisitCard) -> None:
        def undone(done: Arranged) -> None:
            if done.appointment is None:
                card.refuse(told(done.refused, self._words))
                return
            self._about = [one for one in self._about if one[0] is not card]
            card.taken_back()
            self._told(self._words.say("card.undone"))

        self._page.ask(lambda _: act(), undone, failed=card.refuse)
