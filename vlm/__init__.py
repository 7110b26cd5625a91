"""The vision-language reader: (picture, OCR tokens, entity) -> answer text, which `rules` then checks.

Here is inference; `vlm.finetune` trains adapters, `vlm.nano` makes the small reader that comes along.
"""
