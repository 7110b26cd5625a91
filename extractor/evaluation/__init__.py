"""How good the answers are: scores, intervals, mistakes, ablation, and their tables."""
