"""Shows a run while a program waits for it: a live curve in a notebook, a tqdm progress bar elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any

from ._html import in_notebook
from ._status import RunStatus


class WaitingView:
    """Shows a run's progress. A context manager.

    Args:
        picture: returns the run as HTML; called in notebooks only.
        shown: whether to show anything.
    """

    def __init__(self, picture: Callable[[RunStatus], str], shown: bool) -> None:
        self._picture = picture
        self._shown = shown
        self._in_notebook = shown and in_notebook()
        self._handle: Any = None
        self._bar: Any = None
        self._last: tuple[str, int, int] | None = None

    def show(self, status: RunStatus) -> None:
        """Shows a status, if it differs from the last one."""
        key = status.state, status.round, status.members
        if not self._shown or key == self._last:
            return
        self._last = key
        if self._in_notebook:
            self._display(status)
        else:
            self._line(status)

    def _display(self, status: RunStatus) -> None:
        from IPython.display import HTML, display

        picture = HTML(self._picture(status))
        if self._handle is None:
            self._handle = display(picture, display_id=True)
        else:
            self._handle.update(picture)

    def _line(self, status: RunStatus) -> None:
        if self._bar is None:
            try:
                from tqdm import tqdm
            except ImportError:
                self._shown = False
                return
            self._bar = tqdm(total=status.rounds, initial=status.round, desc=status.name, unit="round")
        self._bar.total = status.rounds
        self._bar.set_postfix_str(f"{status.state}, {status.members} members", refresh=False)
        self._bar.update(status.round - self._bar.n)

    def __enter__(self) -> WaitingView:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.close()
