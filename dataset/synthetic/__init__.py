"""A seeded generator of product pictures whose stated measures are known exactly.

Run it from the checkout:

    python -m dataset.synthetic

A scene (`scene.py`) is made without any font, so scenes and labels depend on the seed alone; only
painting one (`paint/`) needs fonts. They come from Debian packages, or from a folder given by `--fonts`:

    apt-get install fonts-liberation2 fonts-roboto-unhinted fonts-lato fonts-open-sans fonts-dejavu-core
    apt-get install fonts-droid-fallback
"""
