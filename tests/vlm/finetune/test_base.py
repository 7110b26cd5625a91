"""The base of an adapter by its name."""

from __future__ import annotations

import pytest

pytest.importorskip("transformers", reason="needs the vlm extra")

import vlm.source
from vlm.reader import ReaderUnavailableError
from vlm.source import find_base

CHOICES = "folder with a PaliGemma model, a hub id .* or nano"


def test_a_folder_is_its_own_base(tiny_reader_folder):
    assert find_base(str(tiny_reader_folder)).model == tiny_reader_folder


def test_nano_is_the_package_s_folder(tiny_reader_folder, tmp_path, monkeypatch):
    monkeypatch.setattr(vlm.source, "NANO_FOLDER", tiny_reader_folder)
    assert find_base("nano").model == tiny_reader_folder
    monkeypatch.setattr(vlm.source, "NANO_FOLDER", tmp_path)
    with pytest.raises(ReaderUnavailableError, match="extractor nano"):
        find_base("nano")


def test_a_hub_id_without_network_names_the_choices_after_one_attempt(silent_hub):
    with pytest.raises(ReaderUnavailableError, match=rf"hub cannot be reached \(\w*Timeout.*{CHOICES}"):
        find_base("google/paligemma2-3b-pt-448")
    assert [path for path in silent_hub if "google/" in path] == ["/api/models/google/paligemma2-3b-pt-448"]


def test_a_cached_hub_model_needs_no_network(silent_hub, cached_hub_model):
    assert find_base("somebody/reader").model == cached_hub_model
    assert not any("somebody" in path for path in silent_hub)


@pytest.mark.parametrize("name", ["./no/such/folder", "nonsense", "", "a/b/c"])
def test_a_name_that_can_be_no_base_names_the_choices(name):
    with pytest.raises(ReaderUnavailableError, match=rf"no such folder.*{CHOICES}"):
        find_base(name)
