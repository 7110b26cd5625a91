import sys

import pytest
from fake_engines import ENGINE
from fake_readers import READER

from extractor.api.engines import EngineError, fingerprint_of
from extractor.api.readers import LazyReader, ReaderChoice, ReaderError

MODULE = """
import sys

class Sound:
    fingerprint = "sound"
    def __init__(self, argument):
        pass
    def read(self, picture):
        pass

class Numbered(Sound):
    fingerprint = 5

class Torn(Sound):
    @property
    def fingerprint(self):
        raise RuntimeError("torn")

def fails(argument):
    raise RuntimeError("no luck")

def ends(argument):
    sys.exit("the end")

def nothing(argument):
    pass
"""
ODD = [
    ("os:getcwd", r"cannot be loaded: TypeError: .*takes no arguments"),
    ("builtins:repr", "gives a str where"),
    ("odd_module:fails", "cannot be loaded: RuntimeError: no luck"),
    ("odd_module:ends", "cannot be loaded: SystemExit: the end"),
    ("odd_module:nothing", "gives a NoneType where"),
    ("odd_module:Numbered", "gives a Numbered where"),
    ("odd_module:Torn", "gives a Torn where"),
    ("odd_module:absent", r"odd_module\.py has no 'absent'"),
    ("odd_module.deeper:absent", "cannot be loaded"),
    ("wrong_module:reader", "cannot be loaded: SyntaxError"),
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "odd_module.py").write_text(MODULE)
    (tmp_path / "wrong_module.py").write_text("def")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry])
    yield tmp_path
    sys.modules.pop("odd_module", None)


@pytest.mark.parametrize(("spec", "message"), ODD)
def test_a_factory_that_gives_no_engine_is_told(folder, spec, message):
    with pytest.raises(EngineError, match=message):
        fingerprint_of(spec)


@pytest.mark.parametrize(("spec", "message"), ODD)
def test_a_factory_that_gives_no_reader_is_told(folder, spec, message):
    with pytest.raises(ReaderError, match=message):
        LazyReader(ReaderChoice(spec))


def test_engines_and_readers_of_the_current_folder_are_found(folder):
    assert fingerprint_of("odd_module:Sound") == "odd_module:Sound sound"
    assert LazyReader(ReaderChoice("odd_module:Sound")).fingerprint == "odd_module:Sound sound"


def test_those_of_other_places_are_found_as_ever():
    assert fingerprint_of(ENGINE) == f"{ENGINE} fake 1"
    assert LazyReader(ReaderChoice(READER)).fingerprint == f"{READER} fake reader, known_unit"
