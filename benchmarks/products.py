"""python -m benchmarks.products: what fusing several pictures of a product brings, on crops of drawn pages.

There is no labelled data of several pictures of one product. As a stand-in each page is cut into `views`, windows of
`share` of its width and height at random places, as close-ups of one product; the label stays that of the page. A crop
knows less than the page and tells a part from the whole less well, but it is read as well as the page: OCR errors, and
pictures with other contents, are not measured here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Annotated

import typer

from extractor.evaluation.inputs import read_labelled_rows
from extractor.evaluation.metrics import Score, Variant, outcome
from extractor.run.local import read_pages, stored_pages
from extractor.run.options import RunOptions
from extractor.run.progress import SilentWatcher
from extractor.stages.answer import Answer, Status
from extractor.stages.fuse import fuse
from extractor.stages.select import answer_on
from extractor.tables.labels import Label
from ocr.token import Box, OcrResult
from rules.ranker import LEARNED, Ranker, ranker_of
from rules.select import ParsedPage

ROOT = Path(__file__).parents[1]
WAYS = ("one crop", "the most confident crop", "all crops fused", "whole page")


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a page, in pixels."""

    left: float
    top: float
    width: float
    height: float

    def holds(self, x: float, y: float) -> bool:
        """Whether the point lies inside."""
        return 0 <= x - self.left <= self.width and 0 <= y - self.top <= self.height


def main(
    labels: Annotated[Path, typer.Option(help="Labelled rows.")] = ROOT / "dataset" / "test_labels.csv",
    store: Annotated[Path, typer.Option(help="Where pages are kept.")] = Path("products.sqlite3"),
    views: Annotated[int, typer.Option(min=2, help="Crops of each page.")] = 3,
    share: Annotated[float, typer.Option(min=0.1, max=1.0, help="Of the page's width and height in each.")] = 0.7,
    seeds: Annotated[int, typer.Option(min=1, help="How often other crops are made.")] = 5,
) -> None:
    """Print F1 (accepted) and the precision of verified answers: of crops, of crops fused, and of the whole page."""
    file = read_labelled_rows(labels)
    options = RunOptions(labels.parent, store, upscale=False)
    results = asyncio.run(read_pages(file.pictures, options, SilentWatcher()))
    pages = stored_pages(results, options)
    ranker = ranker_of(LEARNED)
    ways: dict[str, list[Answer]] = {name: [] for name in WAYS}
    for seed in range(seeds):
        cropped = {link: list(_crops(page, views, share, Random(f"{seed}/{link}"))) for link, page in pages.items()}
        for row in file.rows:
            answers = [_answer(crop, row.entity, ranker) for crop in cropped[row.image_link]]
            ways["one crop"].append(answers[0])
            answered = [one for one in answers if one.amount is not None]
            best = max(answered, key=lambda one: one.confidence, default=answers[0])
            ways["the most confident crop"].append(best)
            ways["all crops fused"].append(fuse(answers))
            ways["whole page"].append(_answer(pages[row.image_link], row.entity, ranker))
    typer.echo(f"{len(file.rows)} rows of {len(pages)} pages, {views} crops of {share:.0%} each, {seeds} seeds")
    for way, found in ways.items():
        pairs = list(zip(found, file.labels * seeds, strict=True))
        score = _score_of(pairs)
        verified = [(answer, label) for answer, label in pairs if answer.status is Status.VERIFIED]
        typer.echo(
            f"{way:<25} F1 {score.f1:.3f}  precision {score.precision:.3f}  recall {score.recall:.3f}  "
            f"verified {len(verified)}, right {_score_of(verified).precision:.3f}"
        )


def _score_of(pairs: Sequence[tuple[Answer, Label]]) -> Score:
    return Score.of([outcome(answer.text, label, Variant.ACCEPTED) for answer, label in pairs])


def _crops(page: OcrResult, views: int, share: float, rng: Random) -> Iterator[OcrResult]:
    width, height = share * page.width, share * page.height
    for _ in range(views):
        left, top = rng.uniform(0, page.width - width), rng.uniform(0, page.height - height)
        yield _crop(page, Window(left, top, width, height))


def _crop(page: OcrResult, window: Window) -> OcrResult:
    """What lies in the window as a whole, in its own pixels."""
    tokens = [
        replace(token, box=_moved(token.box, window))
        for token in page.tokens
        if all(window.holds(x, y) for x, y in token.box)
    ]
    strokes = [
        one._replace(x1=one.x1 - window.left, y1=one.y1 - window.top, x2=one.x2 - window.left, y2=one.y2 - window.top)
        for one in page.strokes
        if window.holds(one.x1, one.y1) and window.holds(one.x2, one.y2)
    ]
    return OcrResult(tuple(tokens), int(window.width), int(window.height), tuple(strokes))


def _moved(box: Box, window: Window) -> Box:
    a, b, c, d = ((x - window.left, y - window.top) for x, y in box)
    return a, b, c, d


def _answer(page: OcrResult, entity: str, ranker: Ranker) -> Answer:
    return answer_on(ParsedPage(page), entity, ranker)


if __name__ == "__main__":
    typer.run(main)
