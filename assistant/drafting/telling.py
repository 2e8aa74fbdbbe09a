"""The parts of an explanation: what was found, what it means, what is not known, and more."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.drafting.citing import cite, from_passage
from assistant.drafting.facts import Facts, Lesion, Since, Told
from assistant.drafting.placing import where_found, where_stated
from assistant.drafting.plain_words import PlainWords
from assistant.drafting.reading.stances import Stance
from assistant.drafting.reading.vocabulary import GROWTHS, NAMELESS
from assistant.guarding.lexicon import words as words_in
from assistant.knowledge.language import language_of
from assistant.knowledge.shipped import passage, passages
from assistant.records import Citation, Report, Sentence

_GLOSSARY = ("contrast", "oedema", "midline-shift", "biopsy", "ventricles", "white-matter", "lobes")
_ADDED = {Stance.SUSPECTED: "not_sure", Stance.PROVEN: "proven", Stance.KNOWN: "known"}


def found(facts: Facts, words: PlainWords) -> list[Sentence]:
    """What is there, where and how large; what is not; or that nothing was marked."""
    told = _lesions(facts, words)
    for one in _besides(facts):
        told += _condition(one, words)
    if not told:
        told = _nothing(facts, words)
    if facts.denied:
        nouns = [words.conditions[one.condition].noun for one in facts.denied]
        text = words.say["denied"].format(things=words.listed(nouns, alternatives=True))
        cited = tuple(dict.fromkeys(one.citation for one in facts.denied))
        told.append(Sentence(text, cited, topic="found"))
    told += _denied_in_general(facts, words)
    if facts.rest_normal is not None:
        told.append(Sentence(words.say["rest_normal"], (facts.rest_normal,), topic="found"))
    return told


def _denied_in_general(facts: Facts, words: PlainWords) -> list[Sentence]:
    """That there is no lesion, beside something that is there: in the doctor's words alone."""
    said = words.say["impression"]
    return [
        Sentence(said.format(quote=words.quoted(one.quote)), (one,), topic="quote")
        for one in facts.general
        if one not in facts.quotes
    ]


def _lesions(facts: Facts, words: PlainWords) -> list[Sentence]:
    """The findings the doctor accepted."""
    if not facts.lesions:
        return []
    told = []
    if len(facts.lesions) > 1:
        every = tuple(lesion.citation for lesion in facts.lesions)
        text = words.say["count_lesions"].format(count=len(facts.lesions))
        told.append(Sentence(text, every, topic="found"))
    told += [Sentence(_shown(one, words), (one.citation,), topic="found") for one in facts.lesions]
    confirmed = words.say["confirmed"]
    told.append(Sentence(confirmed, (facts.lesions[0].citation,), topic="found"))
    return [*told, *(_since(one, words) for one in facts.since)]


def _shown(lesion: Lesion, words: PlainWords) -> str:
    """The sentences that say what the scan shows of one lesion."""
    where = where_found(lesion.where, lesion.side, words)
    text = words.say["lesion"].format(where=where)
    return f"{text} {words.say['size'].format(size=lesion.size)}" if lesion.size else text


def _since(since: Since, words: PlainWords) -> Sentence:
    """What became of a finding since a scan of a known date."""
    key = f"since_{since.course.value}" if since.course else "since_unseen"
    text = words.say[key].format(date=words.day(since.date))
    return Sentence(text, (since.citation,), topic="found")


def _besides(facts: Facts) -> tuple[Told, ...]:
    """The conditions to tell here: all, or those that are not the kind of an accepted finding."""
    if not facts.lesions:
        return facts.held
    return tuple(one for one in facts.held if one.condition not in GROWTHS | NAMELESS)


def _condition(told: Told, words: PlainWords) -> list[Sentence]:
    """One condition: that it is there, how surely, where, how large, and whether it changed."""
    said, details = words.conditions[told.condition], told.details
    texts = [said.maybe if told.stance is Stance.SUSPECTED else said.sure]
    if added := _ADDED.get(told.stance):
        texts.append(words.say[added])
    if where := where_stated(details.side, details.places, words):
        texts.append(words.say["where_text"].format(where=where))
    if details.size:
        number, _, unit = details.size.rpartition(" ")
        texts.append(words.say["size_text"].format(size=f"{words.number(number)} {unit}"))
    if details.count:
        texts.append(words.say["count_text"].format(count=details.count))
    if details.course is not None:
        texts.append(words.say[f"change_{details.course.value}"])
    return [Sentence(" ".join(texts), (told.citation,), topic="found")]


def _nothing(facts: Facts, words: PlainWords) -> list[Sentence]:
    """That the doctor calls the scan normal, or marked nothing on it."""
    if facts.normal is not None:
        text = words.conditions["normal"].sure
        return [Sentence(text, (facts.normal,), topic="found")]
    if facts.affirmed or facts.open or facts.left or facts.absence is None:
        return []
    return [Sentence(words.say["no_lesion"], (facts.absence,), topic="found")]


def meaning(facts: Facts, words: PlainWords) -> list[Sentence]:
    """What it means, and what kind it is only as far as the doctor's own impression says so."""
    told = []
    if facts.lesions:
        told.append(from_passage("lesion", words.language, topic="meaning"))
        told += _kind(facts, words)
    if facts.open and not (facts.lesions and told[1:]):
        text = words.say["what_it_could_be"]
        told.append(Sentence(text, facts.open, topic="meaning"))
    said = dict.fromkeys(words.conditions[one.condition].passage for one in _besides(facts))
    told += [from_passage(one, words.language, topic="meaning") for one in said]
    if not told and not facts.left and not facts.affirmed:
        told.append(from_passage("no-lesion", words.language, topic="meaning"))
    return told


def _kind(facts: Facts, words: PlainWords) -> list[Sentence]:
    """The kind of the accepted findings, if the impression holds to exactly one."""
    kinds = facts.kinds
    if len(kinds) == 1 and not facts.open:
        kind = kinds[0]
        said = words.conditions[kind.condition]
        form = "may_be" if kind.stance is Stance.SUSPECTED else "calls_it"
        texts = [words.say[form].format(kind=said.noun)]
        if kind.stance in {Stance.PROVEN, Stance.KNOWN}:
            texts.append(words.say[kind.stance.value])
        return [
            Sentence(" ".join(texts), (kind.citation,), topic="meaning"),
            from_passage(said.passage, words.language, topic="meaning"),
        ]
    if kinds or facts.open:
        cited = facts.open or tuple(one.citation for one in kinds)
        return [Sentence(words.say["what_it_could_be"], cited, topic="meaning")]
    return []


def unknown(facts: Facts, words: PlainWords) -> list[Sentence]:
    """What the scan does not tell, and what of the doctor's words was not told here."""
    told = []
    if facts.lesions:
        if not facts.kinds and not facts.open and not _besides(facts):
            cited = facts.impression[:1] or (facts.lesions[0].citation,)
            told.append(Sentence(words.say["kind_unknown"], cited, topic="unknown"))
        elif len(facts.kinds) > 1 and not facts.open:
            cited = tuple(one.citation for one in facts.kinds)
            told.append(Sentence(words.say["kind_unknown"], cited, topic="unknown"))
    if facts.lesions or any(one.condition in GROWTHS for one in facts.held):
        told.append(from_passage("scan-limits", words.language, topic="unknown"))
    if facts.left:
        told.append(Sentence(words.say["more_words"], facts.left, topic="unknown"))
    return told


def computer(facts: Facts, words: PlainWords) -> list[Sentence]:
    """What the machine marked and the doctor rejected."""
    told = []
    for lesion in facts.rejected:
        size = words.say["rejected_size"].format(size=lesion.size) if lesion.size else ""
        where = where_found(lesion.where, lesion.side, words)
        text = words.say["rejected"].format(size=size, where=where)
        told.append(Sentence(text, (lesion.citation,), topic="computer"))
    return told


def quotes(facts: Facts, words: PlainWords) -> list[Sentence]:
    """The doctor's own words, unchanged: the impression, then what was added later."""
    told = []
    for source in dict.fromkeys(one.source for one in facts.quotes):
        key = "addendum" if source.startswith("report:Addendum") else "impression"
        cited = tuple(one for one in facts.quotes if one.source == source)
        said = " ".join(one.quote for one in cited)
        text = words.say[key].format(quote=words.quoted(said))
        told.append(Sentence(text, cited, topic="quote"))
        written = language_of(said, default=words.language)
        if written != words.language:
            text = words.say["other_language"].format(language=words.languages[written])
            told.append(Sentence(text, cited[:1], topic="quote"))
    return told


def questions(facts: Facts, words: PlainWords) -> list[Sentence]:
    """Questions a patient may take along."""
    key, source = "no_lesion", "no-lesion"
    if facts.lesions or any(one.condition in GROWTHS for one in facts.held):
        key, source = "lesion", "scan-limits"
    elif facts.held or facts.open or facts.affirmed:
        key, source = "finding", "report"
    cited: tuple[Citation, ...] = (cite(passage(source, language=words.language)),)
    return [
        Sentence(words.say["question"].format(question=one), cited, topic="question")
        for one in words.questions[key]
    ]


def glossary(report: Report, told: Sequence[Sentence], words: PlainWords) -> list[Sentence]:
    """Passages for hard words of findings or impression that were not told already."""
    text = " ".join(
        report.section(title) for title in ("Findings", "Befund", "Impression", "Beurteilung")
    )
    said = set(words_in(text))
    shown = {citation.source for one in told for citation in one.citations}
    hard = []
    for passage_id in _GLOSSARY:
        one = passage(passage_id, language=words.language)
        keywords = {
            keyword
            for language in ("en", "de")
            for known in passages(language)
            if known.id == passage_id
            for keyword in known.keywords
        }
        if said & keywords and one.cited_as not in shown:
            explained = words.say["glossary"].format(title=one.title, text=one.text)
            hard.append(Sentence(explained, (cite(one),), topic="word"))
    return hard
