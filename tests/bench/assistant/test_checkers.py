"""The bench's own checkers go red on a broken answer, and stay green on a true one."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.records import Citation, Sentence
from tests.bench.assistant import data, mutation_words, readability, scoring
from tests.bench.assistant.claims import claim
from tests.bench.assistant.mutate import mutants
from tests.bench.assistant.mutate_second import wrong_variants
from tests.bench.assistant.parts_by_hand import SETS, rows, wrong_sentences
from tests.bench.assistant.slots import Read, verdicts
from tests.bench.assistant.tracing import check

REPORT = data.as_report(
    {
        "id": "T1",
        "sections": [
            {
                "name": "Findings",
                "text": "There is a 21 mm mass in the left frontal lobe. "
                "No haemorrhage. A second focus may be a metastasis.",
            },
            {"name": "Impression", "text": "Left frontal meningioma. No midline shift."},
            {"name": "Recommendation", "text": "Neurosurgical consultation within 2 weeks."},
        ],
        "findings": [
            {
                "verdict": "accepted",
                "label": "meningioma",
                "side": "left",
                "location": "frontal lobe",
                "size_mm": 21.0,
                "probability": 0.9,
            }
        ],
    }
)
CITED = (Citation("report:Impression", "Left frontal meningioma."),)


def wrongs(text: str, citations: tuple[Citation, ...] = CITED) -> set[str]:
    return {one.kind for one in check([Sentence(text, citations)], REPORT)}


@pytest.mark.parametrize(
    "text",
    [
        "Your scan shows a growth in the left frontal lobe. It is 21 mm wide.",
        "Ihre Aufnahme zeigt ein Gewächs im linken Stirnlappen. Es ist 2,1 cm groß.",
        "There is no bleeding.",
        "Eine Blutung ist nicht zu sehen.",
        "Another spot may be a metastasis.",
        "Your doctor suggests a visit to neurosurgery within 14 days.",
        'Your doctor wrote: "Left frontal meningioma. No midline shift."',
        "Your doctor has confirmed this.",
    ],
)
def test_what_the_report_says_passes(text: str) -> None:
    assert wrongs(text) == set()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("It is 12 mm wide.", "number"),
        ("It is 21 cm wide.", "number"),
        ("Your scan shows a growth in the right frontal lobe.", "side"),
        ("Ihre Aufnahme zeigt ein Gewächs im rechten Stirnlappen.", "side"),
        ("Your scan shows a glioma.", "finding"),
        ("Ihre Aufnahme zeigt eine Zyste.", "finding"),
        ("Your scan shows bleeding.", "negation"),
        ("There is no meningioma.", "negation"),
        ("Es liegt kein Meningeom vor.", "negation"),
        ("Your doctor did not mark any lesion.", "negation"),
        ("The spot is a metastasis.", "certainty"),
        ("It may be a meningioma.", "certainty"),
        ("Es ist vielleicht ein Meningeom.", "certainty"),
        ("The growth is in the thalamus.", "place"),
        ("Please see cardiology.", "specialty"),
        ("The growth is harmless.", "judgement"),
        ("Es ist Krebs.", "judgement"),
        ("You need an operation.", "judgement"),
        ("The doctor found that the mark is not a real lesion.", "confirmation"),
        ('Your doctor wrote: "Left frontal glioma, large and growing."', "quote"),
    ],
)
def test_what_the_report_does_not_say_is_seen(text: str, kind: str) -> None:
    assert kind in wrongs(text)


def test_a_citation_that_stands_nowhere_is_seen() -> None:
    cited = (Citation("report:Impression", "Right frontal meningioma."),)
    assert "citation" in wrongs("Your scan shows a meningioma.", cited)
    invented = (Citation("knowledge:meningioma", "A meningioma is always harmless."),)
    assert "citation" in wrongs("A meningioma is a growth.", invented)


def test_a_claim_without_any_citation_is_seen() -> None:
    assert "uncited" in wrongs("Your scan shows a growth on the left.", ())


def test_a_denial_reaches_no_further_than_its_clause() -> None:
    read = claim("There is no bleeding, but a cyst is present.").findings
    assert read["bleeding"] == {(True, False)}
    assert read["cyst"] == {(False, False)}


GOLD = {
    "now": "2027-03-10T10:15+01:00",
    "date_from": "2027-03-12",
    "date_to": "2027-03-12",
    "time_from": "09:00",
    "time_to": "09:00",
    "day_part": False,
    "practitioner": "Keller",
    "specialty": None,
}


def read_of(**changed: object) -> Read:
    from datetime import date, time  # noqa: PLC0415 - the values are these two's alone

    day = date(2027, 3, 12)
    said: dict[str, object] = {
        "first": day,
        "last": day,
        "earliest": time(9),
        "latest": time(10),
        "doctor": "Dr. Judith Keller",
        "specialty": "",
    }
    for name, value in changed.items():
        said[name] = value
    return Read(**said)  # type: ignore[arg-type]


def test_a_wish_read_right_is_right_in_every_slot() -> None:
    assert verdicts(GOLD, read_of()) == {"date": True, "time": True, "doctor": True}


@pytest.mark.parametrize("slot", ["date", "time", "doctor", "specialty"])
def test_a_wish_read_wrong_is_wrong_in_that_slot(slot: str) -> None:
    from datetime import date, time  # noqa: PLC0415 - the values are these two's alone

    broken = {
        "date": {"last": date(2027, 3, 13)},
        "time": {"earliest": time(21), "latest": time(22)},
        "doctor": {"doctor": "Kellermann"},
        "specialty": {"specialty": "neurology"},
    }[slot]
    assert verdicts(GOLD, read_of(**broken))[slot] is False


def test_nothing_measured_meets_no_goal() -> None:
    assert scoring.share("p", "w", 0, 0, least=0.9).met is False
    assert scoring.share("p", "w", 0, 0, most=0.1).met is False
    assert scoring.count("p", "w", 0, 0).met is False
    assert scoring.times("p", "w", [], most=50).met is False


def test_one_miss_too_many_misses_the_goal() -> None:
    assert scoring.share("p", "w", 93, 100, least=0.93).met
    assert scoring.share("p", "w", 92, 100, least=0.93).met is False
    assert scoring.count("p", "w", 1, 1000).met is False
    assert scoring.times("p", "w", [10.0] * 90 + [90.0] * 10, most=50).met is False


def test_the_interval_is_wilsons() -> None:
    low, high = scoring.wilson(13, 13)
    assert (round(low, 3), high) == (0.772, 1.0)


def test_hard_words_make_a_higher_grade() -> None:
    plain = "The scan shows a growth. It is on the left side. There is no swelling."
    hard = "Extra-axial enhancing lesion abutting the convexity with perilesional vasogenic oedema."
    assert readability.grade(plain, "en") < 4 < readability.grade(hard, "en")
    leicht = "Auf dem Bild ist ein Knoten. Er liegt links. Er ist klein."
    schwer = "Kontrastmittelaufnehmende Raumforderung mit ausgeprägtem perifokalem Umgebungsödem."
    assert readability.grade(leicht, "de") < 4 < readability.grade(schwer, "de")


def test_there_are_as_many_wrong_sentences_as_promised_and_none_is_its_source() -> None:
    said = [(one["language"], one["source"], one["paraphrase"]) for one in data.rows("paraphrases")]
    wrong = mutants(said)
    assert len(wrong) >= 2000
    assert wrong == mutants(said)
    assert not {one.text for one in wrong if one.text == one.source}
    assert {one.language for one in wrong} == {"en", "de"}


def test_wrong_variants_of_the_second_set_are_many_and_none_is_a_faithful_sentence() -> None:
    said = data.rows("paraphrases_second")
    wrong = wrong_variants()
    assert len(wrong) >= 2000
    assert wrong == wrong_variants()
    assert {one.language for one in wrong} == {"en", "de"}
    faithful = {one[key] for one in said for key in ("source", "paraphrase")}
    assert not faithful & {one.text for one in wrong}


@pytest.mark.parametrize("name", SETS)
def test_wrong_sentences_by_hand_belong_to_their_set_and_none_is_a_faithful_one(name: str) -> None:
    said = data.rows(f"paraphrases_{name}")
    wrong = wrong_sentences(name)
    sources = {(one["language"], one["source"]) for one in said}
    assert {(one.language, one.source) for one in wrong} <= sources
    assert {one.language for one in wrong} == {"en", "de"}
    faithful = {one[key] for one in said for key in ("source", "paraphrase")}
    assert len(faithful) == 2 * len(said)
    assert not faithful & {one.text for one in wrong}
    assert len({one.text for one in wrong}) == len(wrong)


@pytest.mark.parametrize("name", SETS)
def test_a_gate_that_lets_all_or_nothing_through_misses_a_goal_of_a_set_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("BENCH_FAILURES", str(tmp_path))

    class Gate:
        def __init__(self, passes: bool) -> None:
            self.faithful = lambda *_: passes

    for passes in (True, False):
        with_goal = [one for one in rows(Gate(passes), name) if one.met is not None]
        assert [one.met for one in with_goal] == [passes, not passes]


def test_the_sets_are_as_large_as_promised_and_frozen(tmp_path: Path) -> None:
    sizes = {"reports": 40, "questions": 200, "scheduling": 150, "red_flags": 120}
    sizes |= {"injections": 100, "paraphrases": 200, "practitioners": 8, "paraphrases_second": 200}
    sizes |= {"paraphrases_third": 200, "wrong_third": 250}
    sizes |= {"paraphrases_own": 189, "wrong_own": 378}
    assert {name for name, least in sizes.items() if len(data.rows(name)) < least} == set()
    assert data.digests() == data.frozen()


def test_failures_are_kept_for_reading(tmp_path: Path) -> None:
    scoring.keep("some", [{"text": "ä"}], tmp_path)
    assert (tmp_path / "some.jsonl").read_text("utf-8") == '{"text": "ä"}\n'


def test_every_table_of_mutations_has_both_languages() -> None:
    tables = [one for one in vars(mutation_words).values() if isinstance(one, dict)]
    assert tables
    assert all({"en", "de"} <= set(one) for one in tables if "en" in one)
