"""Words the program itself uses: a report may use them too, whatever a dictionary says."""

from __future__ import annotations

from functools import cache
from importlib import resources

from assistant.drafting.macros import shipped
from assistant.drafting.templates import templates
from assistant.guarding.lexicon import CONCEPTS, KINDS, SIDES, SPECIALTIES, UNITS
from assistant.knowledge.shipped import passages
from assistant.spelling.words import words_of


@cache
def known_words() -> frozenset[str]:
    """Return the words of medicine shipped beside the dictionary, and those of the own texts."""
    listed = resources.files("resources.spelling").joinpath("medical.txt").read_text("utf-8")
    texts = [f"{one.title}\n{one.text}" for one in passages()]
    texts += [one.title for one in templates()]
    texts += [line for one in templates() for lines in one.sections.values() for line in lines]
    texts += shipped().values()
    found = {word for text in texts for _, word in words_of(text.translate(_WITHOUT_BRACES))}
    for lexicon in (CONCEPTS, SIDES, SPECIALTIES, UNITS):
        found |= {form for form in lexicon if form.isalpha()}
    found |= {form for forms in KINDS.values() for form in forms.split()}
    return frozenset(found) | frozenset(listed.split())


_WITHOUT_BRACES = str.maketrans("{}", "  ")
