"""Names are found in a text as whole words, however they are set."""

import pytest

from app.core.disclosure import found


@pytest.mark.parametrize(
    ("text", "name", "hit"),
    [
        (
            "We at the Institut Für\n Physik did it.",
            "institut fur physik",
            "We at the Institut Für Physik did it.",
        ),
        ("The hope is there.", "HOPE", None),
        ("(HOPE) is there.", "HOPE", "(HOPE) is there."),
        ("Write to ann@chem.example.org, or not.", "example.org", "Write to ann@chem.example.org, or not."),
        ("The Sapphires are many.", "Sapphire", None),
        ("Straße und STRASSE.", "straße", "Straße und STRASSE."),
        ("It is an EU matter.", "EU", None),
        ("", "Anna Berg", None),
        ("Nothing.", "  ", None),
    ],
)
def test_a_name_is_found_or_not(text: str, name: str, hit: str | None) -> None:
    assert [one.passage for one in found(text, [name])] == ([] if hit is None else [hit])


def test_each_name_is_told_once_with_the_words_around_it() -> None:
    text = f"{'a ' * 60}Ann Berg{' b' * 60} and Ann Berg, of ACME."
    names = [(one.name, len(one.passage)) for one in found(text, {"Ann Berg", "ACME", "Cora"})]
    assert names == [("ACME", 44), ("Ann Berg", 88)]
