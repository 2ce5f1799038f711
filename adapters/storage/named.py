"""Where the database stands: whether the path still names the file that is open."""

import os


class Moved(OSError):
    """The path names another file, or none, so what is committed would go where nobody looks again."""


class NamedFile:
    """Remembers the file by device and inode, as it is when it is first looked at."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._is: tuple[int, int] | None = None

    def ensure_same(self) -> None:
        """Look at the path.

        Raises:
            Moved: the file was moved, removed or replaced since.
        """
        try:
            found = os.stat(self._path)
        except OSError as error:
            raise Moved(str(error)) from error
        here = (found.st_dev, found.st_ino)
        self._is = self._is or here
        if here != self._is:
            raise Moved(f"{self._path} is another file now")
