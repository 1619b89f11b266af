"""The office drafts with a co-author; of two who write at once one is told of the other's change (T-03)."""

from app.rehearsal.acts.topics import TEXT
from app.rehearsal.cast import DAY, Cast, at, euro
from app.rehearsal.driver import expect

AUTHOR = "Carla Coauthor"
TOLD = "Drafting"


async def draft(cast: Cast) -> None:
    with cast.theatre.step("The topics are drafted", len(cast.fields)):
        await cast.theatre.clock(at(cast.wall("begins_on")) + 14 * DAY)
        for field in cast.fields:
            topic = field.plan.topic
            more = {"reference": topic.reference, "title": topic.title, "scope": topic.scope}
            money = {"indicative_budget": euro(topic.envelope), "projects_expected": topic.expected_grants}
            await cast.office.change(f"/topics/{field.topic}", **TEXT | more | money)
        await _write_at_once(cast, f"/topics/{cast.fields[0].topic}")


async def _write_at_once(cast: Cast, here: str) -> None:
    author = await cast.theatre.enter(AUTHOR)
    asked = await cast.office.make(f"{here}/co_authors", account_id=await author.id())
    await author.act(f"/co_authors/{asked['id']}/accept")
    read = (await author.get(here))["version"]
    outcomes = "Tests tried in a thousand patients, and a plan for their approval."
    await cast.office.edit(here, read, outcomes=outcomes)
    late = {"json": {"impact": "Fewer die."}, "headers": {"If-Match": f'"{read}"'}}
    stale = await cast.theatre.ask("PATCH", here, 412, author.token, **late)
    expect(stale["current"]["outcomes"] == outcomes, "who writes on an older version is shown the change")
    await author.change(here, impact="Fewer die of sepsis, and fewer antibiotics are given in vain.")
    compared = await author.get(f"{here}/comparison", **{"from": read})
    changed = ", ".join(sorted(change["field"] for change in compared["changes"]))
    cast.tell(TOLD, f"versions {compared['before']} and {compared['after']} differ in", changed)
