"""What the negations of a sentence deny, clause by clause, and what they leave.

A negation reaches the first things named after it, or else before it, and no other clause. What
is only the opposite of something else is taken as that: "not blocked" is open, "not certain"
unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.guarding.tokens import BOUNDARY, NEGATION, Token
from assistant.guarding.vocabulary import Vocabulary

DENIABLE = frozenset({"thing", "degree", "certainty", "confirmation", "act"})
_STATES = frozenset({"certainty", "confirmation"})


@dataclass(frozen=True, slots=True)
class Denial:
    """What is denied and what is not.

    ``turned`` are meanings that were only denied and became their opposites, ``opposites`` these;
    ``count`` is how many negations are left then. ``bare`` counts the negations that deny nothing
    the vocabulary knows, ``near`` are the stems about them.
    """

    denied: frozenset[str]
    affirmed: frozenset[str]
    turned: frozenset[str]
    opposites: frozenset[str]
    words: tuple[str, ...]
    bare: int
    near: frozenset[str]


@dataclass(slots=True)
class _Found:
    denied: set[str]
    affirmed: set[str]
    turned: set[str]
    opposites: set[str]
    words: list[str]
    bare: int
    near: set[str]


def denial(tokens: Sequence[Token], known: Vocabulary) -> Denial:
    """What the negations of a sentence deny."""
    found = _Found(set(), set(), set(), set(), [], 0, set())
    for clause in clauses(tokens, known):
        _read_clause(clause, known, found)
    return Denial(
        denied=frozenset(found.denied),
        affirmed=frozenset(found.affirmed | found.opposites),
        turned=frozenset(found.turned - found.denied - found.affirmed),
        opposites=frozenset(found.opposites),
        words=tuple(found.words),
        bare=found.bare,
        near=frozenset(found.near),
    )


def _read_clause(clause: Sequence[Token], known: Vocabulary, found: _Found) -> None:
    places = [i for i, token in enumerate(clause) if token.kind == NEGATION]
    hit = set[int]()
    for position in places:
        reached = _denied_by(clause, position, known)
        named = {clause[i].meaning for i in reached}
        state = _turned(clause, position, reached, known) if len(places) == 1 else ""
        if state:
            found.turned.add(state)
            found.affirmed |= named - {state}
            found.opposites.add(known.opposites[state])
        else:
            found.denied |= named
            found.words.append(clause[position].word)
        hit |= reached
        found.bare += not reached
        if not reached:
            found.near |= {one.stem for one in clause if not known.is_neutral(one.word)}
    found.affirmed |= {
        token.meaning for i, token in enumerate(clause) if i not in hit and _deniable(token, known)
    }


def _turned(clause: Sequence[Token], position: int, reached: set[int], known: Vocabulary) -> str:
    """The denied meaning that may become its opposite: alone, or in "no large one is open"."""
    states = [i for i in sorted(reached) if clause[i].meaning in known.opposites]
    if len(states) != 1:
        return ""
    others = reached - {states[0]}
    verb = any(one.word in known.grammar["auxiliaries"] for one in clause[position : states[0]])
    apart = all(clause[i].kind == "degree" and i < states[0] for i in others) and verb
    return clause[states[0]].meaning if not others or apart else ""


def clauses(tokens: Sequence[Token], known: Vocabulary) -> Iterator[list[Token]]:
    """The parts of a sentence that a negation does not reach across."""
    clause: list[Token] = []
    asked = False
    for position, token in enumerate(tokens):
        ends = token.kind == BOUNDARY or _opens(tokens, position, known)
        asks = token.word in known.grammar["asks"] or (
            token.word in known.grammar["that"] and not position
        )
        if ends or asks or (token.word == "," and (asked or _is_opened(clause, known))):
            yield from _question_and_answer(clause, known) if asked else (clause,)
            clause, asked = [token] if _is_opened([token], known) else [], asks
        else:
            clause.append(token)
    yield from _question_and_answer(clause, known) if asked else (clause,)


def _is_opened(clause: Sequence[Token], known: Vocabulary) -> bool:
    """Whether a clause begins with "because" or "if", so that a comma ends it."""
    return bool(clause) and clause[0].word in known.grammar["opening"]


def _opens(tokens: Sequence[Token], position: int, known: Vocabulary) -> bool:
    """Whether a comma or an "and" is followed by a new subject or verb."""
    token = tokens[position]
    if token.word != "," and token.word not in known.grammar["joins"]:
        return False
    after = [one.word for one in tokens[position + 1 : position + 3]]
    if after and after[0] in known.grammar["joins"]:
        after = after[1:]
    return bool(after) and after[0] in known.grammar["subjects"]


def _question_and_answer(clause: list[Token], known: Vocabulary) -> Iterator[list[Token]]:
    """Cut before the verb that is denied, as in "why it hurts" and "is not known"."""
    denied = [i for i, one in enumerate(clause) if one.kind == NEGATION]
    verbs = [
        i
        for i, one in enumerate(clause[: denied[0]] if denied else ())
        if one.word in known.grammar["auxiliaries"]
    ]
    cut = verbs[-1] if verbs else len(clause)
    yield clause[:cut]
    if cut < len(clause):
        yield clause[cut:]


def _denied_by(clause: Sequence[Token], position: int, known: Vocabulary) -> set[int]:
    """Where in a clause stands what a negation denies: after it, or else before it."""
    before, after = list(range(position)), list(range(position + 1, len(clause)))
    left = clause[position].word in known.grammar["negates_left"]
    if _is_none_of(clause, position, known):
        after = _said_of_them(clause, after, known)
    if stated := _denied_state(clause, position, known):
        return stated
    for part in (before, after) if left else (after, before):
        if found := _first_things(clause, part, known):
            return found | _state_of_large(clause, found, known)
    passed = (i for i in (*after, *before) if clause[i].meaning in known.grammar["passed_on"])
    return {*passed}


def _denied_state(clause: Sequence[Token], position: int, known: Vocabulary) -> set[int]:
    """Where "no stroke was confirmed" or "proves no stroke" denies the verb, not the stroke."""
    before = clause[position - 1].meaning if position else ""
    if before in known.grammar["proving"]:
        return {position - 1}
    for later in range(position + 1, len(clause)):
        token = clause[later]
        if token.word == "," or token.word in known.grammar["that"]:
            break
        if token.meaning in known.grammar["established"]:
            return {later}
    if any(_deniable(one, known) for one in clause[position + 1 :]):
        return set()
    sure = known.grammar["established"] | known.grammar["sure"]
    return {*[i for i in range(position) if clause[i].meaning in sure][-1:]}


def _state_of_large(clause: Sequence[Token], found: set[int], known: Vocabulary) -> set[int]:
    """The state after the verb where only its size was reached: "no large one is blocked"."""
    if any(clause[i].kind != "degree" for i in found):
        return set()
    verb = next(
        (
            i
            for i in range(max(found), len(clause))
            if clause[i].word in known.grammar["auxiliaries"]
        ),
        len(clause),
    )
    states = (i for i in range(verb, len(clause)) if clause[i].meaning in known.opposites)
    return {*[*states][:1]}


def _is_none_of(clause: Sequence[Token], position: int, known: Vocabulary) -> bool:
    """Whether a negation is that of "none of the spots"."""
    token, after = clause[position], clause[position + 1 : position + 2]
    return token.word in known.grammar["none"] and any(
        one.word in known.grammar["of"] for one in after
    )


def _said_of_them(clause: Sequence[Token], after: list[int], known: Vocabulary) -> list[int]:
    """What is said of the things none of which it is true of, as in "none of them is active"."""
    verb = next((i for i in after if clause[i].word in known.grammar["auxiliaries"]), None)
    if verb is not None:
        return [i for i in after if i > verb]
    named = [i for i in after if clause[i].kind in DENIABLE]
    return named[1:]


def _first_things(clause: Sequence[Token], part: Sequence[int], known: Vocabulary) -> set[int]:
    """The first things named, with what is listed beside them; not what they are of or in.

    What is not certain or not confirmed is only that, not the thing in question; what is not
    likely is the thing.
    """
    found = set[int]()
    for position in part:
        token = clause[position]
        near = clause[max(0, position - 2) : position]
        listed = any(one.word in known.grammar["alternatives"] for one in near)
        ends = token.word in known.grammar["prepositions"] | known.grammar["affirms"]
        if found and ends and not listed:
            break
        if not _deniable(token, known) or token.meaning in known.grammar["passed_on"]:
            continue
        if token.kind in _STATES and not found:
            return {position}
        if token.kind not in _STATES:
            found.add(position)
        if found and token.word.rpartition(" ")[2] in known.grammar["prepositions"]:
            break
    return found


def _deniable(token: Token, known: Vocabulary) -> bool:
    return token.kind in DENIABLE and token.meaning not in known.optional
