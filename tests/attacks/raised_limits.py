"""Tries to raise its own limits.

Must: ValueError|PermissionError
"""

import resource


def more():
    for which in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
        resource.setrlimit(which, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


report = attempt(more)
