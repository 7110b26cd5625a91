"""Shows how far a run is."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from extractor.run.result import Origin, PictureResult


class ProgressWatcher:
    """Is told how a run gets on; by itself it does nothing with that."""

    def started(self, pictures: int) -> None:
        """There are `pictures` different pictures to do."""

    def picture_done(self, result: PictureResult) -> None:
        """One more picture is finished, well or not."""

    def vlm_started(self, prompts: int) -> None:
        """A reader will be given `prompts` prompts, each about one picture and page."""

    def vlm_done(self, prompts: int) -> None:
        """It has answered so many more."""

    def notice(self, text: str) -> None:
        """One line that the user should know before the run ends."""


class SilentWatcher(ProgressWatcher):
    """Shows nothing."""


class LineWatcher(ProgressWatcher):
    """Shows notices on stderr."""

    def notice(self, text: str) -> None:
        """Prints it."""
        print(text, file=sys.stderr)


class BarWatcher(ProgressWatcher):
    """A progress bar on a terminal: pictures done, rate, time left, fetched / cached / failed."""

    def __init__(self, console: Console) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _RateColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[counts]}"),
            console=console,
        )
        self._task = self._bar.add_task("pictures", total=None, counts="")
        self._vlm_task: TaskID | None = None
        self._fetched = self._cached = self._failed = 0

    def __enter__(self) -> BarWatcher:
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def started(self, pictures: int) -> None:
        """Sets the length of the bar."""
        self._bar.update(self._task, total=pictures)

    def picture_done(self, result: PictureResult) -> None:
        """Moves the bar on."""
        self._fetched += result.failure is None and result.origin is Origin.FETCHED
        self._cached += result.failure is None and result.page_cached
        self._failed += result.failure is not None
        counts = f"fetched {self._fetched:,}  cached {self._cached:,}  failed {self._failed:,}"
        self._bar.update(self._task, advance=1, counts=counts)

    def vlm_started(self, prompts: int) -> None:
        """Adds a bar for the reader."""
        self._vlm_task = self._bar.add_task("vlm", total=prompts, counts="")

    def vlm_done(self, prompts: int) -> None:
        """Moves the reader's bar on."""
        if self._vlm_task is not None:
            self._bar.update(self._vlm_task, advance=prompts)

    def notice(self, text: str) -> None:
        """Prints it above the bars."""
        self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)


class _RateColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.1f}/s")
