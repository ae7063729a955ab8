"""Raises, prints and leaves texts that would drive the instructor's terminal, or could not be written to a file."""

text = "\x1b]0;owned\x07\x1b[2J\ud800\u202e\x00"
print(text)
display(text)


class Bad(Exception):
    pass


Bad.__name__ = text.split("\ud800")[0]


def scale(x, factor):
    print(text)
    if factor > 2:
        raise Bad(text)
    return text, {text: text}
