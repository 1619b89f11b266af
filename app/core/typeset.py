"""PDF files that the system makes: a template of ours and plain facts, the same bytes from the same facts."""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import typst


async def typeset(template: bytes, facts: Mapping[str, Any], at: datetime) -> bytes:
    """The template (Typst) over the facts, which reach it as JSON and so as text, never as markup.

    `at` stands as the date in the file, to the second. It is made with the embedded fonts alone, so that no
    machine makes it otherwise, and in a thread: it takes milliseconds.
    """
    return await asyncio.to_thread(_compile, template, json.dumps(facts), at)


def _compile(template: bytes, facts: str, at: datetime) -> bytes:
    compiler = typst.Compiler(template, ignore_system_fonts=True, sys_inputs={"facts": facts})
    made = compiler.compile(format="pdf", timestamp=at.replace(microsecond=0))
    assert isinstance(made, bytes)  # a list only where there is a file per page
    return made
