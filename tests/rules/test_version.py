from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import rules
from rules import version

SOURCES = {"select.py": "x = 1\n", "unit_table.py": "y = 2\n"}


@pytest.fixture
def version_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[dict[str, str]], str]]:
    """The version of a package that consists of the given files and nothing else."""
    folders = iter(range(100))

    def digest(sources: dict[str, str]) -> str:
        package = tmp_path / str(next(folders))
        for name, text in sources.items():
            path = package / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        monkeypatch.setattr(version, "files", lambda _: package)
        version.rules_version.cache_clear()
        return version.rules_version()

    yield digest
    version.rules_version.cache_clear()


def test_the_package_tells_its_own_version() -> None:
    assert version.rules_version() == rules.rules_version()
    assert len(rules.rules_version()) == 16
    assert int(rules.rules_version(), 16) > 0


def test_the_version_is_not_computed_at_import() -> None:
    code = "import rules, rules.select; print(rules.rules_version.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


def test_the_same_sources_have_the_same_version(version_of: Callable[[dict[str, str]], str]) -> None:
    assert version_of(SOURCES) == version_of(dict(reversed(SOURCES.items())))


@pytest.mark.parametrize(
    "changed",
    [
        SOURCES | {"select.py": "x = 2\n"},
        SOURCES | {"new.py": ""},
        {"select.py": SOURCES["select.py"]},
        {"selection.py": SOURCES["select.py"], "unit_table.py": SOURCES["unit_table.py"]},
    ],
    ids=["edited", "added", "removed", "renamed"],
)
def test_any_change_of_the_sources_changes_the_version(
    version_of: Callable[[dict[str, str]], str], changed: dict[str, str]
) -> None:
    assert version_of(changed) != version_of(SOURCES)


def test_files_of_python_and_editors_do_not_count(version_of: Callable[[dict[str, str]], str]) -> None:
    littered = SOURCES | {"__pycache__/select.cpython-311.pyc": "bytes", ".select.py.swp": "half a line"}
    assert version_of(littered) == version_of(SOURCES)
