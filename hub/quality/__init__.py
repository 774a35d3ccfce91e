"""How good the normalizer's answers are, measured on labelled complaints: `aduan eval` and the benchmarks."""
