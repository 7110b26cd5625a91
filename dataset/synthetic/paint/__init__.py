"""From a scene to pixels: fonts, text, fills, backdrops, and the check that all text is legible."""
