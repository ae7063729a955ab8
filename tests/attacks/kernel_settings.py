"""Tries to write the kernel's settings: core_pattern would run a program as root.

Must: PermissionError|FileNotFoundError|OSError
"""

import glob


def settings():
    for path in (
        "/proc/sys/kernel/core_pattern",
        "/proc/sysrq-trigger",
        "/sys/kernel/uevent_helper",
        "/dev/mem",
        *glob.glob("/dev/[sv]d*"),
    ):
        try:
            return open(path, "w")
        except OSError as error:
            last = error
    raise last


report = attempt(settings)
