"""The library: the `Extractor`, and the models that it loads by name."""
