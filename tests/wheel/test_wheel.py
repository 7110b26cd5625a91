"""The wheel and the sdist are built, installed outside the checkout, and answer there: `make test-wheel`."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("extractor", "ocr", "rules", "vlm")
TABLES = ("constraints.txt", "constraints-hashed.txt", "constraints-paddle.txt", "CHANGELOG.md", "SECURITY.md")
SCRIPT = "Scripts" if os.name == "nt" else "bin"

pytestmark = pytest.mark.wheel


def run(*command, folder):
    """What the command prints; it sees neither the checkout nor the settings of the user."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("EXTRACTOR_", "PYTHON"))}
    done = subprocess.run(
        [*map(str, command)],
        cwd=folder,
        env=environment | {"EXTRACTOR_CONFIG": "none"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def files():
    """The files of the project."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def dist(tmp_path_factory, files):
    """The folder with both, built from a copy: the sdist first, and the wheel from that."""
    copy, built = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("dist")
    for file in files:
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, copy / file)
    run(sys.executable, "-m", "build", "--outdir", built, copy, folder=built)
    return built


@pytest.fixture(scope="module")
def environment(tmp_path_factory, dist):
    """A fresh virtual environment with the wheel; gives the folder of its programs."""
    folder = tmp_path_factory.mktemp("venv")
    run(sys.executable, "-m", "venv", folder, folder=folder)
    (wheel,) = dist.glob("*.whl")
    install(folder / SCRIPT, "--constraint", ROOT / "constraints.txt", wheel)
    return folder / SCRIPT


def install(programs, *arguments):
    """With pip, or with the uv that UV names, which takes a fifth of the time."""
    python, uv = programs / "python", os.environ.get("UV")
    installer = [uv, "pip", "install", "--python", python] if uv else [python, "-m", "pip", "install"]
    run(*installer, "--quiet", *arguments, folder="/")


def test_the_wheel_holds_the_packages_with_all_their_data_and_nothing_else(dist, files):
    (wheel,) = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        names = {name for name in opened.namelist() if ".dist-info/" not in name}
    assert names == {file.as_posix() for file in files if file.parts[0] in PACKAGES}
    nano = "vlm/nano/weights"
    assert {f"{nano}/model.safetensors", f"{nano}/adapter/adapter_model.safetensors"} <= names
    assert {"ocr/models/efficientnet_lite0.onnx", "rules/ranker.json", "extractor/web/base.css"} <= names


def test_the_sdist_holds_what_the_wheel_is_built_from(dist, files):
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert names >= {file.as_posix() for file in files if file.parts[0] in PACKAGES} | set(TABLES)
    assert not any(name.startswith("dataset/") for name in names)


@pytest.mark.parametrize("kind", ["*.whl", "*.tar.gz"])
def test_it_answers_outside_the_checkout(dist, environment, tmp_path, kind):
    if kind == "*.tar.gz":  # the packages that it needs are there from the wheel
        (sdist,) = dist.glob(kind)
        install(environment, "--force-reinstall", "--no-deps", sdist)
    shutil.copy(ROOT / "dataset/images/test_0008.jpg", tmp_path)
    where = run(environment / "python", "-c", "import extractor; print(extractor.__file__)", folder=tmp_path)
    assert Path(where).is_relative_to(environment.parent.resolve())
    said = run(environment / "extractor", "extract", "test_0008.jpg", "--entity", "height", "--json", folder=tmp_path)
    (answer,) = json.loads(said)["answers"]
    assert (answer["text"], answer["status"]) == ("12.2 inch", "verified")
