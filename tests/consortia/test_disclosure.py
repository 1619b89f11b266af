"""What is found in texts, and how it is told, on plain values."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.consortia.disclosure import REMOVED, Watch, told_in, without

WATCH = Watch(
    ["Anna Maria Grünewald", "Wei Li", "Åsa Ström", "a"],
    ["Karolinska Institutet", "ACME Biotech GmbH", "KTH", "Lund", "iCare", "inserm", "EU"],
    ["IMI2-2030-1", "HOPE", "Más Vida", "chem.example.org"],
)


def passages(text: str, *partners: str) -> list[tuple[str, str]]:
    found = WATCH.look(text, partners)
    return [(one.kind, text[one.offset : one.offset + one.length]) for one in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("As Anna Maria Grünewald said.", ["Anna Maria Grünewald"]),
        ("as anna maria grunewald said", ["anna maria grunewald"]),
        ("GRÜNEWALD, ANNA thinks so", ["GRÜNEWALD, ANNA"]),
        ("Dr Gru\u0308newald\u2019s view", ["Gru\u0308newald"]),
        ("Grüne\u00adwald", ["Grüne\u00adwald"]),
        ("A. M. Grünewald and A. Grünewald", ["A. M. Grünewald", "A. Grünewald"]),
        ("Anna\nGrünewald", ["Anna\nGrünewald"]),
        ("a grünewald in summer", []),
        ("Grünewaldstraße", []),
        ("Anna said so", []),
        ("W. Li and Li, Wei", ["W. Li", "Li, Wei"]),
        ("Li is short, and so is a li", []),
        ("a trial of a drug", []),
        ("Åsa STROM", ["Åsa STROM"]),
        ("the strom of data", []),
    ],
)
def test_names_are_found_as_they_are_written(text: str, found: list[str]) -> None:
    assert passages(text) == [("name", one) for one in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("of the karolinska  institutet", ["karolinska  institutet"]),
        ("of Acme Biotech", ["Acme Biotech"]),
        ("of ACME Biotech GmbH.", ["ACME Biotech GmbH"]),
        ("of KTH", ["KTH"]),
        ("of Kth and kth", []),
        ("of Lund, in lund", ["Lund"]),
        ("Karolinska alone", []),
        ("of iCare, no icare", ["iCare"]),
        ("of Inserm and inserm", ["Inserm", "inserm"]),
        ("an EU matter", []),
    ],
)
def test_affiliations_are_found_but_those_of_the_proposal_are_its_own(text: str, found: list[str]) -> None:
    assert passages(text) == [("affiliation", one) for one in found]
    assert passages(text, "Karolinska Institutet", "Acme Biotech", "KTH", "Lund", "iCare", "Inserm") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See IMI2-2030-1, not IMI2-2030-12.", ["IMI2-2030-1"]),
        ("(HOPE) gives hope.", ["HOPE"]),
        ("mas  vida", ["mas  vida"]),
        ("at www.chem.example.org", ["chem.example.org"]),
        ("", []),
    ],
)
def test_references_are_found_and_a_word_alone_needs_its_capitals(text: str, found: list[str]) -> None:
    assert passages(text) == [("reference", one) for one in found]


def test_each_wording_is_told_once_at_a_place_with_the_words_around_it() -> None:
    texts = {"/a": f"{'a ' * 60}Wei Li{' b' * 60} and Wei Li, of\n KTH.", "/b": "Wei Li"}
    told = [(one.place, one.kind, one.passage, len(one.around)) for one in told_in(texts, WATCH)]
    assert told == [
        ("/a", "name", "Wei Li", 86),
        ("/a", "affiliation", "KTH", 43),
        ("/b", "name", "Wei Li", 6),
    ]


def test_any_address_and_any_orcid_is_found_and_what_overlaps_is_one_passage() -> None:
    text = "To wei.li@karolinska.example.org, or https://orcid.org/0000-0002-1825-009X; 0000-0002 is none."
    assert passages(text) == [
        ("mail", "wei.li@karolinska.example.org"),
        ("orcid", "https://orcid.org/0000-0002-1825-009X"),
    ]


WORDS = st.text(st.characters(categories=("Lu", "Ll", "Lo")), min_size=2, max_size=8)
PANEL = st.lists(
    st.tuples(st.lists(WORDS, min_size=2, max_size=3).map(" ".join), WORDS, WORDS),
    min_size=1,
    max_size=4,
)


@given(PANEL, st.data())
def test_once_redacted_no_report_has_a_full_name_or_an_address_of_the_panel(
    panel: list[tuple[str, str, str]], data: st.DataObject
) -> None:
    mails = [f"{user}@{domain}.example.org" for _, user, domain in panel]
    known = st.sampled_from([*(name for name, *_ in panel), *mails])
    glue = st.text(st.characters(categories=("L", "N", "P", "Zs")), max_size=6) | st.sampled_from(" ,.;\n-'")
    text = "".join(data.draw(st.lists(known | glue, max_size=12)))
    for one in reversed(Watch(name for name, *_ in panel).look(text)):
        assert one.length > 0
        text = without(text, one.offset, one.length)
    left = text.replace(REMOVED, "\0")
    for name, *_ in panel:
        assert re.search(rf"(?<!\w){re.escape(name)}(?!\w)", left) is None
    assert not any(mail in left for mail in mails)
