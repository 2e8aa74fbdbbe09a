"""Tags against pictures: which of them decides what a series is."""

from __future__ import annotations

from inference.models.gate_card import Limits
from inference.pipeline.gate_tags import TRAINED, Told
from inference.pipeline.seen import ENHANCED, PLAIN, Seen

LOOKS = {
    "T1": "T1 before contrast",
    "T2": "T2",
    "FLAIR": "FLAIR",
    "proton-density": "proton-density",
    "DWI": "diffusion",
    "ADC": "a diffusion (ADC) map",
    "CT": "CT",
    "other": "another kind of MR (susceptibility, angiography, functional or a map)",
}
ARTEFACTS = {
    "motion": "The patient seems to have moved: outlines and sizes may be off.",
    "noise": "The pictures are very noisy: small or faint lesions may be missed.",
    "wrap": "Parts of the body from outside the field of view seem to be folded into the pictures.",
}


def kind_objection(told: Told, seen: Seen, limits: Limits) -> str:
    """Return what speaks against the series once its pictures were looked at; empty if nothing."""
    believed = told.clear and told.head
    if seen.head < (1 - limits.against if believed else limits.head):
        named = told.clear or told.head
        pictures = "its pictures do not look like a head"
        return f"{pictures}, whatever its header says" if named else pictures
    if told.clear:
        return _contradiction(told, seen, limits.against)
    if told.t1:
        return _contradiction(told, seen, limits.recognised) or _contrast(told, seen, limits)
    if seen.weighted_t1 < limits.recognised:
        return _looks_like(seen, limits)
    return "" if told.given else _contrast(told, seen, limits)


def seen_cautions(told: Told, seen: Seen, limits: Limits) -> tuple[str, ...]:
    """Return what a reader should know of a series that is let through."""
    cautions = []
    if not told.t1:
        cautions.append("The file does not say which sequence this is; its pictures look like T1.")
    if told.given is None:
        cautions.append("The file does not say that contrast was given; its pictures look so.")
    elif seen.kinds[PLAIN] >= limits.against:
        cautions.append("The file says that contrast was given, but its pictures hardly show it.")
    cautions += [
        text for name, text in ARTEFACTS.items() if seen.artefacts[name] >= limits.artefact
    ]
    return tuple(cautions)


def _contradiction(told: Told, seen: Seen, sure: float) -> str:
    if seen.kinds[_unlike(seen)] < sure:
        return ""
    source = "its name" if told.by_name else "its header"
    return f"{source} says T1, but its pictures look like {LOOKS[_unlike(seen)]}; {TRAINED}"


def _unlike(seen: Seen) -> str:
    others = {name: value for name, value in seen.kinds.items() if name not in {PLAIN, ENHANCED}}
    return max(others, key=lambda name: others[name])


def _contrast(told: Told, seen: Seen, limits: Limits) -> str:
    """Return why contrast is not believed in a T1 series, where no clear tag says it was given."""
    if told.given and seen.kinds[PLAIN] < limits.against:
        return ""
    if seen.kinds[ENHANCED] >= limits.enhanced:
        return ""
    if told.given:
        return f"its name says that contrast was given, but its pictures do not show it; {TRAINED}"
    return f"nothing says or clearly shows that a contrast agent was given; {TRAINED}"


def _looks_like(seen: Seen, limits: Limits) -> str:
    kind = _unlike(seen)
    if seen.kinds[kind] >= limits.recognised:
        return f"its pictures look like {LOOKS[kind]}; {TRAINED}"
    if seen.kinds[kind] > seen.weighted_t1:
        return f"its pictures look more like {LOOKS[kind]} than T1; {TRAINED}"
    unsaid = "neither the header nor the description says which sequence this is"
    return f"{unsaid}, and its pictures are not clearly T1; {TRAINED}"
