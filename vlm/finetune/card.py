"""The model card of an adapter: its purpose, scores, training data, use and settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from vlm.finetune.calibrate import Calibration
from vlm.finetune.config import TrainConfig, to_yaml
from vlm.finetune.examples import HOLDOUT, TRAIN
from vlm.finetune.record import AdapterRecord

CARD_FILE = "README.md"


def card(config: TrainConfig, record: AdapterRecord) -> str:
    """The card as Markdown with the header that the hub reads."""
    return "\n".join(
        [
            "---",
            f"base_model: {config.base}",
            "library_name: peft",
            "pipeline_tag: image-text-to-text",
            "tags: [lora, paligemma, product-attributes]",
            "---",
            "",
            f"# Adapter of {config.base} that reads measures from product pictures",
            "",
            "It answers questions for width, depth, height, weight, voltage, wattage or volume of a product, from its",
            "picture and the OCR text, with `NUMBER unit` or `unanswerable`.",
            "",
            "## Scores",
            "",
            *_scores(record),
            "",
            "## Data",
            "",
            *_data(record),
            "",
            "## Use",
            "",
            "```",
            "python -m extractor predict test.csv --vlm THIS_FOLDER",
            "python -m extractor merge THIS_FOLDER --out MERGED",
            "```",
            "",
            f"Prompts of version {record.prompt_version}, pictures of {record.resolution} pixels.",
            "",
            "## Settings",
            "",
            "```yaml",
            to_yaml(config).rstrip(),
            "```",
            "",
        ]
    )


def _scores(record: AdapterRecord) -> list[str]:
    measured = [stage for stage in record.stages if stage.metrics]
    if not measured:
        return ["Not measured: nothing was held out."]
    lines = [
        "On held-out rows, by the challenge's definition, from the greedy answer to a prompt with OCR, before the",
        "rules choose between it and the OCR. For each stage its best evaluation, slightly optimistic since the",
        "stage was chosen by it; and the finished adapter with constrained answers, as in `predict`.",
        "",
        "| | rows | F1 | precision | recall | steps | examples | seconds |",
        "|---|---|---|---|---|---|---|---|",
        *(f"| {s.name} | {_cells(s.metrics)} | {s.steps} | {s.examples} | {s.seconds:.0f} |" for s in measured),
    ]
    if record.held_out:
        lines += [
            f"| finished | {_cells(asdict(record.held_out))} | | | |",
            "",
            _confidence(record.held_out.calibration),
        ]
    return lines


def _cells(metrics: Mapping[str, float]) -> str:
    return "{rows:.0f} | {f1:.3f} | {precision:.3f} | {recall:.3f}".format_map(metrics)


def _confidence(calibration: Calibration | None) -> str:
    if calibration is None:
        return "Confidence is not calibrated: too few held-out rows, or all answers right, or all wrong."
    return (
        f"Confidence is calibrated on the same rows: temperature {calibration.temperature:.2f}, negative log "
        f"likelihood {calibration.nll_before:.3f} before and {calibration.nll_after:.3f} after."
    )


def _data(record: AdapterRecord) -> list[str]:
    return [
        "| folder | training rows | SHA-256 | held out | SHA-256 |",
        "|---|---|---|---|---|",
        *(
            f"| {entry['folder']} | {entry[TRAIN]['examples']} | `{entry[TRAIN]['digest'][:16]}` "
            f"| {entry[HOLDOUT]['examples']} | `{entry[HOLDOUT]['digest'][:16]}` |"
            for entry in record.data
        ),
    ]
