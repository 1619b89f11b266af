"""Likeness of texts: between 0 and 1, explained by words, robust against texts that say nothing."""

import numpy as np
import pytest

from app.experts.affinity.rules import weights
from app.experts.matching.affinity import Affinities, Ask, Blend, Profile, affinities
from app.experts.matching.sentences import Vectors

WORDS = Blend(text=0.7, keywords=0.3, nearest=0.5, sentences=0)

PROFILES = (
    Profile("E0", (("Asthma in children", "inhaled steroids and lung function"), ("Cooking", "bread"))),
    Profile("E1", (("Statistics", "adaptive randomised trials"),), {"Adaptive  Trials": 1.0}),
    Profile("E2"),
)
ASKS = (
    Ask("P0", "Lung function of asthma patients under steroids", frozenset()),
    Ask("P1", "A platform for adaptive trials", frozenset({"adaptive trials", "asthma"})),
)

MEANING = Blend(text=1, keywords=0, nearest=0.5, sentences=1)
"""Text alone, and of it meaning alone."""
TOLD = {
    **dict(zip(PROFILES[0].texts(), ((0.8, 0.6), (0.0, 1.0)), strict=True)),
    **dict(zip(PROFILES[1].texts(), ((0.96, 0.28),), strict=True)),
    ASKS[0].text: (1.0, 0.0),
    ASKS[1].text: (0.6, 0.8),
}
VECTORS = Vectors("told", "told 1", {text: np.array(one, np.float32) for text, one in TOLD.items()})


@pytest.fixture(scope="module")
def found() -> Affinities:
    return affinities(PROFILES, ASKS, WORDS)


def test_they_are_between_0_and_1_and_the_best_fits_best(found: Affinities) -> None:
    assert found.matrix.shape == (2, 3)
    assert found.matrix.min() == 0.0
    assert found.matrix.max() <= 1.0
    assert found.matrix.argmax(axis=1).tolist() == [0, 1]
    assert found.matrix[:, 2].tolist() == [0.0, 0.0]


def test_model_version_and_weights_go_with_them(found: Affinities) -> None:
    assert found.model == "tf-idf"
    assert found.version.startswith("scikit-learn ")
    assert found.blend == WORDS


def test_the_weights_of_the_package_are_a_blend() -> None:
    assert Blend.model_validate(weights()).sentences > 0


def test_a_pair_is_explained_by_shared_words_nearest_document_and_keywords(found: Affinities) -> None:
    terms = found.terms(0, 0)
    assert set(terms.words) == {"lung", "function", "asthma", "steroids"}
    assert terms.nearest == "Asthma in children"
    assert terms.keywords == ()
    assert found.terms(1, 1).keywords == ("adaptive trials",)
    assert found.terms(0, 2) == found.terms(1, 2)
    assert found.terms(0, 2).words == ()
    assert found.terms(0, 2).nearest is None


def test_one_proposal_is_explained_with_all_experts_as_pair_by_pair(found: Affinities) -> None:
    for proposal in range(len(ASKS)):
        alone = [found.terms(proposal, expert) for expert in range(len(PROFILES))]
        assert found.all_terms(proposal) == alone
    assert found.held.tolist() == [[0.0, 0.0, 0.0], [0.0, 0.5, 0.0]]


def test_half_the_nearest_document_and_half_the_mean() -> None:
    text = Blend(text=1, keywords=0, nearest=0.5, sentences=0)
    ask = (Ask("P", "lung"),)
    one = Profile("A", (("", "lung"),))
    two = Profile("B", (("", "lung"), ("", "bread")))
    assert affinities((one, two), ask, text).matrix.tolist() == [[1.0, 0.75]]


def test_keywords_count_by_level_whatever_their_case() -> None:
    words = Blend(text=0, keywords=1, nearest=0.5, sentences=0)
    ask = (Ask("P", "", frozenset({"Asthma", "lung"})), Ask("Q", ""))
    profile = (Profile("A", (), {"asthma": 0.5, "LUNG": 1.0}),)
    assert affinities(profile, ask, words).matrix.tolist() == [[0.75], [0.0]]


@pytest.mark.parametrize("text", ["", "the and of", "§ % 1", "\x00"])
def test_texts_without_words_are_alike_to_nothing(text: str) -> None:
    profiles = (Profile("A", (("", text),)), Profile("B"))
    found = affinities(profiles, (Ask("P", text),), WORDS)
    assert found.matrix.tolist() == [[0.0, 0.0]]
    assert np.isfinite(found.matrix).all()


def test_nobody_and_nothing_give_empty_matrices() -> None:
    assert affinities((), ASKS, WORDS).matrix.shape == (2, 0)
    assert affinities(PROFILES, (), WORDS).matrix.shape == (0, 3)
    for profiles, asks in (((), ASKS), (PROFILES, ()), ((), ())):
        found = affinities(profiles, asks, MEANING, VECTORS)
        assert found.matrix.shape == (len(asks), len(profiles))
        assert [len(found.all_terms(n)) for n in range(len(asks))] == [len(profiles)] * len(asks)


def test_many_experts_are_compared_as_few_are() -> None:
    many = PROFILES * 150
    for blend, vectors in ((WORDS, None), (MEANING, VECTORS)):
        found = affinities(many, ASKS, blend, vectors).matrix
        assert np.allclose(found[:, -3:], found[:, :3])


def test_the_order_of_the_input_changes_nothing(found: Affinities) -> None:
    turned = affinities(PROFILES[::-1], ASKS[::-1], WORDS)
    assert np.array_equal(turned.matrix[::-1, ::-1], found.matrix)
    meant = affinities(PROFILES, ASKS, MEANING, VECTORS)
    turned = affinities(PROFILES[::-1], ASKS[::-1], MEANING, VECTORS)
    assert np.array_equal(turned.matrix[::-1, ::-1], meant.matrix)


def test_without_a_weight_for_meaning_there_is_none_of_it() -> None:
    with pytest.raises(ValueError, match="only then"):
        affinities(PROFILES, ASKS, WORDS, VECTORS)


def test_words_alone_are_no_answer_where_meaning_has_a_weight() -> None:
    with pytest.raises(ValueError, match="only then"):
        affinities(PROFILES, ASKS, MEANING)


def test_with_the_whole_weight_meaning_alone_decides_and_its_best_pair_has_1() -> None:
    found = affinities(PROFILES, ASKS, MEANING, VECTORS)
    assert found.matrix[0].tolist() == pytest.approx([0.5 * 0.8 / 0.96 + 0.5 * 0.4 / 0.96, 1.0, 0.0])
    assert (found.model, found.version.split(", ")[1]) == ("tf-idf + told", "told 1")
    assert found.terms(0, 1).nearest == "Statistics"
    assert found.terms(0, 1).words == ()


def test_a_weight_between_moves_the_score_as_far_between() -> None:
    words = WORDS.model_copy(update={"keywords": 0.0})
    half = words.model_copy(update={"sentences": 0.25})
    ends = affinities(PROFILES, ASKS, words).matrix, affinities(PROFILES, ASKS, MEANING, VECTORS).matrix
    between = affinities(PROFILES, ASKS, half, VECTORS).matrix
    assert np.allclose(between, 0.75 * ends[0] + 0.25 * ends[1], atol=1e-6)


def test_what_points_away_is_alike_to_nothing_and_nearest_to_nobody() -> None:
    away = Vectors("told", "told 1", {**VECTORS.of, ASKS[0].text: -VECTORS.of[ASKS[0].text]})
    found = affinities(PROFILES, ASKS[:1], MEANING, away)
    assert found.matrix.tolist() == [[0.0, 0.0, 0.0]]
    assert [one.nearest for one in found.all_terms(0)] == [None, None, None]
