import asyncio
import io
import json
import sys
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout

import pytest
from fake_engines import ENGINE, picture_bytes
from fake_readers import BABBLES, FAILS, READER
from rich.console import Console

from extractor.__main__ import main
from extractor.api.readers import ReaderChoice
from extractor.evaluation.ablation import ARMS, run_ablation
from extractor.evaluation.ablation_tables import print_ablation
from extractor.evaluation.inputs import read_labelled_rows
from extractor.evaluation.metrics import Variant
from extractor.evaluation.tables import evaluation_json
from extractor.run.options import RunOptions
from extractor.run.progress import SilentWatcher

LABELS = """index,image_link,group_id,entity_name,primary,accepted,cue
1,0.png,9,item_weight,200 gram,,text
2,1.png,9,item_weight,201 gram,,text
3,2.png,9,item_weight,202 gram,,drawing
4,0.png,9,width,EMPTY,,absent
5,none.png,9,width,EMPTY,,absent
"""
MOODS = (0, BABBLES, FAILS)
ANSWERS = {
    "a": ["200.0 gram", "201.0 gram", "202.0 gram", "", ""],
    "b": ["200.0 gram", "", "", "", ""],
    "c": ["200.0 gram", "201.0 gram", "202.0 gram", "", ""],
    "d": ["200.0 gram", "", "", "", ""],
    "e": ["200.0 gram", "201.0 gram", "202.0 gram", "", ""],
    "h": ["200.0 gram", "201.0 gram", "202.0 gram", "", ""],
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXTRACTOR_STORE", str(tmp_path / "store.sqlite3"))
    monkeypatch.setenv("FAKE_OCR_LOG", str(tmp_path / "reads.log"))
    monkeypatch.setenv("FAKE_VLM_LOG", str(tmp_path / "asked.log"))
    (tmp_path / "labels.csv").write_text(LABELS)
    for number, mood in enumerate(MOODS):
        (tmp_path / f"{number}.png").write_bytes(picture_bytes(200 + number, mood))
    return tmp_path


@pytest.fixture
def ablation(folder):
    options = RunOptions(
        base=folder,
        store=folder / "store.sqlite3",
        ocr=ENGINE,
        upscale=False,
        use_cache=False,
        vlm=ReaderChoice(READER),
    )
    labelled = read_labelled_rows(folder / "labels.csv")
    return asyncio.run(run_ablation(labelled, options, SilentWatcher(), 0))


def arms(ablation):
    data = evaluation_json(ablation, file="labels.csv", columns=("primary", "accepted"))
    return {arm["name"]: arm for arm in data["arms"]}


def test_the_arms_are_the_eight_that_are_to_be_compared():
    flags = {arm.name: (arm.vlm, arm.ocr_in_prompt, arm.fallback, arm.blank_picture) for arm in ARMS}
    assert flags == {
        "a": (True, True, True, False),
        "b": (True, True, False, False),
        "c": (True, False, True, False),
        "d": (True, False, False, False),
        "e": (False, False, True, False),
        "f": (True, True, True, True),
        "g": (True, True, False, True),
        "h": (True, True, True, False),
    }
    assert [arm.name for arm in ARMS if arm.reader_first] == ["b", "d", "g", "h"]


def test_every_arm_answers_as_its_flags_say(ablation):
    scores = {arm.name: arm.scores[Variant.ACCEPTED] for arm in ablation.arms}
    for name, answers in ANSWERS.items():
        right = sum(bool(answer) for answer in answers)
        assert (scores[name].tp, scores[name].fp, scores[name].fn, scores[name].tn) == (right, 0, 3 - right, 2)
    assert scores["f"].rows == 5


def test_pictures_are_read_once_and_the_reader_is_asked_once_in_each_way(ablation, folder):
    assert Counter((folder / "reads.log").read_text().split()) == {"200": 1, "201": 1, "202": 1}
    asked = Counter((folder / "asked.log").read_text().splitlines())
    assert asked["200 item_weight page"] == asked["200 item_weight -"] == 1
    assert asked["7 item_weight page"] == 3
    assert asked["7 item_weight -"] == 0


def test_json_of_the_arms(ablation):
    found = arms(ablation)
    assert list(found) == list("abcdefgh")
    assert found["a"]["f1"] == found["e"]["f1"] == 1.0
    assert found["a"]["difference_to_a_interval"] is None
    b = found["b"]
    assert (b["ocr_in_prompt"], b["fallback"], b["blank_picture"]) == (True, False, False)
    assert b["f1"] == 0.5
    assert b["difference_to_a"] == -0.5
    low, high = b["difference_to_a_interval"]
    assert -1 <= low <= -0.5 <= high <= 0
    assert set(b["scores"]) == {"accepted", "primary", "within_2_percent", "exact_string"}
    assert b["entities"]["item_weight"]["difference_to_a"] == -0.5
    assert {name: cue["rows"] for name, cue in b["cues"].items()} == {"absent": 2, "drawing": 1, "text": 2}
    assert b["cues"]["drawing"]["f1"] == 0.0
    assert {name: size["rows"] for name, size in b["sizes"].items()} == {"long side <= 500 px": 4, "not read": 1}
    assert {name: one["rows"] for name, one in found["a"]["outcomes"].items()} == {
        "agree": 1,
        "ocr_fallback": 2,
        "abstain": 1,
        "picture_missing": 1,
    }
    assert all(sum(one["rows"] for one in arm["outcomes"].values()) == 5 for arm in found.values())
    json.dumps(found, allow_nan=False)


def test_an_ablation_without_any_picture_says_so(folder, monkeypatch):
    header, *rows = LABELS.splitlines()
    gone = [row.replace(".png", ".gone") for row in rows]
    (folder / "labels.csv").write_text("\n".join([header, *gone]) + "\n")
    code, _, err = command(monkeypatch, "--ocr", ENGINE, "--vlm", READER, "--ablate", "ocr")
    assert code == 0, err
    assert err.splitlines()[-1] == "pictures  no picture could be had: picture_missing 4"


def test_without_a_cue_column_there_are_no_cues(folder):
    (folder / "labels.csv").write_text("".join(line.rpartition(",")[0] + "\n" for line in LABELS.splitlines()))
    options = RunOptions(base=folder, store=folder / "s.sqlite3", ocr="none", vlm=ReaderChoice(READER))
    found = arms(asyncio.run(run_ablation(read_labelled_rows(folder / "labels.csv"), options, SilentWatcher())))
    assert found["a"]["cues"] is None


def test_tables_show_every_arm_and_group(ablation):
    console = Console(file=io.StringIO(), width=100)
    print_ablation(ablation, console)
    shown = console.file.getvalue()
    assert all(arm.title in shown for arm in ARMS)
    assert all(word in shown for word in ("F1 by entity", "F1 by picture size", "F1 by cue", "drawing", "ocr_fallback"))
    assert max(map(len, shown.splitlines())) <= 100


def command(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["extractor", "evaluate", "labels.csv", *map(str, arguments)])
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code or 0, out.getvalue(), err.getvalue()


def test_the_command_prints_tables_and_writes_json(folder, monkeypatch):
    code, out, err = command(
        monkeypatch, "--ocr", ENGINE, "--vlm", READER, "--ablate", "ocr", "--limit", 4, "--json", "ablation.json"
    )
    assert code == 0, err
    assert "VLM alone, no OCR at all" in out
    assert READER in err
    data = json.loads((folder / "ablation.json").read_text())
    assert (data["rows"], data["reader"], len(data["arms"])) == (4, READER, 8)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--ablate", "ocr"), "--vlm"),
        (("--ablate", "ocr", "--vlm", "nano", "--ocr", "none"), "--ocr none"),
        (("--ablate", "ocr", "--vlm", "nano", "--pred", "out.csv"), "--pred"),
        (("--ablate", "ocr", "--vlm", "nano", "--out", "out.csv"), "--out"),
        (("--ablate", "rules", "--vlm", "nano"), "'ocr'"),
    ],
)
def test_options_that_do_not_go_together_are_refused(folder, monkeypatch, arguments, message):
    code, _, err = command(monkeypatch, *arguments)
    assert code == 2
    assert message in err
