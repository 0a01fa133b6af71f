"""Forks processes that do one thing, and may die over it.

The forking process has the application imported and nothing else: no thread, no connection.
So a child is there in milliseconds, and begins as a process that was just started.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.crash.checkpoints import Point
from tests.support.patience import PATIENCE
from tests.support.processes.commands import child_environment
from tests.support.processes.forking import fork_server
from tests.support.processes.guard import guard

Json = dict[str, Any]


@dataclass(frozen=True)
class Ended:
    """How a child ended: killed or not, what it passed, and what its action came to."""

    killed: bool
    points: tuple[Point, ...] = ()
    result: Any = None


class ChildFailed(Exception):
    """The child ended in a way that nobody wanted; the text is its traceback."""


class Forker:
    """A process that forks children on demand, as a context manager.

    `settings` are the application's, `log` is the file that the children's standard output
    and error go to.
    """

    def __init__(self, variables: Mapping[str, str], settings: Json, log: Path) -> None:
        self._variables = child_environment() | dict(variables)
        self._settings = settings
        self._log = log

    def __enter__(self) -> Self:
        orders, self._orders = _pipe()
        self._answers, answers = _pipe()
        command = [sys.executable, "-m", "tests.crash.forker", str(orders), str(answers)]
        with self._log.open("ab") as log, open(os.devnull) as nothing:
            files = (nothing.fileno(), log.fileno(), log.fileno())
            self._process = fork_server().fork(command, self._variables, files, (orders, answers))
        guard().watch(self._process.pid)
        os.close(orders)
        os.close(answers)
        self._to = os.fdopen(self._orders, "w")
        self._from = os.fdopen(self._answers)
        self._tell(self._settings)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._to.close()
        self._process.wait(PATIENCE)
        guard().forget(self._process.pid)
        self._from.close()

    def rehearse(self, action: str, subject: Json, settings: Json) -> Ended:
        """Do an action in the forking process itself. Raises ChildFailed."""
        return self._order("rehearse", action, subject, settings, {})

    def run(self, action: str, subject: Json, settings: Json, checkpoints: Json) -> Ended:
        """Do an action in a child, under settings and checkpoints. Raises ChildFailed."""
        return self._order("run", action, subject, settings, checkpoints)

    def _order(
        self, how: str, action: str, subject: Json, settings: Json, checkpoints: Json
    ) -> Ended:
        order = {
            "how": how,
            "action": action,
            "subject": subject,
            "settings": settings,
            "checkpoints": checkpoints,
        }
        self._tell(order)
        answer = json.loads(self._from.readline())
        if answer["signal"] == signal.SIGKILL:
            return Ended(killed=True)
        if answer["signal"] or "error" in answer:
            raise ChildFailed(answer.get("error") or f"signal {answer['signal']}")
        points = tuple(Point(**point) for point in answer["points"])
        return Ended(killed=False, points=points, result=answer["result"])

    def _tell(self, message: Json) -> None:
        self._to.write(json.dumps(message) + "\n")
        self._to.flush()


def _pipe() -> tuple[int, int]:
    """The end to read and the end to write."""
    reading, writing = os.pipe()
    return reading, writing


def serve(orders: int, answers: int) -> None:
    """Fork a child for each order that comes in."""
    from tests.crash.actions import ActionRunner

    with os.fdopen(orders) as lines, os.fdopen(answers, "w") as out:
        runner = ActionRunner(json.loads(lines.readline()))
        # Whatever stands by now never goes away: the children need not look at it again.
        gc.freeze()
        for line in lines:
            order = json.loads(line)
            answer = _fork(runner, order) if order["how"] == "run" else _rehearse(runner, order)
            out.write(json.dumps(answer) + "\n")
            out.flush()


def _rehearse(runner: Any, order: Json) -> Json:
    return _answer(runner.rehearse, order) | {"signal": 0}


def _fork(runner: Any, order: Json) -> Json:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        os.write(writing, json.dumps(_answer(runner.do, order)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as said:
        text = said.read()
    status = os.waitpid(pid, 0)[1]
    answer: Json = json.loads(text) if text else {}
    return answer | {"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}


def _answer(action: Callable[[Json], Any], order: Json) -> Json:
    try:
        points, result = action(order)
    except Exception:  # noqa: BLE001 - told to whoever asked for it
        return {"error": traceback.format_exc()}
    return {"points": [asdict(point) for point in points], "result": result}


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))
