"""Where a student's code runs apart from everything, and what speaks to it from here.

Inside: `zygote`, `lockdown`, `syscalls`, `worker`, `cells`, with `channel`, `arrays`, `wire` and `student`; nothing of
it is trusted. Outside: `linux` and `fresh` start it with `children` and `course_files`, `probing` finds out what
holds, `session` and `remote` ask it.
"""
