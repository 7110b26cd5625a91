"""The model card of nano weights: README.md in their folder."""

from __future__ import annotations

from dataclasses import dataclass

_SCORES = {
    "label": "label pages, with OCR",
    "whole": "label and drawn pages, all their values in one answer",
    "prepared": "held-out rows of the prepared folders, with their OCR",
    "prepared_blank": "the same with a blank picture",
    "drawn": "drawn pages, only the drawing decides, with OCR",
    "drawn_blank": "the same with a blank picture",
    "direction": "which way the line at a place runs, without OCR",
    "direction_blank": "the same with a blank picture",
    "copy": "text at a place",
}


@dataclass(frozen=True, slots=True)
class Training:
    """A run and its scores: shares of answers that are right to the last token."""

    command: str
    seed: int
    parameters: int
    steps: int
    minutes: float
    scores: dict[str, float]
    data: tuple[str, ...] = ()


def card(training: Training) -> str:
    """The card's text."""
    mixed = f", mixed with those of the prepared folders {', '.join(training.data)}" if training.data else ""
    rows = [f"| {words} | {training.scores[name]:.3f} |" for name, words in _SCORES.items() if name in training.scores]
    return "\n".join(
        [
            "# nano",
            "",
            f"A `PaliGemmaForConditionalGeneration` of {training.parameters / 1e6:.2f} M parameters, trained",
            f"from nothing on pages that the program draws itself{mixed}.",
            "",
            f"- command: `{training.command}`",
            f"- seed {training.seed}, {training.steps} steps, {training.minutes:.0f} minutes on one CPU core",
            "  (after the tower's own pre-training); a second process draws the pages",
            "- prompt: `vlm.prompt.make_prompt`; answers `NUMBER unit` or `unanswerable`",
            "",
            "Held-out pages of the same generator, other seeds, answers right to the last letter:",
            "",
            "| pages | score |",
            "|---|---|",
            *rows,
            "",
            "## What it cannot do",
            "",
            "- It reads no text from pixels: without OCR lines in the prompt it answers `unanswerable`.",
            "- It copies what OCR gives: a misread digit stays misread.",
            "- Of the picture it uses the direction of dimension lines; it does not know products.",
            "- The pages are simpler than real product pictures; scores on them say nothing about those.",
            "",
        ]
    )
