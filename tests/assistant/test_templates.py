"""A template asks and never states; what is left open is found."""

from __future__ import annotations

import json
from importlib import resources

import pytest

from assistant.drafting.placeholders import fields, filled_lines, following, preceding, unfilled
from assistant.drafting.report import TITLES
from assistant.drafting.templates import ASKED, filled, outside, read, template, templates
from assistant.records import Section

FILES = sorted(
    one.name.removesuffix(".json") for one in resources.files("resources.templates").iterdir()
)
GOOD = {
    "id": "probe",
    "version": "1",
    "title": "Probe",
    "sections": {"Findings": ["Size: {a} x {b} mm"], "Impression": ["{conclusion}"]},
}


@pytest.mark.parametrize("name", FILES)
def test_each_shipped_template_passes_its_check(name: str) -> None:
    text = resources.files("resources.templates").joinpath(f"{name}.json").read_text("utf-8")
    made = read(text, name)
    assert made == template(name)
    assert set(made.sections) == set(ASKED)


@pytest.mark.parametrize("name", FILES)
def test_a_report_of_a_fresh_template_is_open_in_every_line(name: str) -> None:
    for title, lines in template(name).sections.items():
        section = Section(title, "\n".join(lines))
        assert filled_lines(section.text).strip() == ""
        assert unfilled((section,))


def test_the_questions_of_a_clinic_are_there() -> None:
    titles = " ".join(one.title.lower() for one in templates())
    for question in (
        *("tumour", "follow-up", "pituitary", "headache", "multiple sclerosis", "stroke"),
        *("dementia", "epilepsy"),
    ):
        assert question in titles
    assert set(ASKED) < set(TITLES)


def broken(**change: object) -> str:
    return json.dumps({**GOOD, **change})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (broken(id="other"), "file's name"),
        (broken(version="one"), "version"),
        (broken(title=" "), "title"),
        (broken(sections={}), "sections"),
        (broken(sections={"Technique": ["Coil: {coil}"]}), "sections"),
        (broken(sections={"Findings": []}), "nothing"),
        (broken(sections={"Findings": ["Ventricles are normal."]}), "open field"),
        (broken(sections={"Findings": ["Ventricles: {}"]}), "does not say"),
        (broken(sections={"Findings": ["Ventricles: {size"]}), "does not say"),
        (broken(sections={"Findings": ["Seen are {what}"]}), "begins with"),
        (broken(sections={"Findings": ["Ventricles: normal, {size}"]}), "states something"),
        (broken(sections={"Findings": ["No lesion: {size}"]}), "states something"),
        (broken(sections={"Findings": ["Size: {a}\nNormal."]}), "one line"),
        (json.dumps([GOOD]), "a template has"),
        (json.dumps({**GOOD, "more": 1}), "a template has"),
    ],
)
def test_a_template_that_states_or_is_malformed_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(text, "probe")


def test_open_fields_are_found_and_half_ones_too() -> None:
    assert fields("Size: {a} x {b} mm") == ((6, 9), (12, 15))
    assert fields("Size: 12 x {b mm") == ((11, 12),)
    assert fields("Size: 12 x 8 mm") == ()
    assert following("{a} {b}", 1) == (4, 7)
    assert preceding("{a} {b}", 4) == (0, 3)
    assert following("{a}", 1) is None is preceding("{a}", 2)
    assert outside("Size: {a} x {b} mm").split() == ["Size:", "x", "mm"]


def test_what_is_open_is_told_by_section() -> None:
    told = unfilled((Section("Findings", "{a} {b}"), Section("Impression", "Done.")))
    assert told == "2 fields are still to be filled in or taken out (Findings 2)."


def test_a_template_goes_below_what_is_written() -> None:
    assert filled("Typed.", ("Size: {a}",)) == "Typed.\nSize: {a}"
    assert filled("", ("Size: {a}",)) == "Size: {a}"


def test_what_is_answered_is_not_asked_again() -> None:
    lines = ("Size: {a}", "Site: {b}", "{conclusion}")
    once = filled("", lines)
    assert filled(once, lines, lines) == once
    answered = once.replace("{a}", "12 mm")
    assert filled(answered, lines, lines) == "Size: 12 mm\nSite: {b}\n{conclusion}"


def test_another_template_takes_back_only_what_nobody_touched() -> None:
    first, second = ("Size: {a}", "Site: {b}"), ("Stalk: {c}",)
    text = filled("Typed.", first).replace("{a}", "12 mm")
    assert filled(text, second, first) == "Typed.\nSize: 12 mm\nStalk: {c}"
