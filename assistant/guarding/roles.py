"""Who is who in a sentence: which side is compared with which, which number was then, who did it.

Every role is read on its own, so that the order of words may change where the roles do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.guarding.tokens import BOUNDARY, FAMILY, NEGATION, Quantity, Token
from assistant.guarding.vocabulary import Vocabulary

MAIN, THEN, NOW, OF, PART = "main", "then", "now", "of", "part"
STANDARD, DENIED = "standard", "denied"
PERSON, MATTER = "person", "matter"
_NOUNS = frozenset({"thing", "place"})
_PERSONS = frozenset({"actor", "specialty"})
_NEAR = 3
_ACROSS = ("long", "wide", "thick", "high")

Roles = tuple[tuple[str, str], ...]
"""Names with their roles, in the order of the sentence."""


@dataclass(frozen=True, slots=True)
class Cast:
    """The roles in one sentence.

    ``sides`` and ``numbers`` (by dimension) are there where there are several. ``measured`` are
    the papers and persons that a length is said of ("the report is 11 mm"). ``doers`` says who
    did what where two act; ``acting`` which noun a verb is done by, ``suffering`` to which;
    ``under`` which noun stands under a preposition. ``changing`` which noun is said to be larger,
    smaller or the same, ``standard`` is the time compared with,
    ``compared`` are the years and days after "than" or "since"; ``alone`` says whether "only"
    is said of a person or of a matter.
    """

    sides: Roles
    numbers: tuple[tuple[str, Roles], ...]
    rising: str
    measured: frozenset[str]
    doers: frozenset[tuple[str, str]]
    acting: frozenset[tuple[str, str]]
    suffering: frozenset[tuple[str, str]]
    under: frozenset[tuple[str, str]]
    changing: frozenset[tuple[str, str]]
    standard: str
    compared: frozenset[float]
    alone: frozenset[str]


def cast_of(
    tokens: Sequence[Token], quantities: Sequence[tuple[Quantity, int]], known: Vocabulary
) -> Cast:
    """Every role in a sentence."""
    acting = [*_voices(tokens, known)]
    numbers = tuple(_numbers(tokens, quantities, known))
    return Cast(
        sides=_sides(tokens, known),
        numbers=numbers,
        rising=_rising(numbers),
        measured=frozenset(_measured(tokens, quantities, known)),
        doers=frozenset(_doers(tokens, known)),
        acting=frozenset((verb, who) for verb, who, _ in acting if who),
        suffering=frozenset((verb, whom) for verb, _, whom in acting if whom),
        under=frozenset(_under(tokens, known)),
        changing=frozenset(_changing(tokens, known)),
        standard=_standard_time(tokens, known),
        compared=frozenset(_compared(tokens, quantities, known)),
        alone=frozenset(_alone(tokens)),
    )


def same_roles(before: Roles, after: Roles) -> bool:
    """Whether several of a kind have the roles they had, or else stand in the same order."""
    told, then = dict(before), dict(after)
    if told.keys() != then.keys():
        return False
    ordered = [*told] == [*then]
    if any(_apart(told[name], then[name], ordered=ordered) for name in told):
        return False
    sure = [name for name in told if told[name] == then[name] != MAIN]
    return ordered or len(sure) >= max(1, len(told) - 1)


def _apart(one: str, other: str, *, ordered: bool) -> bool:
    """Whether two roles cannot be those of one thing; nothing said may be then, now or a part."""
    if one == other:
        return False
    silent = {THEN, NOW, OF, PART, *_ACROSS} if ordered else {THEN, NOW}
    if ordered and {one, other} <= silent and len({one, other} & {THEN, NOW}) == 1:
        return False
    return MAIN not in {one, other} or bool({one, other} - {MAIN} - silent)


def exchanged(before: Cast, after: Cast) -> bool:
    """Whether two nouns changed places: under a preposition, or as who does and who suffers."""
    if {*before.alone, *after.alone} == {PERSON, MATTER} and before.alone != after.alone:
        return True
    if before.acting & after.suffering or before.suffering & after.acting:
        return True
    for change, noun in before.changing:
        others = {one for name, one in after.changing if name == change}
        if others and noun not in others and _knows(after, noun) and _all_known(before, others):
            return True
    lost, added = before.under - after.under, after.under - before.under
    return any(
        relation == other
        and relation
        and (relation, second) not in before.under
        and _named_elsewhere(first, after)
        and _named_elsewhere(second, before)
        for relation, first in lost
        for other, second in added
    )


def _knows(cast: Cast, noun: str) -> bool:
    """Whether a sentence names a noun."""
    return any(one == noun for _, one in cast.under)


def _all_known(cast: Cast, nouns: set[str]) -> bool:
    return all(_knows(cast, one) for one in nouns)


def _named_elsewhere(noun: str, cast: Cast) -> bool:
    """Whether a noun stands in a sentence otherwise than lost: free, or under another word."""
    return _knows(cast, noun)


def _sides(tokens: Sequence[Token], known: Vocabulary) -> Roles:
    """Left and right with what each is: compared with, denied, or neither."""
    found = [(i, one.meaning) for i, one in enumerate(tokens) if one.kind == "side"]
    if len({name for _, name in found}) < 2:
        return ()
    roles: dict[str, str] = {}
    for position, name in found:
        role = _side_role(tokens, position, known)
        if roles.get(name, MAIN) == MAIN:
            roles[name] = role
    return tuple(roles.items())


def _side_role(tokens: Sequence[Token], position: int, known: Vocabulary) -> str:
    for before in range(position - 1, max(-1, position - 2 - _NEAR), -1):
        token = tokens[before]
        if token.word == "," or token.kind in {BOUNDARY, "side"}:
            break
        if token.word in known.grammar["than"]:
            return STANDARD
        if token.kind == NEGATION and position - before <= _NEAR:
            return DENIED
    return MAIN


def _numbers(
    tokens: Sequence[Token], quantities: Sequence[tuple[Quantity, int]], known: Vocabulary
) -> Iterator[tuple[str, Roles]]:
    """The numbers of each dimension that has several, with what each is: then, now, of how many."""
    for dimension in sorted({one for (_, one), _ in quantities}):
        told = [(str(value), at) for (value, one), at in quantities if one == dimension]
        if len({value for value, _ in told}) < 2:
            continue
        if dimension == "date":
            yield dimension, tuple((value, MAIN) for value, _ in told)
            continue
        across = [_dimension_named(tokens, at, known) for _, at in told]
        if all(across) and len(set(across)) == len(told):
            yield dimension, tuple(zip((value for value, _ in told), across, strict=True))
            continue
        roles = [(value, _number_role(tokens, at, known)) for value, at in told]
        yield dimension, tuple(_settled_roles(roles))


def _settled_roles(roles: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Then and now only beside one another; of how many and how many of them likewise."""
    named = {role for _, role in roles}
    if named == {OF, NOW}:
        roles, named = [(value, THEN if role == OF else role) for value, role in roles], {THEN, NOW}
    for value, role in roles:
        if (role == THEN and NOW not in named) or (role == NOW and THEN not in named):
            yield value, MAIN
        elif role != OF and OF in named:
            yield value, PART
        elif role != PART and PART in named and len(roles) == 2:
            yield value, OF
        else:
            yield value, role


def _number_role(tokens: Sequence[Token], position: int, known: Vocabulary) -> str:
    near = [one.word for one in tokens[max(0, position - _NEAR) : position]]
    after = [one.word for one in tokens[position + 1 : position + 3]]
    last = near[-1] if near else ""
    if any(one in known.grammar["of_these"] for one in (*after, " ".join(after))):
        return PART
    for role, words in ((OF, "of_how_many"), (THEN, "up_from"), (NOW, "up_to_now")):
        if last in known.grammar[words] or (role == OF and words_end(near, known.grammar[words])):
            return role
    if any(one in known.grammar["than"] for one in near):
        return STANDARD
    if any(one.kind == NEGATION for one in tokens[max(0, position - 1) : position]):
        return DENIED
    segment = _segment(tokens, position, known)
    told = {
        role
        for role, words in ((THEN, "then"), (NOW, "now"))
        if any(one.word in known.grammar[words] for one in segment)
    }
    return told.pop() if len(told) == 1 else MAIN


def _dimension_named(tokens: Sequence[Token], position: int, known: Vocabulary) -> str:
    """Long, thick or high, where a number is said to be that."""
    near = [one.word for one in tokens[max(0, position - 2) : position]]
    for role in _ACROSS:
        if near[1:] and near[1] in known.grammar["of"] and near[0] in known.grammar[f"is_{role}"]:
            return role
    for token in tokens[position + 1 : position + 2 + _NEAR]:
        if token.word == "," or token.kind == BOUNDARY or token.word in known.grammar["joins"]:
            return ""
        for role in _ACROSS:
            if any(one in known.grammar[f"is_{role}"] for one in token.word.split()):
                return role
    return ""


def words_end(near: Sequence[str], words: frozenset[str]) -> bool:
    """Whether the last two words are one entry, as in "of the" five."""
    return " ".join(near[-2:]) in words


def _segment(tokens: Sequence[Token], position: int, known: Vocabulary) -> Sequence[Token]:
    """The part between commas, "and" and the like that a word stands in."""

    def ends(one: Token) -> bool:
        return (
            one.word == ","
            or one.kind in {BOUNDARY, NEGATION}
            or one.word in known.grammar["joins"]
        )

    first = next((i + 1 for i in range(position - 1, -1, -1) if ends(tokens[i])), 0)
    last = next((i for i in range(position + 1, len(tokens)) if ends(tokens[i])), len(tokens))
    return tokens[first:last]


def _rising(numbers: tuple[tuple[str, Roles], ...]) -> str:
    """Whether what was then is now more ("growing") or less ("shrinking"), told in numbers."""
    for dimension, roles in numbers:
        values = {role: float(name) for name, role in roles if role in {THEN, NOW}}
        if dimension != "date" and len(values) == 2 and len(roles) == 2:
            return "growing" if values[NOW] > values[THEN] else "shrinking"
    return ""


def _measured(
    tokens: Sequence[Token], quantities: Sequence[tuple[Quantity, int]], known: Vocabulary
) -> Iterator[str]:
    """Papers, pictures and persons that are themselves said to be so and so long."""
    for (_, dimension), position in quantities:
        if dimension not in {"length", "volume"}:
            continue
        for at in range(position - 1, max(-1, position - 2 - _NEAR), -1):
            if tokens[at].word == ",":
                break
            if tokens[at].stem in known.papers and _is_subject(tokens, at, known):
                between = {one.word for one in tokens[at + 1 : position]}
                if between & known.grammar["copulas"]:
                    yield tokens[at].stem


def _is_subject(tokens: Sequence[Token], position: int, known: Vocabulary) -> bool:
    """Whether no preposition governs a noun."""
    near = [one.word for one in tokens[max(0, position - 2) : position]]
    return not any(one in known.grammar["relations"] for one in near)


def _under(tokens: Sequence[Token], known: Vocabulary) -> Iterator[tuple[str, str]]:
    """Each noun with the preposition it stands under, or with none."""
    relation, left = "", 0
    for token in tokens:
        if token.word in known.grammar["relations"]:
            relation, left = token.word, _NEAR + 1
            continue
        left -= 1
        name = token.meaning if token.kind in _NOUNS | {"actor"} else ""
        timed = token.kind == FAMILY and (left <= 0 or _times(relation, known))
        if token.stem in known.papers or timed:
            name = token.stem
        if token.meaning in known.grammar["events"]:
            name = token.meaning
        if name in known.opposites:
            continue
        if name:
            yield (relation if left > 0 else ""), name
            relation = ""


def _times(relation: str, known: Vocabulary) -> bool:
    """Whether a preposition tells what comes first: "after the fall"."""
    return relation in known.grammar["before_and_after"]


def _voices(tokens: Sequence[Token], known: Vocabulary) -> Iterator[tuple[str, str, str]]:
    """Each verb that is done by one thing to another, with both, where they can be told."""
    nouns = [
        i
        for i, one in enumerate(tokens)
        if (one.kind in _NOUNS or one.meaning in known.grammar["nouns_too"])
        and one.meaning not in known.optional
    ]
    if len({tokens[i].meaning for i in nouns}) < 2:
        return
    yield from _being(tokens, nouns, known)
    for at, token in enumerate(tokens):
        verb = token.meaning or token.stem
        if verb not in known.transitive:
            continue
        agents = [i for i in nouns if i and _by(tokens, i, known)]
        if agents:
            others = [tokens[i].meaning for i in nouns if i < agents[0] and i != at]
            yield verb, tokens[agents[0]].meaning, others[0] if others else ""
        elif not known.grammar["word_order"]:
            yield from ((verb, who, whom) for who, whom in _by_case(tokens, nouns, known))
        else:
            before = [i for i in nouns if i < at and _is_subject(tokens, i, known)]
            after = [i for i in nouns if i > at]
            if not before or not after or _passive(tokens, at, known):
                continue
            who, whom = tokens[before[0]].meaning, tokens[after[0]].meaning
            turned = token.word in known.grammar["from_whom"]
            yield (verb, whom, who) if turned else (verb, who, whom)


def _being(
    tokens: Sequence[Token], nouns: Sequence[int], known: Vocabulary
) -> Iterator[tuple[str, str, str]]:
    """What is said to be what: "a glioma is a tumour" is not "a tumour is a glioma"."""
    for at in range(1, len(tokens) - 1):
        is_a = tokens[at].word in known.grammar["being"]
        if not is_a or tokens[at + 1].word not in known.grammar["one"]:
            continue
        before = [i for i in nouns if i < at and _is_subject(tokens, i, known)]
        after = [i for i in nouns if i > at]
        if before and after:
            yield tokens[at].stem, tokens[before[0]].meaning, tokens[after[0]].meaning


def _by_case(
    tokens: Sequence[Token], nouns: Sequence[int], known: Vocabulary
) -> Iterator[tuple[str, str]]:
    """Who acts and who suffers, where the articles tell: "den Nerv", or "der Nerv" at first."""
    named = [i for i in nouns if tokens[i].meaning not in known.transitive]
    free = [i for i in named if _is_subject(tokens, i, known)]
    article = {i: {one.word for one in tokens[max(0, i - 2) : i]} for i in free}
    suffering = [i for i in free if article[i] & known.grammar["accusative"]]
    acting = [i for i in free if i <= 2 and article[i] & known.grammar["nominative"]]
    who = acting or [i for i in free if i not in suffering][: 1 if suffering else 0]
    for one in who[:1]:
        others = [i for i in suffering or free if i != one]
        yield tokens[one].meaning, tokens[others[0]].meaning if others else ""


def _by(tokens: Sequence[Token], position: int, known: Vocabulary) -> bool:
    near = [one.word for one in tokens[max(0, position - _NEAR - 1) : position]]
    return any(one in known.grammar["by"] for one in near)


def _passive(tokens: Sequence[Token], position: int, known: Vocabulary) -> bool:
    word = tokens[position].word
    near = [one.word for one in tokens[max(0, position - 2) : position]]
    return word.endswith(("ed", "en")) and any(one in known.grammar["copulas"] for one in near)


def _doers(tokens: Sequence[Token], known: Vocabulary) -> Iterator[tuple[str, str]]:
    """Who did what, where more than one is named: after "by" or "of", or else named before."""
    actors = [i for i, one in enumerate(tokens) if one.kind in _PERSONS]
    if len({tokens[i].meaning for i in actors}) < 2:
        return
    objects = {i for i in actors if _is_object(tokens, i, known)}
    owned = set[int]()
    for act in (i for i, one in enumerate(tokens) if one.stem in known.acts):
        after = [i for i in actors if act < i <= act + 4]
        if after and tokens[act + 1].word in known.grammar["of"]:
            owned.add(after[0])
            yield tokens[after[0]].meaning, tokens[act].stem
            continue
        named = [i for i in actors if i < act and i not in owned]
        if tokens[act].kind == "modality":
            named = [i for i in named if tokens[i].kind == "actor"]
        by = [i for i in named if _by(tokens, i, known)]
        free = [i for i in named if i not in objects and not _owns(tokens, i, known)]
        before = by or free or named
        yield from ((tokens[i].meaning, tokens[act].stem) for i in before[-1:])


def _is_object(tokens: Sequence[Token], position: int, known: Vocabulary) -> bool:
    """Whether an article shows that somebody is not who acts: "den Chirurgen"."""
    near = [one.word for one in tokens[max(0, position - 1) : position]]
    return any(one in known.grammar["accusative"] for one in near)


def _owns(tokens: Sequence[Token], position: int, known: Vocabulary) -> bool:
    """Whether an actor only says whose something is: "the result of the computer"."""
    near = [one.word for one in tokens[max(0, position - 2) : position]]
    return any(one in known.grammar["genitives"] for one in near)


def _standard_time(tokens: Sequence[Token], known: Vocabulary) -> str:
    """Whether the time that is compared with, after "than", is then or now."""
    at = next((i for i, one in enumerate(tokens) if one.word in known.grammar["than"]), None)
    if at is None:
        return ""
    told = [one.word for one in tokens[at + 1 : at + 1 + 2 * _NEAR]]
    told = told[: told.index(",")] if "," in told else told
    then, now = (any(one in known.grammar[words] for one in told) for words in ("then", "now"))
    return (NOW if now else THEN) if then != now else ""


def _changing(tokens: Sequence[Token], known: Vocabulary) -> Iterator[tuple[str, str]]:
    """Each change with the noun before it that no preposition governs, in its part."""
    for position, token in enumerate(tokens):
        if token.meaning not in known.grammar["changes"]:
            continue
        for at in range(position - 1, -1, -1):
            if tokens[at].kind == BOUNDARY:
                break
            named = tokens[at].kind in _NOUNS and tokens[at].meaning not in known.optional
            if named and _is_subject(tokens, at, known):
                yield token.meaning, tokens[at].meaning
                break


def _alone(tokens: Sequence[Token]) -> Iterator[str]:
    """Whether "only" stands before a person or a matter; nothing where it stands last."""
    for position, token in enumerate(tokens):
        if token.meaning != "only":
            continue
        for one in tokens[position + 1 : position + 1 + _NEAR]:
            if one.kind in _PERSONS | _NOUNS:
                yield PERSON if one.kind in _PERSONS else MATTER
                break


def _compared(
    tokens: Sequence[Token], quantities: Sequence[tuple[Quantity, int]], known: Vocabulary
) -> Iterator[float]:
    """The years and days that something is compared with, or that it has been so since."""
    for (value, dimension), position in quantities:
        near = tokens[max(0, position - _NEAR - 2) : position]
        if dimension == "date" and any(
            one.word in known.grammar["than"] or one.meaning == "since" for one in near
        ):
            yield value
