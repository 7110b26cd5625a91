import json
import os
import shutil
import subprocess
import sys

import pytest

torch = pytest.importorskip("torch", reason="needs the vlm extra")
pytest.importorskip("transformers", reason="needs the vlm extra")
pytest.importorskip("peft", reason="needs the vlm extra")

import vlm.load  # noqa: E402
import vlm.source  # noqa: E402
from vlm.decoding import Decoding  # noqa: E402
from vlm.finetune.config import LORA_TARGETS  # noqa: E402
from vlm.load import ReaderOptions, ReaderUnavailableError, create_reader, reader_fingerprint  # noqa: E402
from vlm.prompt import PROMPT_VERSION, PromptForm  # noqa: E402
from vlm.reader import PictureQuestions  # noqa: E402
from vlm.settings import READER_FILE, ReaderSettings, read_settings, write_settings  # noqa: E402
from vlm.weight_files import weights_digest  # noqa: E402

FP32 = ReaderOptions(device="cpu", precision="fp32")
FOUR_BIT = ReaderOptions(device="cpu", precision="4bit")


@pytest.fixture(scope="module")
def adapter_folder(tiny_reader_folder, tmp_path_factory):
    """A random adapter that changes answers, with nothing but its own files. Not to be written to."""
    from peft import LoraConfig, get_peft_model
    from transformers import PaliGemmaForConditionalGeneration

    torch.manual_seed(1)
    base = PaliGemmaForConditionalGeneration.from_pretrained(tiny_reader_folder)
    model = get_peft_model(base, LoraConfig(r=4, target_modules=LORA_TARGETS, init_lora_weights=False))
    folder = tmp_path_factory.mktemp("adapter")
    model.save_pretrained(folder)
    return folder


@pytest.fixture
def adapter(adapter_folder, tmp_path):
    return shutil.copytree(adapter_folder, tmp_path / "adapter")


@pytest.fixture
def model_folder(tiny_reader_folder, tmp_path):
    return shutil.copytree(tiny_reader_folder, tmp_path / "model")


@pytest.fixture
def asked(picture):
    return [PictureQuestions(picture(n), None, ("width", "item_weight")) for n in range(2)]


def rebase(adapter, base):
    file = adapter / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"base_model_name_or_path": str(base)}))


def likelihoods(reader, asked):
    return [[(a.text, a.confidence) for a in answers] for answers in reader.read(asked)]


def test_a_folder_with_a_model(tiny_reader_folder, tiny_model, tiny_processor, asked):
    from vlm.generate import PaliGemmaReader

    loaded = create_reader(str(tiny_reader_folder), FP32)
    assert loaded.read(asked) == PaliGemmaReader(tiny_model, tiny_processor).read(asked)
    assert loaded.fingerprint == reader_fingerprint(str(tiny_reader_folder), FP32)


def test_an_adapter_on_its_base_answers_otherwise_than_the_base(adapter, tiny_reader_folder, asked):
    with_adapter = create_reader(str(adapter), FP32)
    assert likelihoods(with_adapter, asked) != likelihoods(create_reader(str(tiny_reader_folder), FP32), asked)
    assert with_adapter.fingerprint == reader_fingerprint(str(adapter), FP32)


def test_an_adapter_answers_as_the_model_it_was_merged_into(adapter, tmp_path, tiny_processor, asked):
    from peft import PeftModel
    from transformers import PaliGemmaForConditionalGeneration

    base = json.loads((adapter / "adapter_config.json").read_text())["base_model_name_or_path"]
    model = PeftModel.from_pretrained(PaliGemmaForConditionalGeneration.from_pretrained(base), adapter)
    model.merge_and_unload().save_pretrained(tmp_path / "merged")
    tiny_processor.save_pretrained(tmp_path / "merged")
    merged = likelihoods(create_reader(str(tmp_path / "merged"), FP32), asked)
    for one, other in zip(merged, likelihoods(create_reader(str(adapter), FP32), asked), strict=True):
        assert [text for text, _ in one] == [text for text, _ in other]
        assert [p for _, p in one] == pytest.approx([p for _, p in other], rel=0.01)


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


def test_mix_weights_are_asked_in_their_own_form_unless_they_were_trained_in_another(tiny_reader_folder, tmp_path):
    mix = shutil.copytree(tiny_reader_folder, tmp_path / "paligemma2-3b-mix-448")
    assert create_reader(str(mix), FP32)._prompt_form is PromptForm.QUESTION_FIRST
    assert "question_first" in reader_fingerprint(str(mix), FP32)
    write_settings(mix, ReaderSettings())
    assert create_reader(str(mix), FP32)._prompt_form is PromptForm.PLACES
    assert create_reader(str(tiny_reader_folder), FP32)._prompt_form is PromptForm.PLACES


def test_libraries_send_no_telemetry_unless_asked():
    ask = "import vlm.load, huggingface_hub.constants as c; print(c.HF_HUB_DISABLE_TELEMETRY)"
    environment = {name: value for name, value in os.environ.items() if name != "HF_HUB_DISABLE_TELEMETRY"}
    for asked, disabled in (({}, "True"), ({"HF_HUB_DISABLE_TELEMETRY": "0"}, "False")):
        told = subprocess.check_output([sys.executable, "-c", ask], env=environment | asked, text=True)
        assert told.strip() == disabled


def test_an_adapter_of_nano_stands_on_the_weights_of_the_package(adapter, tiny_reader_folder, asked, monkeypatch):
    expected = likelihoods(create_reader(str(adapter), FP32), asked)
    rebase(adapter, "nano")
    monkeypatch.setattr(vlm.source, "NANO_FOLDER", tiny_reader_folder)
    assert likelihoods(create_reader(str(adapter), FP32), asked) == expected


def test_nano_is_the_package_s_model_with_its_adapter(adapter, tiny_reader_folder, asked, monkeypatch):
    expected = likelihoods(create_reader(str(adapter), FP32), asked)
    rebase(adapter, "nano")
    monkeypatch.setattr(vlm.source, "NANO_FOLDER", tiny_reader_folder)
    monkeypatch.setattr(vlm.source, "NANO_ADAPTER", adapter)
    assert likelihoods(create_reader("nano", FP32), asked) == expected
    assert vlm.source.find_base("nano").adapter is None
    monkeypatch.setattr(vlm.source, "NANO_ADAPTER", tiny_reader_folder / "none")
    assert likelihoods(create_reader("nano", FP32), asked) != expected


def test_the_adapters_own_processor_is_taken(adapter, tiny_processor):
    tiny_processor.save_pretrained(adapter)
    file = adapter / "processor_config.json"
    config = json.loads(file.read_text())
    config["image_processor"]["image_mean"] = [0.1, 0.1, 0.1]
    file.write_text(json.dumps(config))
    reader = create_reader(str(adapter), FP32)
    assert list(reader._processor.image_processor.image_mean) == [0.1, 0.1, 0.1]


def test_pictures_are_prepared_by_pillow_even_where_torchvision_is_installed(tiny_reader_folder, monkeypatch):
    from transformers import PaliGemmaProcessor

    asked_for = []
    original = PaliGemmaProcessor.from_pretrained

    def recording(folder, **kwargs):
        asked_for.append(kwargs["backend"])
        return original(folder, **kwargs)

    monkeypatch.setattr(PaliGemmaProcessor, "from_pretrained", recording)
    processor = vlm.load.load_processor(vlm.source.find_source(str(tiny_reader_folder)))
    assert asked_for == ["pil"]
    assert type(processor.image_processor).__name__.endswith("Pil")


def test_settings_change_with_all_that_answers_depend_on(model_folder):
    spec = str(model_folder)
    seen = [reader_fingerprint(spec, FP32), reader_fingerprint(spec, FOUR_BIT)]
    seen.append(reader_fingerprint(spec, ReaderOptions(device="cpu", precision="fp32", decoding=Decoding.FREE)))
    write_settings(model_folder, ReaderSettings(temperature=2.0))
    seen.append(reader_fingerprint(spec, FP32))
    weights = bytearray((model_folder / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (model_folder / "model.safetensors").write_bytes(weights)
    seen.append(reader_fingerprint(spec, FP32))
    assert len(set(seen)) == len(seen)
    (model_folder / "README.md").write_text("scores")
    assert reader_fingerprint(spec, FP32) == seen[-1]
    assert reader_fingerprint(spec, ReaderOptions(device="cpu", precision="fp32", batch_size=3)) == seen[-1]


def test_big_files_are_digested_by_samples(tmp_path, monkeypatch):
    monkeypatch.setattr(vlm.source, "_READ_WHOLE", 1000)
    file = tmp_path / "model.safetensors"
    file.write_bytes(bytes(200_000))
    before = vlm.source.digest(tmp_path)
    file.write_bytes(bytes(199_999) + b"1")
    assert vlm.source.digest(tmp_path) != before


def test_the_temperature_is_read(model_folder, asked):
    plain = likelihoods(create_reader(str(model_folder), FP32), asked)
    write_settings(model_folder, ReaderSettings(temperature=20.0))
    warm = likelihoods(create_reader(str(model_folder), FP32), asked)
    assert warm[0][0][0] == plain[0][0][0]
    assert warm[0][0][1] > plain[0][0][1]


def test_writing_settings_keeps_what_others_wrote(tmp_path):
    (tmp_path / READER_FILE).write_text(json.dumps({"base": "nano", "temperature": 1.0}))
    write_settings(tmp_path, ReaderSettings(resolution=448, temperature=1.5))
    assert read_settings(tmp_path) == ReaderSettings(PROMPT_VERSION, 448, 1.5)
    assert json.loads((tmp_path / READER_FILE).read_text())["base"] == "nano"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"prompt_version": "0"}, "prompt version '0'.*train it again"),
        ({"temperature": 0}, "temperature: input should be greater than 0"),
        ({"temperature": "hot"}, "cannot be read"),
        ({"temperature": "hot", "resolution": -1}, "cannot be read: resolution: .*; temperature: .* got 'hot'"),
        ({"resolution": 448}, "448 pixels"),
    ],
)
def test_settings_that_do_not_fit_are_refused(model_folder, written, message):
    (model_folder / READER_FILE).write_text(json.dumps(written))
    with pytest.raises(ReaderUnavailableError, match=message):
        create_reader(str(model_folder), FP32)


def test_another_prompt_version_is_refused_before_the_weights_are_needed(model_folder):
    (model_folder / READER_FILE).write_text(json.dumps({"prompt_version": "0"}))
    with pytest.raises(ReaderUnavailableError, match="prompt version"):
        reader_fingerprint(str(model_folder), FP32)


def test_broken_settings_are_refused(model_folder):
    (model_folder / READER_FILE).write_text("{")
    with pytest.raises(ReaderUnavailableError, match=r"reader\.json cannot be read"):
        create_reader(str(model_folder), FP32)


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


def test_a_cached_hub_model_needs_no_network(silent_hub, cached_hub_model, tiny_reader_folder, asked):
    reader = create_reader("somebody/reader", FP32)
    assert reader.fingerprint.startswith(f"somebody/reader@{cached_hub_model.name} ")
    assert likelihoods(reader, asked) == likelihoods(create_reader(str(tiny_reader_folder), FP32), asked)
    assert not any("somebody" in path for path in silent_hub)


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


def test_importing_the_interface_needs_no_torch():
    import subprocess
    import sys

    code = (
        "import sys; sys.modules['torch'] = None; import vlm.load, vlm.prompt, vlm.reader, vlm.answer, vlm.settings, "
        "vlm.finetune.calibrate, vlm.grammar"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_bars_are_drawn_only_where_they_are_wanted(tiny_reader_folder, capsys):
    create_reader(str(tiny_reader_folder), FP32)
    assert capsys.readouterr().err == ""
    create_reader(str(tiny_reader_folder), ReaderOptions(device="cpu", precision="fp32", bars=True))
    assert "100%" in capsys.readouterr().err


def test_the_vision_tower_attends_by_sdpa_and_gemma_2_as_it_must(tiny_reader_folder):
    """Gemma 2 caps its attention's logits, which sdpa cannot."""
    model = create_reader(str(tiny_reader_folder), FP32)._model.model
    assert model.vision_tower.config._attn_implementation == "sdpa"
    assert model.language_model.config._attn_implementation == "eager"
