"""Runs over many rows: pictures are fetched, read and answered side by side."""
