"""The base of an adapter by its name."""

from __future__ import annotations

import pytest

pytest.importorskip("transformers", reason="needs the vlm extra")

import vlm.source
from vlm.finetune.base import BaseModelError, base_of

CHOICES = "folder with a PaliGemma model, a hub id .* or nano"


def test_a_folder_is_its_own_base(tiny_reader_folder):
    assert base_of(str(tiny_reader_folder)) == tiny_reader_folder


def test_nano_is_the_package_s_folder(tiny_reader_folder, tmp_path, monkeypatch):
    monkeypatch.setattr(vlm.source, "NANO_FOLDER", tiny_reader_folder)
    assert base_of("nano") == tiny_reader_folder
    monkeypatch.setattr(vlm.source, "NANO_FOLDER", tmp_path)
    with pytest.raises(BaseModelError, match="extractor nano"):
        base_of("nano")


def test_a_hub_id_without_network_names_the_choices_after_one_attempt(silent_hub):
    with pytest.raises(BaseModelError, match=rf"hub cannot be reached \(\w*Timeout.*\n.*{CHOICES}"):
        base_of("google/paligemma2-3b-pt-448")
    assert [path for path in silent_hub if "google/" in path] == ["/api/models/google/paligemma2-3b-pt-448"]


def test_a_cached_hub_model_needs_no_network(silent_hub, cached_hub_model):
    assert base_of("somebody/reader") == cached_hub_model
    assert not any("somebody" in path for path in silent_hub)


@pytest.mark.parametrize("name", ["./no/such/folder", "nonsense", "", "a/b/c"])
def test_a_name_that_can_be_no_base_names_the_choices(name):
    with pytest.raises(BaseModelError, match=rf"no such folder.*\n.*{CHOICES}"):
        base_of(name)
