"""Readers that are refused, each with a message that says what to do; code in their files is never run."""

import json
import sys

import pytest

torch = pytest.importorskip("torch", reason="needs the vlm extra")
pytest.importorskip("transformers", reason="needs the vlm extra")
pytest.importorskip("peft", reason="needs the vlm extra")

import vlm.source  # noqa: E402
from tests.vlm.support.readers import FP32, rebase  # noqa: E402
from vlm.load import ReaderOptions, ReaderUnavailableError, create_reader, reader_fingerprint  # noqa: E402
from vlm.settings import ReaderSettings, write_settings  # noqa: E402
from vlm.weight_files import weights_digest  # noqa: E402


def test_a_folder_without_a_model(tmp_path):
    with pytest.raises(ReaderUnavailableError, match=r"neither a model .* nor an adapter .*`nano`.*`none`"):
        create_reader(str(tmp_path), FP32)


def test_a_model_that_is_no_paligemma(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    with pytest.raises(ReaderUnavailableError, match="'llama', not a PaliGemma"):
        create_reader(str(tmp_path), FP32)


def test_a_model_without_a_processor(model_folder):
    (model_folder / "processor_config.json").unlink()
    with pytest.raises(ReaderUnavailableError, match="no processor"):
        create_reader(str(model_folder), FP32)


def test_a_processor_and_a_device_are_looked_for_before_the_weights_are_needed(model_folder):
    with pytest.raises(ReaderUnavailableError, match="'cuda:77' cannot be used here"):
        reader_fingerprint(str(model_folder), ReaderOptions(device="cuda:77"))
    (model_folder / "processor_config.json").unlink()
    with pytest.raises(ReaderUnavailableError, match="no processor"):
        reader_fingerprint(str(model_folder), FP32)


def test_damaged_weights(model_folder):
    (model_folder / "model.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(ReaderUnavailableError, match="cannot be loaded"):
        create_reader(str(model_folder), FP32)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.999])
@pytest.mark.parametrize("part", ["model", "adapter"])
def test_weights_that_were_written_by_half(model_folder, adapter, part, share):
    folder, file = (adapter, "adapter_model.safetensors") if part == "adapter" else (model_folder, "model.safetensors")
    data = (folder / file).read_bytes()
    (folder / file).write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ReaderUnavailableError, match="cannot be loaded"):
        create_reader(str(folder), FP32)


class RunsWhenUnpickled:
    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return open, (str(self.mark), "w")


@pytest.mark.parametrize(("part", "pickled"), [("model", "pytorch_model.bin"), ("adapter", "adapter_model.bin")])
def test_pickled_weights_are_refused(model_folder, adapter, tmp_path, part, pickled):
    folder = adapter if part == "adapter" else model_folder
    for file in folder.glob("*.safetensors"):
        file.unlink()
    torch.save({"weight": RunsWhenUnpickled(tmp_path / "it ran")}, folder / pickled)
    with pytest.raises(ReaderUnavailableError, match=r"no weights to load .*can run code: save them as safetensors"):
        create_reader(str(folder), FP32)
    assert not (tmp_path / "it ran").exists()


def test_pickled_weights_beside_safetensors_are_left_alone(model_folder, tmp_path):
    torch.save({"weight": RunsWhenUnpickled(tmp_path / "it ran")}, model_folder / "pytorch_model.bin")
    create_reader(str(model_folder), FP32)
    assert not (tmp_path / "it ran").exists()


CODE_FILES = ("config.json", "processor_config.json", "tokenizer_config.json")


def test_code_that_comes_with_a_model_is_never_run(model_folder, tmp_path):
    mark = tmp_path / "it ran"
    (model_folder / "stranger.py").write_text(f"open({str(mark)!r}, 'w')\nclass Stranger: pass\n")
    autos = ("AutoConfig", "AutoModel", "AutoProcessor", "AutoTokenizer", "AutoImageProcessor")
    for name in CODE_FILES:
        if (model_folder / name).is_file():
            config = json.loads((model_folder / name).read_text())
            config["auto_map"] = dict.fromkeys(autos, "stranger.Stranger")
            (model_folder / name).write_text(json.dumps(config))
    try:
        create_reader(str(model_folder), FP32)
    except ReaderUnavailableError as error:
        assert "trust_remote_code" in str(error)
    assert not mark.exists()


def test_no_call_trusts_code_of_models():
    """Every `from_pretrained` of inference says so, whatever the libraries' default is."""
    for path in vlm.source.NANO_FOLDER.parents[1].glob("*.py"):
        text = path.read_text()
        calls = [call.split("\n    )")[0] for call in text.split("Processor.from_pretrained(")[1:]]
        calls += [call.split("\n    )")[0] for call in text.split("ConditionalGeneration.from_pretrained(")[1:]]
        assert all("trust_remote_code=False" in call for call in calls), path


def test_an_adapter_of_another_kind_is_refused(adapter):
    file = adapter / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"peft_type": "XLORA"}))
    with pytest.raises(ReaderUnavailableError, match="of the type 'XLORA', not a LoRA"):
        create_reader(str(adapter), FP32)


@pytest.mark.parametrize("ask", [create_reader, reader_fingerprint])
def test_an_adapter_is_refused_on_other_weights_than_it_was_trained_on(adapter, model_folder, tiny_processor, ask):
    rebase(adapter, model_folder)
    write_settings(adapter, ReaderSettings(base_digest=weights_digest(model_folder)))
    ask(str(adapter), FP32)
    weights = bytearray((model_folder / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (model_folder / "model.safetensors").write_bytes(weights)
    with pytest.raises(ReaderUnavailableError, match=r"reader\.json: this adapter was trained on weights with"):
        ask(str(adapter), FP32)


def test_an_adapter_without_its_base(adapter):
    rebase(adapter, "/elsewhere/model")
    with pytest.raises(ReaderUnavailableError, match=r"/elsewhere/model, which is not there.*base_model_name_or_path"):
        create_reader(str(adapter), FP32)


def test_an_adapter_on_an_adapter(adapter, adapter_folder):
    rebase(adapter, adapter_folder)
    with pytest.raises(ReaderUnavailableError, match="another adapter"):
        create_reader(str(adapter), FP32)


@pytest.mark.parametrize("spec", ["./no/such/folder", "nonsense", "", "a/b/c"])
def test_a_name_that_can_be_no_reader(spec):
    with pytest.raises(ReaderUnavailableError, match=r"no such folder.*`nano`.*`none`"):
        reader_fingerprint(spec, FP32)


def test_without_the_extra(monkeypatch, tiny_reader_folder):
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(ReaderUnavailableError, match=r"needs peft: .* constraints\.txt '\.\[vlm\]'.*`none`"):
        reader_fingerprint(str(tiny_reader_folder), FP32)


@pytest.mark.parametrize(
    "options", [ReaderOptions(device="cuda:77"), ReaderOptions(precision="8bit"), ReaderOptions(batch_size=0)]
)
def test_options_that_cannot_be(tiny_reader_folder, options):
    with pytest.raises(ReaderUnavailableError):
        create_reader(str(tiny_reader_folder), options)


@pytest.mark.parametrize("ask", [create_reader, reader_fingerprint])
def test_a_hub_id_without_network_names_the_choices_after_one_attempt(silent_hub, ask):
    with pytest.raises(ReaderUnavailableError, match=r"hub cannot be reached \(\w*Timeout.*folder.*`nano`.*`none`"):
        ask("google/paligemma2-3b-pt-448", FP32)
    assert [path for path in silent_hub if "google/" in path] == ["/api/models/google/paligemma2-3b-pt-448"]


def test_a_refused_connection_is_no_network_too(monkeypatch, tmp_path):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ReaderUnavailableError, match="hub cannot be reached"):
        create_reader("google/paligemma2-3b-pt-448", FP32)
