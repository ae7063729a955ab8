"""Tries to have the kernel send a signal to another process: F_SETOWN, FIOSETOWN, a timer.

Must: errno 1|errno 38
"""

report = syscalls((72, 3, 8, PARENT), (72, 3, 15, BUFFER), (16, 3, 0x8901, BUFFER))
