"""The precision that a reader is asked in: four bits, or an adapter merged in full precision."""

import pytest

pytest.importorskip("torch", reason="needs the vlm extra")
pytest.importorskip("transformers", reason="needs the vlm extra")
pytest.importorskip("peft", reason="needs the vlm extra")

import vlm.load
from tests.vlm.support.readers import FOUR_BIT, FP32, likelihoods
from vlm.load import ReaderOptions, create_reader, reader_fingerprint
from vlm.settings import ReaderSettings, write_settings


def test_an_adapter_is_merged_in_memory_unless_its_base_is_quantised(adapter):
    merged, quantised = (create_reader(str(adapter), options)._model for options in (FP32, FOUR_BIT))
    assert not any("lora" in name for name, _ in merged.named_parameters())
    assert any("lora" in name for name, _ in quantised.named_parameters())


@pytest.mark.parametrize(
    ("settings", "precision", "can", "quantised"),
    [
        ("4bit", "auto", True, True),
        ("4bit", "auto", False, False),
        ("4bit", "fp32", True, False),
        ("auto", "auto", True, False),
        ("auto", "4bit", False, True),
    ],
)
def test_a_reader_is_asked_in_the_precision_of_its_settings(adapter, monkeypatch, settings, precision, can, quantised):
    """Unless the user names one, or this machine cannot quantise."""
    write_settings(adapter, ReaderSettings(precision=settings))
    monkeypatch.setattr(vlm.load, "can_quantise", lambda device: can)
    model = create_reader(str(adapter), ReaderOptions(device="cpu", precision=precision))._model
    assert any("lora" in name for name, _ in model.named_parameters()) == quantised


@pytest.mark.parametrize(
    ("settings", "precision", "differs"),
    [("4bit", "auto", True), ("4bit", "fp32", False), ("auto", "auto", False), ("auto", "4bit", False)],
)
def test_a_fingerprint_says_whether_four_bits_were_used(adapter, monkeypatch, settings, precision, differs):
    """As stored answers of a machine that can quantise are not those of one that cannot."""
    write_settings(adapter, ReaderSettings(precision=settings))
    options = ReaderOptions(device="cpu", precision=precision)
    seen = []
    for can in (True, False):
        monkeypatch.setattr(vlm.load, "can_quantise", lambda device, can=can: can)
        seen.append(reader_fingerprint(str(adapter), options))
        assert create_reader(str(adapter), options).fingerprint == seen[-1]
    assert (seen[0] != seen[1]) == differs


@pytest.fixture(scope="module")
def four_bit_reader(adapter_folder):
    pytest.importorskip("bitsandbytes", reason="needs the vlm extra")
    return create_reader(str(adapter_folder), FOUR_BIT)


def four_bit_layers(reader):
    from bitsandbytes.nn import Linear4bit

    return {name: module for name, module in reader._model.named_modules() if isinstance(module, Linear4bit)}


def test_only_the_language_model_is_quantised(four_bit_reader):
    names = four_bit_layers(four_bit_reader)
    assert names
    assert all(".language_model." in name for name in names)


def test_four_bit_weights_are_never_repacked(four_bit_reader):
    assert not any(layer.support_avx512bf16_for_cpu for layer in four_bit_layers(four_bit_reader).values())


def test_four_bit_answers_stay_the_same(four_bit_reader, asked):
    assert likelihoods(four_bit_reader, asked) == likelihoods(four_bit_reader, asked)
