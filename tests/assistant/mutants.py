"""Wrong versions of right sentences, and right ones in other words, to try the gate with."""

from __future__ import annotations

import re
from collections.abc import Callable

Mutator = Callable[[str], str]


def swap(**pairs: str) -> Mutator:
    """Replaces whole words at once, so that left and right can trade places."""
    known = {key.replace("_", " "): value for key, value in pairs.items()}
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, known))})\b")
    return lambda text: pattern.sub(lambda match: known[match[0]], text)


def add(end: str) -> Mutator:
    """Appends words before the last full stop."""
    return lambda text: f"{text[:-1]}{end}."


def times(text: str) -> str:
    return re.sub(r"\d+", lambda match: str(int(match[0]) * 3 + 1), text, count=1)


def tenth(text: str) -> str:
    return re.sub(r"(\d+) mm", r"\1 cm", text)


MUTATORS: dict[str, Mutator] = {
    "side swapped": swap(left="right", right="left"),
    "side dropped": lambda text: re.sub(r"\b(?:left|right) ", "", text),
    "side added": lambda text: (
        text.replace("scan shows", "scan shows on the left side")
        if "left" not in text and "right" not in text
        else text
    ),
    "both sides": swap(left="both", right="both"),
    "number changed": times,
    "number dropped": lambda text: re.sub(r" \d+ mm", " some", text),
    "number added": add(" and it is 12 mm deep"),
    "unit changed": tenth,
    "time changed": swap(weeks="months", days="weeks"),
    "negation dropped": lambda text: re.sub(r"\b(is|are|does|did|can|could) not\b", r"\1", text),
    "negation added": lambda text: re.sub(
        r"\b(shows|has confirmed|suggests|is found|marked|looked)\b", r"never \1", text, count=1
    ),
    "finding swapped": swap(
        glioma="meningioma", meningioma="glioma", lesion="cyst", pituitary="thyroid"
    ),
    "finding dropped": swap(glioma="thing", meningioma="thing", lesion="thing", spot="thing"),
    "cancer added": add(", which is cancer"),
    "malignant": lambda text: re.sub(
        r"\b(lesion|growth|glioma|spot)\b", r"malignant \1", text, count=1
    ),
    "spread": add(" and it has spread"),
    "surer": lambda text: text.replace("may be", "is").replace("thinks it is", "has proven it is"),
    "definitely": lambda text: re.sub(r"\b(is|shows)\b", r"definitely \1", text, count=1),
    "less sure": lambda text: text.replace("calls it", "thinks it may be"),
    "confirmation dropped": swap(confirmed="seen"),
    "confirmation added": add(" and this is confirmed"),
    "rejection undone": lambda text: text.replace("is not a real", "is a real"),
    "urgent": lambda text: text.replace("a visit", "an urgent visit"),
    "not urgent": lambda text: text.replace("an urgent visit", "a visit"),
    "at once": add(" immediately"),
    "specialty swapped": swap(
        neurosurgery="oncology", neurology="psychiatry", endocrinology="neurology"
    ),
    "drug added": add(" and take aspirin"),
    "dose added": add(" and take a tablet of 5 mg"),
    "surgery added": add(" and you need surgery"),
    "comfort added": add(", so do not worry"),
    "harmless": add(" and it is harmless"),
    "good news": lambda text: f"Good news: {text}",
    "alarm added": add(" and this is serious"),
    "death added": add(" and it is fatal"),
    "anatomy swapped": swap(
        frontal="occipital", parietal="temporal", temporal="frontal", base="top"
    ),
    "another organ": lambda text: text.replace("scan", "lung scan", 1),
    "invented cause": add(" because of a rare genetic condition"),
    "invented history": add(", as your mother told us"),
    "actor swapped": swap(doctor="computer program", computer="doctor"),
    "smaller": lambda text: re.sub(r"\ba (lesion|growth|spot)\b", r"a tiny \1", text, count=1),
    "larger": lambda text: re.sub(r"\ba (lesion|growth|spot)\b", r"a huge \1", text, count=1),
    "many": swap(a_lesion="several lesions", a_spot="many spots"),
    "echo": lambda text: f"{text} {text} {text}",
    "cut short": lambda text: " ".join(text.split()[:3]) + ".",
    "first person": lambda text: f"I think {text[0].lower()}{text[1:]}",
    "question": lambda text: f"{text[:-1]}?",
    "mark-up": lambda text: f"**{text}**",
    "link": add(" see http://example.org"),
}


def mutants(sources: list[str]) -> list[tuple[str, str, str]]:
    """Every (name, source, wrong sentence) that a mutator really changed."""
    made = []
    for name, mutate in MUTATORS.items():
        for source in sources:
            wrong = mutate(source)
            if wrong != source:
                made.append((name, source, wrong))
    return made


PARAPHRASES: tuple[tuple[str, str], ...] = (
    (
        "Your MRI scan shows a lesion in the right frontal lobe.",
        "The MRI scan shows a lesion in the right frontal lobe.",
    ),
    (
        "Your MRI scan shows a lesion in the right frontal lobe.",
        "A lesion was found in the right frontal lobe on your MRI scan.",
    ),
    (
        "Your MRI scan shows a lesion in the left temporal lobe.",
        "There is a lesion in the left temporal lobe on your scan.",
    ),
    ("It is 34 mm wide at its widest place.", "At its widest place it is 34 mm wide."),
    ("It is 34 mm wide at its widest place.", "It measures 34 mm at its widest place."),
    (
        "Your doctor has looked at the pictures and has confirmed this.",
        "Your doctor looked at the pictures and confirmed this.",
    ),
    (
        "Your doctor has looked at the pictures and has confirmed this.",
        "This was confirmed by your doctor, who looked at the pictures.",
    ),
    ("Your doctor thinks it may be a glioma.", "Your doctor thinks this may be a glioma."),
    ("Your doctor thinks it may be a glioma.", "It may be a glioma, your doctor thinks."),
    ("Your doctor calls it a meningioma.", "It is called a meningioma by your doctor."),
    (
        "That is a growth of the thin layers that cover the brain.",
        "This is a growth of the thin layers covering the brain.",
    ),
    (
        "That is a growth of a small gland at the base of the brain.",
        "It is a growth of a small gland located at the base of the brain.",
    ),
    ("More tests may be needed to know.", "To know, more tests may be needed."),
    (
        "It often can not show for sure what kind it is.",
        "Often it can not show for sure what kind this is.",
    ),
    (
        "It is not yet known what kind of lesion it is.",
        "What kind of lesion it is, is not known yet.",
    ),
    (
        "It is not yet known what kind of lesion it is.",
        "The kind of lesion is not yet known.",
    ),
    (
        "The computer marked a spot of 9 mm in the left temporal lobe.",
        "A spot of 9 mm in the left temporal lobe was marked by the computer.",
    ),
    (
        "The computer marked a spot of 9 mm in the left temporal lobe.",
        "The computer program marked a 9 mm spot in the left temporal lobe.",
    ),
    (
        "Your doctor checked it and found that it is not a real lesion.",
        "Your doctor checked this and found it is not a real lesion.",
    ),
    (
        "Your doctor checked it and found that it is not a real lesion.",
        "It is not a real lesion, your doctor found after checking it.",
    ),
    (
        "Your doctor suggests a visit to neurosurgery within 2 weeks.",
        "Within 2 weeks, your doctor suggests a visit to neurosurgery.",
    ),
    (
        "Your doctor suggests a visit to neurosurgery within 2 weeks.",
        "A visit to neurosurgery within two weeks is what your doctor suggests.",
    ),
    (
        "Your doctor suggests an urgent visit to neurology within 3 days.",
        "Your doctor suggests that you go to neurology for an urgent visit within 3 days.",
    ),
    (
        "Please talk with your doctor about this result.",
        "Please talk about this result with your doctor.",
    ),
    ("A lesion can have many causes.", "Many causes can lead to a lesion."),
)
