"""Raises from a great depth with a long line, so that the words of the error could fill the memory."""

source = "def deep(n):\n    return deep(n - 1) if n else 1 / 0  # " + "x" * 10**6
exec(compile(source, "deep.py", "exec"))
import linecache

linecache.cache["deep.py"] = (len(source), None, source.splitlines(keepends=True), "deep.py")


def scale(x, factor):
    return deep(800)
