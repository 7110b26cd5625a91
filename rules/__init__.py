"""From OCR tokens, or a model's words, to an allowed answer with its evidence."""
