"""What other envelopes would fund, drawn up on the closed list and compared before the vote (K-04)."""

from app.rehearsal.acts.consortia import GUEST
from app.rehearsal.cast import Cast, euro
from app.rehearsal.driver import expect
from app.rehearsal.stories.decisions.parts import MILLION, names

ENVELOPES = (45, 60, 72)
TOLD = "What other envelopes would fund"


async def draw_up(cast: Cast) -> None:
    """Three sets on the list that the panel has closed; a member compares, who applies reads none."""
    field, reader, applies = cast.fields[0], cast.members[1], cast.members[GUEST]
    with cast.theatre.step("Sets of other envelopes are compared"):
        for millions in ENVELOPES:
            part = {"topic_stage_id": field.part, "envelope": euro(millions * MILLION)}
            name = f"{millions} million euro"
            await cast.office.make(f"/calls/{cast.call}/what_ifs", name=name, envelopes=[part])
        here = f"/calls/{cast.call}/what_if_comparison"
        sets = (await reader.get(here))["items"]
        for one in reversed(sets):
            told = one["figures"]
            cast.tell(
                TOLD,
                one["name"],
                f"funds {names(cast, told['proposals'])}",
                f"first on reserve {names(cast, told['first_on_reserve'])}",
                f"leaves {told['left']['amount']}",
            )
        listed, compared = await applies.all("/what_ifs"), (await applies.get(here))["items"]
        expect(listed == compared == [], f"{applies.name} applies and reads none; read is {listed}")
        cast.tell(TOLD, applies.name, "applies on the topic", "reads none", "")
