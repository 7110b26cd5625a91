"""The whole way as a user goes it, by the real commands on drawn pictures: prepare, train, resume, merge, predict and
evaluate."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from functools import partial

import pytest

torch = pytest.importorskip("torch", reason="needs the vlm extra")
for package in ("peft", "trl", "bitsandbytes", "datasets", "accelerate", "transformers"):
    pytest.importorskip(package, reason="needs the vlm extra")

from safetensors.torch import load_file  # noqa: E402

from extractor.stages.combine import Outcome  # noqa: E402
from tests.vlm.support.commands import DRAWN, run_command  # noqa: E402
from vlm.finetune.examples import HOLDOUT, TRAIN, read_examples  # noqa: E402
from vlm.finetune.held_out import score_held_out  # noqa: E402
from vlm.prompt import PROMPT_VERSION, UNANSWERABLE  # noqa: E402
from vlm.reader import ReaderOptions  # noqa: E402

STEPS = 20
LEARNT_PICTURES = 4
SETTINGS = ("device=cpu", "batch=2", "accumulation=1", "lora.rank=4", "workers=0", "evaluations=2", "eval_rows=4")
WEIGHTS = "adapter_model.safetensors"


@pytest.fixture(scope="module")
def base():
    """What `--base` is given: the reader that comes with the package."""
    return "nano"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("whole_way")


@pytest.fixture(scope="module")
def run(folder):
    """Runs a command as the shell would, and gives what it wrote to stderr."""
    return partial(run_command, store=folder / "store.sqlite3")


def rows_of(file):
    with file.open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def write_rows(file, rows):
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return file


@pytest.fixture(scope="module")
def data(folder, run):
    rows = rows_of(DRAWN / "train.csv")
    pictures = list(dict.fromkeys(row["image_link"] for row in rows))[:LEARNT_PICTURES]
    source = write_rows(folder / "train.csv", [row for row in rows if row["image_link"] in pictures])
    out = folder / "data"
    options = ("--holdout", 0.4, "--workers", 1, "--quiet")
    assert not run("prepare", source, "--images", DRAWN / "images", "--out", out, *options)
    return out


@pytest.fixture(scope="module")
def adapter(folder, run, data, base):
    out = folder / "adapter"
    run("train", "--base", base, "--data", data, "--out", out, "--max-steps", STEPS, *SETTINGS)
    return out


@pytest.fixture(scope="module")
def labels(folder):
    """The labelled questions about one picture for each of the cues that decide them."""
    rows = rows_of(DRAWN / "test_labels.csv")
    pictures = {row["cue"]: row["image_link"] for row in reversed(rows)}
    chosen = [row for row in rows if row["image_link"] in pictures.values()]
    assert {row["cue"] for row in chosen} == {row["cue"] for row in rows}
    return write_rows(folder / "labels.csv", chosen)


@pytest.fixture(scope="module")
def predicted(folder, run, adapter, labels):
    """The rows of the output, its trace, and what was said on stderr."""
    out = folder / "out.csv"
    images = ("--images", DRAWN / "images", "--workers", 1)
    said = run("predict", labels, "--vlm", adapter, "--device", "cpu", "--out", out, *images)
    trace = [json.loads(line) for line in (folder / "out_trace.jsonl").read_text().splitlines()]
    return rows_of(out), trace, said


def test_prepared_data_hold_what_the_pictures_say(data):
    report = json.loads((data / "report.json").read_text())
    train, held_out = read_examples(data / TRAIN), read_examples(data / HOLDOUT)
    assert (report[TRAIN]["examples"], report[HOLDOUT]["examples"]) == (len(train), len(held_out))
    assert train and held_out
    assert not {e.picture for e in train} & {e.picture for e in held_out}
    assert all(example.page is not None and example.page.tokens for example in train)
    assert report[TRAIN]["flags"]["stated"] > len(train) / 2
    assert report[TRAIN]["flags"]["negative"]


def test_the_adapter_is_whole(adapter, base):
    settings = json.loads((adapter / "reader.json").read_text())
    assert (settings["prompt_version"], settings["base"]) == (PROMPT_VERSION, base)
    assert settings["stages"][0]["steps"] == STEPS
    assert settings["held_out"]["rows"] > 0
    for name in (WEIGHTS, "adapter_config.json", "processor_config.json", "tokenizer.json", "config.yaml", "README.md"):
        assert (adapter / name).is_file()


def test_a_run_that_was_stopped_goes_on_to_the_same_weights(adapter, folder, run, data, base):
    """Takes away what was written after the first checkpoint, as if the machine had been switched off there."""
    stopped = shutil.copytree(adapter, folder / "stopped")
    stage = stopped / "stages" / "1"
    shutil.rmtree(stage / f"checkpoint-{STEPS}")
    for file in (*stage.glob("*.json"), *stage.glob("*.safetensors"), stopped / "reader.json", stopped / WEIGHTS):
        file.unlink()
    (stopped / "config.yaml").write_text((adapter / "config.yaml").read_text().replace(str(adapter), str(stopped)))
    run("train", "--base", base, "--data", data, "--out", stopped, "--max-steps", STEPS, *SETTINGS, "--resume")
    expected, resumed = load_file(adapter / WEIGHTS), load_file(stopped / WEIGHTS)
    assert resumed.keys() == expected.keys()
    assert all(torch.equal(resumed[name], expected[name]) for name in expected)


def test_every_question_gets_an_allowed_answer_or_none(predicted, labels, folder, run):
    answers, trace, _ = predicted
    assert [row["index"] for row in answers] == [row["index"] for row in rows_of(labels)]
    assert [row["prediction"] for row in answers] == [row["prediction"] for row in trace]
    assert all(row["vlm"] is not None for row in trace)
    run("check", labels, folder / "out.csv")


def test_the_summary_counts_how_each_answer_came_about(predicted):
    _, trace, said = predicted
    (line,) = re.findall(r"^  by +(.*)$", said, flags=re.MULTILINE)
    counts = {outcome: int(count) for outcome, count in (part.rsplit(" ", 1) for part in line.split(", "))}
    assert counts.keys() <= set(Outcome)
    assert sum(counts.values()) == len(trace)
    assert counts == {outcome: sum(row["outcome"] == outcome for row in trace) for outcome in counts}
    assert f"{len(trace)} rows now, 0 earlier" in said


def test_no_library_draws_bars_where_nobody_looks(predicted):
    assert "\r" not in predicted[2]
    assert "Loading" not in predicted[2]


def test_asked_again_nothing_is_read_anew(predicted, adapter, labels, folder, run):
    out = folder / "again.csv"
    said = run("predict", labels, "--vlm", adapter, "--device", "cpu", "--images", DRAWN / "images", "--out", out)
    assert f"0 rows now, {len(predicted[0])} earlier" in said
    assert out.read_bytes() == (folder / "out.csv").read_bytes()


def test_the_merged_model_answers_as_the_adapter(predicted, adapter, labels, folder, run):
    merged, out = folder / "merged", folder / "merged.csv"
    run("merge", adapter, "--out", merged, "--precision", "fp32")
    assert not (merged / "adapter_config.json").exists()
    run("predict", labels, "--vlm", merged, "--device", "cpu", "--out", out, "--images", DRAWN / "images", "--quiet")
    trace = [json.loads(line) for line in (folder / "merged_trace.jsonl").read_text().splitlines()]
    assert [row["vlm"]["text"] for row in trace] == [row["vlm"]["text"] for row in predicted[1]]


def test_a_quiet_run_says_nothing_at_all(adapter, labels, folder):
    """In a process of its own: libraries also speak when they are first imported."""
    given = ["predict", labels, "--vlm", adapter, "--device", "cpu", "--images", DRAWN / "images", "--ocr", "none"]
    command = [sys.executable, "-m", "extractor", *given, "--no-cache", "--quiet", "--out", folder / "quiet.csv"]
    ended = subprocess.run([*map(str, command)], cwd=DRAWN.parent, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert (folder / "quiet.csv").is_file()


def test_the_ablation_tells_what_each_part_adds(predicted, adapter, labels, folder, run):
    file = folder / "ablation.json"
    arguments = ("--vlm", adapter, "--device", "cpu", "--images", DRAWN / "images", "--workers", 1)
    said = run("evaluate", labels, *arguments, "--ablate", "ocr", "--json", file)
    written = json.loads(file.read_text())
    rows = len(rows_of(labels))
    assert (written["rows"], [arm["name"] for arm in written["arms"]]) == (rows, list("abcdefgh"))
    arms = {arm["name"]: arm for arm in written["arms"]}
    for arm in arms.values():
        assert sum(outcome["rows"] for outcome in arm["outcomes"].values()) == rows
        assert sum(arm["scores"]["accepted"][count] for count in ("tp", "fp", "fn", "tn")) == rows
        assert sum(entity["rows"] for entity in arm["entities"].values()) == rows
    first = {outcome: counted["rows"] for outcome, counted in arms["a"]["outcomes"].items()}
    outcomes = [row["outcome"] for row in predicted[1]]
    assert first == {outcome: outcomes.count(outcome) for outcome in set(outcomes)}
    assert set(arms["e"]["outcomes"]) <= {Outcome.OCR, Outcome.ABSTAIN}
    assert not set(arms["d"]["outcomes"]) & {Outcome.OCR, Outcome.OCR_FALLBACK, Outcome.AGREE}
    assert arms["e"]["f1"] > 0.5
    assert "\r" not in said


def test_training_and_evaluation_score_the_same_rows_the_same_way(data, adapter, folder, run):
    examples = read_examples(data / HOLDOUT)[:6]
    rows = [
        {
            "image_link": e.picture,
            "entity_name": e.entity,
            "primary": e.answer.replace(UNANSWERABLE, "EMPTY"),
            "accepted": "|".join(e.accepted).replace(UNANSWERABLE, "EMPTY"),
        }
        for e in examples
    ]
    file = write_rows(folder / "held_out.csv", rows)
    scored = score_held_out(adapter, examples, ReaderOptions(device="cpu"))
    options = ("--vlm", adapter, "--device", "cpu", "--no-second-look", "--workers", 1, "--ablate", "ocr")
    run("evaluate", file, *options, "--json", folder / "held_out.json")
    arms = {arm["name"]: arm for arm in json.loads((folder / "held_out.json").read_text())["arms"]}
    assert arms["b"]["f1"] == pytest.approx(scored.f1)
