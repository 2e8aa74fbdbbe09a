"""Parts of the bench over the forty reports: explanations, and answers to questions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import mean

from assistant.records import Reply, Report, Sentence
from assistant.wishes import ReplyKind
from tests.bench.assistant import claims, data, readability, scoring, tracing
from tests.bench.assistant.claims import claim
from tests.bench.assistant.driver import Assistant
from tests.bench.assistant.scoring import Row
from tests.bench.assistant.topics import is_about

LANGUAGES = ("en", "de")
_GOAL_KINDS = frozenset({"number", "side", "finding", "negation", "certainty"})
_NO_CLAIM = {
    *(ReplyKind.EMERGENCY, ReplyKind.ASK, ReplyKind.REFUSAL),
    *(ReplyKind.SLOTS, ReplyKind.CHOSEN, ReplyKind.VISITS),
}
"""Replies that tell nothing of a report; times are compared with the clinic's own elsewhere."""
_NAMES = {"en": "English", "de": "German"}


def explaining(assistant: Assistant) -> list[Row]:
    """Violations in every explanation, and how hard it is to read beside its report."""
    rows: list[Row] = []
    wrong: list[tracing.Violation] = []
    for language in LANGUAGES:
        told = {name: _told(assistant, report, language) for name, report in data.reports().items()}
        found = [
            one for name, said in told.items() for one in tracing.check(said, data.reports()[name])
        ]
        wrong += found
        many = sum(len(said) for said in told.values())
        rows += _violations("explain", f"{_NAMES[language]} explanations", found, many)
        rows.append(_uncited(told.values(), language))
        rows += _readable(told, language)
        if language == "de":
            rows.append(_german(told))
    scoring.keep("explanation-violations", wrong)
    return rows


def _told(assistant: Assistant, report: Report, language: str) -> tuple[Sentence, ...]:
    explained = assistant.explain(report, language)
    last = (explained.next_step,) if explained.next_step else ()
    return (*explained.sentences, *last)


def _violations(part: str, where: str, found: Sequence[tracing.Violation], of: int) -> list[Row]:
    kinds = Counter(one.kind for one in found)
    bad = sum(many for kind, many in kinds.items() if kind in _GOAL_KINDS)
    split = ", ".join(f"{kind} {many}" for kind, many in sorted(kinds.items())) or "none"
    rows = [
        scoring.count(
            part, f"violations in {where} (number, side, negation, finding, certainty)", bad, of
        )
    ]
    other = sum(kinds.values()) - bad
    rows.append(Row(part, f"other untraced things in {where}", f"{other}; by kind: {split}"))
    return rows


def _uncited(told: object, language: str) -> Row:
    every = [one for said in told for one in said]  # type: ignore[attr-defined]
    cited = sum(bool(one.citations) for one in every)
    return scoring.share(
        "explain", f"{_NAMES[language]} sentences with a citation", cited, len(every), least=1.0
    )


def _readable(told: dict[str, tuple[Sentence, ...]], language: str) -> list[Row]:
    """Our own words only: what is quoted from the doctor is not ours to simplify."""
    ours = {name: _own_words(said) for name, said in told.items()}
    graded = [readability.grade(text, language) for text in ours.values() if text]
    theirs = [
        readability.grade(" ".join(part.text for part in one.sections), "en")
        for one in data.reports().values()
    ]
    whole = [
        readability.grade(" ".join(one.text for one in said), language) for said in told.values()
    ]
    name = {"en": "Flesch-Kincaid grade", "de": "Wiener Sachtextformel 1"}[language]
    beside = f"; with quotes {mean(whole):.1f}; reports (English) {mean(theirs):.1f}"
    figure = f"mean {mean(graded):.1f}, worst {max(graded):.1f}{beside}"
    met = max(graded) <= 6.0
    rows = [Row("explain", f"{name} of {_NAMES[language]} explanations", figure, "<= 6 each", met)]
    if language == "de":
        easy = [readability.ease(text) for text in ours.values() if text]
        rows.append(
            Row(
                "explain",
                "Flesch reading ease after Amstad",
                f"mean {mean(easy):.0f}, worst {min(easy):.0f}",
            )
        )
    return rows


def _german(told: dict[str, tuple[Sentence, ...]]) -> Row:
    """Whether what is called German is: a German word of every day in each own sentence."""
    own = [tracing.QUOTED.sub("", one.text).lower() for said in told.values() for one in said]
    german = sum(bool(claims.found(_EVERYDAY, text)) for text in own)
    what = "sentences of German explanations that are German"
    return scoring.share("explain", what, german, len(own), least=1.0)


_EVERYDAY = r"der|die|das|ein|eine|ist|sind|nicht|und|ihr|ihre|sie|im|von|für|auf|hat|wird|zu|es"


def _own_words(said: Sequence[Sentence]) -> str:
    return " ".join(tracing.QUOTED.sub("", one.text) for one in said if one.topic != "quote")


def asking(assistant: Assistant) -> list[Row]:
    """Every question over its report: the right kind, the right source, nothing untraced."""
    failed, wrong, every = [], [], 0
    right: dict[str, list[bool]] = {}
    for row in data.rows("questions"):
        report = data.reports()[row["report"]]
        reply = assistant.ask(row["text"], report, row["language"])
        kinds = {row["kind"], *(one.partition(":")[0] for one in row.get("also", ()))}
        ok = any(_is(kind, reply, row, report, assistant) for kind in kinds)
        name = row["kind"] + (f" ({row['scope']})" if "scope" in row else "")
        right.setdefault(name, []).append(ok)
        right.setdefault(f"all, {_NAMES[row['language']]}", []).append(ok)
        if row["kind"] == "refusal":
            right.setdefault("refusal or 'I do not know'", []).append(_not_answered(reply))
        if not ok:
            failed.append(
                {**row, "reply": reply.kind, "said": [one.text for one in reply.sentences]}
            )
        if reply.kind not in _NO_CLAIM:
            every += len(reply.sentences)
            wrong += tracing.check(reply.sentences, report)
    scoring.keep("questions", failed)
    scoring.keep("answer-violations", wrong)
    rows = [
        scoring.share("ask", name, sum(hits), len(hits), least=_GOALS.get(name))
        for name, hits in sorted(right.items())
    ]
    return [*_violations("ask", "answers", wrong, every), *rows, _instead(failed)]


def _instead(failed: list[data.Row]) -> Row:
    """What came instead of an answer that the report or the passages hold."""
    kinds = Counter(str(one["reply"]) for one in failed if one["kind"].startswith("answer_from"))
    figure = ", ".join(f"{kind} {many}" for kind, many in kinds.most_common()) or "nothing"
    return Row("ask", "instead of the wanted answer (answer: another one)", figure)


_GOALS = {f"refusal ({one})": 1.0 for one in ("treatment", "outlook", "other_person", "rules")}


def _not_answered(reply: Reply) -> bool:
    return reply.kind in {ReplyKind.REFUSAL, ReplyKind.UNKNOWN}


def _is(kind: str, reply: Reply, row: data.Row, report: Report, assistant: Assistant) -> bool:
    """Whether a reply is of that kind, from the right source."""
    if kind == "answer_from_report":
        return any(_holds(gold, reply, report) for gold in row.get("gold", _advice(report)))
    if kind == "answer_from_knowledge":
        return any(
            is_about(row.get("topic", ""), one)
            for said in reply.sentences
            for one in said.citations
        )
    if kind == "next_step":
        return _tells_next_step(reply, report, assistant, row["language"])
    expected = {
        "explanation": {ReplyKind.EXPLANATION},
        "unknown": {ReplyKind.UNKNOWN},
        "refusal": {ReplyKind.REFUSAL},
        "booking": {ReplyKind.SLOTS, ReplyKind.CHOSEN},
        "small_talk": {ReplyKind.CHAT},
    }[kind]
    return reply.kind in expected


def _advice(report: Report) -> list[str]:
    said = re.search(r"Recommendation: (.*)", report.section("Impression"))
    return claims.sentences(said[1]) if said else []


def _holds(gold: str, reply: Reply, report: Report) -> bool:
    """Whether a gold sentence is quoted or cited, or its numbers and sides are said."""
    if reply.kind not in {ReplyKind.ANSWER, ReplyKind.EXPLANATION}:
        return False
    plain = tracing.plain(gold)
    for said in reply.sentences:
        sources = [one for one in said.citations if one.source.startswith("report:")]
        if sources and any(
            plain in tracing.plain(text) for text in (said.text, *(c.quote for c in sources))
        ):
            return True
        meant, told = claim(gold), claim(said.text)
        numbers = meant.numbers & told.numbers and meant.numbers <= told.numbers
        if sources and numbers and meant.sides <= told.sides | {"both"}:
            return True
    return False


def _tells_next_step(reply: Reply, report: Report, assistant: Assistant, language: str) -> bool:
    """Whether the step is the report's: its advice cited, or the explanation's own next step."""
    if reply.kind is not ReplyKind.ANSWER:
        return False
    advice = [tracing.plain(one) for one in _advice(report)]
    cited = [tracing.plain(one.quote) for said in reply.sentences for one in said.citations]
    if any(one in quote for one in advice for quote in cited):
        return True
    step = assistant.explain(report, language).next_step
    return step is not None and step.text in {one.text for one in reply.sentences}
