"""`extractor fit-policy`: fits the hybrid policy to a reader."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from extractor.api.auto_reader import AUTO
from extractor.api.readers import NO_VLM
from extractor.cache.target import Target, check_targets, write_whole
from extractor.cli.settings import RunSettings, with_settings
from extractor.cli.shared import NoPictureError, watched
from extractor.stages.combine import DEFAULT_POLICY


@with_settings("images", "ocr", "store", "vlm_batch", "device", "precision", required=["vlm"])
def fit_policy(
    labels_csv: Annotated[Path, typer.Argument(metavar="LABELS.csv", help="Rows with labels, as evaluate takes them.")],
    *,
    settings: RunSettings,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where the policy goes: policy.json beside the reader.")
    ] = None,
    real: Annotated[
        bool,
        typer.Option("--real", help="The rows are of real pictures; the policy then says so, for `--vlm auto`."),
    ] = False,
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
    from extractor.training.policy_search import PolicySearch, cases_of, policy_json, report
    from vlm.settings import POLICY_FILE

    if settings.vlm in (NO_VLM, AUTO):
        raise typer.BadParameter("name the reader that the policy is for", param_hint="--vlm")
    options = settings.run_options(labels_csv.parent, DEFAULT_POLICY)
    labelled = read_labelled_rows(labels_csv)
    targets = [] if out is None else [Target(out, "--out", plain=True)]
    files = settings.files(labelled.rows, labels_csv.parent)
    inputs = (file for file in files if file.name != POLICY_FILE)  # the reader's present policy is not used
    check_targets(targets, chain([labels_csv], inputs), settings.store_file)
    cases = watched(lambda watcher: cases_of(labelled, options, watcher), settings)
    if not cases:
        raise NoPictureError(
            f"no picture of {labels_csv} could be had and read, so there is nothing to fit to: say with --images where "
            f"the pictures are; `extractor predict {labels_csv}` says of each what was wrong"
        )
    search = PolicySearch(cases)
    best = search.best()
    typer.echo("\n".join(report(search, best)))
    for target in targets:
        write_whole(target, [policy_json(best, search.gain(real=real)).encode()])
