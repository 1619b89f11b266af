"""Codes that hold themselves to a rule, and names as they are compared."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.consortia.organisations.rules import (
    ROR_DIGITS,
    country,
    folded,
    named,
    pic,
    pieces,
    ror,
    same_name,
    vat,
)

KNOWN = ["02mhbdp94", "05dxps055", "03yrm5c26", "00f54p054", "052gg0110", "013meh722"]


@pytest.mark.parametrize("code", KNOWN)
def test_a_ror_id_is_taken_as_its_address_however_it_is_written(code: str) -> None:
    address = f"https://ror.org/{code}"
    assert {ror(code), ror(f" ror.org/{code} "), ror(address), ror(address.upper())} == {address}


@given(st.sampled_from(KNOWN), st.integers(1, 6), st.sampled_from(ROR_DIGITS))
def test_a_ror_id_with_one_wrong_sign_is_told_by_its_check_digits(code: str, at: int, sign: str) -> None:
    wrong = code[:at] + sign + code[at + 1 :]
    if wrong == code:
        assert ror(wrong)
        return
    with pytest.raises(ValueError, match="check digits of this ROR id are wrong"):
        ror(wrong)


@pytest.mark.parametrize("given", ["", "05dxps05", "15dxps055", "05dxpu055", "https://grid.ac/05dxps055"])
def test_what_is_no_ror_id_is_told_what_one_looks_like(given: str) -> None:
    with pytest.raises(ValueError, match=r"looks like https://ror\.org/"):
        ror(given)


@pytest.mark.parametrize("given", ["", "99999999", "9999999999", "99999999a", "٩٩٩٩٩٩٩٩٩", "999999999\n"])
def test_a_pic_has_nine_digits(given: str) -> None:
    assert pic("999999999") == "999999999"
    with pytest.raises(ValueError, match="nine digits"):
        pic(given)


def test_a_vat_number_is_kept_without_what_stands_between_its_signs() -> None:
    assert [vat("be 0123.456.789"), vat("CHE-123.456.789")] == ["BE0123456789", "CHE123456789"]
    for wrong in ("", "BE", "BE0123456789\x00", "Ä123456", "B" * 21):
        with pytest.raises(ValueError, match="4 to 20 letters and digits"):
            vat(wrong)


def test_a_code_of_the_portal_is_told_as_the_one_of_iso() -> None:
    assert country("GR") == "GR"
    with pytest.raises(ValueError, match="is GR"):
        country("EL")


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("F. Hoffmann-La Roche AG", "f hoffmann la roche ag"),
        ("Universität zu Lübeck", "universitat zu lubeck"),
        ("Faculdade de Farmácia", "faculdade de farmacia"),
        ("Straße Østfold Łódź", "strasse ostfold lodz"),
        ("ΕΘΝΙΚΟ ΙΔΡΥΜΑ", "εθνικο ιδρυμα"),
        (" *-% ", ""),
    ],
)
def test_a_name_is_compared_without_capitals_marks_and_signs(name: str, plain: str) -> None:
    assert folded(name) == plain


@given(st.text(max_size=200))
@example("\u2120")  # a sign that Unicode takes apart into capitals
def test_folding_twice_is_folding_once(name: str) -> None:
    assert folded(folded(name)) == folded(name)


def test_a_name_without_a_letter_or_digit_is_none() -> None:
    assert named("3M") == "3M"
    with pytest.raises(ValueError, match="at least one letter or digit"):
        named("  --  ")


def test_the_pieces_of_an_unfinished_word_have_no_end() -> None:
    assert pieces("ab c") == ["  a", "  c", " ab", " c ", "ab "]
    assert pieces("c ab", unfinished=True) == ["  a", "  c", " ab", " c "]
    assert (pieces(""), pieces("", unfinished=True)) == ([], [])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("universita degli studi di parma", "universita degli studi di pavia", False),
        ("universite lyon 1", "universite lyon 2", False),
        ("pfizer ltd", "pfizer limited", True),
        ("technische universitaet munchen", "technische universitat muenchen", True),
        ("universitiy of oxford", "university of oxford", True),
        ("federation internationale du diabete", "federation internationale du diabete region europe", True),
        ("ag", "ag", False),
        ("medizinische universitat wien", "medizinische universitat graz", False),
    ],
)
def test_two_names_are_the_same_if_one_has_no_word_that_the_other_lacks(
    one: str, other: str, same: bool
) -> None:
    assert (same_name(one, other), same_name(other, one)) == (same, same)
