"""Labelled phrases of clients, and what measures and trains on them. Synthetic, all written for Otmena.

`seen` may be read by whoever writes rules, and trains the statistical opinion; `unseen` is opened to measure.
"""
