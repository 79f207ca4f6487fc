"""What the steps of the recipe share: go through scenes, survive, tell."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from clarity_lab.hearing import Listener
from clarity_lab.recipes.jobs import Workers, run_chunks
from clarity_lab.recipes.jobs_left import end_jobs_left

Task = TypeVar("Task")
MOST_LINES = 10


@dataclass
class Outcome:
    """What became of some scenes.

    Attributes:
        done: Those that are finished now.
        redone: Those of them that an earlier run had begun but not finished.
        faults: Why the others are not, by name.
        warned: What one should know of those that are done, a line each.
    """

    done: list[str] = field(default_factory=list)
    redone: list[str] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    warned: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Take in what became of others."""
        self.done += other.done
        self.redone += other.redone
        self.faults |= other.faults
        self.warned += other.warned


def unfinished(
    pairs: Mapping[str, Iterable[str]],
    listeners: Mapping[str, Listener],
    *,
    is_done: Callable[[str, str], bool],
) -> list[tuple[str, tuple[Listener, ...]]]:
    """Scenes with those of their listeners for whom there is still something to do."""
    tasks = []
    for scene, names in pairs.items():
        left = tuple(listeners[name] for name in names if not is_done(scene, name))
        if left:
            tasks.append((scene, left))
    return tasks


def attempt(
    tasks: Iterable[Task], *, name: Callable[[Task], str], do: Callable[[Task], bool]
) -> Outcome:
    """Do one task after the other; a faulty one does not stop the rest.

    Args:
        tasks: Whatever `do` takes.
        name: What to call one.
        do: Does it; says whether it had been begun before.

    Returns:
        What became of them.

    Raises:
        OSError: If files cannot be written, as on a full disk: the next could not
            either.
    """
    outcome = Outcome()
    for task in tasks:
        try:
            begun = do(task)
        except (ValueError, TypeError, FileNotFoundError) as error:
            outcome.faults[name(task)] = str(error)
        except OSError:
            raise
        except Exception as error:  # whatever it is, the next scene may be fine
            traceback.print_exc()
            outcome.faults[name(task)] = f"{type(error).__name__}: {error}"
        else:
            outcome.done.append(name(task))
            outcome.redone += [name(task)] if begun else []
    return outcome


def go_through(
    word: str,
    find_tasks: Callable[[], list],
    work: Callable[[list], Outcome],
    *,
    where: Workers,
    logs: Path,
    n_all: int,
) -> Outcome:
    """Do what is left to do wherever asked for, with a progress bar; tell what became.

    Args:
        word: The step, "render".
        find_tasks: Says what is still to do, once no job of an earlier run is at work.
            Chunks of it go to `work`.
        work: Does a chunk.
        where: On which machines.
        logs: The folder of this step's logs; no other run shall use it meanwhile.
        n_all: How many there are, finished ones too.

    Returns:
        What became of them; chunks that failed as a whole are faults by their log.
    """
    from tqdm import tqdm

    end_jobs_left(logs)
    tasks, outcome = find_tasks(), Outcome()
    with tqdm(total=len(tasks), desc=word, unit="scene", disable=not tasks) as bar:
        finished = run_chunks(
            work,
            where.chunks_of(tasks),
            where=where,
            folder=logs,
            on_chunk=lambda chunk: bar.update(len(chunk)),
        )
    for part in finished.results:
        outcome.add(part)
    for number, failure in enumerate(finished.failures, start=1):
        outcome.faults[f"chunk {number}, {len(failure.chunk)} scene(s)"] = (
            f"{failure.reason}; the end of {failure.log}:\n{failure.last_lines}"
        )
    n_before = n_all - len(tasks)
    tell(word, outcome, n_before=n_before, n_retried=finished.n_retried)
    return outcome


def tell(word: str, outcome: Outcome, *, n_before: int, n_retried: int) -> None:
    """Say in a few lines what was done, what was redone and what failed."""
    parts = [f"{len(outcome.done)} scene(s) done now, {n_before} before"]
    if outcome.redone:
        parts.append(
            f"redone because an earlier run broke off: {', '.join(outcome.redone)}"
        )
    if n_retried:
        parts.append(f"{n_retried} failed job(s) tried again")
    print(f"{word}: {'; '.join(parts)}.")
    _tell_some(outcome.warned)
    _tell_some(
        [
            f"failed: {reason if name in reason else f'{name}: {reason}'}"
            for name, reason in outcome.faults.items()
        ]
    )


def _tell_some(lines: list[str]) -> None:
    for line in lines[:MOST_LINES]:
        print(f"  {line}")
    if len(lines) > MOST_LINES:
        print(f"  and {len(lines) - MOST_LINES} more")
