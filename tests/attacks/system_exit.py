"""Tries to leave by SystemExit, GeneratorExit and KeyboardInterrupt."""

calls = []


def scale(x, factor):
    calls.append(1)
    raise (SystemExit(0), GeneratorExit(), KeyboardInterrupt())[len(calls) % 3]
