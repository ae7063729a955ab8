"""Encoder and decoder: one net reads a sequence, a second one writes another from what the first remembers.

Sources: Cho et al. (2014); Sutskever, Vinyals & Le (2014); where the context enters, beside the decoder's
state on the way out: Luong, Pham & Manning (2015). Teacher forcing: Williams & Zipser (1989).
"""

from functools import partial

import numpy as np

from rnn_core.cells import prefixed, under
from rnn_core.decode import generate
from rnn_core.embedding import embed_backward, embed_forward
from rnn_core.errors import RangeError, check_shapes
from rnn_core.init import glorot
from rnn_core.layers import output_backward, output_forward
from rnn_core.loss import cross_entropy
from rnn_core.stack import stack_backward, stack_forward, stack_params

FEEDS = "true", "own", "none"


def seq2seq_params(rng, cell, V_x, V_y, D, H, layers=1, attention=None, dtype=np.float64):
    """Start an encoder and a decoder of the same cell, for V_x ids in and V_y ids out, each a vector of D.

    Shapes: E_x (V_x, D), E_y (V_y, D), the stacks under `encoder.` and `decoder.`, W_hy (H, V_y) (with
        attention (2H, V_y), state above context), b_y (V_y,), and the attention's weights, all (H, H), (H,).
    Returns: dict of arrays of type `dtype`.
    """
    params = {"E_x": rng.standard_normal((V_x, D)), "E_y": rng.standard_normal((V_y, D))}
    for part in ("encoder.", "decoder."):
        params |= prefixed(part, stack_params(rng, cell, D, H, layers))
    params |= {"W_hy": glorot(rng, 2 * H if attention else H, V_y), "b_y": np.zeros(V_y)}
    for name in attention.weights if attention else ():
        params[name] = glorot(rng, H, H) if name != "v" else glorot(rng, H, 1)[:, 0]
    return {name: p.astype(dtype) for name, p in params.items()}


def encoder_forward(cell, params, source, mask=None):
    """Read the source.

    Shapes: source (N, S) of ids; mask (N, S) of 0 and 1.
    Returns: what a decoder goes on from, (the stack's last state, the last layer's states (N, S, H), mask),
        and the cache.
    Raises: ShapeError; DtypeError, RangeError for wrong ids or masks.
    """
    check_shapes(source=(source, ("N", "S")))
    x, embedded = embed_forward(source, params["E_x"])
    h, state, stack = stack_forward(cell, under(params, "encoder."), x, None, mask)
    return (state, h, mask), (embedded, stack)


def decoder_forward(cell, params, inputs, encoded, attention=None):
    """Score what follows each input, given what the encoder read.

    Shapes: inputs (N, T) of ids, the start symbol first; encoded as from `encoder_forward`.
    Units: logits in nats.
    Returns: logits (N, T, V_y), the attention's weights (N, T, S) or None, `encoded` with the state after
        the last input, and the cache.
    Raises: as `encoder_forward`.
    """
    check_shapes(inputs=(inputs, ("N", "T")))
    state, states, mask = encoded
    x, embedded = embed_forward(inputs, params["E_y"])
    h, state, stack = stack_forward(cell, under(params, "decoder."), x, state)
    seen, weights, attended = h, None, None
    if attention:
        matched_by = (params[name] for name in attention.weights)
        context, weights, attended = attention.forward(h, states, *matched_by, mask=mask)
        seen = np.concatenate([h, context], axis=2)
    logits, output = output_forward(seen, params["W_hy"], params["b_y"])
    return logits, weights, (state, states, mask), (embedded, stack, attended, output)


def seq2seq_forward(cell, params, source, inputs, mask=None, attention=None):
    """Read every source, and score what follows each of the decoder's inputs.

    Shapes: source, mask (N, S); inputs (N, T), the start symbol first; params as from `seq2seq_params`.
    Units: logits in nats.
    Returns: logits (N, T, V_y), the attention's weights (N, T, S) or None, and the cache of
        `seq2seq_backward`.
    Raises: as `encoder_forward`.
    """
    encoded, encoder = encoder_forward(cell, params, source, mask)
    logits, weights, _, decoder = decoder_forward(cell, params, inputs, encoded, attention)
    return logits, weights, (encoded[1], attention, encoder, decoder)


def seq2seq_backward(dlogits, cache):
    """The exact gradient of `seq2seq_forward`, with the decoder's inputs taken as given.

    Shapes: dlogits (N, T, V_y). Returns: dict of gradients with the names of the parameters.
    Raises: ShapeError if dlogits does not fit.
    """
    states, attention, (source, encoder), (inputs, decoder, attended, output) = cache
    dh, dW_hy, db_y = output_backward(dlogits, output)
    grads, dstates = {"W_hy": dW_hy, "b_y": db_y}, np.zeros_like(states)
    if attention:
        dh, dcontext = np.split(dh, 2, axis=2)
        dquery, dstates, *dweights = attention.backward(dcontext, attended)
        dh = dh + dquery
        grads |= zip(attention.weights, dweights, strict=True)
    dx, dstate, decoder_grads = stack_backward(dh, None, decoder)
    grads |= prefixed("decoder.", decoder_grads) | {"E_y": embed_backward(dx, inputs)}
    dx, _, encoder_grads = stack_backward(dstates, dstate, encoder)  # the state is all that passes without attention
    return grads | prefixed("encoder.", encoder_grads) | {"E_x": embed_backward(dx, source)}


def seq2seq_step(cell, params, ids, encoded, attention=None):
    """One step for `decode.generate` and `beam.beam_search`, as `partial(seq2seq_step, cell, params)`.

    Shapes: ids (N,); encoded as from `encoder_forward`. Returns: logits (N, V_y), the next `encoded`.
    """
    logits, _, encoded, _ = decoder_forward(cell, params, np.asarray(ids)[:, None], encoded, attention)
    return logits[:, 0], encoded


def seq2seq_loss_and_grads(cell, params, batch, state=None, attention=None, feed="true"):
    """One training step's worth: loss and gradients over the target's real ids.

    The decoder is fed with the true target ("true": teacher forcing), with the likeliest id of its own
    step before ("own"), or always with the start symbol, which tells no more than a bias ("none").

    Shapes: batch is source (N, S), its mask, target (N, T + 1) from the start symbol to the end symbol,
        its mask (N, T + 1). Padding holds ids too. `state` is not used: nothing is carried over.
    Units: loss in nats an id.
    Returns: loss (a float), gradients by the parameters' names, None.
    Raises: RangeError for another feed; as `encoder_forward` and `cross_entropy`.
    """
    source, mask, target, counts = batch
    if feed not in FEEDS:
        raise RangeError(f"feed: expected one of {', '.join(FEEDS)}, got {feed}")
    inputs = target[:, :-1]
    if feed == "none":
        inputs = np.repeat(target[:, :1], inputs.shape[1], axis=1)
    elif feed == "own":
        encoded, _ = encoder_forward(cell, params, source, mask)
        step = partial(seq2seq_step, cell, params, attention=attention)
        own, _ = generate(step, encoded, target[:, 0], inputs.shape[1] - 1, None, temperature=0)
        inputs = np.concatenate([target[:, :1], own], axis=1)
    logits, _, cache = seq2seq_forward(cell, params, source, inputs, mask, attention)
    loss, dlogits = cross_entropy(logits, target[:, 1:], counts[:, 1:])
    return loss, seq2seq_backward(dlogits, cache), None
