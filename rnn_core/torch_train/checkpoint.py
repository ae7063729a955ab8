"""A file that a run can go on from: whole or not there, and read without running anything that it holds."""

import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import torch
from torch.serialization import get_unsafe_globals_in_checkpoint

from rnn_core.errors import CheckpointError

FORMAT = "rnn_core.torch_train 1"


def save(path, content):
    """Write a checkpoint; the one before is kept beside it as `<name>.previous`.

    At every moment a whole checkpoint stands under one of the two names, however the process ends: the new one is
    written beside them, and takes its name when the disk has it.

    Shapes: content, a dict of tensors, numbers (numpy's too), strings and containers of them.
    Raises: OSError where it can not be written, CheckpointError for a folder of that name and for content that could
        not be read again; what was there before is still there.
    """
    path = _file(path)
    part, previous = path.with_name(path.name + ".part"), _previous(path)
    try:
        with open(part, "wb") as file:
            torch.save({"format": FORMAT, **_plain(content)}, file)
            file.flush()
            os.fsync(file.fileno())
        if foreign := get_unsafe_globals_in_checkpoint(part):  # now, and not when the run is to go on
            raise CheckpointError(f"{path}: expected tensors, numbers and words to write, got {', '.join(foreign)}")
        if path.exists():
            os.replace(path, previous)
        os.replace(part, path)
    except (OSError, RuntimeError, CheckpointError, KeyboardInterrupt) as error:
        part.unlink(missing_ok=True)
        cause = error.__context__
        if isinstance(error, RuntimeError) and isinstance(cause, (OSError, KeyboardInterrupt)):
            raise cause from None  # torch's writer says only that it did not come to its end
        raise
    if os.name == "posix":  # the names are the folder's: it has to reach the disk as well
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def load(path):
    """Read a checkpoint, or the one before if a run ended between the two renamings of `save`.

    Returns: the content, on the processor; None where there is neither.
    Raises: CheckpointError for a folder, a file that is damaged, or one that something else wrote.
    """
    path = _file(path)
    previous = _previous(path)
    found = next((each for each in (path, previous) if each.exists()), None)
    if found is None:
        return None
    kept = f"; the one before is kept as {previous.name}" if found == path and previous.exists() else ""
    try:
        with zipfile.ZipFile(found) as parts:
            damaged = parts.testzip()  # torch.load does not compare the sums that stand beside the numbers
        if damaged is not None:
            raise CheckpointError(f"{found}: expected a whole checkpoint, got damage in {damaged}{kept}")
        content = torch.load(found, map_location="cpu", weights_only=True)
    except (zipfile.BadZipFile, pickle.UnpicklingError, RuntimeError, EOFError, KeyError) as error:
        raise CheckpointError(
            f"{found}: expected a whole checkpoint, got {str(error).splitlines()[0]}{kept}"
        ) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise CheckpointError(f"{found}: expected a checkpoint of {FORMAT}, got another kind of file{kept}")
    return content


def check_same(path, expected, got):
    """Check that a checkpoint is of this run, setting by setting.

    Raises: CheckpointError, naming the first setting that differs.
    """
    for name in {**expected, **got}:
        mine, theirs = expected.get(name), got.get(name)
        if mine != theirs:
            what = f"expected a checkpoint of a run with {name} {mine}, got {theirs}"
            raise CheckpointError(f"{path}: {what}; name another file, or delete this one")


def _plain(content):
    """numpy's numbers as Python's, the same ones: `load` runs nothing, and would have to run something to make them."""
    if isinstance(content, np.generic):
        return content.item()
    if type(content) is dict:
        return {_plain(name): _plain(value) for name, value in content.items()}
    return type(content)(map(_plain, content)) if type(content) in (list, tuple) else content


def _file(path):
    path = Path(path)
    if path.is_dir():
        raise CheckpointError(f"{path}: expected the name of a file, got a folder")
    return path


def _previous(path):
    return path.with_name(path.name + ".previous")
