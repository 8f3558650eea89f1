"""The threads that work while people do: one delivers events, one runs jobs that are due, and one for each loop."""

import logging
import threading
from collections.abc import Callable
from functools import partial

from models import db
from services.core import events, import_running, import_runs
from services.core.clock import now
from services.core.jobs import Job, mark_interrupted, run_due

log = logging.getLogger("zhanggui.background")
POLL_S = 5.0
Round = Callable[[threading.Event], None]
TICK_S = 1.0


class Background:
    """Starts and stops the event dispatcher, the job runner and the loops of this process.

    A loop is one round of something that never ends; it rests by itself on the event that says “stop”.
    """

    def __init__(self, jobs: list[Job], loops: tuple[Round, ...] = ()) -> None:
        self._jobs = jobs
        self._loops = loops
        self._stopping = threading.Event()
        self._has_tidied = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to work."""
        import_running.stopping.clear()
        named = [(loop.__name__, partial(loop, self._stopping)) for loop in self._loops]
        for name, loop in (("events", self._deliver), ("jobs", self._run_jobs), *named):
            thread = threading.Thread(
                target=self._guarded, args=(loop,), name=f"zhanggui-{name}", daemon=True
            )
            thread.start()
            self._threads.append(thread)

    def stop(self, timeout_s: float = 10.0) -> None:
        """Finish what is under way, at most for `timeout_s`."""
        self._stopping.set()
        import_running.stopping.set()
        events.nudge.set()
        for thread in self._threads:
            thread.join(timeout_s)

    def _guarded(self, loop: object) -> None:
        try:
            while not self._stopping.is_set():
                try:
                    loop()  # type: ignore[operator]
                except Exception:
                    log.exception("background round failed")
                    self._stopping.wait(POLL_S)
        finally:
            db.close()

    def _deliver(self) -> None:
        events.nudge.wait(POLL_S)
        events.nudge.clear()
        while not self._stopping.is_set() and events.deliver_due():
            pass

    def _run_jobs(self) -> None:
        if not self._has_tidied:
            self._has_tidied = True
            mark_interrupted()
            import_runs.resume_interrupted()
        run_due(self._jobs, now())
        self._stopping.wait(TICK_S)
