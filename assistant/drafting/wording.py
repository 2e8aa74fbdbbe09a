"""What a local model may word: single sentences behind the gate, and small talk.

The written template is always there and is what is shown whenever the model is missing, fails,
or says anything the gate does not trace to the template. Rewording is off unless the model's
profile allows it; the model shipped with the program does not (it gave no plainer text).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assistant.errors import AssistantError
from assistant.guarding.gate import faithful
from assistant.guarding.routing import THANKS
from assistant.guarding.small_talk import harmless
from assistant.ports import LanguageModel, PairReader
from assistant.records import Explanation, ModelProfile, Sentence

REWORDED_TOPICS = frozenset({"found", "meaning", "unknown", "computer"})

INSTRUCTIONS = {
    "en": (
        "Rewrite the sentence in plain English for a patient. Keep every fact, number, side and "
        "medical word. Add nothing. Answer with the sentence only."
    ),
    "de": (
        "Schreibe den Satz in einfachem Deutsch für einen Patienten um. Behalte jede Tatsache, "
        "Zahl, Seite und jedes medizinische Wort. Füge nichts hinzu. Antworte nur mit dem Satz."
    ),
}
_CHAT = (
    (
        "system",
        "You are the friendly assistant of a clinic. Answer greetings and thanks in one short "
        "sentence.",
    ),
    ("user", "Hi"),
    ("assistant", "Hello, nice to meet you. How can I help you?"),
    ("user", "Thank you"),
    ("assistant", "You are welcome, I am glad to help."),
    ("user", "Good morning"),
    ("assistant", "Good morning. I can explain your report or show free times."),
)
GREETING_TEXT = "Hello. I can explain your report or show free times for a visit."
THANKS_TEXT = "You are welcome."


def reword(
    explanation: Explanation,
    model: LanguageModel | None,
    profile: ModelProfile | None,
    *,
    on_token: Callable[[str], None],
    language: str = "en",
    reader: PairReader | None = None,
) -> Explanation:
    """The explanation with sentences worded by a model where the gate lets them through.

    Without a model, or where the profile does not allow wording, it comes back unchanged.
    ``reader`` helps the gate to refuse. Quotes, questions and glossary words are never touched.
    ``on_token`` gets empty texts while the model works (nothing may be shown before the gate has
    seen it); raising in it cancels.
    """
    if model is None or profile is None or not profile.allow_wording:
        return explanation
    if language not in profile.wording_languages:
        return explanation
    told = tuple(
        _reworded(sentence, model, on_token, language, reader)
        if sentence.topic in REWORDED_TOPICS
        else sentence
        for sentence in explanation.sentences
    )
    return replace(explanation, sentences=told)


def _reworded(
    sentence: Sentence,
    model: LanguageModel,
    on_token: Callable[[str], None],
    language: str,
    reader: PairReader | None,
) -> Sentence:
    """One sentence by the model if the gate accepts it, else the template."""
    try:
        said = candidate(sentence.text, model, on_token=on_token, language=language)
    except AssistantError:
        return sentence
    if said == sentence.text:
        return sentence
    if not faithful(sentence.text, said, language=language, reader=reader)[0]:
        return sentence
    return replace(sentence, text=said, by_model=True)


def candidate(
    text: str, model: LanguageModel, *, on_token: Callable[[str], None], language: str = "en"
) -> str:
    """A sentence as a model words it, before any gate.

    Raises
    ------
    AssistantError
        If the model could not say anything.
    """
    return _said(model, (("system", INSTRUCTIONS[language]), ("user", text)), 120, on_token)


def chat(model: LanguageModel | None, text: str, *, on_token: Callable[[str], None]) -> Sentence:
    """An answer to a greeting or to thanks.

    A model may word it; anything beyond plain courtesy is replaced by the template. Words reach
    ``on_token`` only after the gate has seen all of them.
    """
    template = THANKS_TEXT if THANKS.search(text.lower()) else GREETING_TEXT
    said = _ask(model, (*_CHAT, ("user", text[:200])), 40, on_token) if model is not None else ""
    if not harmless(said):
        on_token(template)
        return Sentence(template)
    for word in said.split():
        on_token(f"{word} ")
    return Sentence(said, by_model=True)


def _ask(
    model: LanguageModel,
    messages: tuple[tuple[str, str], ...],
    max_tokens: int,
    on_token: Callable[[str], None],
) -> str:
    """What the model says, on one line; empty if it could not say anything."""
    try:
        return _said(model, messages, max_tokens, on_token)
    except AssistantError:
        return ""


def _said(
    model: LanguageModel,
    messages: tuple[tuple[str, str], ...],
    max_tokens: int,
    on_token: Callable[[str], None],
) -> str:
    """What the model says, on one line."""
    said = model.complete(
        messages,
        max_tokens=max_tokens,
        on_token=lambda _token: on_token(""),
    )
    return " ".join(said.split()).strip("\"' ")
