"""The model card of an adapter: what it is, what it learnt from, how well it answers, and how to use it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vlm.config import TrainConfig, to_yaml

CARD_FILE = "README.md"


def write_card(out: Path, config: TrainConfig, settings: Mapping[str, Any]) -> None:
    """Writes README.md to `out`; `settings` are those of reader.json."""
    (out / CARD_FILE).write_text(card(config, settings), encoding="utf-8")


def card(config: TrainConfig, settings: Mapping[str, Any]) -> str:
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
            "Asked for width, depth, height, weight, voltage, wattage or volume of a product, with the picture and",
            "the text that OCR found on it, it answers `NUMBER unit`, or `unanswerable`.",
            "",
            "## Scores",
            "",
            *_scores(settings),
            "",
            "## Data",
            "",
            *_data(settings),
            "",
            "## Use",
            "",
            "```",
            "python -m extractor predict test.csv --vlm THIS_FOLDER",
            "python -m extractor merge THIS_FOLDER --out MERGED",
            "```",
            "",
            f"Prompts of version {settings['prompt_version']}, pictures of {settings['resolution']} pixels.",
            "",
            "## Settings",
            "",
            "```yaml",
            to_yaml(config).rstrip(),
            "```",
            "",
        ]
    )


def _scores(settings: Mapping[str, Any]) -> list[str]:
    measured = [stage for stage in settings["stages"] if stage["metrics"]]
    if not measured:
        return ["Not measured: nothing was held out."]
    lines = [
        "On held-out rows, by the challenge's definition, from the greedy answer to a prompt with OCR, before any rule",
        "chooses between it and the OCR. The best evaluation of each stage, which the stage was chosen by, so slightly",
        "optimistic; and the finished adapter, asked for allowed answers alone as `predict` asks it.",
        "",
        "| | rows | F1 | precision | recall | steps | examples | seconds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for stage in measured:
        work = f"{stage['steps']} | {stage['examples']} | {stage['seconds']:.0f}"
        lines.append(f"| {stage['name']} | {_score_cells(stage['metrics'])} | {work} |")
    held_out = settings.get("held_out")
    if held_out:
        lines += [f"| finished | {_score_cells(held_out)} | | | |", "", _confidence(held_out["calibration"])]
    return lines


def _score_cells(score: Mapping[str, Any]) -> str:
    return f"{score['rows']:.0f} | {score['f1']:.3f} | {score['precision']:.3f} | {score['recall']:.3f}"


def _confidence(calibration: Mapping[str, Any] | None) -> str:
    if calibration is None:
        return "Confidence is not calibrated: too few held-out rows, or all answers alike right or wrong."
    return (
        f"Confidence is calibrated on the same rows: temperature {calibration['temperature']:.2f}, negative log "
        f"likelihood {calibration['nll_before']:.3f} before and {calibration['nll_after']:.3f} after."
    )


def _data(settings: Mapping[str, Any]) -> list[str]:
    lines = ["| folder | training rows | SHA-256 | held out | SHA-256 |", "|---|---|---|---|---|"]
    for entry in settings["data"]:
        train, held_out = entry["train"], entry["holdout"]
        lines.append(
            f"| {entry['folder']} | {train['examples']} | `{train['digest'][:16]}` "
            f"| {held_out['examples']} | `{held_out['digest'][:16]}` |"
        )
    return lines
