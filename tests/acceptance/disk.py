"""A small disk of its own that a test can fill, empty, and make read-only."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)


class SmallDisk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Take the last byte."""
        with self._ballast.open("ab", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * 4096)
            except OSError:
                pass

    def free(self) -> None:
        self._ballast.unlink()

    def freeze(self) -> None:
        """Make it read-only for whatever is opened from now on.

        The kernel refuses that to a disk on which files are open for writing, so a read-only view of it is
        laid over it.
        """
        _mount("--bind", str(self.folder), str(self.folder))
        _mount("-o", "remount,bind,ro", str(self.folder))

    def thaw(self) -> None:
        subprocess.run(["umount", str(self.folder)], check=True)


@contextmanager
def small_disk(folder: Path, *, size: str = "2m") -> Iterator[SmallDisk]:
    """Mount a disk of this size at the folder; where that is not allowed, skip the test (an error in CI)."""
    folder.mkdir()
    try:
        if sys.platform != "linux" or os.geteuid() != 0:
            raise PermissionError("only root mounts")
        _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    except (OSError, subprocess.CalledProcessError) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no disk can be mounted here: {error}")
    try:
        yield SmallDisk(folder)
    finally:
        while os.path.ismount(folder):
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
