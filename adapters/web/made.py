"""Something that takes a while to make: made once, for all who ask meanwhile and after."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Made(Generic[T]):
    make: Callable[[], Coroutine[Any, Any, T]]
    _making: "asyncio.Task[T] | None" = None

    async def get(self) -> T:
        """Return it; whoever asks after a failure lets it be tried again."""
        if self._making is None:
            self._making = asyncio.create_task(self.make())
        making = self._making
        try:
            # Whoever asked may leave; the others still wait for it.
            return await asyncio.shield(making)
        except Exception:  # not handled here: whoever asks next has it tried again
            if self._making is making:
                self._making = None
            raise
