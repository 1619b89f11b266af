"""Likeness of texts: between 0 and 1, explained by words, robust against texts that say nothing."""

import numpy as np
import pytest

from app.experts.matching.affinity import Affinities, Ask, Blend, Profile, affinities

PROFILES = (
    Profile("E0", (("Asthma in children", "inhaled steroids and lung function"), ("Cooking", "bread"))),
    Profile("E1", (("Statistics", "adaptive randomised trials"),), {"Adaptive  Trials": 1.0}),
    Profile("E2"),
)
ASKS = (
    Ask("P0", "Lung function of asthma patients under steroids", frozenset()),
    Ask("P1", "A platform for adaptive trials", frozenset({"adaptive trials", "asthma"})),
)


@pytest.fixture(scope="module")
def found() -> Affinities:
    return affinities(PROFILES, ASKS)


def test_they_are_between_0_and_1_and_the_best_fits_best(found: Affinities) -> None:
    assert found.matrix.shape == (2, 3)
    assert found.matrix.min() == 0.0
    assert found.matrix.max() <= 1.0
    assert found.matrix.argmax(axis=1).tolist() == [0, 1]
    assert found.matrix[:, 2].tolist() == [0.0, 0.0]


def test_model_version_and_weights_go_with_them(found: Affinities) -> None:
    assert found.model == "tf-idf"
    assert found.version.startswith("scikit-learn ")
    assert found.blend == Blend(text=0.7, keywords=0.3, nearest=0.5)


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
    text = Blend(text=1, keywords=0)
    ask = (Ask("P", "lung"),)
    one = Profile("A", (("", "lung"),))
    two = Profile("B", (("", "lung"), ("", "bread")))
    assert affinities((one, two), ask, text).matrix.tolist() == [[1.0, 0.75]]


def test_keywords_count_by_level_whatever_their_case() -> None:
    words = Blend(text=0, keywords=1)
    ask = (Ask("P", "", frozenset({"Asthma", "lung"})), Ask("Q", ""))
    profile = (Profile("A", (), {"asthma": 0.5, "LUNG": 1.0}),)
    assert affinities(profile, ask, words).matrix.tolist() == [[0.75], [0.0]]


@pytest.mark.parametrize("text", ["", "the and of", "§ % 1", "\x00"])
def test_texts_without_words_are_alike_to_nothing(text: str) -> None:
    profiles = (Profile("A", (("", text),)), Profile("B"))
    found = affinities(profiles, (Ask("P", text),))
    assert found.matrix.tolist() == [[0.0, 0.0]]
    assert np.isfinite(found.matrix).all()


def test_nobody_and_nothing_give_empty_matrices() -> None:
    assert affinities((), ASKS).matrix.shape == (2, 0)
    assert affinities(PROFILES, ()).matrix.shape == (0, 3)


def test_many_experts_are_compared_as_few_are() -> None:
    many = PROFILES * 150
    assert np.allclose(
        affinities(many, ASKS, Blend(keywords=0)).matrix[:, -3:],
        affinities(many, ASKS, Blend(keywords=0)).matrix[:, :3],
    )


def test_the_order_of_the_input_changes_nothing(found: Affinities) -> None:
    turned = affinities(PROFILES[::-1], ASKS[::-1])
    assert np.array_equal(turned.matrix[::-1, ::-1], found.matrix)
