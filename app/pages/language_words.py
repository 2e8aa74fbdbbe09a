"""Language models in words: where one stands, what it is, what it showed."""

from __future__ import annotations

from assistant.engine.records import OwnLanguageModel, OwnLanguageStatus, Speed, Trial, Wording
from assistant.records import ModelProfile

Held = OwnLanguageModel | ModelProfile
"""One of the clinic's models, or the one that ships."""

STATUS_WORDS = {
    OwnLanguageStatus.QUARANTINED: ("In quarantine", "warning"),
    OwnLanguageStatus.APPROVED: ("Approved", "good"),
    OwnLanguageStatus.REMOVED: ("Removed", "muted"),
}
"""Word and tone of where a clinic's model stands."""
SHIPPED = ("Shipped", "muted")
_MEGA, _GIGA = 1 << 20, 1 << 30


def status_words(one: Held) -> tuple[str, str]:
    """Word and tone of where a model stands."""
    return STATUS_WORDS[one.status] if isinstance(one, OwnLanguageModel) else SHIPPED


def name_words(one: Held) -> str:
    """The model's name."""
    return one.offered.name if isinstance(one, OwnLanguageModel) else one.name


def size_words(size: int) -> str:
    """Bytes as a person reads them."""
    return f"{size / _GIGA:.1f} GB" if size >= _GIGA else f"{size / _MEGA:.0f} MB"


def count_words(parameters: int) -> str:
    """Parameters as people name models by them."""
    billions = parameters / 1e9
    return f"{billions:.1f} billion" if billions >= 1 else f"{parameters / 1e6:.0f} million"


def may_words(one: Held) -> str:
    """What it may do for patients, in two words."""
    return "words sentences" if one.allow_wording else "greets"


def speed_words(speed: Speed | None) -> str:
    """What was measured on this machine."""
    if speed is None:
        return "Not measured on this machine yet."
    return (
        f"On this machine: loaded in {speed.load_s:.1f} s, reads {speed.read_per_s:.0f} and writes "
        f"{speed.written_per_s:.0f} tokens in a second, {speed.memory_mb:,} MB of memory at most. "
        f"An answer of 60 words takes about {_answer_s(speed):.0f} s."
    )


def trial_words(trial: Trial | None) -> str:
    """What the trial showed, and whether that is enough."""
    if trial is None:
        return "Not tried yet. Without a trial that passed it words no sentence of a report."
    passed = sum(not one.refused for one in trial.wordings)
    changed = sum(one.changed for one in trial.wordings)
    wrong = sum(bool(one.violation) for one in trial.wordings)
    told = [
        f"Tried on {len(trial.wordings)} sentences in {trial.seconds:.0f} s: {passed} pass the "
        f"gate ({100 * trial.gate_share:.0f} %, 90 % are needed), {changed} of them changed.",
        f"Second check: {wrong} say something else (none may).",
        f"Wrong sentences made by rule: {trial.mutants_refused} of {trial.mutants} refused.",
        f"School grade to read it: {trial.grade_before:.1f} before, {trial.grade_after:.1f} after.",
    ]
    return "\n".join((*told, *trial.shortcomings)) if trial.shortcomings else "\n".join(told)


def verdict_words(one: Wording) -> tuple[str, str]:
    """What became of one sentence: word and tone."""
    if one.violation:
        return "Says something else", "danger"
    if one.refused:
        return "Refused", "warning"
    return ("Changed", "good") if one.changed else ("Unchanged", "muted")


def _answer_s(speed: Speed) -> float:
    """Seconds for a short question and about 80 tokens of answer."""
    read = 100 / speed.read_per_s if speed.read_per_s else 0.0
    return read + (80 / speed.written_per_s if speed.written_per_s else 0.0)
