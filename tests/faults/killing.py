"""A process kills itself before or after the n-th call of a named step: no hook in the program is needed."""

import os
import signal
from collections.abc import Callable
from importlib import import_module
from itertools import count
from typing import Any, NamedTuple


class Moment(NamedTuple):
    """`step` is a dotted name of a function, or of a method of a class; `number` counts its calls from 1."""

    step: str
    number: int = 1
    after: bool = False

    def __str__(self) -> str:
        return f"{'after' if self.after else 'before'} call {self.number} of {self.step}"


def arm(moment: list[Any] | None) -> None:
    """Let this process be killed at that moment, if one is named."""
    if moment is None:
        return
    step, number, after = moment
    owner, name = resolve(step)
    setattr(owner, name, lethal(getattr(owner, name), number, after))


def resolve(step: str) -> tuple[Any, str]:
    """The module or class that holds the step, and its name there. Raises AttributeError where there is none."""
    path, name = step.rsplit(".", 1)
    try:
        owner = import_module(path)
    except ModuleNotFoundError:
        module, kind = path.rsplit(".", 1)
        owner = getattr(import_module(module), kind)
    getattr(owner, name)
    return owner, name


def lethal(original: Callable[..., Any], number: int, after: bool) -> Callable[..., Any]:
    calls = count(1)

    def step(*args: Any, **kwargs: Any) -> Any:
        last = next(calls) == number
        if last and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return step
