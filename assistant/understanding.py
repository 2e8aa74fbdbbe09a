"""What a message calls for, in three steps: is it an emergency, may it be answered, what is wanted.

A message of which only the time or the doctor is said ("the 19th please") asks for a visit and is
neither an emergency nor out of scope; all others are judged by meaning and by rules
(``assistant.guarding``). Messages are in English or German; ``language`` is the interface's.
"""

from __future__ import annotations

from assistant.guarding.red_flags import Verdict, emergency
from assistant.guarding.routing import Intent, Routed, route
from assistant.guarding.scope import OutOfScope, out_of_scope
from assistant.ports import Embedder
from assistant.tools.elliptic import leaves_out_the_wish


def verdict_of(text: str, *, language: str = "en", embedder: Embedder | None = None) -> Verdict:
    """Whether a message tells of an emergency."""
    if leaves_out_the_wish(text):
        return Verdict.NONE
    return emergency(text, language=language, embedder=embedder)


def refused(
    text: str, *, language: str = "en", embedder: Embedder | None = None
) -> OutOfScope | None:
    """Why a message must be left to the doctor, or None if it may be answered."""
    if leaves_out_the_wish(text):
        return None
    return out_of_scope(text, language=language, embedder=embedder)


def intent_of(text: str, *, language: str = "en", embedder: Embedder | None = None) -> Routed:
    """The likeliest intent of a message that is no emergency and may be answered."""
    if leaves_out_the_wish(text):
        return Routed(Intent.BOOK, 1.0)
    return route(text, language=language, embedder=embedder)
