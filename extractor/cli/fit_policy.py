"""`extractor fit-policy`: fits the hybrid policy to a reader."""

from __future__ import annotations

import asyncio
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from extractor.api.processes import cpu_count
from extractor.api.readers import DEFAULT_BATCH, DEFAULT_DEVICE, NO_VLM, ReaderChoice, check_packages
from extractor.cache.target import check_targets
from extractor.cli.shared import (
    DeviceOption,
    ImagesOption,
    OcrOption,
    PrecisionOption,
    StoreOption,
    VlmBatchOption,
    VlmOption,
    default_store,
    files_of_run,
    stoppable,
    watcher_of,
)
from extractor.training.policy_file import policy_target, write_policy


def fit_policy(
    labels_csv: Annotated[Path, typer.Argument(metavar="LABELS.csv", help="Rows with labels, as evaluate takes them.")],
    vlm: VlmOption,
    *,
    images: ImagesOption = None,
    ocr: OcrOption = "rapidocr",
    store: StoreOption = None,
    vlm_batch: VlmBatchOption = DEFAULT_BATCH,
    device: DeviceOption = DEFAULT_DEVICE,
    precision: PrecisionOption = "auto",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where the policy goes: policy.json beside the reader.")
    ] = None,
) -> None:
    """Fit to a reader how its answers are weighed against those of OCR and rules.

    Use rows that neither the reader nor the ranker was trained on. Prints F1
    of OCR and rules alone, of the default policy, of the fitted one, and of
    policies fitted in the same way on pictures held out, which is what to
    expect; then the numbers of the fitted policy.

    Example:

      extractor fit-policy fit.csv --images pictures/ --vlm adapters/mine --out adapters/mine/policy.json
    """
    from extractor.evaluation.inputs import read_labelled_rows
    from extractor.run.options import RunOptions
    from extractor.training.cases import cases_of
    from extractor.training.policy_search import PolicySearch, report
    from vlm.settings import POLICY_FILE

    if vlm == NO_VLM:
        raise typer.BadParameter("name the reader that the policy is for", param_hint="--vlm")
    reader = ReaderChoice(vlm, batch=vlm_batch, device=device, precision=precision)
    check_packages(reader)
    labelled = read_labelled_rows(labels_csv)
    store = store or default_store()
    if out is not None:
        files = files_of_run(labelled.rows, labels_csv.parent, images, vlm=vlm)
        inputs = (file for file in files if file.name != POLICY_FILE)  # the reader's present policy is not used
        check_targets([policy_target(out)], chain([labels_csv], inputs), store)
    options = RunOptions(
        base=labels_csv.parent,
        store=store,
        images=images,
        ocr=ocr,
        workers=cpu_count(),
        vlm=reader,
    )
    with stoppable(kept=True), watcher_of(quiet=False) as watcher:
        cases = asyncio.run(cases_of(labelled.rows, labelled.labels, options, watcher))
    search = PolicySearch(cases)
    best = search.best()
    typer.echo("\n".join(report(search, best)))
    if out is not None:
        write_policy(out, best)
