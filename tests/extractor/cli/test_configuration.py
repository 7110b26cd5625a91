"""Settings from a file, the environment and flags: which one counts, what is refused, and what `config` says of it."""

import json
from pathlib import Path

import platformdirs
import pytest
import typer
from fake_engines import ENGINE, picture_bytes
from fake_readers import READER

import extractor
from extractor.cli.app import app
from extractor.cli.configured import settings_of

TABLE = "index,image_link,group_id,entity_name\n1,200.png,1,item_weight\n"


@pytest.fixture
def command(tmp_path, monkeypatch, run_command):
    """Runs the command line in `tmp_path/here`; gives the exit code and what went to stdout and stderr."""
    here = tmp_path / "here"
    here.mkdir()
    (here / "200.png").write_bytes(picture_bytes(200))
    (here / "in.csv").write_text(TABLE)
    monkeypatch.chdir(here)
    monkeypatch.setattr(platformdirs, "user_config_path", lambda name: tmp_path / "user" / name)
    monkeypatch.delenv("EXTRACTOR_CONFIG")

    return run_command


@pytest.fixture
def settings(command):
    """The settings in force, by name: value, source and where that is."""

    def go(*options, of="predict"):
        code, out, err = command(*options, "config", of, "--json")
        assert (code, err) == (0, "")
        return {s["name"]: (s["value"], s["source"], s["where"]) for s in json.loads(out)["settings"]}

    return go


@pytest.fixture
def here(command, tmp_path):
    return tmp_path / "here"


@pytest.fixture
def user_folder(command, tmp_path):
    folder = tmp_path / "user" / "extractor"
    folder.mkdir(parents=True)
    return folder


def test_a_flag_beats_the_environment_beats_the_file_beats_the_default(command, settings, here, monkeypatch):
    assert settings()["ocr"] == ("rapidocr", "default", None)
    (here / "extractor.toml").write_text('ocr = "of.file:engine"')
    assert settings()["ocr"] == ("of.file:engine", "file", "extractor.toml")
    assert "the OCR engine of.file:engine cannot be loaded" in command("predict", "in.csv")[2]
    monkeypatch.setenv("EXTRACTOR_OCR", "of.environment:engine")
    assert settings()["ocr"] == ("of.environment:engine", "environment", "EXTRACTOR_OCR")
    assert "the OCR engine of.environment:engine cannot be loaded" in command("predict", "in.csv")[2]
    assert command("predict", "in.csv", "--ocr", ENGINE, "--store", "s.sqlite3")[0] == 0
    assert (here / "in_out.csv").read_text() == "index,prediction\n1,200.0 gram\n"


def test_an_empty_variable_sets_nothing(settings, monkeypatch):
    monkeypatch.setenv("EXTRACTOR_OCR", "")
    monkeypatch.setenv("EXTRACTOR_CONFIG", "")
    assert settings()["ocr"] == ("rapidocr", "default", None)


def test_the_file_is_the_named_one_or_here_or_the_users(settings, here, user_folder, monkeypatch):
    (user_folder / "extractor.yaml").write_text("workers: 1")
    assert settings()["workers"] == (1, "file", str(user_folder / "extractor.yaml"))
    (here / "extractor.yaml").write_text("workers: 2")
    assert settings()["workers"] == (2, "file", "extractor.yaml")
    (here / "variable.toml").write_text("workers = 3")
    monkeypatch.setenv("EXTRACTOR_CONFIG", "variable.toml")
    assert settings()["workers"] == (3, "file", "variable.toml")
    (here / "flag.yml").write_text("workers: 4")
    assert settings("--config", "flag.yml")["workers"] == (4, "file", "flag.yml")
    assert settings("--config", "none")["workers"] == (None, "default", None)


def test_two_files_in_one_folder_are_refused(command, here):
    (here / "extractor.toml").write_text("workers = 1")
    (here / "extractor.yaml").write_text("workers: 2")
    code, _, err = command("predict", "in.csv")
    assert code == 2
    assert err == "error: extractor.toml and extractor.yaml: which one? Remove one, or name one with --config\n"


def test_a_table_is_for_its_command_alone(settings, here):
    (here / "extractor.toml").write_text('workers = 2\n[evaluate]\nworkers = 3\nlabel-column = "mine"')
    assert settings()["workers"][0] == 2
    assert settings(of="evaluate")["workers"][0] == 3
    assert settings(of="evaluate")["label-column"][:2] == ("mine", "file")
    assert settings(of="prepare")["workers"][0] == 2


def test_a_setting_is_for_the_commands_that_know_it(command, here):
    (here / "extractor.toml").write_text('vlm = "nano"\nworkers = 2')
    (here / "answers.csv").write_text("index,prediction\n1,200.0 gram\n")
    assert command("check", "in.csv", "answers.csv")[0] == 0


def test_paths_are_taken_from_the_folder_of_the_file(settings, here, tmp_path, monkeypatch):
    folder = tmp_path / "elsewhere"
    for name in ("pictures", "reader", "here_too"):
        (folder / name).mkdir(parents=True)
    (here / "here_too").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    file = folder / "own.toml"
    file.write_text(
        'images = "pictures"\nranker = "mine.json"\nvlm = "reader"\nstore = "~/store.sqlite3"\n'
        f'[prepare]\nexclude = ["a.csv", "{here}/b.csv"]\n[evaluate]\nranker = "learned"\nvlm = "somebody/model"\n'
    )
    found = {name: value for name, (value, *_) in settings("--config", file).items()}
    assert found["images"] == str(folder / "pictures")
    assert found["ranker"] == str(folder / "mine.json")
    assert found["vlm"] == str(folder / "reader")
    assert found["store"] == str(tmp_path / "home" / "store.sqlite3")
    assert settings("--config", file, of="prepare")["exclude"][0] == [str(folder / "a.csv"), str(here / "b.csv")]
    assert settings("--config", file, of="evaluate")["ranker"][0] == "learned"
    assert settings("--config", file, of="evaluate")["vlm"][0] == "somebody/model"


@pytest.mark.parametrize("name", ["ranker", "images", "store"])
def test_paths_on_the_command_line_and_in_variables_are_taken_from_here(settings, here, tmp_path, monkeypatch, name):
    (here / "own").mkdir()
    monkeypatch.setenv(f"EXTRACTOR_{name.upper()}", "own" if name == "images" else "own.file")
    assert settings()[name] == ("own" if name == "images" else "own.file", "environment", f"EXTRACTOR_{name.upper()}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('ocrr = "none"', "unknown key 'ocrr'; did you mean 'ocr'?"),
        ("vlm_batch = 2", "unknown key 'vlm_batch'; did you mean 'vlm-batch'?"),
        ("colour = 2", "unknown key 'colour'; there are allow-private, api-key, decoding, device, entities, images, "),
        ("negatives = 0.5", "negatives: only in a table: [prepare]"),
        ("[predikt]\nworkers = 1", "unknown table [predikt]; did you mean [predict]?"),
        ("[config]\nworkers = 1", "unknown table [config]; there are "),
        ("[check]\nworkers = 1", "[check]: unknown key 'workers'; there are entities, official-only"),
        ("[predict]\nnegatives = 1", "[predict]: unknown key 'negatives'; there are "),
        ("predict = 1", "predict: 1 is not a table; write [predict] above the settings of that command"),
        ('workers = "two"', "workers: 'two' is not a whole number"),
        ("workers = true", "workers: True is not a whole number"),
        ("[predict]\nsecond-look = 1", "[predict]: second-look: 1 is not true or false"),
        ("[ocr]\nname = 1", "ocr: {'name': 1} is not a text in quotes"),
        ("ocr = 1", "ocr: 1 is not a text in quotes"),
        ("[prepare]\nnegatives = true", "[prepare]: negatives: True is not a number"),
        ('[prepare]\nexclude = "a.csv"', "[prepare]: exclude: 'a.csv' is not a list of texts in quotes"),
        ("[prepare]\nexclude = [1]", "[prepare]: exclude: [1] is not a list of texts in quotes"),
        ("workers = 0", "workers: 0: "),
        ('images = "none"', "images: dir 'none' does not exist"),
        ('[predict]\nshard = "3/2"', "[predict]: shard: '3/2' is not a shard"),
        ("workers 2", "it is not TOML: "),
    ],
)
def test_what_is_wrong_in_a_file_is_one_message(command, here, text, message):
    (here / "extractor.toml").write_text(text)
    before = sorted(here.iterdir())
    code, out, err = command("predict", "in.csv")
    assert (code, out) == (2, "")
    assert err.startswith(f"error: extractor.toml: {message}")
    assert err.count("\n") == 1
    assert sorted(here.iterdir()) == before


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.toml", None, "no such file"),
        ("a.toml", b"\xff", "it is not TOML: "),
        ("a.yaml", b"\xff\x00", "it is not YAML: "),
        ("a.yaml", b"ocr: [", "it is not YAML: "),
        ("a.yaml", b"- ocr", "it is not a list of settings, as `ocr: none` is"),
        ("a.yaml", b"1: 2", "unknown key 1"),
        ("a.yaml", b"ocr:", "ocr: None is not a text in quotes"),
        ("a.ini", b"", "name it .toml, .yaml or .yml"),
        ("", None, "is a directory"),
    ],
)
@pytest.mark.parametrize("given_by", ["flag", "variable"])
def test_a_file_that_cannot_be_read_is_one_message(command, here, monkeypatch, name, content, message, given_by):
    (here / "conf").mkdir()
    path = here / "conf" / name
    if content is not None:
        path.write_bytes(content)
    if given_by == "variable":
        monkeypatch.setenv("EXTRACTOR_CONFIG", str(path))
    code, out, err = command(*(["--config", path] if given_by == "flag" else []), "predict", "in.csv")
    assert (code, out) == (2, "")
    assert err.lower().startswith(f"error: {path}: {message}".lower())


def test_an_empty_file_sets_nothing(settings, here):
    (here / "extractor.yaml").write_text("# nothing yet\n")
    assert settings()["ocr"] == ("rapidocr", "default", None)


def test_a_wrong_variable_is_named(command, monkeypatch):
    monkeypatch.setenv("EXTRACTOR_WORKERS", "two")
    code, _, err = command("predict", "in.csv")
    assert code == 2
    assert err.startswith("error: EXTRACTOR_WORKERS: 'two'")
    assert "integer" in err
    assert err.count("\n") == 1


def test_what_a_flag_takes_back(settings, command, here, monkeypatch):
    (here / "extractor.toml").write_text(
        f'allow-private = true\nno-cache = true\nquiet = true\nocr = "{ENGINE}"\nstore = "s.sqlite3"'
    )
    assert settings()["allow-private"] == (True, "file", "extractor.toml")
    assert command("predict", "in.csv") == (0, "", "")
    assert not (here / "s.sqlite3").exists()
    (here / "in.csv").write_text(TABLE + "2,http://127.0.0.1:9/a.png,1,depth\n")
    code, _, err = command("predict", "in.csv", "--no-quiet", "--cache", "--no-allow-private")
    assert code == 0
    assert "private_address 1" in err
    assert (here / "s.sqlite3").exists()
    monkeypatch.setenv("EXTRACTOR_ALLOW_PRIVATE", "false")
    assert settings()["allow-private"] == (False, "environment", "EXTRACTOR_ALLOW_PRIVATE")


def test_settings_of_a_reader_wait_for_a_reader(command, here):
    """On the command line they are refused without one; a file is for many commands."""
    (here / "extractor.toml").write_text(
        f'ocr = "{ENGINE}"\nvlm = "{READER}"\ndevice = "cpu"\nvlm-batch = 3\ndecoding = "free"\nno-cache = true'
    )
    assert f"reader    {READER}" in command("predict", "in.csv")[2]
    code, _, err = command("predict", "in.csv", "--vlm", "none")
    assert code == 0
    assert "reader    none" in err
    code, _, err = command("predict", "in.csv", "--vlm", "none", "--device", "cpu")
    assert code == 2
    assert "leave --device out" in " ".join(err.replace("│", " ").split())


def test_a_run_names_the_file_that_sets_something_in_it(command, here):
    (here / "extractor.toml").write_text(f'ocr = "{ENGINE}"\n[fit]\nfolds = 3')
    options = ("predict", "in.csv", "--no-cache")
    assert command(*options)[2].startswith("config    extractor.toml\n")
    assert command(*options, "--quiet") == (0, "", "")
    assert "config " not in command(*options, "--ocr", ENGINE)[2]


def test_config_shows_name_value_and_source(command, here, monkeypatch):
    (here / "extractor.toml").write_text('vlm = "nano"')
    monkeypatch.setenv("EXTRACTOR_WORKERS", "2")
    code, out, _ = command("config")
    assert code == 0
    lines = [line.split(maxsplit=2) for line in out.splitlines()]
    assert ["vlm", "nano", "file extractor.toml"] in lines
    assert ["workers", "2", "environment EXTRACTOR_WORKERS"] in lines
    assert ["ocr", "rapidocr", "default"] in lines
    assert ["second-look", "true", "default"] in lines
    assert "--help" not in out
    assert not any(line[:1] == ["help"] for line in lines)


def test_config_says_where_it_looked_for_a_file(command, user_folder):
    out = command("config", "merge")[1]
    assert f"no file extractor.toml or extractor.yaml here or in {user_folder}" in " ".join(out.split())
    assert "without a file" in command("--config", "none", "config")[1]


@pytest.mark.parametrize("name", ["predikt", "config"])
def test_config_of_an_unknown_command(command, name):
    code, _, err = command("config", name)
    assert code == 2
    assert f"'{name}': unknown command; those with settings are extract, predict" in " ".join(
        err.replace("│", " ").split()
    )


def test_the_configuration_of_training_is_another(command, here):
    """`train --config` names a file of training settings."""
    (here / "extractor.toml").write_text('[train]\nconfig = "own.yaml"')
    code, out, _ = command("config", "train", "--json")
    assert code == 0
    assert {"name": "config", "value": "own.yaml", "source": "file", "where": "extractor.toml"} in (
        json.loads(out)["settings"]
    )


def test_the_page_about_settings_is_right(settings, here):
    page = (Path(extractor.__file__).parents[1] / "docs" / "configuration.md").read_text(encoding="utf-8")
    (here / "pictures").mkdir()
    for kind in ("toml", "yaml"):
        (here / f"own.{kind}").write_text(page.partition(f"```{kind}\n")[2].partition("```")[0])
    from_toml, from_yaml = (settings("--config", f"own.{kind}") for kind in ("toml", "yaml"))
    assert {name: value[:2] for name, value in from_toml.items()} == {n: value[:2] for n, value in from_yaml.items()}
    assert (from_toml["vlm"][0], from_toml["images"][0], from_toml["vlm-batch"][0]) == ("nano", "pictures", 16)
    rows = [row.split(" | ") for row in page.splitlines() if "` | `EXTRACTOR_" in row]
    commands = typer.main.get_command(app).commands
    declared = {
        (key, name)
        for name in commands
        if name not in ("config", "review")
        for key, one in settings_of(commands[name]).items()
        if one.shared
    }
    assert {(row[0].strip("| `"), name) for row in rows for name in row[2].strip(" |").split(", ")} == declared
    assert all(row[1] == f"`EXTRACTOR_{row[0].strip('| `').upper().replace('-', '_')}`" for row in rows)


def test_help_works_beside_a_broken_file(command, here):
    (here / "extractor.toml").write_text("ocr = ")
    assert command("predict", "--help")[0] == 0
    assert command("--help")[0] == 0


def test_version(command):
    assert command("--version") == (0, f"extractor {extractor.__version__}\n", "")


def test_completion_is_that_of_the_installed_command(command, monkeypatch):
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    code, script, _ = command("--show-completion", "bash")
    assert code == 0
    assert "_EXTRACTOR_COMPLETE=complete_bash" in script
    monkeypatch.setenv("_EXTRACTOR_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "extractor pre")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert command()[1].split() == ["predict", "prepare"]
