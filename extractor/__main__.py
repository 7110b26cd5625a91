"""`python -m extractor`."""

from __future__ import annotations


def main() -> None:
    """Runs the command line; see `extractor.cli`."""
    # Worker processes import this module as well and need none of the command line.
    from extractor.cli import main as run

    run()


if __name__ == "__main__":
    main()
