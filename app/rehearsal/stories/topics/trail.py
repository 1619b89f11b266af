"""From a funded project back to the ideas that it came of, and from a merged idea to what became of it."""

from app.rehearsal.cast import Cast
from app.rehearsal.driver import expect
from app.rehearsal.stories.topics.ideas import AUTHORS


async def follow(cast: Cast) -> None:
    """The project names the trail of its topic, which leads back to the idea and to those merged."""
    with cast.theatre.step("A project is followed back to its idea"):
        projects = (await cast.theatre.ask("GET", "/projects", 200))["items"]
        field = cast.fields[0]
        (project,) = [one for one in projects if one["topic"] == field.reference]
        trail = await cast.office.get(project["trail_url"].removeprefix("/v1"))
        told = f"From project {project['number']} back to its ideas"
        cast.tell(told, project["starts_on"], "project", project["acronym"])
        for step in reversed(trail["steps"]):
            cast.tell(told, step["at"][:10], step["act"].replace("_", " "), step["state"].replace("_", " "))
        for idea in trail["merged_from"]:
            cast.tell(told, "", "merged into it", idea["title"])
        numbers = [one["number"] for one in trail["projects"]]
        expect(numbers == [project["number"]], "the trail of a topic leads to its project")
        expect(trail["steps"][0]["act"] == "sketch", "the trail begins with the idea")
        merged = await cast.theatre.people[AUTHORS["fast"]].get(f"/topics/{cast.found['fast']}/trail")
        onward = merged["merged_into"]["reference"]
        expect(onward == field.reference, "a merged idea leads on to what it was merged into")
