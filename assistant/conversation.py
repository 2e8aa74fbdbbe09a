"""One message in, one reply out: rules decide, templates and quotes speak, a person books.

Order: emergency, what was shown before, out of scope, intent. No language model is on the way of
any decision; it may only word small talk, behind a gate. Whatever it says is text to show, never
a command. The words stand in ``resources/phrases``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.drafting.answering import answer
from assistant.drafting.asking import Aspect, names_something, understood
from assistant.drafting.explanation import explain
from assistant.drafting.wording import chat
from assistant.guarding.red_flags import Verdict
from assistant.guarding.routing import GREETING, THANKS, Intent, tells
from assistant.guarding.scope import OutOfScope
from assistant.knowledge.language import clear_language
from assistant.phrases import Phrases, languages, phrases
from assistant.ports import Desk, Embedder, LanguageModel, PassageFinder
from assistant.records import Explanation, Reply, Report, Sentence, Turn
from assistant.tools.acts import act_in
from assistant.tools.arranging import Asked, arrange, follow, move_this
from assistant.tools.following import NO, agrees
from assistant.tools.following import picked as picked_of
from assistant.understanding import intent_of, refused, verdict_of
from assistant.wishes import Act, ReplyKind, Topic, Wish
from resources.languages import DEFAULT

CHOICES = ("choice.explain", "choice.next_step", "choice.book")
"""The three buttons offered when it is not clear what is wanted."""

_AFTER_ANSWER = ("choice.next_step", "choice.book")
_MEANS = {
    "choice.explain": Intent.EXPLAIN,
    "choice.next_step": Intent.NEXT_STEP,
    "choice.book": Intent.BOOK,
    "choice.visits": Intent.APPOINTMENTS,
}
_ADVICE = re.compile(r"\b(?:should|must|do i (?:\w+ )?(?:need|have to)|soll|sollte|muss|brauche)\b")
_ACTS = {
    Intent.BOOK: Act.BOOK,
    Intent.RESCHEDULE: Act.MOVE,
    Intent.CANCEL: Act.CANCEL,
    Intent.APPOINTMENTS: Act.SEE,
}


def _ignore(_token: str) -> None:
    """Listen to nothing."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a conversation is held with; made for one person and no other.

    Attributes
    ----------
    report
        The report this patient may see, or None. Only a signed one is explained.
    now
        Aware; its zone is the one in which "tomorrow at three" is meant.
    emergency_number
        The one of the place, said in every piece of emergency advice.
    embedder
        Tells intents and emergencies apart by meaning; without it written rules do so alone.
    find
        Finds passages to quote; without it the program's own are searched by their words.
    """

    report: Report | None
    desk: Desk
    now: datetime
    model: LanguageModel | None = None
    language: str = "en"
    emergency_number: str = "112"
    embedder: Embedder | None = None
    find: PassageFinder | None = None


def reply(
    text: str,
    room: Room,
    *,
    history: Sequence[Turn] = (),
    picked: str = "",
    on_token: Callable[[str], None] = _ignore,
) -> Reply:
    """Answer one message of a patient.

    Parameters
    ----------
    history
        What was said before, oldest first; its last topic is what "the second" refers to.
    picked
        Id of an own appointment that was pointed at to be moved; the text says so in words.
    on_token
        Gets pieces of text that may be shown at once, and an empty text now and then while a
        model works; raising in it cancels.

    Notes
    -----
    Nothing is booked, moved or cancelled: a reply shows what a person may confirm by a click.
    """
    return _Talk(room, phrases(room.language), tuple(history), on_token).answer(text, picked)


def other_language(text: str, language: str) -> str:
    """The language a typed message is clearly in where that is not the conversation's, or empty.

    The label of a button is in none: buttons of an earlier language may still stand there.
    """
    written = "" if _button(text) else clear_language(text)
    return written if written in languages() and written != language else ""


@dataclass(frozen=True, slots=True)
class _Talk:
    """One message being answered."""

    room: Room
    words: Phrases
    history: tuple[Turn, ...]
    on_token: Callable[[str], None]

    def answer(self, text: str, picked: str) -> Reply:
        if picked:
            return move_this(self._asked(text), picked)
        topic = self._topic()
        if topic is not None and topic.asks == "now":
            settled = self._happening(text)
            if settled is not None:
                return settled
        room = self.room
        verdict = verdict_of(text, language=room.language, embedder=room.embedder)
        if verdict is Verdict.EMERGENCY:
            return self._emergency()
        asks = verdict is Verdict.ASK and not self._only_picks(text)
        return self._ask_whether_now() if asks else self._calm(text)

    def _only_picks(self, text: str) -> bool:
        """Whether a message is nothing but a button, a yes, or "the second" of what was shown."""
        topic = self._topic()
        shown = max(len(topic.slots), len(topic.appointment_ids)) if topic else 0
        return bool(_button(text) or agrees(text) or picked_of(text, shown) is not None)

    def _calm(self, text: str) -> Reply:
        """The answer to a message that is no emergency."""
        topic = self._topic()
        if topic is not None and topic.asks == "times" and agrees(text):
            return arrange(replace(self._asked(""), topic=None))
        button = _button(text)
        scope = None if button else self._scope(text)
        if scope is not None:
            return self._said(ReplyKind.REFUSAL, f"refusal.{scope.name.lower()}", choices=CHOICES)
        if not button and (followed := follow(self._asked(text))) is not None:
            return followed
        return self._by_intent(text, button)

    def _scope(self, text: str) -> OutOfScope | None:
        """Why a message must be left to the doctor, or None."""
        return refused(text, language=self.room.language, embedder=self.room.embedder)

    def _by_intent(self, text: str, button: str) -> Reply:
        intent, sure = (_MEANS[button], True) if button else self._intent(text)
        if intent is Intent.SMALL_TALK:
            return self._small_talk(text)
        if not button and (told := self._to_the_point(text, intent)):
            return Reply(ReplyKind.ANSWER, told, choices=self._labels(_AFTER_ANSWER))
        if not button and intent is Intent.BOOK and self._asks_advice(text):
            return self._from_report(Intent.NEXT_STEP, text)
        if intent in _ACTS:
            asked = self._asked("" if button == "choice.book" else text)
            return arrange(asked, _ACTS[intent])
        if intent is Intent.QUESTION:
            return self._question(text, sure=sure)
        return self._from_report(intent, "" if button else text)

    def _to_the_point(self, text: str, intent: Intent) -> tuple[Sentence, ...]:
        """What the report says to a message that was taken for a wish, but asks of a finding.

        A message with a word for a visit stays a wish for one.
        """
        question = understood(text, language=self.words.language)
        wish = intent in _ACTS and act_in(text) is not None
        if intent is Intent.QUESTION or wish or tells(text):
            return ()
        return self._from_its_words(text) if names_something(question) else ()

    def _asks_advice(self, text: str) -> bool:
        """Whether a message asks if, when or where to go, and the report says so."""
        if tells(text) or not _ADVICE.search(text.lower()):
            return False
        asks = Aspect.NEXT in understood(text, language=self.words.language).aspects
        return asks and bool(self._from_its_words(text))

    def _from_its_words(self, text: str) -> tuple[Sentence, ...]:
        """The answer, where it comes from the report."""
        told = self._answer(text)
        cited = (one.source for said in told for one in said.citations)
        return told if any(one.startswith("report:") for one in cited) else ()

    def _intent(self, text: str) -> tuple[Intent, bool]:
        """What a message calls for, and whether that is sure; else it is taken for a question.

        A message in the form of a question is one where nothing but its wording was judged.
        """
        routed = intent_of(text, language=self.room.language, embedder=self.room.embedder)
        if routed.sure:
            return routed.intent, True
        if act_in(text) is not None:
            return Intent.BOOK, True
        return Intent.QUESTION, not (routed.by_meaning or tells(text))

    def _happening(self, text: str) -> Reply | None:
        """What follows on "Is this happening now?": yes, no, or another message."""
        if agrees(text):
            return self._emergency()
        if not NO.search(text):
            return None
        asked_of = [turn.text for turn in self.history if turn.speaker == "patient"]
        return self._calm(asked_of[-1]) if asked_of else None

    def _emergency(self) -> Reply:
        return self._said(ReplyKind.EMERGENCY, "emergency.now", "emergency.wait")

    def _ask_whether_now(self) -> Reply:
        """A question, where a message may tell of an emergency or of one long past."""
        asked = self._said(
            ReplyKind.ASK,
            "emergency.ask_why",
            "emergency.ask",
            choices=("choice.yes", "choice.no"),
        )
        return replace(asked, topic=Topic(asks="now"))

    def _small_talk(self, text: str) -> Reply:
        """A greeting or thanks are returned; of anything else it is said that it is not known."""
        message = text.lower().strip()
        thanked = THANKS.search(message)
        if not thanked and not GREETING.search(message):
            said = Sentence(self.words.say("answer.only"))
        elif self.words.language == DEFAULT:
            said = chat(self.room.model, text, on_token=self.on_token)
        else:
            said = Sentence(self.words.say("answer.welcome" if thanked else "answer.greeting"))
        return Reply(ReplyKind.CHAT, (said,), choices=self._labels(CHOICES))

    def _from_report(self, intent: Intent, text: str) -> Reply:
        """The explanation or the next step of the signed report."""
        report = self._signed()
        if report is None:
            return self._said(ReplyKind.ANSWER, "answer.no_report", choices=("choice.book",))
        explained = explain(report, language=self.words.language)
        if intent is Intent.NEXT_STEP:
            return self._next_step(explained, text)
        told = explained.sentences
        if explained.next_step is not None:
            told = (*told, explained.next_step)
        return Reply(ReplyKind.EXPLANATION, told, choices=self._labels(_AFTER_ANSWER))

    def _next_step(self, explained: Explanation, text: str) -> Reply:
        """What to do next, as far as a message asks for it, with the offer to look up times."""
        asks = Aspect.NEXT in understood(text, language=self.words.language).aspects
        step = self._from_its_words(text) if asks else ()
        if not step and explained.next_step is not None:
            step = (explained.next_step,)
        if not step:
            return self._said(ReplyKind.ANSWER, "answer.unknown")
        told = (*step, Sentence(self.words.say("answer.offer_times")))
        topic = Topic(Act.BOOK, Wish(explained.specialty), asks="times")
        return Reply(ReplyKind.ANSWER, told, choices=self._labels(("choice.book",)), topic=topic)

    def _question(self, text: str, *, sure: bool) -> Reply:
        """A quote that holds the answer; else an honest "I do not know" with buttons.

        Where it is not ``sure`` what is wanted, that is said, with the buttons. A message that
        tells instead of asking may be an emergency in words no rule knows: then the emergency
        line stands below the answer.
        """
        told = self._answer(text)
        if not told:
            said = "answer.unknown" if sure else "answer.unsure"
            return self._said(ReplyKind.UNKNOWN, said, "answer.if_unwell", choices=CHOICES)
        if tells(text):
            told = (*told, self._sentence("answer.if_unwell"))
        if not sure:
            told = (*told, self._sentence("answer.unsure"))
        choices = _AFTER_ANSWER if sure else CHOICES
        return Reply(ReplyKind.ANSWER, told, choices=self._labels(choices))

    def _answer(self, text: str) -> tuple[Sentence, ...]:
        return answer(
            text,
            self._signed(),
            language=self.words.language,
            history=self.history,
            find=self.room.find,
            embedder=self.room.embedder,
        )

    def _asked(self, text: str) -> Asked:
        report = self._signed()
        usual = (
            explain(report, language=self.words.language).specialty if report is not None else ""
        )
        return Asked(text, self.room.now, self.room.desk, self.words, usual, self._topic())

    def _signed(self) -> Report | None:
        report = self.room.report
        return report if report is not None and report.signature is not None else None

    def _topic(self) -> Topic | None:
        """What the last answer left open."""
        last = [turn for turn in self.history if turn.speaker == "assistant"][-1:]
        return last[0].topic if last else None

    def _labels(self, choices: Sequence[str]) -> tuple[str, ...]:
        return tuple(self.words.say(key) for key in choices)

    def _sentence(self, key: str) -> Sentence:
        return Sentence(self.words.say(key, number=self.room.emergency_number))

    def _said(self, kind: ReplyKind, *keys: str, choices: Sequence[str] = ()) -> Reply:
        said = tuple(self._sentence(key) for key in keys)
        return Reply(kind, said, choices=self._labels(choices))


def _button(text: str) -> str:
    """The button a message is the label of, in whatever language, or an empty text."""
    said = text.strip().casefold()
    return next(
        (key for one in languages().values() for key in _MEANS if one.say(key).casefold() == said),
        "",
    )
