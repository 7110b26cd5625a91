"""What a command needs is looked for before any picture: packages of an extra, files that are named, options."""

import sys

import pytest
from fake_engines import ENGINE, picture_bytes
from fake_readers import READER

from vlm.load import PRECISIONS

VLM = ("torch", "transformers", "peft", "trl", "bitsandbytes", "accelerate", "datasets", "huggingface_hub")
LABELS = "index,image_link,group_id,entity_name,primary,accepted\n1,1.png,1,item_weight,1 gram,\n"
INSTALL_VLM = "install the extra vlm of product-picture-extractor: `pip install --constraint constraints.txt '.[vlm]'`"


@pytest.fixture
def command(tmp_path, monkeypatch, run_command):
    """Runs a command in a folder with a labelled picture; gives the exit code and what it says in one line.

    It fails where the command has read a picture: that makes a store.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXTRACTOR_STORE", str(tmp_path / "store.sqlite3"))
    (tmp_path / "1.png").write_bytes(picture_bytes(1))
    (tmp_path / "labels.csv").write_text(LABELS)
    (tmp_path / "out.csv").write_text("index,prediction\n1,1 gram\n")

    def go(*arguments):
        code, out, err = run_command(*arguments)
        assert not (tmp_path / "store.sqlite3").exists()
        assert out == ""
        return code, " ".join(err.replace("│", " ").split())

    return go


@pytest.mark.parametrize(
    "arguments",
    [
        ("predict", "labels.csv", "--vlm", "nano"),
        ("predict", "labels.csv", "--vlm", "somebody/model"),
        ("evaluate", "labels.csv", "--vlm", "nano"),
        ("evaluate", "labels.csv", "--vlm", "nano", "--ablate", "ocr"),
        ("prepare", "labels.csv", "--out", "data"),
        ("train", "--data", "data", "--out", "adapter"),
        ("merge", "adapter", "--out", "merged"),
        ("nano", "--out", "model"),
        ("fit-policy", "labels.csv", "--vlm", "nano"),
    ],
    ids=" ".join,
)
def test_without_the_vlm_extra_all_say_the_same(command, monkeypatch, tmp_path, arguments):
    for package in VLM:
        monkeypatch.setitem(sys.modules, package, None)
    before = sorted(tmp_path.iterdir())
    code, said = command(*arguments)
    assert code == 2
    assert said.startswith("error: ")
    assert " needs torch, transformers, peft, bitsandbytes, accelerate" in said
    assert INSTALL_VLM in said
    assert sorted(tmp_path.iterdir()) == before


def test_fit_without_scikit_learn_reads_nothing(command, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    code, said = command("fit", "labels.csv", "--ocr", ENGINE)
    assert code == 2
    assert "fitting needs scikit-learn: install the extra fit of " in said


@pytest.mark.parametrize(
    "arguments",
    [
        ("predict", "none.csv"),
        ("evaluate", "none.csv"),
        ("evaluate", "labels.csv", "--compare", "other=none.csv"),
        ("evaluate", "labels.csv", "--pred", "none.csv"),
        ("evaluate", "labels.csv", "--pred", "out.csv", "--trace", "none.csv"),
        ("fit", "none.csv"),
        ("fit", "labels.csv", "--without", "none.csv"),
        ("fit", "labels.csv", "--catalogue", "none.csv", "--tokens", "tokens.jsonl"),
        ("fit", "labels.csv", "--catalogue", "labels.csv", "--label-column", "primary", "--tokens", "none.csv"),
        ("fit-policy", "none.csv", "--vlm", READER),
    ],
    ids=" ".join,
)
def test_a_file_that_is_not_there_is_named_before_anything_is_read(command, monkeypatch, tmp_path, arguments):
    monkeypatch.setattr("extractor.training.boosting.check_sklearn", lambda: None)
    (tmp_path / "tokens.jsonl").write_text("")
    code, said = command(*arguments)
    assert code == 2
    assert said.startswith("error: none.csv")


def test_fit_wants_the_label_column_of_the_catalogue_before_it_reads(command, tmp_path):
    pytest.importorskip("sklearn", reason="needs the fit extra")
    (tmp_path / "tokens.jsonl").write_text("")
    catalogue = ("--catalogue", "labels.csv", "--tokens", "tokens.jsonl", "--label-column", "said")
    code, said = command("fit", "labels.csv", "--ocr", ENGINE, *catalogue)
    assert code == 2
    assert "said" in said


def test_fit_without_ocr_has_nothing_to_learn_from(command):
    code, said = command("fit", "labels.csv", "--ocr", "none")
    assert code == 2
    assert "name an engine with --ocr" in said


@pytest.mark.parametrize("run", [("predict", "labels.csv"), ("evaluate", "labels.csv")], ids=" ".join)
@pytest.mark.parametrize(
    "option",
    [("--device", "cpu"), ("--precision", "4bit"), ("--vlm-batch", "4"), ("--decoding", "free")],
    ids=" ".join,
)
def test_what_says_how_a_reader_runs_is_refused_without_one(command, run, option):
    code, said = command(*run, *option)
    assert code == 2
    assert f"Invalid value for {option[0]}: no reader is asked; name one with --vlm, or leave {option[0]} out" in said


@pytest.mark.parametrize("run", ["predict", "evaluate", "fit-policy", "extract"])
def test_an_unknown_precision_names_the_known_ones(command, run):
    code, said = command(run, "labels.csv", "--vlm", READER, "--precision", "8bit")
    assert code == 2
    assert all(f"'{precision}'" in said for precision in PRECISIONS)


def test_a_policy_is_fitted_to_a_reader(command):
    code, said = command("fit-policy", "labels.csv", "--vlm", "none")
    assert code == 2
    assert "--vlm" in said
    assert "name the reader" in said


@pytest.mark.parametrize(
    ("package", "arguments", "what"),
    [
        ("ray", ("predict", "labels.csv", "--engine", "ray"), "--engine ray needs ray"),
        ("fsspec", ("predict", "s3://shop/labels.csv", "--engine", "ray"), "--engine ray needs fsspec"),
    ],
)
def test_without_the_ray_extra_all_say_the_same(command, monkeypatch, tmp_path, package, arguments, what):
    monkeypatch.setitem(sys.modules, package, None)
    code, said = command(*arguments)
    assert (code, said.startswith(f"error: {what}: install the extra ray of")) == (2, True)
    assert "`pip install --constraint constraints.txt '.[ray]'`" in said
    assert not (tmp_path / "labels_shards").exists()


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("predict", "s3://shop/labels.csv"), "s3://shop/labels.csv: addresses are read with --engine ray"),
        (("predict", "labels.csv", "--engine", "ray", "--no-cache"), "name a new folder there instead"),
        (("predict", "memory://none.csv", "--engine", "ray"), "memory://none.csv cannot be read"),
        (("predict", "labels.csv", "--engine", "ray", "--out", "labels.csv"), "it is the input labels.csv"),
        (("predict", "labels.csv", "--engine", "ray", "--ocr", "none such"), "unknown OCR engine 'none such'"),
    ],
)
def test_what_a_cluster_cannot_do_is_said_before_it_is_asked_for(command, tmp_path, arguments, what):
    code, said = command(*arguments)
    assert code == 2
    assert what in said
    assert not (tmp_path / "labels_shards").exists()
