"""Wrong versions of right sentences, made by rule: what a gate must refuse on this machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

Mutator = Callable[[str], str]


def _swapped(pairs: Mapping[str, str]) -> Mutator:
    """A mutator that puts one word for another, both ways at once."""
    form = re.compile(rf"\b({'|'.join(map(re.escape, pairs))})\b")
    return lambda text: form.sub(lambda match: pairs[match[0]], text)


def _both(*pairs: tuple[str, str]) -> dict[str, str]:
    return {**dict(pairs), **{right: left for left, right in pairs}}


def _denied(text: str) -> str:
    """The first verb turned round."""
    turned = re.sub(r"\b(is|are|was|does|has|can|may) not\b", r"\1", text, count=1)
    if turned != text:
        return turned
    turned = re.sub(r"\bno (?=[a-z])", "a ", text, count=1)
    if turned != text:
        return turned
    return re.sub(r"\b(is|are|was|has|can|may)\b", r"\1 not", text, count=1)


def _number(text: str) -> str:
    return re.sub(r"\d+", lambda match: str(int(match[0]) * 2 + 3), text, count=1)


def _unit(text: str) -> str:
    return _swapped({"mm": "cm", "weeks": "months", "days": "weeks", "months": "years",
                     "percent": "mm"})(text)  # fmt: skip


def _added(words: str) -> Mutator:
    return lambda text: f"{text[:-1]} {words}."


MUTATORS: tuple[tuple[str, Mutator], ...] = (
    ("side", _swapped(_both(("left", "right")))),
    ("number", _number),
    ("unit", _unit),
    ("denial", _denied),
    ("degree", _swapped(_both(("small", "large"), ("smaller", "larger"), ("wider", "narrower")))),
    ("age", _swapped(_both(("old", "new")))),
    ("place", _swapped({"frontal": "temporal", "parietal": "occipital", "temporal": "frontal",
                        "cerebellum": "brainstem", "thalamus": "cerebellum",
                        "hippocampus": "thalamus", "pituitary": "thyroid"})),
    ("finding", _swapped({"meningioma": "glioma", "glioma": "metastasis", "stroke": "bleeding",
                          "cyst": "tumour", "cavernoma": "aneurysm", "tumour": "cyst",
                          "microadenoma": "meningioma", "growth": "cancer",
                          "scar": "tumour"})),
    ("specialty", _swapped({"neurosurgery": "neurology", "neurology": "oncology",
                            "endocrinology": "cardiology"})),
    ("certainty", _swapped({"may": "will", "can": "does", "suspects": "found",
                            "possible": "certain"})),
    ("confirmation", lambda text: re.sub(r"\bnot yet confirmed\b", "confirmed", text)),
    ("alarm", _added("and this is dangerous")),
    ("comfort", _added("and you need not worry")),
    ("cancer", _added("and it may be cancer")),
    ("drug", _added("and you should take dexamethasone")),
    ("urgency", _added("and you must see a doctor today")),
)  # fmt: skip


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Each wrong version of a sentence, with what is wrong in it."""
    for name, mutate in MUTATORS:
        wrong = mutate(source)
        if wrong != source:
            yield name, wrong
