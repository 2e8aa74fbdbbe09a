"""Visits in a conversation: which act, which visit, which time; then a person's click.

Nothing here books, moves or cancels. A reply shows slots or own visits, and its topic says what
the next message may refer to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from assistant.phrases import Phrases
from assistant.ports import Desk
from assistant.records import Reply, Sentence
from assistant.tools.acts import act_in
from assistant.tools.booking import Offer, look_up, read_wish
from assistant.tools.dates import later_than, merged, read_when
from assistant.tools.following import Turned, only, picked, turned
from assistant.tools.people import meant
from assistant.tools.saying import meeting_words, when_words
from assistant.wishes import PLAIN, Act, ReplyKind, Topic, VisitKind, When, Wish
from scheduling.records import Appointment, Slot

_SHORT = 14
_TO = re.compile(r"\b(?:to|until|for|on to|auf|nach|zu)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message about visits is read against.

    ``now`` is aware; its zone is the one in which times are meant and said. ``usual_specialty``
    is the one the report suggests.
    """

    text: str
    now: datetime
    desk: Desk
    words: Phrases
    usual_specialty: str = ""
    topic: Topic | None = None

    def who(self, practitioner_id: str) -> str:
        """The name of a practitioner, or an empty text."""
        return next(
            (one.name for one in self.desk.practitioners() if one.id == practitioner_id), ""
        )

    def when(self, starts: datetime, ends: datetime) -> str:
        """A time in full words."""
        return meeting_words(starts, ends, self.now.tzinfo, self.words)

    def wish(self) -> Wish:
        """The wish in the message."""
        return read_wish(
            self.text,
            self.now,
            language=self.words.language,
            practitioners=self.desk.practitioners(),
            usual_specialty=self.usual_specialty,
            kinds=self.desk.kinds(),
        )

    def kind(self, kind_id: str) -> VisitKind:
        """A kind of visit by its id; one the person does not book oneself has no name."""
        own = (one for one in self.desk.kinds() if one.id == kind_id)
        return next(own, VisitKind(kind_id))


def arrange(asked: Asked, likely: Act = Act.BOOK) -> Reply:
    """Answer a message that asks for a visit, or for a change of one.

    ``likely`` is the act where the words themselves name none.
    """
    act = act_in(asked.text) or likely
    if act is Act.BOOK:
        return _offer(asked, asked.wish(), Act.BOOK, ())
    return _about_visits(asked, act)


def follow(asked: Asked) -> Reply | None:
    """Answer a message that refers to what was shown, or None if it does not."""
    topic = asked.topic
    if topic is None or act_in(asked.text) not in {None, topic.act}:
        return None
    if topic.slots:
        return _after_slots(asked, topic)
    if topic.appointment_ids and topic.act in {Act.MOVE, Act.CANCEL}:
        return _after_visits(asked, topic)
    return None


def move_this(asked: Asked, appointment_id: str) -> Reply:
    """Offer times for one own visit that was pointed at."""
    visit = next((one for one in asked.desk.visits() if one.id == appointment_id), None)
    return _move(asked, visit, None) if visit else _visits(asked, Act.SEE, ())


def _after_slots(asked: Asked, topic: Topic) -> Reply | None:
    """The second, that one, at ten, later, another day, with somebody else."""
    place = picked(asked.text, len(topic.slots))
    if place is None:
        place = _named_slot(asked, topic.slots)
    if place is not None:
        return _chosen(asked, topic, topic.slots[place])
    turn = turned(asked.text)
    said = asked.wish() if len(asked.text.split()) <= _SHORT else Wish()
    stated = (
        said.when
        or said.practitioner_name
        or said.kind != PLAIN
        or said.specialty != asked.usual_specialty
    )
    if turn is not None and said.when is None and not said.practitioner_ids:
        return _turned(asked, topic, turn)
    if not stated:
        return None
    wish = replace(topic.wish, when=merged(topic.wish.when, said.when))
    if said.kind != PLAIN and topic.act is Act.BOOK:
        wish = replace(wish, kind=said.kind, specialty="")
    if said.practitioner_name or said.practitioner_ids:
        wish = replace(
            wish,
            practitioner_name=said.practitioner_name,
            practitioner_ids=said.practitioner_ids,
            specialty="",
        )
    elif said.specialty and said.specialty != asked.usual_specialty:
        wish = replace(wish, specialty=said.specialty, practitioner_name="", practitioner_ids=())
    return _offer(asked, wish, topic.act, topic.appointment_ids)


def _named_slot(asked: Asked, slots: Sequence[Slot]) -> int | None:
    """The only offered slot that fits the day, hour or name of a short message."""
    if len(asked.text.split()) > _SHORT:
        return None
    when = read_when(asked.text, asked.now, language=asked.words.language)
    people = {one.id for one in meant(asked.text, asked.desk.practitioners())}
    if when is None and not people:
        return None
    zone = asked.now.tzinfo
    fits = [
        place
        for place, slot in enumerate(slots)
        if (not people or slot.practitioner_id in people)
        and (when is None or _meets(when, slot.starts.astimezone(zone)))
    ]
    return only(fits)


def _meets(when: When, local: datetime) -> bool:
    """Whether a slot is the one a time names; a part of the day names none."""
    if not when.names_hours:
        return when.admits(local)
    an_hour = when.latest.hour - when.earliest.hour == 1 and when.latest != time.max
    return an_hour and local.time().hour == when.earliest.hour and when.admits(local)


def _chosen(asked: Asked, topic: Topic, slot: Slot) -> Reply:
    key = "slots.chosen_move" if topic.act is Act.MOVE else "slots.chosen"
    said = asked.words.say(
        key, when=asked.when(slot.starts, slot.ends), who=asked.who(slot.practitioner_id)
    )
    return Reply(
        ReplyKind.CHOSEN,
        (Sentence(said),),
        slots=(slot,),
        topic=replace(topic, slots=(slot,), asks=""),
    )


def _turned(asked: Asked, topic: Topic, turn: Turned) -> Reply:
    """Other times than those shown."""
    zone, shown = asked.now.tzinfo, topic.slots
    wish = topic.wish
    if turn is Turned.OTHER_DOCTOR:
        ids = {slot.practitioner_id for slot in shown}
        others = tuple(one.id for one in asked.desk.practitioners() if one.id not in ids)
        wish = replace(wish, practitioner_ids=others, practitioner_name="", specialty="")
        return _offer(asked, wish, topic.act, topic.appointment_ids)
    if turn is Turned.OTHER_DAY:
        last = shown[-1].starts.astimezone(zone).date()
        wish = replace(wish, when=later_than(wish.when, last))
        return _offer(asked, wish, topic.act, topic.appointment_ids)
    return _earlier_or_later(asked, topic, earlier=turn is Turned.EARLIER)


def _earlier_or_later(asked: Asked, topic: Topic, *, earlier: bool) -> Reply:
    """The free times next to those shown, before or after them."""
    whom, kind_id = frozenset(topic.wish.practitioner_ids), topic.wish.kind.id
    first, last = topic.slots[0].starts, topic.slots[-1].starts
    if earlier:
        found = asked.desk.free(whom, asked.now, first, 4000, kind_id=kind_id)
        slots = tuple(one for one in found if one.starts < first)[-4:]
    else:
        after = last + timedelta(minutes=1)
        found = asked.desk.free(whom, after, None, 4, kind_id=kind_id)
        slots = tuple(one for one in found if one.starts > last)[:4]
    if not slots:
        return Reply(ReplyKind.SLOTS, (Sentence(asked.words.say("slots.no_more")),), topic=topic)
    wish = replace(topic.wish, when=None)
    return _shown(asked, wish, Offer(slots, fits=True), topic.act, topic.appointment_ids)


def _offer(asked: Asked, wish: Wish, act: Act, visits: tuple[str, ...]) -> Reply:
    """Free times that fit the wish, for a person to pick from.

    Where the specialty only comes from the report and nobody of it is free, other doctors'
    times are offered and that is said.
    """
    words, lines = asked.words, []
    offer = look_up(wish, asked.desk, asked.now)
    if wish.practitioner_name and not wish.practitioner_ids:
        lines = [words.say("slots.unknown_name", name=wish.practitioner_name)]
        wish = replace(wish, practitioner_name="")
    elif not offer.slots and wish.specialty and wish.specialty == asked.usual_specialty:
        others = replace(wish, specialty="")
        offer = look_up(others, asked.desk, asked.now)
        if offer.slots:
            lines = [words.say("slots.no_specialty", specialty=_specialty(wish, words))]
            wish = others
    return _shown(asked, wish, offer, act, visits, lines)


def _shown(
    asked: Asked,
    wish: Wish,
    offer: Offer,
    act: Act,
    visits: tuple[str, ...],
    lines: Sequence[str] = (),
) -> Reply:
    """What to say over a list of slots; a time that was read is said back in full words."""
    words = asked.words
    said = list(lines)
    if wish.when is not None:
        said.append(words.say("slots.understood", when=when_words(wish.when, words)))
    whom = _whom(wish, words)
    if not offer.slots:
        said += [words.say("slots.none", whom=whom), words.say("slots.none_hint")]
    else:
        said.append(words.say("slots.free" if offer.fits else "slots.nearest", whom=whom))
        said.append(words.say("slots.confirm_move" if act is Act.MOVE else "slots.confirm"))
    topic = Topic(act, wish, offer.slots, visits)
    return Reply(
        ReplyKind.SLOTS, tuple(Sentence(one) for one in said), slots=offer.slots, topic=topic
    )


def _whom(wish: Wish, words: Phrases) -> str:
    """For what kind of visit and with whom, as the end of a sentence."""
    kind = words.say("slots.for", kind=wish.kind.name) if wish.kind.name else ""
    if wish.practitioner_name and wish.practitioner_ids:
        return kind + words.say("slots.with", name=wish.practitioner_name)
    if wish.specialty:
        return kind + words.say("slots.in", specialty=_specialty(wish, words))
    return kind


def _specialty(wish: Wish, words: Phrases) -> str:
    key = f"specialty.{wish.specialty}"
    return words.say(key) if words.knows(key) else wish.specialty


def _about_visits(asked: Asked, act: Act) -> Reply:
    """Which of the own visits a message is about; for a move also where to."""
    visits = asked.desk.visits()
    if act is Act.SEE or not visits:
        return _visits(asked, act, visits)
    if act is Act.CANCEL:
        return _visits(asked, act, _named_visits(asked, visits, asked.text))
    before, after = _parted(asked)
    named = _named_visits(asked, visits, before)
    whole = read_when(asked.text, asked.now, language=asked.words.language)
    target = after or (whole if len(named) == len(visits) else None)
    visit = named[0] if len(named) == 1 else None
    return _move(asked, visit, target) if visit else _visits(asked, act, named, target)


def _parted(asked: Asked) -> tuple[str, When | None]:
    """A message at its last "to" with a time behind it: what is moved, and where to."""
    for match in reversed(list(_TO.finditer(asked.text))):
        when = read_when(asked.text[match.end() :], asked.now, language=asked.words.language)
        if when is not None:
            return asked.text[: match.start()], when
    return asked.text, None


def _named_visits(
    asked: Asked, visits: Sequence[Appointment], text: str
) -> tuple[Appointment, ...]:
    """The visits a text fits by day, hour or name; all of them if it fits none."""
    people = {one.id for one in meant(text, asked.desk.practitioners())}
    when = read_when(text, asked.now, language=asked.words.language)
    zone = asked.now.tzinfo
    fits = tuple(
        one
        for one in visits
        if (not people or one.practitioner_id in people)
        and (when is None or when.admits(one.starts.astimezone(zone)))
    )
    return fits or tuple(visits)


def _after_visits(asked: Asked, topic: Topic) -> Reply | None:
    """Which of the visits shown is meant: the second, the one on Friday, with Dr Keller."""
    shown = [one for one in asked.desk.visits() if one.id in topic.appointment_ids]
    place = picked(asked.text, len(shown))
    if place is None and len(asked.text.split()) <= _SHORT:
        named = _named_visits(asked, shown, asked.text)
        place = shown.index(named[0]) if len(named) == 1 and len(shown) > 1 else None
    if place is None:
        return None
    if topic.act is Act.CANCEL:
        return _visits(asked, Act.CANCEL, (shown[place],))
    return _move(asked, shown[place], topic.wish.when)


def _move(asked: Asked, visit: Appointment, when: When | None) -> Reply:
    """Free times for one visit, with the same doctor unless another is named."""
    words = asked.words
    people = meant(asked.text, asked.desk.practitioners())
    name = people[0].name if len(people) == 1 else asked.who(visit.practitioner_id)
    ids = tuple(one.id for one in people) or (visit.practitioner_id,)
    wish = Wish("", name, when, ids, asked.kind(visit.visit_type_id))
    offer = look_up(wish, asked.desk, asked.now)
    line = words.say(
        "visits.moving",
        when=asked.when(visit.starts, visit.ends),
        who=asked.who(visit.practitioner_id),
    )
    return _shown(asked, wish, offer, Act.MOVE, (visit.id,), [line])


def _visits(
    asked: Asked, act: Act, visits: Sequence[Appointment], when: When | None = None
) -> Reply:
    """Own visits as cards, with what may be done to them."""
    if not visits:
        said = asked.words.say("visits.none")
        return Reply(ReplyKind.VISITS, (Sentence(said),), topic=Topic(act))
    key = {
        Act.CANCEL: "visits.cancel_one" if len(visits) == 1 else "visits.cancel_many",
        Act.MOVE: "visits.move_many",
    }.get(act, "visits.yours")
    ids = tuple(one.id for one in visits)
    return Reply(
        ReplyKind.VISITS,
        (Sentence(asked.words.say(key)),),
        visits=tuple(visits),
        topic=Topic(act, Wish(when=when), (), ids),
    )
