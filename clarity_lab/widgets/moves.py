"""Who moved a control, and a thread that follows a hand: the newest move wins."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

LOG = logging.getLogger(__name__)


def moved_by_hand() -> bool:
    """Whether what happens now comes from the page: somebody moves a control there.

    Returns:
        False in a running cell, and wherever there is no kernel.

    Example:
        >>> moved_by_hand()
        False
    """
    from IPython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return False
    request = kernel.get_parent("shell") or {}
    return request.get("header", {}).get("msg_type") == "comm_msg"


class Newest:
    """Does one job after the other in a thread, and always the newest that waits.

    The thread ends when there is nothing to do. What a job raises is logged.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: Callable[[], object] | None = None
        self._thread: threading.Thread | None = None

    def give(self, job: Callable[[], object]) -> None:
        """Do this next; a job that still waits is forgotten."""
        with self._changed:
            self._waiting = job
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until nothing is left to do.

        Args:
            timeout_s: The longest to wait, in seconds. Default: as long as it takes.

        Returns:
            Whether all is done.

        Example:
            >>> worker, done = Newest(), []
            >>> worker.give(lambda: done.append("first"))
            >>> worker.wait(), done
            (True, ['first'])
        """
        with self._changed:
            return self._changed.wait_for(lambda: self._thread is None, timeout_s)

    def _work(self) -> None:
        while True:
            with self._changed:
                job, self._waiting = self._waiting, None
                if job is None:
                    self._thread = None
                    self._changed.notify_all()
                    return
            try:
                job()
            except Exception:
                LOG.exception("A control was moved, and this went wrong:")
