"""Fits the ranker and the policy to labelled rows."""
