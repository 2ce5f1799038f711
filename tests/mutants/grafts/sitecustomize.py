"""Python reads this before anything else, where the folder is on PYTHONPATH."""

import grafting  # type: ignore[import-not-found]  # it stands beside this file

grafting.graft()
