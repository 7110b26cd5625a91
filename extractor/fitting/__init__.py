"""Fits the learned ranker of `rules` from labelled pictures: `python -m extractor fit`."""
