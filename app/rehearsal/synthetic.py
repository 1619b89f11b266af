"""Synthetic people, organisations, amounts and scores, all from one seed and labelled so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from random import Random

from app.rehearsal.call_file import Quality

GIVEN = (
    "Ada Aino Amir Anke Bela Carla Chiara Dana Darko Eero Elif Emre Enya Eva Falk Fiona Greta Hana Henk Ida "
    "Ilse Ivo Jana Jaro Joao Jonas Kaja Kim Lars Lea Livia Luca Mara Marek Mila Nadir Niko Noor Oana Olof "
    "Pavel Pia Quim Rafa Rita Runa Sami Sanne Tadas Tove Ugo Una Vera Wim Xenia Yara Zeno Zita"
).split()
FAMILY = (
    "Adlerby Bosmanova Cardellini Dravec Estermann Falkowitz Gandolfer Hartogne Ivarsund Janvelde Korsika "
    "Lindomar Morvanne Norrbach Oliveski Petrander Quistorf Rosenvik Sallander Tormalis Ulvaro Vandermeck "
    "Westerlo Yverdal Zandrine"
).split()
PLACES = (
    "Alderhaven Birkenau-West Castelmare Dunmoor Elmstad Fjordvik Granville-Est Hohenfeld Isola-Verde "
    "Jasenica Kaltbrunn Lagosa Montclair-Sud Norvelle Ostrava-Nova Pontebello Rivermouth Solvang-Nord"
).split()
BODIES = {
    "higher_education": "University",
    "research": "Research Institute",
    "hospital": "Hospital",
    "sme": "Biotech",
    "patient_organisation": "Patients' Association",
}
COUNTRIES = tuple("AT BE CZ DE DK EE ES FI FR GR HU IE IT LT NL PL PT RO SE SI NO CH IL".split())
HALF = Decimal("0.5")
SCALE = {
    "excellent": (Decimal(4), Decimal(5), Decimal("12.5"), Decimal(15)),
    "good": (Decimal(3), Decimal(4), Decimal(10), Decimal(12)),
    "weak": (Decimal(1), Decimal("3.5"), Decimal(4), Decimal("9.5")),
}
"""What a quality means on the scale of 0 to 5: the least and most of one score, and of three together."""

Scores = Mapping[str, Decimal]


@dataclass(frozen=True)
class Body:
    """A synthetic organisation; `control_group` names who controls it, if anybody does."""

    name: str
    country: str
    kind: str
    control_group: str = ""


class Synthetic:
    """A source of what is not public; the same seed gives the same again."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self._names = [f"{given} {family}" for given, family in product(GIVEN, FAMILY)]
        self.random.shuffle(self._names)
        self._taken = self._groups = 0

    def name(self) -> str:
        """A name that nobody has yet."""
        number, at = divmod(self._taken, len(self._names))
        self._taken += 1
        return self._names[at] + (f" {number + 1}" if number else "")

    def bodies(self, about: str, count: int) -> list[Body]:
        """Organisations of many countries, for one topic."""
        return [self._body(f"{place} {about} {n + 1}", n) for n, place in enumerate(self._places(count))]

    def _places(self, count: int) -> list[str]:
        return [PLACES[number % len(PLACES)] for number in range(count)]

    def _body(self, where: str, number: int, control_group: str = "") -> Body:
        kind = self.random.choice(list(BODIES))
        country = COUNTRIES[number % len(COUNTRIES)]
        return Body(f"Synthetic {BODIES[kind]} {where}", country, kind, control_group)

    def under_one_control(self, count: int) -> list[Body]:
        """Organisations of different countries that one owner controls (E-06)."""
        self._groups += 1
        owner = f"Synthetic Holding {self._groups}"
        return [self._body(f"{owner}, part {n + 1}", n, owner) for n in range(count)]

    def of_one_country(self, pool: Sequence[Body], count: int) -> list[Body]:
        """Organisations of the pool that are too few countries for E-02."""
        first = self.random.choice(pool)
        same = [body for body in pool if body.country == first.country]
        return self.random.sample(same, min(count, len(same)))

    def of_different_countries(self, pool: Sequence[Body], count: int) -> list[Body]:
        """Organisations of the pool, each of another country."""
        found: dict[str, Body] = {}
        while len(found) < count:
            body = self.random.choice(pool)
            found.setdefault(body.country, body)
        return list(found.values())

    def near(self, amount: int) -> Decimal:
        """An amount within a tenth of this one, in full thousands of euro."""
        return Decimal(round(amount * self.random.uniform(0.9, 1.1), -3))

    def scores(self, quality: Quality, criteria: Sequence[str]) -> Scores:
        """What a group will agree on for a proposal of this quality."""
        least, most, low, high = SCALE[quality]
        share = Decimal(len(criteria)) / 3
        steps = int((most - least) / HALF)
        while True:
            found = {code: least + HALF * self.random.randint(0, steps) for code in criteria}
            together = sum(found.values(), Decimal(0))
            if low * share <= together <= high * share:
                return found

    def views(self, agreed: Scores, experts: int) -> list[Scores]:
        """What each expert thinks alone: one as the group will, the others above or below it."""
        views: list[Scores] = [dict(agreed)]
        for number in range(1, experts):
            away = HALF * (1 if number % 2 else -1)
            views.append(
                {
                    code: min(Decimal(5), max(Decimal(0), score + away * self.random.randint(0, 2)))
                    for code, score in agreed.items()
                }
            )
        self.random.shuffle(views)
        return views

    def chance(self, share: float) -> bool:
        return self.random.random() < share
