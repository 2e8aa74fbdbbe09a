"""The next step: what the report asks for; else a rule with its source; else to talk about it."""

from __future__ import annotations

from assistant.drafting.citing import cite
from assistant.drafting.facts import Facts
from assistant.drafting.plain_words import PlainWords
from assistant.drafting.recommendation import RULES, Recommendation
from assistant.knowledge.shipped import passage
from assistant.records import Citation, Sentence


def next_step(facts: Facts, words: PlainWords) -> tuple[Sentence, str]:
    """The sentence and the specialty to book with (empty if none is named)."""
    asked = facts.recommendations
    visit = next((one for one in asked if one.specialty), None)
    scan = next((one for one in asked if one.scan), None)
    if visit is not None or scan is not None:
        return _asked(visit, scan, words), visit.specialty if visit else ""
    kinds = [one.condition for one in facts.held if one.condition in RULES]
    if len(kinds) == 1 and not facts.open:
        return _by_rule(kinds[0], facts, words)
    plain = not facts.lesions and not facts.held
    key = "next_talk" if plain else "next_talk_step"
    return Sentence(words.say[key], facts.quotes[:1] or _decided(facts)), ""


def _decided(facts: Facts) -> tuple[Citation, ...]:
    return tuple(one.citation for one in facts.lesions[:1])


def _asked(
    visit: Recommendation | None, scan: Recommendation | None, words: PlainWords
) -> Sentence:
    """What the report asks for, each time with its own request."""
    cited = tuple(
        dict.fromkeys(
            Citation(one.source, one.sentence) for one in (visit, scan) if one is not None
        )
    )
    scan_name = words.say[f"scan_{scan.scan}" if scan and scan.scan != "scan" else "scan"]
    if visit is None and scan is not None:
        text = words.say["next_scan"].format(scan=scan_name, when=_when(scan, words))
        return Sentence(text, cited)
    assert visit is not None  # noqa: S101 - one of the two is there
    said = {
        "visit": words.say["visit_urgent" if visit.urgent else "visit"],
        "specialty": words.specialties[visit.specialty],
        "when": _when(visit, words),
    }
    if scan is None:
        return Sentence(words.say["next_visit"].format(**said), cited)
    when_scan = "" if scan is visit else _when(scan, words)
    text = words.say["next_both"].format(**said, scan=scan_name, when_scan=when_scan)
    return Sentence(text, cited)


def _by_rule(kind: str, facts: Facts, words: PlainWords) -> tuple[Sentence, str]:
    rule = RULES[kind]
    source = passage(rule.passage, language=words.language)
    text = words.say["next_rule"].format(
        rule=source.text, specialty=words.specialties[rule.specialty]
    )
    held = next(one for one in facts.held if one.condition == kind)
    return Sentence(text, (cite(source), held.citation)), rule.specialty


def _when(asked: Recommendation, words: PlainWords) -> str:
    """The time as the report gives it."""
    if not asked.within:
        return ""
    return words.say[asked.term.value].format(time=spoken_time(asked.within, words))


def spoken_time(within: str, words: PlainWords) -> str:
    """A time such as "2 weeks" or "3-6 months" in this language."""
    amount, _, unit = within.partition(" ")
    single, several = words.units[unit.removesuffix("s")]
    if amount == "1":
        one = words.feminine if words.feminine and single.endswith("e") else words.one
        return f"{one} {single}"
    first, dash, last = amount.partition("-")
    number = words.span.format(first=first, last=last) if dash else amount
    return f"{number} {several}"
