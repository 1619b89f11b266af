"""Reading PDFs: one process that lasts, a fork with limits for each file; pages that cannot be decoded."""

import os
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pikepdf
import psutil
import pytest

from app.core import pdf as reading
from app.core.errors import Unavailable
from app.core.pdf import TOO_MUCH, Reader
from app.core.pdf_child import CONTENT, PIECE, examine
from tests.proposals.build import pdf
from tests.proposals.corpus import REFUSED, blank, bomb, looped

GOOD = {"pages": 2, "fault": None}
TEXT = b"BT (A word.) Tj ET"


@pytest.fixture
def reader() -> Iterator[Reader]:
    made = Reader(patience=20.0)
    yield made
    made.end()


def examined(reader: Reader, body: bytes) -> dict[str, Any]:
    with TemporaryFile() as file:
        file.write(body)
        return reader.examine(file)


def process(reader: Reader) -> psutil.Process:
    assert reader.process is not None
    return psutil.Process(reader.process.pid)


def ends(*pids: int) -> bool:
    """Whether these processes end within a moment."""
    end = time.monotonic() + 5
    while any(psutil.pid_exists(pid) for pid in pids) and time.monotonic() < end:
        time.sleep(0.02)
    return not any(psutil.pid_exists(pid) for pid in pids)


def test_one_process_reads_file_after_file_and_keeps_nothing_of_any(reader: Reader) -> None:
    assert examined(reader, pdf()) == GOOD
    one = process(reader)
    opened, threads = one.num_fds(), one.num_threads()
    for pages in (1, 2, 3):
        assert examined(reader, pdf(pages))["pages"] == pages
        assert "refused" in examined(reader, b"%PDF-1.7 nonsense")
    assert "refused" in examined(reader, bomb())
    assert process(reader) == one
    assert ends(*(fork.pid for fork in one.children()))
    assert (one.num_fds(), one.num_threads(), threads, one.children()) == (opened, 1, 1, [])


def test_many_files_at_once_get_each_its_own_answer(reader: Reader) -> None:
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(partial(examined, reader), [pdf(n % 7 + 1) for n in range(40)]))
    assert [one["pages"] for one in found] == [n % 7 + 1 for n in range(40)]


def test_it_is_started_again_when_it_has_died(reader: Reader) -> None:
    assert examined(reader, pdf()) == GOOD
    first = process(reader)
    for number in (signal.SIGKILL, signal.SIGTERM):
        one = process(reader)
        one.send_signal(number)
        assert examined(reader, pdf()) == GOOD
        assert process(reader) != one
    assert ends(first.pid)


def test_a_file_that_never_comes_to_an_end_is_given_up_and_its_fork_ends() -> None:
    reader = Reader(patience=1.0)
    assert examined(reader, pdf()) == GOOD
    end, begin = os.pipe()
    with os.fdopen(end, "rb", 0) as silent, os.fdopen(begin, "wb", 0), ThreadPoolExecutor(1) as thread:
        asked = thread.submit(reader._ask, silent)
        time.sleep(0.3)
        forks = process(reader).children()
        inbox = os.readlink(f"/proc/{process(reader).pid}/fd/0")
        reach = [os.readlink(f"/proc/{forks[0].pid}/fd/{n}") for n in os.listdir(f"/proc/{forks[0].pid}/fd")]
        assert (inbox.startswith("socket:"), inbox in reach) == (True, False), "it reaches others' files"
        assert examined(reader, pdf()) == GOOD
        assert (len(forks), asked.result(5).strip()) == (1, b"")
    assert ends(forks[0].pid)
    assert examined(reader, pdf()) == GOOD
    reader.end()


def test_a_fork_that_is_killed_refuses_its_file_alone() -> None:
    reader = Reader(patience=20.0)
    assert examined(reader, pdf()) == GOOD
    one = process(reader)
    end, begin = os.pipe()
    with os.fdopen(end, "rb", 0) as silent, os.fdopen(begin, "wb", 0), ThreadPoolExecutor(1) as thread:
        asked = thread.submit(reader._ask, silent)
        time.sleep(0.3)
        (fork,) = one.children()
        fork.kill()
        assert asked.result(5) == b"\n"
    assert (examined(reader, pdf()), process(reader)) == (GOOD, one)
    reader.end()


def test_a_process_that_hangs_is_ended_and_the_file_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "GRACE", 0.5)
    reader = Reader(patience=0.5)
    assert examined(reader, pdf()) == GOOD
    one = process(reader)
    one.suspend()
    assert examined(reader, pdf()) == {"refused": TOO_MUCH}
    assert ends(one.pid)
    assert examined(reader, pdf()) == GOOD
    reader.end()


def test_nothing_that_forks_is_told_as_our_own_fault(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit(1)")
    monkeypatch.setattr(reading, "FORKS", broken)
    with pytest.raises(Unavailable):
        examined(reader, pdf())


SERVING = """
import sys, time
from tempfile import TemporaryFile
from app.core.pdf import READER
file = TemporaryFile()
file.write(open(sys.argv[1], "rb").read())
READER.examine(file)
print(READER.process.pid, flush=True)
{then}
"""


@pytest.mark.parametrize("then", ["", "raise SystemExit(1)", "time.sleep(60)"])
def test_it_ends_with_whoever_started_it_however_that_ends(tmp_path: Path, then: str) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf())
    command = [sys.executable, "-c", SERVING.format(then=then), str(tmp_path / "a.pdf")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as serving:
        assert serving.stdout is not None
        lasting = int(serving.stdout.readline())
        if "sleep" in then:
            assert psutil.pid_exists(lasting)
            serving.kill()
    assert ends(lasting)


def with_content(*contents: bytes | list[bytes], packed: bool = True) -> BytesIO:
    """A PDF of pages with these streams as they are, called Flate if `packed`."""
    made, out = pikepdf.new(), BytesIO()
    for content in contents:
        parts = content if isinstance(content, list) else [content]
        streams = [made.make_stream(b"") for _ in parts]
        for stream, raw in zip(streams, parts, strict=True):
            stream.write(raw, **({"filter": pikepdf.Name.FlateDecode} if packed else {}))
        page = made.add_blank_page()
        page.Contents = pikepdf.Array(streams) if isinstance(content, list) else streams[0]
    made.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return BytesIO(out.getvalue())


def zeros(count: int) -> bytes:
    """So many bytes, packed."""
    packer = zlib.compressobj(9)
    return packer.compress(b" " * (count - 1)) + packer.compress(b"x") + packer.flush()


FINE = zlib.compress(TEXT)
LONG = zlib.compress(bytes(n * n % 251 for n in range(5_000)))
MUCH = "there is too much content up to its end"


@pytest.mark.parametrize(
    ("pages", "fault"),
    [
        pytest.param([FINE], None, id="sound"),
        pytest.param([FINE, zlib.compress(b"")], None, id="one-blank-page"),
        pytest.param([FINE, b""], None, id="one-page-of-nothing"),
        pytest.param([[FINE, FINE], [FINE]], None, id="in-parts"),
        pytest.param([zeros(3 * PIECE + 1)], None, id="more-than-a-piece"),
        pytest.param([LONG[:-4]], None, id="without-its-checksum"),
        pytest.param([LONG[:-1] + b"?"], None, id="with-another-checksum"),
        pytest.param([LONG + b"\r\n"], None, id="with-something-after-it"),
        pytest.param([LONG[:-8]], "Page 1 cannot be read: it breaks off.", id="breaks-off"),
        pytest.param([b"x"], "Page 1 cannot be read: it breaks off.", id="one-byte"),
        pytest.param([FINE, TEXT], "Page 2 cannot be read: it is damaged.", id="not-packed-at-all"),
        pytest.param([FINE, FINE[:2] + b"\x07"], "Page 2 cannot be read: it is damaged.", id="no-such-block"),
        pytest.param([[FINE, TEXT], FINE], "Page 1 cannot be read: it is damaged.", id="in-one-part"),
        pytest.param([zlib.compress(b" \n")] * 2, "No page has any content.", id="nothing-but-space"),
        pytest.param([[], []], "No page has any content.", id="no-part"),
        pytest.param([zeros(CONTENT)], None, id="as-much-as-is-read"),
        pytest.param([zeros(CONTENT + 1)], f"Page 1 cannot be read: {MUCH}.", id="one-byte-more"),
        pytest.param([FINE, zeros(CONTENT)], f"Page 2 cannot be read: {MUCH}.", id="more-on-two-pages"),
    ],
)
def test_the_first_page_that_cannot_be_read_is_named(pages: list[Any], fault: str | None) -> None:
    assert examine(with_content(*pages)) == {"pages": len(pages), "fault": fault}


def test_what_is_not_plain_flate_is_taken_as_it_is() -> None:
    assert examine(with_content(TEXT, packed=False)) == {"pages": 1, "fault": None}
    with pikepdf.open(with_content(TEXT)) as made:
        out = BytesIO()
        filters = [pikepdf.Name.ASCIIHexDecode, pikepdf.Name.FlateDecode]
        made.pages[0].Contents.write(b"nonsense", filter=pikepdf.Array(filters))
        made.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    assert examine(BytesIO(out.getvalue())) == {"pages": 1, "fault": None}


def test_a_page_that_swells_beyond_all_memory_costs_none_of_it(reader: Reader) -> None:
    """Three gigabytes in three megabytes, on one page of two."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    block = packer.compress(b" " * 64_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = FINE[:2] + block * 48 + packer.flush()
    found = examined(reader, with_content(FINE, packed).getvalue())
    assert found == {"pages": 2, "fault": f"Page 2 cannot be read: {MUCH}."}


@pytest.mark.parametrize("make", [bomb, blank, looped, partial(pdf, 1)])
def test_what_says_nothing_that_can_be_told_has_no_text(reader: Reader, make: Callable[[], bytes]) -> None:
    with TemporaryFile() as file, TemporaryFile() as text:
        file.write(make())
        found = reader.read(file, text)
        assert ("refused" in found, os.fstat(text.fileno()).st_size) == (True, 0)
    assert examined(reader, pdf()) == GOOD


@pytest.mark.parametrize("named", REFUSED)
def test_each_of_the_corpus_is_refused_with_its_reason(reader: Reader, named: str) -> None:
    make, why = REFUSED[named]
    assert examined(reader, make()) == {"refused": why}
    assert examined(reader, pdf()) == GOOD
