"""Lessons run from top to bottom, each in a fresh kernel of this Python.

What ran is kept: a lesson is run again only when something changed that it uses.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from nbformat import NotebookNode

from clarity_lab.site.lessons import Lesson, key_of
from clarity_lab.whole import write_whole

START_UP_S = 120
SET_UP = "from clarity_lab.site.in_kernel import describe_figures; describe_figures()"
FAILURES = (CellExecutionError, CellTimeoutError, DeadKernelError)

_running: set[NotebookClient] = set()


class LessonError(Exception):
    """A lesson that did not run through: which cell, and why."""


class ThisPython(KernelSpecManager):
    """Finds one kernel, whatever else is installed: the Python that runs this."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The kernel of `sys.executable`, under any name."""
        from ipykernel.kernelspec import RESOURCES, get_kernel_dict

        return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())


class OwnKernel(AsyncKernelManager):
    """A kernel of this Python; the client that makes it also ends it."""

    def _kernel_spec_manager_default(self) -> KernelSpecManager:
        return ThisPython()


def executed(
    lesson: Lesson,
    *,
    kept_in: Path,
    cell_timeout_s: float,
    on_cell: Callable[[], Any] = lambda: None,
) -> NotebookNode:
    """Run a lesson, or take what an earlier run left.

    Args:
        lesson: Which one; its own file is only read.
        kept_in: The folder for what ran; older states of the lesson are deleted.
        cell_timeout_s: How long one cell may take.
        on_cell: Called after each cell, and once when the kernel is ready.

    Returns:
        The notebook with its outputs, without the states of widgets.

    Raises:
        LessonError: If a cell fails or takes too long, or the kernel dies.
    """
    kept = kept_in / f"{lesson.path.stem}.{key_of(lesson)}.ipynb"
    if kept.is_file():
        return nbformat.read(kept, as_version=4)
    book = run_book(
        nbformat.read(lesson.path, as_version=4),
        name=lesson.path.name,
        folder=lesson.path.parent,
        cell_timeout_s=cell_timeout_s,
        on_cell=on_cell,
    )
    for older in kept_in.glob(f"{lesson.path.stem}.*.ipynb"):
        older.unlink(missing_ok=True)
    write_whole(kept, nbformat.writes(book))
    return book


def run_book(
    book: NotebookNode,
    *,
    name: str,
    folder: Path,
    cell_timeout_s: float,
    on_cell: Callable[[], Any] = lambda: None,
    static: bool = True,
) -> NotebookNode:
    """Run all cells of a notebook in a fresh kernel.

    Args:
        book: The notebook; it is changed and given back.
        name: For messages.
        folder: Where the kernel starts, as JupyterLab does.
        cell_timeout_s: How long one cell may take.
        on_cell: Called after each cell, and once when the kernel is ready.
        static: Whether widgets show themselves with plain players and figures get
            words, as on a page without a kernel.

    Raises:
        LessonError: See `executed`.
    """
    if static:
        book.cells.insert(0, nbformat.v4.new_code_cell(SET_UP))
    client = NotebookClient(
        book,
        kernel_manager_class=OwnKernel,  # given a kernel, it would leave it running
        timeout=cell_timeout_s,
        startup_timeout=START_UP_S,
        extra_arguments=["--log-level=40"],  # errors only
        resources={"metadata": {"path": str(folder)}},
        on_cell_executed=lambda **_: on_cell(),
    )
    _running.add(client)
    try:
        client.execute(env=_environment(static))
    except FAILURES as fault:
        raise LessonError(_in_words(fault, book, name)) from fault
    except RuntimeError as fault:  # the kernel did not start, or died while it did
        raise LessonError(f"{name}: its kernel did not start. {fault}") from fault
    finally:
        _running.discard(client)
    if static:
        del book.cells[0]
    book.metadata.pop("widgets", None)
    return book


def stop_kernels() -> None:
    """End every lesson that runs now, in other threads: each raises `LessonError`."""
    for client in list(_running):
        provisioner = getattr(client.km, "provisioner", None)
        process = getattr(provisioner, "process", None)
        if process is not None:
            process.kill()


def _environment(static: bool) -> dict[str, str]:
    """The kernel's variables: this machine's, and that nobody listens live."""
    package = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
    chosen = {"CLARITY_LAB_STATIC": "1"} if static else {}
    return os.environ | {"PYTHONPATH": path} | chosen


def _in_words(fault: Exception, book: NotebookNode, name: str) -> str:
    """Where it failed, as a reader of the lesson counts, and the error itself."""
    cell, heading, number = _failed_cell(book)
    if isinstance(fault, CellExecutionError):
        error = f"{fault.ename}: {fault.evalue}"
    else:
        error = str(fault).strip().splitlines()[0]
    if cell is None:
        return f"{name}: {error}"
    lines = [line for line in cell.source.splitlines() if line.strip()]
    first = lines[0].strip() if lines else ""
    where = f'code cell {number}, under "{heading}", which begins `{first}`'
    return f"{name}: {where}: {error}"


def _failed_cell(book: NotebookNode) -> tuple[NotebookNode | None, str, int]:
    """The cell with an error; else the first that was not run to its end."""
    heading, number, last = "", 0, (None, "", 0)
    for cell in book.cells:
        if cell.source == SET_UP:
            continue
        if cell.cell_type == "markdown":
            found = re.findall(r"^#+ (.+)$", cell.source, re.MULTILINE)
            heading = found[-1] if found else heading
            continue
        number += 1
        if any(output.output_type == "error" for output in cell.outputs):
            return cell, heading, number
        if cell.execution_count is not None:
            last = (cell, heading, number)
        elif last[0] is not None and cell.source.strip():
            return last
    return last
