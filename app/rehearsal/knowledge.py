"""What proposals are about and what experts know: made up from the same words, so that some fit better."""

from collections.abc import Sequence
from random import Random
from typing import Any

from app.rehearsal.synthetic import COUNTRIES

FIELDS = {
    "virology": ("replication of viruses in airway cells", "resistance against antiviral compounds"),
    "immunology": ("antibodies and memory of T cells", "inflammation that outlasts an infection"),
    "diagnostics": ("biomarkers in blood", "rapid tests at the point of care"),
    "clinical trials": ("randomised platform trials in hospitals", "endpoints and recruitment of patients"),
    "statistics": ("Bayesian models of adaptive designs", "missing data in longitudinal cohorts"),
    "patient involvement": ("outcomes that patients report", "the burden of illness on families"),
    "pharmacology": ("exposure and dosing of small molecules", "toxicity of compounds in tissue"),
    "data science": ("federated records of hospitals", "machine learning on images"),
}
"""Each field with what is worked on in it."""
SECTORS = ("academia", "clinician", "academia", "industry", "statistics", "regulator", "sme")
GENDERS = ("female", "male")
LANGUAGES = ("de", "es", "fr", "it", "nl", "pl")
LEVELS = ("leading", "experienced", "familiar")
ABOUT = 2
"""How many fields a proposal touches, and an expert knows."""


def _drawn(whose: str) -> tuple[Random, Sequence[str]]:
    """By the name alone, so that nothing else that is drawn changes with it."""
    chance = Random(whose)
    return chance, chance.sample(list(FIELDS), ABOUT)


def subject_of(acronym: str) -> str:
    """What a proposal works on, as a sentence."""
    chance, fields = _drawn(acronym)
    return f"The work is on {' and on '.join(chance.choice(FIELDS[one]) for one in fields)}."


def profile_of(name: str, sector: str | None = None) -> dict[str, Any]:
    """A synthetic expert's profile, as it is sent."""
    chance, fields = _drawn(name)
    levels = chance.sample(LEVELS, ABOUT)
    return {
        "expertise": [{"term": one, "level": level} for one, level in zip(fields, levels, strict=True)],
        "text": f"Synthetic. Works on {' and on '.join(words for one in fields for words in FIELDS[one])}.",
        "languages": ["en", chance.choice(LANGUAGES)],
        "country": chance.choice(COUNTRIES),
        "sector": sector or chance.choice(SECTORS),
        "gender": chance.choice(GENDERS),
    }


def publications_of(name: str) -> list[dict[str, Any]]:
    """What the expert has published: a paper on each field, alone."""
    chance, fields = _drawn(name)
    return [
        {
            "title": f"Synthetic paper: {chance.choice(FIELDS[one])}",
            "abstract": f"On {' and on '.join(FIELDS[one])}, in {one}.",
            "year": chance.randint(2010, 2019),
        }
        for one in fields
    ]
