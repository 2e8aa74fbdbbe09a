"""Does the reader's text agree with the reader's own decisions? Side, size and negation.

The checks only warn: the reader may know better than the measurement. They look at the Findings
and the Impression, sentence by sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.drafting.measuring import is_confirmed, location, size_mm, volume_ml
from assistant.guarding.lexicon import (
    CONCEPTS,
    LESION_CONCEPTS,
    PLACES,
    SIDES,
    concepts,
    is_negation,
    sentences,
    words,
)
from assistant.records import Report
from inference.records import Finding, FindingStatus

_CHECKED = ("Findings", "Impression")
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(?:[x×]\s*(\d+(?:\.\d+)?)\s*)?(mm|cm)\b")
_VOLUME = re.compile(r"(\d+(?:\.\d+)?)\s*(?:ml|cm3|cc)\b")
_OTHER_MEASURE = re.compile(
    r"\b(?:shift|margin|thickness|gap|slice|spacing|voxel|previous\w*|prior|before|earlier)\b"
)
_LIMIT = re.compile(
    r"\b(?:larger|greater|bigger|smaller|less|more|over|above|below|under|exceed\w*|beyond|least"
    r"|most|up to|threshold|limit)\b|[<>≤≥]"
)
_ELSEWHERE = re.compile(r"\b(?:other|further|second|additional|elsewhere|otherwise|new)\b")
_NORMAL = re.compile(r"\b(?:normal|unremarkable)\b")
_WHOLE = re.compile(r"\b(?:study|scan|mri|examination|brain|head)\b")
_LATERAL = frozenset({"left", "right"})


def check_consistency(report: Report) -> tuple[str, ...]:
    """What in the texts does not fit the decided findings, in plain words; empty if nothing.

    Each message names the section and what stands against it.
    """
    confirmed = [finding for finding in report.findings if is_confirmed(finding)]
    messages = [
        "A suggestion of the computer has not been decided yet."
        for finding in report.findings
        if finding.status is FindingStatus.SUGGESTED
    ][:1]
    for title in _CHECKED:
        text = report.section(title)
        if not text.strip():
            messages.append(f"{title}: this section is empty.")
        for sentence in sentences(text):
            messages += [f"{title}: {message}" for message in contradictions(sentence, confirmed)]
    messages += _unmentioned(report.section("Findings"), confirmed)
    return tuple(dict.fromkeys(messages))


def contradictions(sentence: str, confirmed: Sequence[Finding]) -> list[str]:
    """What one sentence says against the confirmed findings."""
    messages = [*_presence(sentence, confirmed)]
    if confirmed and (_measured_denial(sentence) or not denies_lesion(sentence)):
        messages += _sides(sentence, confirmed)
        messages += _numbers(sentence, confirmed)
    return messages


def denies_lesion(sentence: str) -> bool:
    """Whether a sentence says that there is no lesion, or that all is normal."""
    spoken = words(sentence)
    for position, word in enumerate(spoken):
        if CONCEPTS.get(word) not in LESION_CONCEPTS:
            continue
        if any(is_negation(before) for before in spoken[max(0, position - 6) : position]):
            return True
        if spoken[position + 1 : position + 3] in (["is", "absent"], ["not", "seen"]):
            return True
    lowered = sentence.lower()
    whole_is_normal = bool(_NORMAL.search(lowered) and _WHOLE.search(lowered))
    return whole_is_normal or lowered.startswith(("normal.", "no abnormal", "nothing abnormal"))


def _measured_denial(sentence: str) -> bool:
    """Whether a sentence denies a lesion and yet gives its size: nobody measures what is not there.

    A limit is no size: "no lesion larger than 3 mm" denies in earnest.
    """
    lowered = sentence.lower()
    sized = _LENGTH.search(lowered) or _VOLUME.search(lowered)
    limit = _LIMIT.search(lowered) or _OTHER_MEASURE.search(lowered)
    return bool(sized) and not limit and denies_lesion(sentence)


def affirms_lesion(sentence: str) -> bool:
    """Whether a sentence says that there is a lesion."""
    return bool(concepts(sentence) & LESION_CONCEPTS) and not denies_lesion(sentence)


def _presence(sentence: str, confirmed: Sequence[Finding]) -> list[str]:
    """Present against absent."""
    if confirmed and _measured_denial(sentence):
        return [
            f'"{sentence}" says there is no lesion and gives its size, but {_count(confirmed)}'
            " accepted."
        ]
    if confirmed and denies_lesion(sentence):
        if _ELSEWHERE.search(sentence.lower()) or _speaks_of_another_place(sentence, confirmed):
            return []
        return [f'"{sentence}" says there is no lesion, but {_count(confirmed)} accepted.']
    if not confirmed and affirms_lesion(sentence) and "?" not in sentence:
        return [f'"{sentence}" describes a lesion, but no finding is accepted.']
    return []


def _speaks_of_another_place(sentence: str, confirmed: Sequence[Finding]) -> bool:
    """Whether a denial is about a side or a lobe where no confirmed finding lies."""
    said = set(words(sentence))
    taken = {word for finding in confirmed for word in words(location(finding))}
    named_sides, named_places = said & _LATERAL, concepts(sentence) & PLACES
    taken_places = concepts(" ".join(taken))
    if named_sides and not named_sides & taken:
        return True
    return bool(named_places) and not named_places & taken_places


def _sides(sentence: str, confirmed: Sequence[Finding]) -> list[str]:
    """Left against right, per place where the sentence names one."""
    negated = _other_negation(sentence) and not _measured_denial(sentence)
    if _NORMAL.search(sentence.lower()) or negated:
        return []
    said = {SIDES[word] for word in words(sentence) if word in SIDES} & _LATERAL
    said -= {"left"} if "left-handed" in sentence.lower() else set()
    places = concepts(sentence) & PLACES
    about = [one for one in confirmed if concepts(location(one)) & places] or list(confirmed)
    known = {one.side for one in about if one.side}
    wrong = sorted(said - known) if known else []
    return [
        f'"{sentence}" says {side}, but the accepted finding lies {" and ".join(sorted(known))}.'
        for side in wrong
    ]


def _other_negation(sentence: str) -> bool:
    return any(is_negation(word) for word in words(sentence))


def _numbers(sentence: str, confirmed: Sequence[Finding]) -> list[str]:
    """Lengths and volumes that no confirmed finding has."""
    if not concepts(sentence) & LESION_CONCEPTS or _OTHER_MEASURE.search(sentence.lower()):
        return []
    messages = []
    lengths = _known_lengths(confirmed)
    for first, second, unit in _LENGTH.findall(sentence.lower()):
        for text in filter(None, (first, second)):
            messages += _compare_length(text, unit, lengths)
    volumes = [value for value in map(volume_ml, confirmed) if value is not None]
    for text in _VOLUME.findall(sentence.lower()):
        if volumes and not any(abs(float(text) - v) <= max(0.06, 0.02 * v) for v in volumes):
            messages.append(f"{text} ml is written; measured: {_list(volumes, 'ml')}.")
    return messages


def _compare_length(text: str, unit: str, lengths: Sequence[float]) -> list[str]:
    """One written length against the measured ones, in mm, to the precision it is written in."""
    if not lengths:
        return []
    factor = 10.0 if unit == "cm" else 1.0
    step = factor / 10 ** len(text.partition(".")[2])
    written = float(text) * factor
    if any(abs(written - known) <= 0.5 * step + 0.51 for known in lengths):
        return []
    if any(abs(written / ratio - known) <= 1.0 for known in lengths for ratio in (10.0, 0.1)):
        return [f"{text} {unit} is written; the unit looks wrong: {_list(lengths, 'mm')} measured."]
    return [f"{text} {unit} is written; measured: {_list(lengths, 'mm')}."]


def _known_lengths(confirmed: Sequence[Finding]) -> list[float]:
    factors = {"mm": 1.0, "cm": 10.0}
    return [
        one.value * factors[one.unit]
        for finding in confirmed
        for one in finding.measurements
        if one.unit in factors
    ]


def _unmentioned(text: str, confirmed: Sequence[Finding]) -> list[str]:
    """Confirmed findings of which the Findings section says neither the place nor the size."""
    said, messages = set(words(text)), []
    for finding in confirmed:
        length = size_mm(finding)
        where = set(words(location(finding)))
        sized = length is not None and f"{length:.0f}" in said
        if text.strip() and not sized and not (where and where <= said):
            messages.append(
                f"Findings: the accepted finding ({location(finding) or finding.label}) "
                "is not mentioned."
            )
    return messages


def _count(confirmed: Sequence[Finding]) -> str:
    return "a finding is" if len(confirmed) == 1 else f"{len(confirmed)} findings are"


def _list(values: Sequence[float], unit: str) -> str:
    return ", ".join(f"{value:.1f} {unit}" for value in values)
