"""PDF files that the system makes: a template of ours and plain facts, the same bytes from the same facts."""

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any, Literal

import typst

# Long prints have a place of their own, so that no receipt waits for them.
_small = ThreadPoolExecutor(2, thread_name_prefix="typeset")
_large = ThreadPoolExecutor(1, thread_name_prefix="typeset-large")


async def typeset(
    template: bytes,
    facts: Mapping[str, Any],
    at: datetime,
    *,
    large: bool = False,
    accessible: bool = False,
) -> bytes:
    """The template (Typst) over the facts, which reach it as JSON and so as text, never as markup.

    `at` stands as the date in the file, to the second. It is made with the embedded fonts alone, so that no
    machine makes it otherwise, and in a thread: it takes milliseconds, `large` ones up to seconds.
    `accessible`: held to PDF/UA-1; if the embedded fonts lack a sign it can only be tagged, as all are.
    """
    made = partial(_accessible if accessible else _compile, template, json.dumps(facts), at)
    return await asyncio.get_running_loop().run_in_executor(_large if large else _small, made)


def _accessible(template: bytes, facts: str, at: datetime) -> bytes:
    try:
        return _compile(template, facts, at, "ua-1")
    except typst.TypstError:
        return _compile(template, facts, at)


def _compile(template: bytes, facts: str, at: datetime, standard: Literal["ua-1"] | None = None) -> bytes:
    compiler = typst.Compiler(template, ignore_system_fonts=True, sys_inputs={"facts": facts})
    made = compiler.compile(format="pdf", timestamp=at.replace(microsecond=0), pdf_standards=standard)
    assert isinstance(made, bytes)  # a list only where there is a file per page
    return made
