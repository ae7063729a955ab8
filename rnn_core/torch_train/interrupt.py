"""An interrupt waits for the end of the step: a model half of whose weights were changed is of no use."""

import signal
import threading


class Interrupt:
    """Within `with Interrupt() as interrupt`, Ctrl-C (or a notebook's button) sets `interrupt.asked`.

    The second one is raised at once, as KeyboardInterrupt. Where something else listens already, or in a thread that
    gets no signals, nothing is changed.
    """

    def __enter__(self):
        self.asked, self.listens = False, False
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._hear)
            self.listens = True
        return self

    def _hear(self, *_):
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    def __exit__(self, *_):
        if self.listens:
            signal.signal(signal.SIGINT, signal.default_int_handler)
