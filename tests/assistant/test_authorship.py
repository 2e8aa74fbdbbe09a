"""Whose words a text is, by sentence, whatever is typed, accepted, undone or drafted anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.drafting.authorship import (
    accept,
    adopted,
    follow,
    placed,
    redraft,
    refreshed,
    unread,
)
from assistant.drafting.references import Current, key_of
from assistant.drafting.report import draft_sections
from assistant.records import Fate, Section
from inference.records import Finding, FindingStatus
from tests.assistant.conftest import RUN, SERIES, STUDY, finding


def drafted(title: str, *findings: Finding) -> Section:
    made = draft_sections(STUDY, (SERIES,), findings or (finding(),), (RUN,))
    return next(part for part in made if part.title == title)


OTHER = finding(side="left", place="temporal lobe", size=12.0, volume=900.0, name="f2")


def fates(section: Section) -> dict[str, Fate]:
    return {one.source: one.fate for one in section.proposals or ()}


def in_step(section: Section) -> bool:
    """Every number stands where its reference says, every kept proposal in the text."""
    said = [section.text[start:end] for start, end, one in placed(section) if one]
    return all(
        section.text[one.start : one.end] == one.text for one in section.references
    ) and sorted(said) == sorted(one.text for one in section.proposals or () if one.text)


def test_every_sentence_of_a_fresh_draft_waits_to_be_read() -> None:
    section = drafted("Impression")
    assert len(unread(section)) == len(section.proposals or ()) == 3
    assert in_step(section)


def test_one_sentence_is_accepted_or_all_of_a_section() -> None:
    section = drafted("Impression")
    one = accept(section, {"finding.f1.0"})
    assert next(proposal.source for _, _, proposal in unread(one) if proposal) == "finding.f1.1"
    assert unread(accept(section)) == ()
    assert accept(section).text == section.text


def test_editing_a_sentence_makes_it_the_readers_and_undoing_the_edit_does_not() -> None:
    section = drafted("Impression")
    edited = follow(section, section.text.replace("Suspected glioma", "Probable glioma"))
    assert fates(edited)["finding.f1.1"] is Fate.EDITED
    assert fates(edited)["finding.f1.0"] is Fate.UNREAD
    assert fates(follow(edited, section.text)) == fates(section)


def test_the_readers_own_sentence_is_never_the_machines() -> None:
    section = drafted("Findings")
    longer = follow(section, f"No hydrocephalus.\n{section.text} Seen by me.")
    assert fates(longer) == fates(section)
    assert [one for _, _, one in placed(longer)].count(None) == 2
    assert in_step(longer)


def test_a_struck_sentence_is_remembered_and_one_that_is_moved_stays_the_machines() -> None:
    section = drafted("Impression")
    first, rest = section.text.split("\n")
    struck = follow(section, rest)
    assert fates(struck)["finding.f1.0"] is Fate.STRUCK
    moved = follow(section, f"{rest}\n{first}")
    assert fates(moved) == fates(section)
    assert fates(follow(struck, section.text))["finding.f1.0"] is Fate.UNREAD


def test_a_new_draft_replaces_untouched_sentences_only() -> None:
    section = accept(drafted("Findings", finding(), OTHER), {"finding.f2.0"})
    section = follow(section, f"{section.text}\nMy own words.")
    smaller = replace(finding(), side="left", place="parietal lobe")
    lost = replace(OTHER, status=FindingStatus.REJECTED)
    anew = redraft(section, drafted("Findings", smaller, lost))
    assert "left parietal lobe" in anew.text
    assert "right frontal lobe" not in anew.text
    assert "left temporal lobe" in anew.text
    assert anew.text.endswith("My own words.")
    assert in_step(anew)


def test_a_sentence_about_a_rejected_finding_goes_if_nobody_had_accepted_it() -> None:
    section = drafted("Findings", finding(), OTHER)
    lost = replace(OTHER, status=FindingStatus.REJECTED)
    anew = redraft(section, drafted("Findings", finding(), lost))
    assert anew == drafted("Findings", finding(), lost)


def test_a_new_finding_is_told_beside_edited_words() -> None:
    section = drafted("Findings")
    section = follow(section, section.text.replace("Enhancing lesion", "Large ring lesion"))
    anew = redraft(section, drafted("Findings", finding(), OTHER))
    assert anew.text.splitlines()[0].startswith("Large ring lesion")
    assert "left temporal lobe" in anew.text.splitlines()[1]
    assert in_step(anew)


def test_what_the_reader_struck_does_not_come_back() -> None:
    section = drafted("Impression")
    struck = follow(section, section.text.replace(" Suspected glioma.", ""))
    assert (
        "Suspected"
        not in redraft(struck, drafted("Impression", finding(), OTHER)).text.split("left temporal")[
            0
        ]
    )
    own = follow(section, "My own words.")
    assert redraft(own, drafted("Impression", finding(), OTHER)).text == "My own words."


def test_drafting_the_same_again_changes_nothing() -> None:
    section = accept(drafted("Impression"), {"finding.f1.1"})
    assert redraft(section, drafted("Impression")) == section


def test_a_draft_from_before_sentences_were_kept_is_taken_over() -> None:
    old = Section("Findings", "A lesion.\nMine.", "A lesion.")
    assert [one.fate for one in adopted(old).proposals or ()] == [Fate.UNREAD]
    assert adopted(old).text == old.text


def test_a_number_follows_its_measurement_and_its_sentence_stays_whose_it_was() -> None:
    section = accept(drafted("Findings"))
    size = section.references[0]
    now = refreshed(section, {key_of(size): Current("105 mm", (105.2,), "mm")})
    assert "105 mm in largest diameter, volume 12.4 ml" in now.text
    assert fates(now) == fates(section)
    assert in_step(now)


def test_a_number_whose_measurement_is_gone_is_broken_until_it_is_back() -> None:
    section = drafted("Findings")
    size = section.references[0]
    gone = refreshed(section, {key_of(size): None})
    assert gone.references[0].broken
    assert gone.text == section.text
    back = refreshed(gone, {key_of(size): Current(size.text, size.values, size.unit)})
    assert back == section


def test_typing_over_a_number_makes_it_plain_text_and_typing_before_it_moves_it() -> None:
    section = drafted("Findings")
    assert len(section.references) == 2
    over = follow(section, section.text.replace("34 mm", "35 mm"))
    assert [one.text for one in over.references] == ["12.4 ml"]
    before = follow(section, f"Seen: {section.text}")
    assert len(before.references) == 2
    assert in_step(before) or fates(before)["finding.f1.0"] is Fate.EDITED


@pytest.mark.parametrize("title", ["Technique", "Comparison", "Findings", "Impression"])
def test_text_and_record_stay_in_step_however_a_text_is_cut(title: str) -> None:
    section = drafted(title, finding(), OTHER)
    for start in range(0, len(section.text), 7):
        for end in range(start, len(section.text), 31):
            cut = follow(section, section.text[:start] + section.text[end:])
            assert cut.text == section.text[:start] + section.text[end:]
            assert in_step(cut)
            assert follow(cut, section.text).text == section.text
