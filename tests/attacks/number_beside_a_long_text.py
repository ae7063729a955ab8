"""Returns short numbers beside one long text: in an array numpy would write each as long as the text."""


def scale(x, factor):
    return [0] * 20_000 + ["x" * 20_000], 0.0
