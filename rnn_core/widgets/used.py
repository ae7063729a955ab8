"""What a learner's function depends on, as it stands in the notebook now: a cell that is run again counts at once."""

import types


def newest(function):
    """What stands under the function's name in its notebook now."""
    known = getattr(function, "__globals__", {}).get(getattr(function, "__name__", ""))
    return known if callable(known) else function


def used_by(*functions):
    """These functions, and all that they and the notebook's functions that they call name, values too.

    What is changed inside, such as one number of an array, is not noticed; a name that stands for something else is.
    Returns: list in a fixed order, to be compared by `same`.
    """
    found, seen, waiting = [], set(), [newest(function) for function in functions]
    notebooks = [getattr(function, "__globals__", None) for function in functions]  # libraries do not change
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        found.append(one)
        if isinstance(one, types.FunctionType) and any(one.__globals__ is space for space in notebooks):
            waiting += [one.__globals__[name] for name in _names(one.__code__) if name in one.__globals__]
            waiting += [*(one.__defaults__ or ()), *(one.__kwdefaults__ or {}).values(), *_enclosed(one)]
    return found


def same(one, other):
    """Whether two lists of `used_by` hold the very same things."""
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


def _names(code):
    """The names in a function's code, and in that of functions written inside it."""
    inner = [name for const in code.co_consts if isinstance(const, types.CodeType) for name in _names(const)]
    return [*code.co_names, *inner]


def _enclosed(function):
    """The values that a function took from the function around it."""
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # nothing stands there yet
            continue
