"""What can be wrong with a training run."""

from __future__ import annotations


class TrainError(Exception):
    """Settings, data or an adapter that cannot be used; the message says which and what to do."""
