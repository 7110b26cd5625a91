"""The vision-language reader: (picture, OCR tokens, entity) -> answer text, judged later by `rules`."""
