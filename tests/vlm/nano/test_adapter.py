"""The adapter that comes with nano: asked by default, in four bits where this machine can, and its words converted."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the vlm extra")
for package in ("peft", "bitsandbytes", "accelerate", "transformers"):
    pytest.importorskip(package, reason="needs the vlm extra")

import vlm.load  # noqa: E402
from tests.vlm.support.commands import DRAWN, run_command  # noqa: E402
from vlm.load import create_reader  # noqa: E402
from vlm.reader import DEFAULT_OPTIONS, ReaderOptions  # noqa: E402
from vlm.settings import POLICY_FILE, read_settings  # noqa: E402
from vlm.source import NANO_ADAPTER, NANO_FOLDER, find_base, find_source  # noqa: E402
from vlm.weight_files import ADAPTER_WEIGHTS, weights_digest  # noqa: E402

LARGEST_BYTES = 4 * 2**20
PLAIN_PAGES = ("test_0109", "test_0110", "test_0112")
"""Pages that print decimetres on dimension lines, horsepower and cubic centimetres."""
CARD = "test_0107"
"""A page that prints decimetres behind arrows, where hand-set weights are unsure."""


def layers(reader) -> set[str]:  # type: ignore[no-untyped-def]
    return {type(module).__name__ for module in reader._model.modules()}


def test_it_is_small_and_says_what_it_stands_on() -> None:
    assert sum(file.stat().st_size for file in NANO_ADAPTER.iterdir()) <= LARGEST_BYTES
    settings = read_settings(NANO_ADAPTER)
    assert settings.base_digest == weights_digest(NANO_FOLDER)
    assert settings.precise == read_settings(NANO_FOLDER).precise
    assert json.loads((NANO_ADAPTER / "reader.json").read_text())["quantisation"] == "nf4"


def test_nano_is_asked_with_it_and_trained_without_it() -> None:
    source = find_source("nano")
    assert (source.model, source.adapter) == (NANO_FOLDER, NANO_ADAPTER)
    assert (source.folder / POLICY_FILE).is_file()
    assert find_base("nano").adapter is None


def test_by_default_it_is_loaded_in_four_bits() -> None:
    assert {"Linear4bit", "LoraModel"} <= layers(create_reader("nano", DEFAULT_OPTIONS))


@pytest.mark.parametrize("wanted", ["auto", "fp32"])
def test_elsewhere_it_is_merged_in_full_precision(monkeypatch: pytest.MonkeyPatch, wanted: str) -> None:
    if wanted == "auto":
        monkeypatch.setattr(vlm.load, "can_quantise", lambda device: False)
    reader = create_reader("nano", ReaderOptions(device="cpu", precision=wanted))
    assert not {"Linear4bit", "LoraModel"} & layers(reader)
    assert (NANO_ADAPTER / ADAPTER_WEIGHTS).is_file()


@pytest.mark.parametrize(("ranker", "is_unsure"), [("learned", False), ("hand-set", True)])
def test_amounts_in_other_units_are_copied_and_converted(tmp_path: Path, ranker: str, is_unsure: bool) -> None:
    """By `predict` as a user runs it: the summary counts what the rules converted, where OCR and rules are unsure."""
    with (DRAWN / "test_labels.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            row for row in csv.DictReader(file) if Path(row["image_link"]).stem in (CARD, *PLAIN_PAGES) and row["note"]
        ]
    asked = tmp_path / "asked.csv"
    with asked.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    options = ("--images", DRAWN / "images", "--workers", 1, "--vlm", "nano", "--device", "cpu", "--ranker", ranker)
    said = run_command("predict", asked, "--out", tmp_path / "out.csv", *options, store=tmp_path / "store.sqlite3")
    trace = [json.loads(line) for line in (tmp_path / "out_trace.jsonl").read_text(encoding="utf-8").splitlines()]
    for row, line in zip(rows, trace, strict=True):
        assert line["vlm"]["text"].endswith(row["note"].removeprefix("printed in "))
        assert line["prediction"] == row["primary"] or CARD in row["image_link"]
    converted = [line for line in trace if line["outcome"] == "vlm_converted"]
    assert bool(converted) is is_unsure
    assert all(line["prediction"].endswith(" centimetre") for line in converted)
    assert f"vlm_converted {len(converted)}" in said
