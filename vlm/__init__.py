"""The vision-language reader: (picture, OCR tokens, entity) -> answer text, which `rules` then checks.

Here is inference; `vlm.finetune` trains adapters, `vlm.nano` makes the small reader that comes along.
"""

import os

os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # "0" in the environment asks for it
