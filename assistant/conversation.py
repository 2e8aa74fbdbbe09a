"""One message in, one reply out: rules decide, templates and quotes speak, a person books.

Order: emergency, out of scope, intent. No language model is on the way of any decision; it may
only word small talk, behind a gate. Whatever it says is text to show, never a command.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from assistant.drafting.answering import answer
from assistant.drafting.explanation import explain
from assistant.drafting.wording import chat
from assistant.guarding.lexicon import specialty_in
from assistant.guarding.red_flags import EMERGENCY_ADVICE, is_emergency
from assistant.guarding.routing import YES, Intent, route, tells
from assistant.guarding.scope import out_of_scope, refusal
from assistant.ports import LanguageModel, SlotFinder
from assistant.records import Explanation, Reply, ReplyKind, Report, Sentence, Turn
from assistant.tools.booking import Offer, Wish, look_up, read_wish

EXPLAIN_CHOICE = "Explain my report"
NEXT_STEP_CHOICE = "What is the next step?"
BOOK_CHOICE = "Show free times"
CHOICES = (EXPLAIN_CHOICE, NEXT_STEP_CHOICE, BOOK_CHOICE)

NO_REPORT = "There is no signed report for you here yet. Your doctor will release it."
IF_UNWELL = "If you feel very unwell, or something new has begun, call the emergency number now."
DO_NOT_KNOW = "I do not know. Please ask your doctor."
_OFFER = "I can show you free times for a visit."
_LOOK_UP = (BOOK_CHOICE.lower(), "free times", "show times")


def _ignore(_token: str) -> None:
    """Listen to nothing."""


def reply(
    text: str,
    *,
    history: Sequence[Turn],
    report: Report | None,
    find_slots: SlotFinder,
    model: LanguageModel | None,
    now: datetime,
    on_token: Callable[[str], None] = _ignore,
) -> Reply:
    """Answer one message of a patient.

    Parameters
    ----------
    history
        What was said before, oldest first.
    report
        The report this patient may see, or None. Only a signed one is explained.
    now
        Aware; its zone is the one in which "tomorrow at three" is meant.
    on_token
        Gets pieces of text that may be shown at once, and an empty text now and then while a
        model works; raising in it cancels.

    Notes
    -----
    Nothing is booked: ``slots`` are proposals that a person confirms by a click.
    """
    handed_over = _hand_over(text)
    if handed_over is not None:
        return handed_over
    signed = report if report is not None and report.signature is not None else None
    intent = _intent(text, history)
    if intent is Intent.SMALL_TALK:
        return Reply(ReplyKind.CHAT, (chat(model, text, on_token=on_token),), choices=CHOICES)
    if intent is Intent.BOOK:
        return _book(text, signed, find_slots, now)
    if intent is Intent.QUESTION:
        return _question(text, signed)
    return _from_report(intent, signed)


def _hand_over(text: str) -> Reply | None:
    """What belongs to the emergency service or to the doctor, or None."""
    if is_emergency(text):
        return _reply(ReplyKind.EMERGENCY, *EMERGENCY_ADVICE)
    scope = out_of_scope(text)
    return _reply(ReplyKind.REFUSAL, refusal(scope), choices=CHOICES) if scope else None


def _from_report(intent: Intent, report: Report | None) -> Reply:
    """The explanation or the next step of the signed report."""
    if report is None:
        return _reply(ReplyKind.ANSWER, NO_REPORT, choices=(BOOK_CHOICE,))
    explained = explain(report)
    if intent is Intent.NEXT_STEP:
        return _next_step(explained)
    told = explained.sentences
    if explained.next_step is not None:
        told = (*told, explained.next_step)
    return Reply(ReplyKind.EXPLANATION, told, choices=(NEXT_STEP_CHOICE, BOOK_CHOICE))


def _reply(kind: ReplyKind, *texts: str, choices: tuple[str, ...] = ()) -> Reply:
    return Reply(kind, tuple(Sentence(text) for text in texts), choices=choices)


def _intent(text: str, history: Sequence[Turn]) -> Intent:
    """The intent; a bare yes takes up what the assistant offered last."""
    message = text.lower().strip()
    if any(words in message for words in _LOOK_UP):
        return Intent.BOOK
    if YES.search(message) and history:
        offered = [turn.text for turn in history if turn.speaker == "assistant"][-1:]
        if offered and _OFFER in offered[0]:
            return Intent.BOOK
    return route(text)


def _next_step(explained: Explanation) -> Reply:
    """What to do next, with the offer to look up times."""
    if explained.next_step is None:
        return _reply(ReplyKind.ANSWER, DO_NOT_KNOW)
    told = (explained.next_step, Sentence(_OFFER))
    return Reply(ReplyKind.ANSWER, told, choices=(BOOK_CHOICE,))


def _question(text: str, report: Report | None) -> Reply:
    """A quote that holds the answer; else an honest "I do not know" with buttons.

    A message that tells instead of asking may be an emergency in words no rule knows: then the
    emergency line stands below the answer.
    """
    told = answer(text, report)
    if not told:
        return _reply(ReplyKind.UNKNOWN, DO_NOT_KNOW, IF_UNWELL, choices=CHOICES)
    if tells(text):
        told = (*told, Sentence(IF_UNWELL))
    return Reply(ReplyKind.ANSWER, told, choices=(NEXT_STEP_CHOICE, BOOK_CHOICE))


def _book(text: str, report: Report | None, find_slots: SlotFinder, now: datetime) -> Reply:
    """Free times that fit the wish, for a person to pick from.

    Where the specialty only comes from the report and nobody of it is free, other doctors'
    times are offered and that is said.
    """
    usual = explain(report).specialty if report is not None else ""
    wish = read_wish(text, now, usual_specialty=usual)
    offer = look_up(wish, find_slots, now)
    lines = []
    if not offer.slots and wish.specialty and wish.specialty != specialty_in(text):
        others = replace(wish, specialty="")
        offer = look_up(others, find_slots, now)
        if offer.slots:
            lines = [f"I found no free time in {wish.specialty} here. Other doctors have time."]
            wish = others
    told = tuple(Sentence(line) for line in (*lines, *_offer_lines(wish, offer)))
    return Reply(ReplyKind.SLOTS, told, slots=offer.slots)


def _offer_lines(wish: Wish, offer: Offer) -> list[str]:
    """What to say over a list of slots."""
    whom = wish.practitioner_name and f" with Dr. {wish.practitioner_name}"
    whom = whom or (wish.specialty and f" in {wish.specialty}")
    if not offer.slots:
        return [
            f"I found no free time{whom}.",
            "Please try another day, or call the reception.",
        ]
    if offer.fits:
        lines = [f"These times{whom} are free."]
    else:
        lines = [f"There is no free time{whom} then. These are the next ones."]
    return [*lines, "Nothing is booked until you choose one and confirm it."]
