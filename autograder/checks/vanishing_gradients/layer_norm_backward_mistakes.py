"""Wrong ways back through layer normalisation, known by name."""

from autograder.checks.vanishing_gradients.layer_norm_backward import BACKWARD, RMS
from autograder.checks.vanishing_gradients.reference import rms_backward


def mean(a, axis=-1):
    return a.mean(axis=axis, keepdims=True)


def rms_mistake(name, words):
    def add(compute):
        RMS.mistake(name, words, rms_backward=compute)

    return add


rms_mistake(
    "the way through the scale is missing",
    "The scale is made of the same u: nudge one number of a row, and all numbers of the row are divided by something "
    "else. That is the second term.",
)(lambda d, normal, scale: scale * d)
rms_mistake(
    "the second term has the wrong sign",
    "A longer row has a smaller scale: the second way takes away what the first one gives. Subtract.",
)(lambda d, normal, scale: scale * (d + normal * mean(d * normal)))
rms_mistake(
    "the mean is taken over the batch",
    "Each row has its own scale, so the mean of `dnormal * normal` runs over the units of a row: `axis=-1`.",
)(lambda d, normal, scale: scale * (d - normal * mean(d * normal, axis=0)))
rms_mistake(
    "one mean for everything",
    "Without `axis` the mean mixes the rows. Each row has its own: `mean(axis=-1, keepdims=True)`.",
)(lambda d, normal, scale: scale * (d - normal * (d * normal).mean()))
rms_mistake(
    "a sum where a mean belongs",
    "The scale holds a *mean* of squares, so each number of u has only the share 1 / H in it.",
)(lambda d, normal, scale: scale * (d - normal * (d * normal).sum(axis=-1, keepdims=True)))
rms_mistake(
    "the second term is not scaled",
    "Both terms have the factor `scale`: put it in front of the bracket.",
)(lambda d, normal, scale: scale * d - normal * mean(d * normal))
rms_mistake(
    "the first term is not scaled",
    "Both terms have the factor `scale`: forwards u was multiplied by it.",
)(lambda d, normal, scale: d - scale * normal * mean(d * normal))
rms_mistake(
    "nothing is scaled",
    "Forwards u was multiplied by `scale`, and so is the gradient on its way back.",
)(lambda d, normal, scale: d - normal * mean(d * normal))
rms_mistake(
    "divided by the scale",
    "`scale` is already 1 over the root. Forwards u was multiplied by it, and so is the gradient.",
)(lambda d, normal, scale: (d - normal * mean(d * normal)) / scale)
rms_mistake(
    "the second term lacks the factor normal",
    "How much the scale changes with u depends on u: the second term has `normal` as a factor, beside the mean.",
)(lambda d, normal, scale: scale * (d - mean(d * normal)))
rms_mistake(
    "the second term lacks the gradient inside its mean",
    "The mean runs over `dnormal * normal`: every number of the row has its own gradient.",
)(lambda d, normal, scale: scale * (d - normal * mean(normal)))
rms_mistake(
    "the mean of dnormal alone",
    "The mean runs over the product `dnormal * normal`. The mean of `dnormal` alone belongs to the subtraction of a "
    "mean, which comes in the next exercise.",
)(lambda d, normal, scale: scale * (d - normal * mean(d)))
rms_mistake(
    "the gradient is centred as well",
    "There is no mean subtracted in this half. It comes in the next exercise.",
)(lambda d, normal, scale: scale * (d - mean(d) - normal * mean(d * normal)))
rms_mistake(
    "the second term has the scale three times",
    "The derivative of the scale is -scale**3 * u / H, and `u` is `normal / scale`: two of the three go into `normal` "
    "and the product of the mean. What is left is one `scale`.",
)(lambda d, normal, scale: scale * d - scale**3 * normal * mean(d * normal))
rms_mistake(
    "the second term has the scale twice",
    "Either `direct`, which holds the scale already, or `scale`, but not both: one factor `scale` is left.",
)(lambda d, normal, scale: scale * d - scale * normal * mean(scale * d * normal))
rms_mistake(
    "the second term has no mean",
    "The scale belongs to the whole row, so every number of the row counts: the mean of `dnormal * normal`.",
)(lambda d, normal, scale: scale * (d - normal * d * normal))
rms_mistake(
    "the second term is counted twice",
    "The square brings a 2, the root a 1/2: together 1.",
)(lambda d, normal, scale: scale * (d - 2 * normal * mean(d * normal)))
rms_mistake(
    "the second term is halved",
    "The root brings a 1/2, the square a 2: together 1.",
)(lambda d, normal, scale: scale * (d - 0.5 * normal * mean(d * normal)))


@RMS.mistake(
    "the caller's dnormal is changed in place",
    "The values are right, but `dnormal *= …` writes into the caller's array.",
)
def dnormal_in_place(d, normal, scale):
    along = mean(d * normal)
    d *= scale
    d -= scale * normal * along
    return d


def backward_mistake(name, words):
    """Name a wrong backward pass, computed from dy, normal, scale and gain."""

    def add(compute):
        BACKWARD.mistake(name, words, layer_norm_backward=lambda dy, cache: compute(dy, *cache))

    return add


def centred(du, axis=-1):
    return du - mean(du, axis)


def to_gain(dy, normal):
    return (dy * normal).sum(axis=0)


def with_da(compute):
    """The right dgain and db beside another da."""
    return lambda dy, normal, scale, gain: (compute(dy, normal, scale, gain), to_gain(dy, normal), dy.sum(axis=0))


def with_weights(compute):
    """The right da beside another dgain and db."""
    return lambda dy, normal, scale, gain: (
        centred(rms_backward(dy * gain, normal, scale)),
        *compute(dy, normal, scale, gain),
    )


backward_mistake(
    "the terms of the mean and the variance are missing",
    "`scale * gain * dy` treats mean and variance as if they were fixed numbers. They are made of the same row: take "
    "out the part along the row and the mean.",
)(with_da(lambda dy, normal, scale, gain: scale * gain * dy))
backward_mistake(
    "the term of the mean is missing",
    "Forwards each row's mean was subtracted, and all its units are in that mean. Backwards: subtract from `du` its "
    "mean over the row.",
)(with_da(lambda dy, normal, scale, gain: rms_backward(dy * gain, normal, scale)))
backward_mistake(
    "the term of the variance is missing",
    "The division by the root of the variance depends on every number of the row: `rms_backward` takes that into "
    "account.",
)(with_da(lambda dy, normal, scale, gain: centred(scale * gain * dy)))
backward_mistake(
    "the gain is left out",
    "`gain` multiplied the normalised row, so `dy * gain` is the gradient at it.",
)(with_da(lambda dy, normal, scale, gain: centred(rms_backward(dy, normal, scale))))
backward_mistake(
    "the gain multiplies at the end",
    "The gain came last forwards, so it comes first backwards: `dy * gain` before the statistics.",
)(with_da(lambda dy, normal, scale, gain: gain * centred(rms_backward(dy, normal, scale))))
backward_mistake(
    "divided by the gain",
    "Forwards the gain multiplied. Backwards it multiplies as well.",
)(with_da(lambda dy, normal, scale, gain: centred(rms_backward(dy / gain, normal, scale))))
backward_mistake(
    "the mean is taken over the batch",
    "Forwards each row's own mean was subtracted. Backwards it is the mean of the row as well: `axis=-1`.",
)(with_da(lambda dy, normal, scale, gain: centred(rms_backward(dy * gain, normal, scale), axis=0)))
backward_mistake(
    "one mean for everything",
    "Without `axis` the mean mixes the rows. Each row has its own: `mean(axis=-1, keepdims=True)`.",
)(with_da(lambda dy, normal, scale, gain: (lambda du: du - du.mean())(rms_backward(dy * gain, normal, scale))))
backward_mistake(
    "the mean of dy is subtracted, not that of du",
    "The mean that is taken out is the one of what arrives at the centred row: of `du`, not of `dy`.",
)(with_da(lambda dy, normal, scale, gain: rms_backward(dy * gain, normal, scale) - mean(dy)))
backward_mistake(
    "the mean is added",
    "Forwards the mean was subtracted. Backwards the mean of `du` is subtracted as well.",
)(with_da(lambda dy, normal, scale, gain: (lambda du: du + mean(du))(rms_backward(dy * gain, normal, scale))))
backward_mistake(
    "the backward pass of batch normalisation",
    "Your means run over the rows of the batch. In layer normalisation they run over the units of a row.",
)(
    with_da(
        lambda dy, normal, scale, gain: scale * (dy * gain - mean(dy * gain, 0) - normal * mean(dy * gain * normal, 0))
    )
)
backward_mistake(
    "dgain and db are summed over the units",
    "Every row uses the same gain and shift: add up the rows, `axis=0`, and keep one number for each unit.",
)(with_weights(lambda dy, normal, scale, gain: ((dy * normal).sum(axis=-1), dy.sum(axis=-1))))
backward_mistake(
    "dgain is summed over the units",
    "Every row uses the same gain: add up the rows, `axis=0`, and keep one number for each unit.",
)(with_weights(lambda dy, normal, scale, gain: ((dy * normal).sum(axis=-1), dy.sum(axis=0))))
backward_mistake(
    "dgain and db are averaged over the rows",
    "Rows that share a weight add their shares. Where an average is wanted, the loss holds it already.",
)(with_weights(lambda dy, normal, scale, gain: ((dy * normal).mean(axis=0), dy.mean(axis=0))))
backward_mistake(
    "dgain is averaged over the rows",
    "Rows that share a weight add their shares. Where an average is wanted, the loss holds it already.",
)(with_weights(lambda dy, normal, scale, gain: ((dy * normal).mean(axis=0), dy.sum(axis=0))))
backward_mistake(
    "dgain and db are not summed",
    "`gain` and `b` have one number for each unit, and so have their gradients: add up the rows.",
)(with_weights(lambda dy, normal, scale, gain: (dy * normal, dy)))
backward_mistake(
    "dgain lacks the normalised row",
    "`gain` was multiplied with `normal`, so its gradient is the sum of `dy * normal`.",
)(with_weights(lambda dy, normal, scale, gain: (dy.sum(axis=0), dy.sum(axis=0))))
backward_mistake(
    "dgain is built from dy * gain",
    "What arrives at the product `gain * normal` is `dy`. `dy * gain` is what goes on to `normal`.",
)(with_weights(lambda dy, normal, scale, gain: ((dy * gain * normal).sum(axis=0), dy.sum(axis=0))))
backward_mistake(
    "db is built from dy * gain",
    "The shift was added last, behind the gain: `db` is the sum of `dy` itself.",
)(with_weights(lambda dy, normal, scale, gain: (to_gain(dy, normal), (dy * gain).sum(axis=0))))
backward_mistake(
    "dgain and db are exchanged",
    "The numbers are right. The order is `da, dgain, db`.",
)(with_weights(lambda dy, normal, scale, gain: (dy.sum(axis=0), to_gain(dy, normal))))


@BACKWARD.mistake(
    "dy is changed in place", "The values are right, but `dy *= …` writes into the array that the caller still holds."
)
def dy_in_place(dy, cache):
    normal, scale, gain = cache
    dgain, db = to_gain(dy, normal), dy.sum(axis=0)
    dy *= gain
    return centred(rms_backward(dy, normal, scale)), dgain, db
