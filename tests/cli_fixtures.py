"""The `aduan` script as an operator runs it: in a process and a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ADUAN = Path(sys.executable).with_name("aduan")
WITHOUT_CHANNELS = '[hub]\ndatabase = "sqlite:///aduan.db"\n'
FIGURES = ("items", "complaints", "additions", "revisions", "followups", "ended", "skipped", "quarantined", "repeats")
STATES = ("sent", "due", "superseded", "undeliverable", "dead")


@dataclass(frozen=True)
class Ran:
    """What a run came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Desk:
    """A folder with settings, where commands are run."""

    folder: Path

    def settings(self, text: str = WITHOUT_CHANNELS, name: str = "aduan.toml") -> Path:
        return self.write(name, text)

    def write(self, name: str, text: str | Sequence[Mapping[str, Any]]) -> Path:
        """Write a text, or rows of JSON lines."""
        lines = text if isinstance(text, str) else "".join(json.dumps(row) + "\n" for row in text)
        path = self.folder / name
        path.write_text(lines, encoding="utf-8")
        return path

    def run(
        self,
        *words: str | Path,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
        before: Callable[[], None] | None = None,
    ) -> Ran:
        """Run a command to its end; `before` happens in the new process."""
        done = subprocess.run(  # noqa: S603 - our own script
            [ADUAN, *words],
            cwd=self.folder,
            env=surroundings(env),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            preexec_fn=before,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def start(self, *words: str | Path, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start a command that goes on, in a process group of its own."""
        return subprocess.Popen(  # noqa: S603 - our own script
            [ADUAN, *words],
            cwd=self.folder,
            env=surroundings(env),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )


def surroundings(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the environment without the tests' own settings of the hub."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ADUAN_")} | dict(more or {})


def row(number: int | str, text: str, channel: str = "sms", **more: Any) -> dict[str, Any]:
    """Make a line of an import."""
    return {"id": str(number), "channel": channel, "text": text, "created_at": "2026-11-20T07:00:00+07:00", **more}
