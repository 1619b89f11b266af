"""`imi bench summaries`: so many synthetic summary reports printed, beside as many bare pages."""

import asyncio
import json as jsons
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.table import Table

from app.consortia.disclosure import Watch
from app.core.typeset import typeset
from app.evaluation.summary.content import Content, texts_of
from app.evaluation.summary.printing import summary_pdf

AT = datetime(2020, 1, 1, tzinfo=UTC)
BARE = b"One page."
RATIO = 20.0  # of a bare page: what a report may cost on any machine
WORDS = "The approach is sound and its risks are named; how results reach patients is said too briefly. "
CODES = ("excellence", "impact", "implementation")
EVALUATORS = 60

Row = dict[str, Any]


def main(*, count: int, json: Path | None) -> int:
    """Print a row per case; code 1 if a figure that is asked for is not reached."""
    rows = asyncio.run(_measured(count))
    table = Table("case", "documents", "s", "ms each", "of a bare page", "reached")
    for row in rows:
        reached = {True: "yes", False: "NO"}.get(row.get("reached", ""), "")
        ratio = f"{row['ratio']:.1f}" if "ratio" in row else ""
        each = f"{row['seconds'] / count * 1000:.2f}"
        table.add_row(row["case"], str(count), f"{row['seconds']:.2f}", each, ratio, reached)
    Console().print(table)
    if json is not None:
        json.write_text(jsons.dumps(rows, indent=2) + "\n")
    return 1 if any(row.get("reached") is False for row in rows) else 0


async def _measured(count: int) -> list[Row]:
    contents = [content(number) for number in range(count)]
    await summary_pdf(contents[0], AT)  # so that neither pays for what is loaded first
    began = perf_counter()
    for _ in contents:
        await typeset(BARE, {}, AT)
    bare = perf_counter() - began
    began = perf_counter()
    bytes_made = sum([len(await summary_pdf(one, AT, large=True)) for one in contents])
    printed = perf_counter() - began
    began = perf_counter()
    numbers = range(EVALUATORS)
    watch = Watch([f"Given{n} Family{n}" for n in numbers], [f"University of Town{n}" for n in numbers])
    found = sum(len(watch.look(text)) for one in contents for text in texts_of(one).values())
    searched = perf_counter() - began
    facts = {"documents": count, "bytes": bytes_made}
    return [
        {"case": "bare pages", "documents": count, "seconds": bare},
        {
            "case": "summary reports",
            "seconds": printed,
            "ratio": printed / bare,
            "reached": printed <= RATIO * bare,
            **facts,
        },
        {
            "case": f"searched for {EVALUATORS} evaluators",
            "documents": count,
            "seconds": searched,
            "ratio": searched / bare,
            "found": found,
            "reached": found == count and searched <= bare,
        },
    ]


def content(number: int) -> Content:
    """A report of three criteria with three strengths and three shortcomings each; one name stands in it."""
    said = [WORDS * 4 + f"({number}.{at})" for at in range(3)]
    criteria = [
        {"code": code, "title": code.capitalize(), "score": "4", "threshold": "3", "reached": True}
        | {"strengths": list(said), "shortcomings": list(said), "comments": [], "panel": None}
        for code in CODES
    ]
    criteria[0]["panel"] = {
        "scored": True,
        "comment": f"As Given{number % EVALUATORS} Family{number % EVALUATORS} says.",
    }
    return {
        "version": 1,
        "proposal": {"reference": f"SYN-{number:04}", "acronym": f"SYN{number}", "title": WORDS},
        "topic": {"reference": "SYN-01", "title": WORDS},
        "call": {"reference": "SYN", "title": "Synthetic call", "programme": "Synthetic programme"},
        "scale": {"least": "0", "most": "5", "step": "0.5"},
        "criteria": criteria,
        "total": "12",
        "overall_threshold": "10",
        "overall_reached": True,
        "disagreement": None,
    }
