"""What a rehearsal tells at its end: the funnel, the list with the line, the times, who may sign in."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from app.rehearsal.driver import PASSWORD, Person, Step
from app.rehearsal.figures import SUMMED, TIMES, Figures, Place
from app.rehearsal.play import Played

SYNTHETIC = (
    "Synthetic: people, texts, scores and amounts are invented, and so are all organisations called so; "
    "the consortia of real projects are as published."
)
FUNNEL = (*(name for name in SUMMED if name != "inadmissible_or_ineligible"), *TIMES)
SLOWEST = 10


class Shown:
    """Progress bars, one for each part of the rehearsal."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, console=console)
        self.bars: dict[int, TaskID] = {}

    def watch(self, step: Step) -> None:
        if id(step) not in self.bars:
            self.bars[id(step)] = self.progress.add_task(step.title, total=max(step.total, 1))
        done = max(step.total, 1) if step.seconds else step.done
        self.progress.update(self.bars[id(step)], completed=done)


def tell(console: Console, played: Played, url: str) -> None:
    """Everything that came out, as tables."""
    for number, stage in enumerate(played.stages, 1):
        for reference, figures in stage.topics.items():
            about = f"{reference}, stage {number}" if len(played.stages) > 1 else reference
            console.print(_funnel(about, figures))
            console.print(_list(about, stage.lists[reference], figures))
    for title, rows in played.cast.told.items():
        console.print(_told(title, rows))
    console.print(_marks(played))
    console.print(_steps(played))
    console.print(_slowest(played))
    console.print(SYNTHETIC, highlight=False)
    console.print(_people(played, url))


def _table(title: str, *columns: str, right: tuple[str, ...] = ()) -> Table:
    table = Table(title=title, title_justify="left", min_width=60)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left")
    return table


def _said(value: Any) -> str:
    return f"{value:,}".replace(",", " ") if isinstance(value, int) else str(value)


def _funnel(reference: str, figures: Figures) -> Table:
    table = _table(f"{reference}: what came out", "figure", "value", right=("value",))
    for name in FUNNEL:
        table.add_row(name.replace("_", " ").replace(" eur", ", EUR"), _said(figures[name]))
    return table


def _list(reference: str, places: list[Place], found: Figures) -> Table:
    columns = ("rank", "acronym", "total", "asks, EUR", "together, EUR", "outcome")
    table = _table(f"{reference}: the ranked list", *columns, right=columns[2:5] + columns[:1])
    spent, drawn = Decimal(0), False
    for place in places:
        if place.outcome != "selected" and not drawn:
            drawn = True
            table.add_section()
            line = ("invited", "") if found["invited"] else ("budget line", _said(found["envelope_eur"]))
            table.add_row("", line[0], "", "", line[1], "", style="bold")
            table.add_section()
        spent += place.asks
        figures = (_said(int(place.asks)), _said(int(spent)))
        table.add_row(str(place.rank), place.acronym, str(place.total), *figures, place.outcome)
    return table


def _told(title: str, rows: list[list[str]]) -> Table:
    table = _table(title, *("" for _ in rows[0]))
    table.show_header = False
    for row in rows:
        table.add_row(*row)
    return table


def _marks(played: Played) -> Table:
    table = _table("On the way", "what", "how often", right=("how often",))
    for name, number in sorted(played.cast.marks.items()):
        table.add_row(name, _said(number))
    table.add_row("accounts", _said(len(played.theatre.people)))
    table.add_row("requests", _said(played.theatre.requests))
    table.add_row("requests per second", _said(round(played.theatre.requests / played.seconds)))
    return table


def _steps(played: Played) -> Table:
    table = _table("Where the time went", "step", "requests", "seconds", right=("requests", "seconds"))
    for step in played.theatre.steps:
        table.add_row(step.title, _said(step.requests), f"{step.seconds:.1f}")
    table.add_row("all", _said(played.theatre.requests), f"{played.seconds:.1f}")
    return table


def _slowest(played: Played) -> Table:
    table = _table("The slowest requests", "request", "seconds", right=("seconds",))
    for seconds, request in sorted(played.theatre.times, reverse=True)[:SLOWEST]:
        table.add_row(request, f"{seconds:.2f}")
    return table


def _people(played: Played, url: str) -> Table:
    table = _table(f"Sign in at {url}/docs; the password is: {PASSWORD}", "as", "name", "e-mail")
    for part, person in _parts(played):
        table.add_row(part, person.name, person.address)
    return table


def _parts(played: Played) -> Iterator[tuple[str, Person]]:
    """One person for each part in the process."""
    cast = played.cast
    for field in cast.fields:
        for entry in field.entries[:1]:
            yield f"coordinator of {entry.paper.acronym}", entry.coordinator
    for expert in cast.experts[:1]:
        yield "expert", expert.person
    yield "member of the committee", cast.members[-1]
    yield "programme office", cast.office
    yield "programme office, second officer", cast.second
