"""What is kept here names no answers: `test_kept.py` plays it under the witness instead."""

collect_ignore_glob = ["*.chat"]
