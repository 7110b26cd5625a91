"""What the project is called, what it may be used for, and how its extras are installed: said once, and truly."""

import re
import tomllib
from pathlib import Path

import pytest

import extractor
from ocr.extras import DISTRIBUTION, EXTRAS, extra_needed

ROOT = Path(extractor.__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TOLD = ("extractor", "ocr", "rules", "vlm", "dataset", "docs", "configs", "tests")
HASHED = ("fit", "report", "serve", "tables")
"""The extras whose packages constraints-hashed.txt has too: `make hashes`."""
TEXTS = {".py", ".md", ".yaml", ".toml"}


def test_the_name_and_the_version_are_those_of_the_project():
    assert PROJECT["name"] == DISTRIBUTION
    assert PROJECT["version"] == extractor.__version__


def test_command_and_extras_keep_their_names():
    assert PROJECT["scripts"] == {"extractor": "extractor.__main__:main"}
    assert EXTRAS.keys() <= PROJECT["optional-dependencies"].keys()
    assert all((ROOT / constraints).is_file() for constraints in EXTRAS.values())


@pytest.mark.parametrize("extra", EXTRAS)
def test_a_hint_says_what_is_missing_and_how_to_install_it(extra):
    said = extra_needed("this command", extra, ["one", "two"])
    assert said.startswith("this command needs one, two: install the extra ")
    assert f"pip install --constraint {EXTRAS[extra]} '.[{extra}]'" in said
    assert f"pip install 'FILE.whl[{extra}]'" in said


def test_no_text_tells_to_install_a_strangers_package():
    """In the package index `extractor` is another project, and this one's name is nobody's."""
    files = [file for folder in TOLD for file in (ROOT / folder).rglob("*") if file.suffix in TEXTS]
    files += [file for file in ROOT.iterdir() if file.suffix in TEXTS or file.name == "Makefile"]
    by_name = re.compile(rf"(?<![\w-])(extractor|{DISTRIBUTION})\[\w|pip install '?(extractor|{DISTRIBUTION})\b")
    told = {str(file.relative_to(ROOT)) for file in files if by_name.search(file.read_text(encoding="utf-8"))}
    own_extras = "pyproject.toml"  # pip takes an extra that names other extras of its project from the project itself
    assert told - {"tests/extractor/test_distribution.py", own_extras} == set()


def test_the_licence_is_said_and_comes_along():
    assert PROJECT["license"] == "Apache-2.0"
    assert PROJECT["license-files"] == ["LICENSE", "NOTICE"]
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert licence.split("\n")[1].strip() == "Apache License"
    assert "END OF TERMS AND CONDITIONS" in licence
    assert "Apache-2.0" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("named", ["The extractor authors", "PP-OCRv6", "nano", "rules/ranker.json", "dataset/"])
def test_the_notice_names_what_is_shipped_and_what_the_wheels_bring(named):
    assert named in (ROOT / "NOTICE").read_text(encoding="utf-8")


def pins(file):
    """The versions by name, as the index spells names."""
    found = re.findall(r"^([A-Za-z0-9_.-]+)==([^ ;\n]+)", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def test_the_hashed_file_has_the_versions_that_were_tested_and_a_digest_for_each():
    hashed, tested = pins("constraints-hashed.txt"), pins("constraints.txt")
    needed = [*PROJECT["dependencies"], *(one for extra in HASHED for one in PROJECT["optional-dependencies"][extra])]
    names = {re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", one)[0]).lower() for one in needed}
    assert names <= hashed.keys()
    assert {name: version for name, version in hashed.items() if tested.get(name) != version} == {}
    blocks = re.split(r"\n(?=\S)", (ROOT / "constraints-hashed.txt").read_text(encoding="utf-8").strip())
    assert all("--hash=sha256:" in block for block in blocks if "==" in block)


def test_the_hashed_file_names_no_place_of_a_package():
    """Where packages come from is for those who install them."""
    assert "://" not in (ROOT / "constraints-hashed.txt").read_text(encoding="utf-8")
