"""Wrong versions of right German sentences, to try the gate with."""

from __future__ import annotations

import re

from tests.assistant.mutants import Mutator, add, swap, times

MUTATORS: dict[str, Mutator] = {
    "side swapped": swap(
        linken="rechten", rechten="linken", links="rechts", beiden_Seiten="der linken Seite"
    ),
    "number changed": times,
    "unit changed": lambda text: text.replace(" mm", " cm"),
    "time changed": swap(Wochen="Monaten", Monaten="Wochen"),
    "negation dropped": lambda text: re.sub(r"\b(?:nicht|noch nicht) ", "", text),
    "kein dropped": lambda text: re.sub(r"\bkein(en|e|er)?\b", r"ein\1", text),
    "negation added": lambda text: re.sub(
        r"\b(zeigt|vermutet|empfiehlt|ist|misst)\b", r"\1 nicht", text, count=1
    ),
    "finding swapped": swap(
        Gliom="Meningeom", Meningeom="Gliom", Zyste="Blutung", Geschwulst="Zyste", Narbe="Metastase"
    ),
    "cancer added": add(", und das ist Krebs"),
    "malignant": lambda text: re.sub(
        r"\beine (L\w+|Geschwulst|Narbe)", r"eine bösartige \1", text, count=1
    ),
    "surer": swap(könnte="wird", möglicherweise="sicher", wahrscheinlich="sicher"),
    "confirmation dropped": swap(bestätigt="gesehen"),
    "confirmation added": add(", und das ist bestätigt"),
    "rejection undone": lambda text: text.replace("keine echte", "eine echte"),
    "urgent": lambda text: text.replace("einen Termin", "einen dringenden Termin"),
    "not urgent": lambda text: text.replace("dringenden ", ""),
    "specialty swapped": swap(Neurologie="Onkologie", Neurochirurgie="Psychiatrie"),
    "drug added": add(" und nehmen Sie Aspirin"),
    "surgery added": add(" und Sie brauchen eine Operation"),
    "comfort added": add(", machen Sie sich keine Sorgen"),
    "harmless": add(" und das ist harmlos"),
    "alarm added": add(" und das ist gefährlich"),
    "death added": add(" und das ist tödlich"),
    "anatomy swapped": swap(Scheitellappen="Stirnlappen", Stirnlappen="Schläfenlappen"),
    "invented cause": add(" wegen eines seltenen Gendefekts"),
    "actor swapped": swap(Computerprogramm="Krankenhaus", Arzt="Computer", Computer="Arzt"),
    "older": swap(alte="neue", neuer="alter"),
    "question": lambda text: f"{text[:-1]}?",
    "mark-up": lambda text: f"**{text}**",
}


def mutants(sources: list[str]) -> list[tuple[str, str, str]]:
    """Every (name, source, wrong sentence) that a mutator really changed."""
    made = [(name, one, mutate(one)) for name, mutate in MUTATORS.items() for one in sources]
    return [(name, source, wrong) for name, source, wrong in made if wrong != source]
