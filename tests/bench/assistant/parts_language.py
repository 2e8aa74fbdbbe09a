"""Parts of the bench over single messages: intents, wishes, red flags, and the gate."""

from __future__ import annotations

from collections import Counter

from assistant.guarding.red_flags import Verdict
from assistant.records import Report
from assistant.wishes import Act, ReplyKind
from tests.bench.assistant import data, scoring
from tests.bench.assistant.driver import Assistant
from tests.bench.assistant.mutate import Mutant, mutants
from tests.bench.assistant.scoring import Row
from tests.bench.assistant.slots import SLOTS, verdicts

_OF_KIND = {
    "explanation": "explain",
    "answer_from_report": "question",
    "answer_from_knowledge": "question",
    "unknown": "question",
    "refusal": "refusal",
    "next_step": "next step",
    "booking": "book",
    "small_talk": "small talk",
}
_OF_REPLY = {
    ReplyKind.EMERGENCY: "emergency",
    ReplyKind.ASK: "emergency",
    ReplyKind.REFUSAL: "refusal",
    ReplyKind.EXPLANATION: "explain",
    ReplyKind.CHAT: "small talk",
}
_NAMES = {"en": "English", "de": "German"}


def routing(assistant: Assistant) -> list[Row]:
    """What each message is taken for, by the chain of emergency, scope and intent."""
    cases = [*_questions(), *_scheduling(), *_emergencies()]
    failed = []
    hits: dict[str, list[bool]] = {}
    for text, language, wanted, source in cases:
        said, unsure = _decided(assistant, text, language)
        right = said in wanted
        shown = _replied(assistant, text, language, data.reports()["R01"]) in wanted
        hits.setdefault("as the reply shows it (end to end)", []).append(shown)
        hits.setdefault("all", []).append(right)
        hits.setdefault(_NAMES[language], []).append(right)
        hits.setdefault(f"of {source}", []).append(right)
        if not right:
            failed.append({"text": text, "wanted": sorted(wanted), "said": said, "unsure": unsure})
    scoring.keep("intents", failed)
    confused = Counter(f"{'/'.join(one['wanted'])} -> {one['said']}" for one in failed)
    most = ", ".join(f"{name} {many}" for name, many in confused.most_common(5)) or "none"
    rows = [
        scoring.share(
            "route",
            f"intent accuracy, {name}",
            sum(one),
            len(one),
            least=0.93 if name == "all" else None,
        )
        for name, one in hits.items()
    ]
    unsure = sum(one["unsure"] for one in failed)
    return [
        *rows,
        Row("route", "most common confusions", most),
        Row("route", "wrong, and said to be unsure (buttons)", f"{unsure} of {len(failed)}"),
    ]


Case = tuple[str, str, frozenset[str], str]


def _questions() -> list[Case]:
    def wanted(row: data.Row) -> frozenset[str]:
        kinds = [row["kind"], *(one.partition(":")[0] for one in row.get("also", ()))]
        return frozenset(_OF_KIND[one] for one in kinds)

    return [
        (one["text"], one["language"], wanted(one), "questions") for one in data.rows("questions")
    ]


def _scheduling() -> list[Case]:
    def wanted(row: data.Row) -> frozenset[str]:
        return frozenset({"book" if row["intent"] == "availability" else row["intent"]})

    return [
        (one["text"], one["language"], wanted(one), "scheduling") for one in data.rows("scheduling")
    ]


def _emergencies() -> list[Case]:
    rows = (one for one in data.rows("red_flags") if one["emergency"])
    return [(one["text"], one["language"], frozenset({"emergency"}), "emergencies") for one in rows]


_OF_ACT = {Act.MOVE: "reschedule", Act.CANCEL: "cancel", Act.SEE: "appointments", Act.BOOK: "book"}


def _decided(assistant: Assistant, text: str, language: str) -> tuple[str, bool]:
    """What the chain takes a message for, and whether it says that it is unsure.

    An unsure one is counted as what it is likeliest; the reply to it shows buttons.
    """
    if assistant.emergency(text, language) is not Verdict.NONE:
        return "emergency", False
    if assistant.refuses(text, language):
        return "refusal", False
    routed = assistant.route(text, language)
    return routed.intent.value, not routed.sure


def _replied(assistant: Assistant, text: str, language: str, report: Report) -> str:
    """What a message was taken for, as the reply to it shows."""
    reply = assistant.ask(text, report, language)
    if reply.kind in _OF_REPLY:
        return _OF_REPLY[reply.kind]
    if reply.kind in {ReplyKind.SLOTS, ReplyKind.VISITS, ReplyKind.CHOSEN}:
        return _OF_ACT[reply.topic.act] if reply.topic else "book"
    step = assistant.explain(report, language).next_step
    told = {one.text for one in reply.sentences}
    return "next step" if step is not None and step.text in told else "question"


def scheduling(assistant: Assistant) -> list[Row]:
    """Day, time, doctor and specialty of each wish."""
    hits: dict[str, list[bool]] = {name: [] for name in (*SLOTS, "all", "whole", "en", "de")}
    failed = []
    for row in data.rows("scheduling"):
        read = assistant.wish(row["text"], row["language"])
        found = verdicts(row, read)
        for name, right in found.items():
            for one in (name, "all", row["language"]):
                hits[one].append(right)
        hits["whole"].append(all(found.values()))
        if not all(found.values()):
            failed.append(
                {**row, "read": str(read), "wrong": [name for name in found if not found[name]]}
            )
    scoring.keep("slots", failed)
    names = {
        "all": "slot accuracy, all",
        "whole": "utterances with every slot right",
        "en": "slot accuracy, English",
        "de": "slot accuracy, German",
    }
    return [
        scoring.share(
            "slots",
            names.get(name, f"slot: {name}"),
            sum(one),
            len(one),
            least=0.9 if name == "all" else None,
        )
        for name, one in hits.items()
    ]


def red_flags(assistant: Assistant) -> list[Row]:
    """Emergencies seen, and harmless messages taken for one.

    To ask "Is this happening now?" with the number beside it counts as seen, and as an alarm.
    """
    told = data.rows("red_flags")
    seen = {one["id"]: assistant.emergency(one["text"], one["language"]) for one in told}
    alarm = {name: verdict is not Verdict.NONE for name, verdict in seen.items()}
    rows = []
    for language in ("", "en", "de"):
        name = _NAMES.get(language, "all")
        real, harmless = (
            [
                alarm[one["id"]]
                for one in told
                if one["emergency"] is kind and language in {"", one["language"]}
            ]
            for kind in (True, False)
        )
        rows.append(scoring.share("red flags", f"recall, {name}", sum(real), len(real), least=1.0))
        what = f"false alarms on near misses, {name}"
        rows.append(scoring.share("red flags", what, sum(harmless), len(harmless), most=0.08))
    scoring.keep("red-flags", [one for one in told if alarm[one["id"]] != one["emergency"]])
    rows.append(_outright(told, seen))
    return [*rows, _ordinary(assistant)]


def _outright(told: tuple[data.Row, ...], seen: dict[str, Verdict]) -> Row:
    """How many are called an emergency without a question first."""
    sure = Counter(one["emergency"] for one in told if seen[one["id"]] is Verdict.EMERGENCY)
    figure = f"{sure[True]} emergencies, {sure[False]} near misses"
    return Row("red flags", "called an emergency without asking", figure)


def _ordinary(assistant: Assistant) -> Row:
    """False alarms where nobody would think of an emergency."""
    messages = [
        (one["text"], one["language"])
        for name in ("questions", "scheduling")
        for one in data.rows(name)
    ]
    alarms = sum(assistant.emergency(*one) is not Verdict.NONE for one in messages)
    what = "false alarms on the questions and wishes"
    return scoring.share("red flags", what, alarms, len(messages), most=0.08)


_SETS = {"paraphrases": "first set", "paraphrases_later": "later set"}
"""The first was read by the gate's author after its first figures; README says when."""


def gate(assistant: Assistant) -> list[Row]:
    """Wrong sentences kept off the screen, faithful ones let through, by set."""
    return [row for name in _SETS for row in _gate(assistant, name)]


def _gate(assistant: Assistant, name: str) -> list[Row]:
    said = data.rows(name)
    wrong = mutants([(one["language"], one["source"], one["paraphrase"]) for one in said])
    passed = [one for one in wrong if assistant.faithful(one.source, one.text, one.language)]
    refused = [
        one
        for one in said
        if not assistant.faithful(one["source"], one["paraphrase"], one["language"])
    ]
    scoring.keep(f"gate-let-through-{name}", passed)
    scoring.keep(f"gate-refused-{name}", refused)
    kept = len(wrong) - len(passed)
    title = _SETS[name]
    rows = [
        scoring.share("gate", f"{title}: wrong mutants rejected", kept, len(wrong), least=0.995)
    ]
    for language in ("en", "de"):
        of, through = (sum(one.language == language for one in group) for group in (wrong, passed))
        what = f"{title}: wrong mutants rejected, {_NAMES[language]}"
        rows.append(scoring.share("gate", what, of - through, of))
    rows.append(Row("gate", f"{title}: let through, by kind", _by_kind(passed)))
    kept = len(said) - len(refused)
    what = f"{title}: faithful paraphrases accepted"
    rows.append(scoring.share("gate", what, kept, len(said), least=0.95))
    for language in ("en", "de"):
        of, no = (sum(one["language"] == language for one in group) for group in (said, refused))
        rows.append(scoring.share("gate", f"{what}, {_NAMES[language]}", of - no, of))
    return rows


def _by_kind(passed: list[Mutant]) -> str:
    many = Counter(one.kind for one in passed).most_common(8)
    return ", ".join(f"{kind} {number}" for kind, number in many) or "none"
