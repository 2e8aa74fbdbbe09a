"""What a patient sees whose account nobody has matched with a patient record yet."""

from __future__ import annotations

from app.widgets.messages import EmptyState
from assistant.phrases import Phrases


def unmatched(words: Phrases) -> EmptyState:
    """Say what to do: show an identity card at the desk."""
    return EmptyState(
        "clock", words.say("unmatched.title"), words.say("unmatched.text"), name="unmatched"
    )
