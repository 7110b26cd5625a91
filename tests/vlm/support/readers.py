"""Readers of the tiny model for the tests of loading: options, and what they answer."""

import json

from vlm.reader import ReaderOptions

FP32 = ReaderOptions(device="cpu", precision="fp32")
FOUR_BIT = ReaderOptions(device="cpu", precision="4bit")


def rebase(adapter, base):
    """Makes `base` the model that the adapter in a folder stands on."""
    file = adapter / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"base_model_name_or_path": str(base)}))


def likelihoods(reader, asked):
    """The texts and confidences of the reader's answers, by picture."""
    return [[(a.text, a.confidence) for a in answers] for answers in reader.read(asked)]
