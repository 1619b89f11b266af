"""From a funded project back to the idea that it came of."""

from app.rehearsal.cast import Cast
from app.rehearsal.driver import expect


async def follow(cast: Cast) -> None:
    """The project names its topic, whose trail leads to the vote, the rounds, and every idea in it."""
    with cast.theatre.step("A project is followed back to its idea"):
        projects = (await cast.theatre.ask("GET", "/projects", 200))["items"]
        field = cast.fields[0]
        (project,) = [one for one in projects if one["topic"] == field.reference]
        trail = await cast.office.get(f"/topics/{field.topic}/trail")
        told = f"From project {project['number']} back to its idea"
        cast.tell(told, project["starts_on"], "project", project["acronym"])
        for step in reversed(trail["steps"]):
            cast.tell(told, step["at"][:10], step["act"].replace("_", " "), step["state"].replace("_", " "))
        expect(
            [one["number"] for one in trail["projects"]] == [project["number"]], "the trail runs both ways"
        )
        expect(trail["steps"][0]["act"] == "sketch", "the trail begins with the idea")
