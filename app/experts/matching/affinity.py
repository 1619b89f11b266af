"""How well a proposal's text fits an expert: words weighed by TF-IDF, meaning where there is a model of it,
and keywords in common.

Every text stays on this machine. For words and for meaning alike, half the nearest document and half the mean
of all did best on published judgements of experts about their own expertise; the nearest alone did worst.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from app.experts.matching.sentences import Vectors

WORDS = ("tf-idf", f"scikit-learn {version('scikit-learn')}")
BLOCK = 200  # experts compared at a time, so that memory stays small


class Blend(BaseModel):
    """Weights of the parts. `nearest`: how much of the text is the nearest document; the rest is their mean.
    `sentences`: how much of it is meaning, by a model of sentences; the rest is words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: float = Field(ge=0)
    keywords: float = Field(ge=0)
    nearest: float = Field(ge=0, le=1)
    sentences: float = Field(ge=0, le=1)


@dataclass(frozen=True)
class Profile:
    """What an expert is known by. `documents` have a title each; `keywords` a level up to 1."""

    id: str
    documents: tuple[tuple[str, str], ...] = ()
    keywords: Mapping[str, float] | None = None

    def texts(self) -> list[str]:
        """Of each document what is compared: its title and its text."""
        return [f"{title}\n{text}" for title, text in self.documents]


@dataclass(frozen=True)
class Ask:
    """What a proposal is about."""

    id: str
    text: str
    keywords: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Terms:
    """Why a pair is alike: the words that count most, the nearest document, the keywords in common."""

    words: tuple[str, ...]
    nearest: str | None
    keywords: tuple[str, ...]


@dataclass(frozen=True)
class Affinities:
    """`matrix`: proposals in rows, experts in columns, from 0 to 1, in the order given; `held`: the part of
    a proposal's keywords that an expert has."""

    matrix: NDArray[np.float32]
    held: NDArray[np.float64]
    model: str
    version: str
    blend: Blend
    _texts: "_Texts"
    _meanings: "_Meanings | None"
    _profiles: Sequence[Profile]
    _asks: Sequence[Ask]

    def terms(self, proposal: int, expert: int, most: int = 6) -> Terms:
        """For one pair, by their places."""
        ask, profile = self._asks[proposal], self._profiles[expert]
        common = _folded(profile.keywords or {}).keys() & _folded(dict.fromkeys(ask.keywords, 1.0)).keys()
        words, nearest = self._texts.shared(proposal, expert, most)
        if self._meanings is not None:
            nearest = self._meanings.nearest(proposal)[expert]
        title = None if nearest is None else profile.documents[nearest][0]
        return Terms(words, title, tuple(sorted(common)))

    def all_terms(self, proposal: int, most: int = 6) -> list[Terms]:
        """For one proposal and every expert, in their order, in a few products of matrices."""
        asked = _folded(dict.fromkeys(self._asks[proposal].keywords, 1.0)).keys()
        shared = self._texts.shared_by_all(proposal, most)
        nearest = [place for _, place in shared]
        if self._meanings is not None:
            nearest = self._meanings.nearest(proposal)
        return [
            Terms(
                words,
                None if place is None else one.documents[place][0],
                tuple(sorted(_folded(one.keywords or {}).keys() & asked)),
            )
            for one, (words, _), place in zip(self._profiles, shared, nearest, strict=True)
        ]


def affinities(
    profiles: Sequence[Profile], asks: Sequence[Ask], blend: Blend, vectors: Vectors | None = None
) -> Affinities:
    """Words and meaning, each scaled so that the best pair there is has 1, and the share of a proposal's
    keywords that is held.

    Without keywords a proposal goes by its text alone. Texts without words are alike to nothing. A blend that
    gives no weight to meaning takes no vectors, and one that does takes none of words alone for an answer.
    """
    if (blend.sentences > 0) is (vectors is None):
        raise ValueError("Vectors of the texts are given if the blend has a weight for them, and only then.")
    texts = _Texts(profiles, asks)
    text = _scaled(texts.likeness(blend.nearest))
    meanings = None if vectors is None else _Meanings(profiles, asks, vectors)
    if meanings is not None:
        text *= 1 - blend.sentences
        text += blend.sentences * _scaled(meanings.likeness(blend.nearest))
    held, asked = _keywords(profiles, asks)
    whole = blend.text + blend.keywords * asked[:, None]
    matrix = (blend.text * text + blend.keywords * held) / np.where(whole > 0, whole, 1.0)
    named = model_of(None if vectors is None else (vectors.model, vectors.version))
    return Affinities(matrix.astype(np.float32), held, *named, blend, texts, meanings, profiles, asks)


def model_of(sentences: tuple[str, str] | None) -> tuple[str, str]:
    """Name and version of all that text is compared by: words, and a model of sentences if there is one."""
    if sentences is None:
        return WORDS
    return f"{WORDS[0]} + {sentences[0]}", f"{WORDS[1]}, {sentences[1]}"


def _scaled(likeness: NDArray[np.float64]) -> NDArray[np.float64]:
    return likeness / max(1e-12, float(likeness.max(initial=0.0)))


def _folded(keywords: Mapping[str, float]) -> dict[str, float]:
    return {" ".join(word.casefold().split()): level for word, level in keywords.items()}


def _keywords(
    profiles: Sequence[Profile], asks: Sequence[Ask]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The mean level of each expert over each proposal's keywords, and which proposals have any."""
    held = [_folded(one.keywords or {}) for one in profiles]
    found = np.zeros((len(asks), len(profiles)))
    for row, ask in enumerate(asks):
        for word in sorted(_folded(dict.fromkeys(ask.keywords, 1.0))):
            found[row] += [one.get(word, 0.0) for one in held]
    count = np.array([len(_folded(dict.fromkeys(one.keywords, 1.0))) for one in asks], float)
    return found / np.maximum(count, 1)[:, None], count > 0


def _likeness(
    alike: Callable[[int, int], NDArray[np.float64]], starts: Sequence[int], asks: int, nearest: float
) -> NDArray[np.float64]:
    """Of each proposal and expert, between 0 and 1; `alike` compares the proposals with some documents."""
    experts = len(starts) - 1
    found = np.zeros((asks, experts))
    for first in range(0, experts, BLOCK):
        some = starts[first : first + BLOCK + 1]
        block = alike(some[0], some[-1])
        for place, (start, end) in enumerate(pairwise(some), first):
            if end > start:
                here = block[:, start - some[0] : end - some[0]]
                found[:, place] = nearest * here.max(axis=1) + (1 - nearest) * here.mean(axis=1)
    return found


def _starts(profiles: Sequence[Profile]) -> list[int]:
    """Where each expert's documents begin, one expert's after another's, and where all end."""
    return [0, *accumulate(len(one.documents) for one in profiles)]


class _Meanings:
    """All texts as vectors of their meaning; what points away from each other is alike to nothing."""

    def __init__(self, profiles: Sequence[Profile], asks: Sequence[Ask], vectors: Vectors) -> None:
        def stacked(texts: list[str]) -> NDArray[np.float32]:
            return np.stack([vectors.of[text] for text in texts]) if texts else np.zeros((0, 0), np.float32)

        self.starts = _starts(profiles)
        self.documents = stacked([text for one in profiles for text in one.texts()])
        self.asks = stacked([one.text for one in asks])

    def alike(self, start: int, end: int) -> NDArray[np.float64]:
        if not self.asks.size or end == start:
            return np.zeros((len(self.asks), end - start))
        # Twice as exact as they are, so that the order of what is summed up shows in no score.
        product = self.asks.astype(np.float64) @ self.documents[start:end].astype(np.float64).T
        return product.clip(0, 1)

    def likeness(self, nearest: float) -> NDArray[np.float64]:
        return _likeness(self.alike, self.starts, len(self.asks), nearest)

    def nearest(self, proposal: int) -> list[int | None]:
        """For one proposal, each expert's nearest document."""
        alike = (self.documents @ self.asks[proposal]) if self.documents.size else np.zeros(0)
        return [
            int(alike[start:end].argmax()) if end > start and alike[start:end].max() > 0 else None
            for start, end in pairwise(self.starts)
        ]


class _Texts:
    """All texts as weighed words: documents of experts in rows, one expert's after another's."""

    def __init__(self, profiles: Sequence[Profile], asks: Sequence[Ask]) -> None:
        documents = [text for one in profiles for text in one.texts()]
        self.starts = _starts(profiles)
        wanted = [one.text for one in asks]
        weigher = TfidfVectorizer(
            stop_words="english",
            strip_accents="unicode",
            sublinear_tf=True,
            token_pattern=r"(?u)\b\w[\w-]+\b",
        )
        try:
            weigher.fit([*documents, *wanted])
        except ValueError:  # there is no word in any of them
            weigher.fit(["wordless"])
        self.words = weigher.get_feature_names_out()
        empty = sparse.csr_array((0, len(self.words)))
        self.documents = sparse.csr_array(weigher.transform(documents)) if documents else empty
        self.asks = sparse.csr_array(weigher.transform(wanted)) if wanted else empty
        self.by_word = self.documents.tocsc()
        owner = np.repeat(np.arange(len(profiles)), np.diff(self.starts))
        ones = (np.ones(len(owner)), (owner, np.arange(len(owner))))
        self.owners = sparse.csr_array(ones, shape=(len(profiles), len(owner)))

    def alike(self, start: int, end: int) -> NDArray[np.float64]:
        product: NDArray[np.float64] = (self.asks @ self.documents[start:end].T).toarray()
        return product

    def likeness(self, nearest: float) -> NDArray[np.float64]:
        return _likeness(self.alike, self.starts, self.asks.shape[0], nearest)

    def shared(self, proposal: int, expert: int, most: int) -> tuple[tuple[str, ...], int | None]:
        """The words that make a pair alike, the weightiest first, and which document has most of them."""
        start, end = self.starts[expert], self.starts[expert + 1]
        both = self.documents[start:end].multiply(self.asks[[proposal]]).tocsr()
        if both.nnz == 0:
            return (), None
        weights = np.asarray(both.sum(axis=0)).ravel()
        order = np.lexsort((self.words, -weights))[:most]
        nearest = int(np.asarray(both.sum(axis=1)).ravel().argmax())
        return tuple(str(self.words[n]) for n in order if weights[n] > 0), nearest

    def shared_by_all(self, proposal: int, most: int) -> list[tuple[tuple[str, ...], int | None]]:
        """`shared`, for every expert."""
        ask = self.asks[[proposal]].tocsr()
        ask.sort_indices()
        columns = ask.indices
        both = self.by_word[:, columns].multiply(ask.data).tocsr()
        of_document = np.asarray(both.sum(axis=1)).ravel()
        weights = (self.owners @ both).toarray()
        order = np.argsort(-weights, axis=1, kind="stable")[:, :most]
        found: list[tuple[tuple[str, ...], int | None]] = []
        for place, (start, end) in enumerate(pairwise(self.starts)):
            of = weights[place]
            words = tuple(str(self.words[columns[n]]) for n in order[place] if of[n] > 0)
            found.append((words, int(of_document[start:end].argmax()) if words else None))
        return found
