"""Rule sets as files: what is confirmed, what cannot be, who counts, and what old calls have pinned."""

import json
from collections.abc import Callable
from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from app.calls.evidence import covers, numbers, unsettled
from app.calls.rule_set import RuleSet, named, read, rule_sets
from app.consortia.rules import Entity, by_country, standings
from app.core.fault import Fault
from tests.conftest import World

CODES = ("horizon_europe", "ihi", "imi1", "imi2")
FOLDER = files("app.calls") / "rule_sets"


def raw(code: str = "imi2") -> dict[str, Any]:
    return dict(json.loads((FOLDER / f"{code}.json").read_text("utf-8")))


class Written:
    """A file that holds this, named after the rule set."""

    def __init__(self, text: str, name: str = "imi2.json") -> None:
        self.text, self.name = text, name

    def read_text(self, encoding: str) -> str:
        return self.text


def test_the_package_has_these() -> None:
    assert tuple(rule_sets()) == CODES


@pytest.mark.parametrize("code", CODES)
def test_every_number_is_confirmed_or_unconfirmed(code: str) -> None:
    given, rules = raw(code), named(code)
    assert len(numbers(given)) > 40
    assert list(unsettled(given, rules.unconfirmed, rules.confirmed)) == []


@pytest.mark.parametrize("code", CODES)
def test_a_list_that_is_one_entry_short_is_found(code: str) -> None:
    given, rules = raw(code), named(code)
    for entry in rules.confirmed:
        fewer = tuple(one for one in rules.confirmed if one != entry)
        if any(covers(entry.path, path) for path in numbers(given)):
            assert list(unsettled(given, rules.unconfirmed, fewer)), entry


@pytest.mark.parametrize("code", CODES)
def test_dates_of_association_are_unconfirmed_wherever_they_stand(code: str) -> None:
    given, rules = raw(code), named(code)
    dated = [path for path in numbers(given) if path.startswith("/countries/")]
    assert bool(dated) == (code in ("horizon_europe", "ihi"))
    assert all(any(covers(pattern, path) for pattern in rules.unconfirmed) for path in dated)


def put(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(given: dict[str, Any]) -> None:
        *way, last = path.split("/")[1:]
        inside: Any = given
        for step in way:
            inside = inside[int(step) if isinstance(inside, list) else step]
        inside[int(last) if isinstance(inside, list) else last] = value

    return change


BROKEN = [
    ("/scheme/criteria/0/threshold", "5.5", "not on the scale"),
    ("/scheme/criteria/0/threshold", "-1", "greater than or equal"),
    ("/scheme/criteria/1/code", "excellence", "stands twice"),
    ("/scheme/criteria/1/weight", "0", "greater than 0"),
    ("/scheme/criteria/1/weight", "-1", "greater than"),
    ("/scheme/criteria", [], "at least 1 item"),
    ("/scheme/overall_threshold", "15.5", "above the best sum, 15"),
    ("/scheme/step", "0", "greater than 0"),
    ("/scheme/step", "0.3", "do not lead"),
    ("/scheme/most", "0", "not above 0"),
    ("/scheme/tie_break/0", "beauty", "no criterion and no known figure"),
    ("/scheme/tie_break/2", "coverage", "stands twice"),
    ("/scheme/least_experts", 0, "greater than or equal to 1"),
    ("/schemes/1/criteria/2/threshold", "6", "not on the scale"),
    ("/schemes/1/code", "short", "stands twice"),
    ("/scheme/code", "short", "stands among the others"),
    ("/sections/1/key", "excellence", "stands twice"),
    ("/documents/1/key", "part_b", "stands twice"),
    ("/page_limits/0/document", "part_c", "no document of the form"),
    ("/page_limits/0/pages", 0, "greater than or equal to 1"),
    ("/countries/1/code", "AT", "stands twice"),
    ("/countries/0/code", "el", "match pattern"),
    ("/deadline_time", "25:00", "match pattern"),
    ("/funding/rates", {"RIA": "100", "CSA": "100"}, "no rate for IA"),
    ("/funding/unfunded_members/0", "anybody", "Input should be"),
    ("/funding/indirect_base/0", "indirect", "Input should be"),
    ("/declarations/1/key", "participation", "stands twice"),
    ("/sign_offs", "never", "Input should be"),
    ("/rest/fixed/0", "99-99", "match pattern"),
    ("/redress_days", "NaN", "valid integer"),
    ("/code", "imi3", "named after imi2"),
    ("/unconfirmed/0", "/nowhere", "leads nowhere"),
    ("/confirmed/0/path", "/scheme/nothing", "leads nowhere"),
    ("/invented", 1, "not permitted"),
]


@pytest.mark.parametrize(("path", "value", "told"), BROKEN)
def test_a_broken_file_stops_the_start_with_file_and_place(path: str, value: Any, told: str) -> None:
    given = raw()
    read(Written(json.dumps(given)))
    put(path, value)(given)
    with pytest.raises(Fault) as fault:
        read(Written(json.dumps(given)))
    sentences = str(fault.value).split("\n")
    assert all(line.startswith("imi2.json: /") and line.endswith(".") for line in sentences)
    assert any(line.startswith(f"imi2.json: {path}") and told in line for line in sentences), sentences


def test_no_set_of_the_package_has_a_blind_stage_and_a_call_asks_for_one() -> None:
    assert {rules.blind for rules in rule_sets().values()} == {None}


def test_a_key_that_stands_twice_and_what_is_no_json_are_told() -> None:
    text = json.dumps(raw())
    twice = text.replace('"version"', '"code": "imi2", "version"', 1)
    for wrong, told in (
        (twice, "the key code stands twice"),
        (text[:-1], "is not a rule set"),
        ("[]", ": /"),
    ):
        with pytest.raises(Fault, match=told):
            read(Written(wrong))


def test_a_number_that_nobody_speaks_for_stops_the_start() -> None:
    given = raw()
    given["confirmed"] = [one for one in given["confirmed"] if one["path"] != "/deadline_time"]
    with pytest.raises(Fault, match="/deadline_time: it is neither"):
        read(Written(json.dumps(given)))
    given["confirmed"].append({"path": "/deadline_time", "source": "S13"})
    given["unconfirmed"].append("/deadline_time")
    with pytest.raises(Fault, match="/deadline_time: it is both"):
        read(Written(json.dumps(given)))


def test_what_the_first_version_pinned_can_still_be_read() -> None:
    later = {"confirmed", "schemes", "page_limits", "funding", "ceiling", "tti_months", "ttg_months"}
    later |= {
        "declarations",
        "sign_offs",
        "short_feedback",
        "invited_to_stage_2",
        "not_feasible_days",
        "days_after_corrigendum",
    }
    old = {name: value for name, value in raw().items() if name not in later}
    old |= {"version": 1, "unconfirmed": ["scheme.criteria thresholds and overall_threshold", "rest"]}
    rules = RuleSet.model_validate(old)
    assert (rules.version, rules.schemes, rules.invited_to_stage_2) == (1, (), 1)
    assert rules.all_schemes() == {"default": rules.scheme}
    assert RuleSet.model_validate(named("ihi").model_dump(mode="json")) == named("ihi")


@pytest.mark.parametrize(
    ("code", "countries", "day", "passed"),
    [
        ("imi2", "DE FR IT", "2019-04-25", True),
        ("imi2", "DE FR FR", "2019-04-25", False),
        ("imi2", "DE FR CH", "2019-04-25", True),
        ("imi2", "DE FR US", "2019-04-25", False),
        ("imi2", "DE FR GB", "2020-03-31", True),
        ("imi2", "CH NO IL", "2019-04-25", True),
        ("imi2", "DE NO IL", "2019-04-25", True),
        ("ihi", "CH NO IL", "2025-04-29", False),
        ("ihi", "NO IL TR", "2022-09-20", False),
        ("ihi", "DE NO IL", "2022-09-20", True),
        ("ihi", "DE FR CH", "2023-03-15", False),
        ("ihi", "DE FR CH", "2024-12-31", False),
        ("ihi", "DE FR CH", "2025-01-01", True),
        ("ihi", "DE FR CH", "2025-04-29", True),
        ("ihi", "DE FR GB", "2023-12-31", False),
        ("ihi", "DE FR GB", "2024-01-01", True),
        ("ihi", "DE FR KR", "2024-12-31", False),
        ("ihi", "DE FR KR", "2025-01-01", True),
        ("ihi", "DE FR XK", "2022-09-20", True),
        ("imi2", "DE FR XK", "2019-04-25", False),
        ("horizon_europe", "DE FR GB", "2023-12-31", False),
        ("horizon_europe", "GR FR CA", "2024-01-01", True),
        ("horizon_europe", "EL UK FR", "2024-06-01", False),
    ],
)
def test_who_counts_on_a_day(code: str, countries: str, day: str, passed: bool) -> None:
    rules = named(code)
    entities = [Entity(f"E{n}", country) for n, country in enumerate(countries.split())]
    found = by_country(rules.eligibility, entities, standings(rules.countries, date.fromisoformat(day)))
    assert (found.rule, found.passed) == (rules.eligibility.rule, passed)


def test_countries_are_as_many_as_they_are() -> None:
    members = {code: sum(c.standing == "member" for c in named(code).countries) for code in CODES}
    assert members == {"imi1": 28, "imi2": 28, "ihi": 27, "horizon_europe": 27}
    associated = standings(named("ihi").countries, date(2022, 6, 20))
    assert sorted(code for code, standing in associated.items() if standing == "associated") == sorted(
        "AL AM BA FO GE IS IL XK MD ME MK NO RS TN TR UA".split()
    )


@pytest.mark.anyio
async def test_anyone_reads_them(world: World) -> None:
    async with world.client() as anyone:
        listed = (await anyone.get("/v1/rule_sets")).json()["items"]
        one = await anyone.get("/v1/rule_sets/ihi")
        none = [await anyone.get(f"/v1/rule_sets/{code}") for code in ("imi3", "..%2Fimi2", "IHI")]
    assert [item["code"] for item in listed] == list(CODES)
    assert one.json() in listed
    assert one.json()["unconfirmed"]
    assert one.json()["confirmed"]
    assert [answer.status_code for answer in none] == [404] * 3
