"""Start something as a `with` block begins, and stop it however the block ends."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Started(ABC):
    """Run from `start` to `stop`, and while a `with` block lasts."""

    @abstractmethod
    def start(self) -> None:
        """Begin to run."""

    @abstractmethod
    def stop(self) -> None:
        """Run no more, for good."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
