"""A question in words: what a gradient of ordinary size does not show."""

from autograder.spec import Written

WORDS = Written(
    "vanish-words",
    model="The norm of dW_hh is a sum over all steps. The last steps have large shares, so the sum is of ordinary size "
    "even if the shares of the early steps are practically zero. It says nothing about lag 150. I would measure the "
    "norm of dL/dh at each step, or each step's share in dW_hh, and draw it over the lag. Clipping shortens a "
    "gradient that is too long, by one factor for all of it: it does not make the shares of early steps any larger "
    "beside the others. What has vanished stays so. It allows larger steps where the gradient explodes now and then, "
    "and in the lesson's table that decided whether a long lag was learned, from an orthogonal start. So I would try "
    "that start first, and measure again.",
    rubric=(
        "Says that dW_hh adds the shares of all steps and that the late ones hide the early ones.",
        "Names what to measure instead: dL/dh_k over the lag, or each step's share in dW_hh.",
        "Says that clipping acts on gradients that are too long, and leaves the early shares as small beside the late "
        "ones as they were.",
    ),
    points=3,
    minutes=8,
    difficulty=2,
)
