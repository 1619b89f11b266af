"""Generated problems in the shapes of calls and conferences; the same seed, the same problem."""

import numpy as np

from app.experts.matching.model import AtMost, Expert, Genders, Objective, Problem, Proposal, Settings, Share

FLAGS = ("clinician", "patient representative", "regulatory", "statistics")
SECTORS = ("academia", "SME", "industry", "hospital", "regulator", "patients")
COUNTRIES = tuple("AT BE CH CZ DE DK EL ES FI FR HU IE IL IT NL NO PL PT SE SI UK US".split())


def affinities(proposals: int, experts: int, random: np.random.Generator, fields: int = 12) -> np.ndarray:
    """Between 0 and 1: how alike the fields of both are, with noise."""
    of_proposals = random.dirichlet(np.full(fields, 0.3), proposals)
    of_experts = random.dirichlet(np.full(fields, 0.3), experts)
    alike = of_proposals @ of_experts.T
    norms = np.linalg.norm(of_proposals, axis=1)[:, None] * np.linalg.norm(of_experts, axis=1)
    noise = random.random((proposals, experts), np.float32)
    return np.asarray(0.8 * alike / norms + 0.2 * noise, np.float32)


def call(proposals: int = 150, experts: int = 400, seed: int = 1, size: int = 4) -> Problem:
    """A call with every hard rule: a third of the pool are women and a third newcomers, 3 % conflicts."""
    random = np.random.default_rng(seed)
    affinity = affinities(proposals, experts, random)
    organisations = max(2, experts * 2 // 5)
    country_share = random.dirichlet(np.full(len(COUNTRIES), 2.0))
    pool = tuple(
        Expert(
            id=f"E{n:05d}",
            most=int(random.choice((2, 3, 4), p=(0.4, 0.4, 0.2))),
            organisation=f"O{random.integers(organisations)}",
            country=str(random.choice(COUNTRIES, p=country_share)),
            sector=str(random.choice(SECTORS, p=(0.4, 0.15, 0.1, 0.2, 0.05, 0.1))),
            gender=str(random.choice(("f", "m"), p=(0.4, 0.6))),
            languages=frozenset({"en"}),
            expertise=frozenset(flag for flag in FLAGS if random.random() < 0.25),
            newcomer=bool(random.random() < 0.35),
        )
        for n in range(experts)
    )
    asked = tuple(
        Proposal(f"P{n:05d}", size, frozenset({str(random.choice(FLAGS))}), "en") for n in range(proposals)
    )
    barred = random.random((proposals, experts)) < 0.03
    conflicts = frozenset((pool[e].id, asked[p].id) for p, e in np.argwhere(barred))
    settings = Settings(
        country=AtMost(most=2),
        sector=AtMost(most=2),
        gender=Genders(gender="f", least=1, most=3),
        newcomers=Share(share=0.25),
    )
    return Problem(pool, asked, affinity, settings, conflicts)


def conference(
    proposals: int, experts: int, seed: int = 1, size: int = 3, least: int = 0, slack: float = 1.3
) -> Problem:
    """Loads and affinities alone; the experts have `slack` times the seats that are asked for."""
    random = np.random.default_rng(seed)
    most = int(np.ceil(slack * proposals * size / experts))
    return Problem(
        tuple(Expert(f"E{n:05d}", most, min(least, most)) for n in range(experts)),
        tuple(Proposal(f"P{n:05d}", size) for n in range(proposals)),
        affinities(proposals, experts, random),
        Settings(organisation=None, objective=Objective.TOTAL),
    )
