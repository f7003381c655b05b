"""Writes TensorBoard's event files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_SOURCE_FILE = "evenkeel-source.txt"


class TensorBoardTracker:
    """Writes event files to a folder, a new one after each start. A step is one record of a file, which is written completely or
    not at all.

    Args:
        folder: the run's folder, created if it does not exist.
        source: identifies this run, stored in the folder; without it any tracker continues there.

    Raises:
        ImportError: if tensorboard is not installed.
        ValueError: if the folder has the events of another run.
    """

    def __init__(self, folder: str | os.PathLike[str], *, source: str | None = None) -> None:
        try:
            from tensorboard.compat.proto import event_pb2, summary_pb2
            from tensorboard.summary.writer.event_file_writer import EventFileWriter
        except ImportError as e:
            raise ImportError("tensorboard is not installed: pip install 'evenkeel[tensorboard]'") from e
        self._event, self._summary = event_pb2.Event, summary_pb2.Summary
        self._open = EventFileWriter
        self._writer: Any = None
        self._folder = Path(folder)
        _require_source(self._folder, source)
        self._next_step = 1 + max(_steps(self._folder), default=-1)

    @property
    def next_step(self) -> int:
        """The first step that has not been written yet."""
        return self._next_step

    def write(self, step: int, at: float, figures: Mapping[str, float]) -> None:
        """Writes the figures of a step as scalars, and flushes them."""
        if self._writer is None:
            self._writer = self._open(str(self._folder))
        values = [self._summary.Value(tag=tag, simple_value=value) for tag, value in figures.items()]
        self._writer.add_event(self._event(wall_time=at, step=step, summary=self._summary(value=values)))
        self._writer.flush()
        self._next_step = step + 1

    def finish(self, state: str) -> None:
        """Does nothing: event files have no end."""

    def close(self) -> None:
        """Closes the event file."""
        if self._writer is not None:
            self._writer.close()


def _require_source(folder: Path, source: str | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if source is None:
        return
    file = folder / _SOURCE_FILE
    if not file.exists():
        file.write_text(source + "\n", encoding="utf-8")
    known = file.read_text(encoding="utf-8").strip()
    if known != source:
        raise ValueError(
            f"the folder {folder} contains the events of {known}, not of {source}: give another folder, or delete it"
        )


def _steps(folder: Path) -> Iterator[int]:
    """Yields the steps with figures in a folder's event files. The reader stops before a truncated record."""
    from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader

    for file in sorted(folder.glob("events.out.tfevents.*")):
        event: Any
        for event in LegacyEventFileLoader(str(file)).Load():
            if event.summary.value:
                yield event.step
