"""`extractor serve --review`: one rater's review of an audit, as an app."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from extractor.cache.target import Target, check_targets

if TYPE_CHECKING:
    from fastapi import FastAPI

    from extractor.web.shell import AccessSettings


@contextmanager
def review_app(audit: Path, rater: str | None, log: Path | None, settings: AccessSettings) -> Iterator[FastAPI]:
    """The app of the review; its log is open while the block runs.

    Raises ExtractorError where the audit, the rater's name or the log cannot be used.
    """
    from extractor.review.items import ReviewItems, items_path
    from extractor.review.log import DecisionLog
    from extractor.review.session import ReviewSession, check_rater, log_path
    from extractor.review.web import review_routers
    from extractor.web.shell import app_with

    if rater is None:
        raise typer.BadParameter("say who decides; the log keeps it", param_hint="--rater")
    log = log or log_path(audit, check_rater(rater))
    items = ReviewItems(audit)
    check_targets([Target(log, "--log", plain=True)], [audit, items_path(audit)])
    with DecisionLog(log) as opened:
        session = ReviewSession(items, opened, rater)
        done = session.progress()
        typer.echo(f"log       {log}: {done.decided:,} of {done.total:,} rows decided", err=True)
        yield app_with(review_routers(session), settings)
