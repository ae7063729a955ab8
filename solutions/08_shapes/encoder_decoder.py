# %% [markdown]
# # How can a net write a sentence in another order and of another length?
#
# **Lesson 8, second of three notebooks** (first: [shapes](shapes.ipynb)). About three and a half hours, with four
# places to stop.
#
# You need: the shapes of the first notebook, with its embeddings and masks; cross-entropy and softmax from lesson 0; the
# GRU of lesson 7, used here as a ready part.
#
# Afterwards you can build a translator from two recurrent nets, say what may be fed to the second one and measure what that
# changes, let it look back with attention and take the gradient through it, search for a better sentence than the
# greedy one, and judge translations by two numbers that do not mean the same.

# %%
import os

# products this small are faster on one thread than on two
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections import Counter

import numpy as np

from autograder import check, hint, model_answer, outcome, recall, solution
from rnn_core.activations import log_softmax, softmax

LENGTH = 10  # room for the longest translation and its end mark

# %% [markdown]
# Here is a small English, and a small language that is built like Japanese. Both are made up by a program, so that we know
# every right translation.

# %% show
from rnn_core import plots
from rnn_core.data import translation

meaning = translation.Meaning("cat", "follows", "dog", "park", "today")
words_in, words_out = translation.english(meaning), translation.japanese(meaning)[2]
print("English:", " ".join(words_in))
print("right translations:")
for order in translation.japanese(meaning):
    print("  ", " ".join(order))

same = {
    **translation.NOUNS,
    **translation.VERBS,
    **translation.PLACES,
    **translation.TIMES,
    "in": "de",
}
pairs = np.array([[float(same.get(a) == b) for a in words_in] for b in words_out])
plots.heatmap(
    pairs,
    words_out,
    words_in,
    "English, word by word",
    "translation, word by word",
    "same meaning (1: yes)",
    alt="Table of light and dark fields: rows are the words of a translation, columns those of the English sentence. "
    + "; ".join(
        f"{b} belongs to {same_a}"
        for b in words_out
        for same_a in words_in
        if same.get(same_a) == b
    )
    + ". The rows of the particles wa and o have no light field. The light fields are not on a line.",
)

# %% [markdown]
# Read the picture row by row, and the light field jumps. The verb comes last. Small words, the particles, stand behind what they
# mark: `wa` behind who, `o` behind whom, `de` behind where. `de` says what `in` says; the other two have no English word, and
# `the` has no translation. And there is not one right answer: the time may stand first or after who, the place before or after whom.

# %% show
every = translation.meanings()
more = [len(translation.japanese(m)[0]) - len(translation.english(m)) for m in every]
orders = [len(translation.japanese(m)) for m in every]
print(f"{len(every):,} things can be said, with {len(translation.ENGLISH) - 1} English words")
print(f"and {len(translation.JAPANESE) - 2} words of the other language.")
for count in sorted(set(more)):
    print(
        f"  words, compared with the English: {count:+d} in {np.mean(np.array(more) == count):.0%}"
    )
for count in sorted(set(orders)):
    print(f"  right translations: {count} in {np.mean(np.array(orders) == count):.0%}")

# %% [markdown]
# None of the four shapes that the first notebook trained fits; this is the fifth. The aligned one writes as many words as it reads, and must write its first
# word when it has read one. A translation is *unaligned*: other order, other number of words.
#
# ## A sequence to a vector, then a vector to a sequence
#
# The [encoder-decoder](glossary) (Cho and others, and Sutskever and others, both 2014) joins two shapes that you
# know. A first net, the encoder, reads the sentence and gives its last state: sequence to vector. A second net, the
# decoder, begins with that state and writes: vector to sequence. Each has weights and a vocabulary of its own. In
# between there is nothing but the vector.
#
# Two words are added to the decoder's vocabulary. The [start mark](glossary) is what it reads before it has written
# anything. The [end mark](glossary) is what it must write when the sentence is over: so the decoder says itself how long
# its sentence is.
#
# One question is left open, and it is the question of this notebook. At each step a recurrent net has an input. What does
# the *decoder* read?

# %% show
# Drawing only: no need to read this cell.
from matplotlib.figure import Figure

figure = Figure(figsize=(8, 3.4), layout="constrained")
ax = figure.subplots()
ax.set(xlim=(-0.6, 8.6), ylim=(-1.7, 1.7))
ax.axis("off")
BLUE, ORANGE, GREEN = plots.COLOURS[:3]


def box(x, y, text, colour="white"):
    style = {"boxstyle": "round,pad=0.3", "fc": colour}
    ax.text(x, y, text, ha="center", va="center", fontsize=11, bbox=style)


def link(start, end, colour="black", style="-"):
    line = {
        "arrowstyle": "-|>",
        "color": colour,
        "linestyle": style,
        "shrinkA": 16,
        "shrinkB": 16,
    }
    ax.annotate("", end, start, arrowprops={**line, "lw": 1.6})


for t, word in enumerate(("the", "cat", "sees", "the", "dog")):
    box(0.8 * t, 0, f"$h_{t + 1}$")
    box(0.8 * t, -1.2, word)
    link((0.8 * t, -1.2), (0.8 * t, 0))
    if t:
        link((0.8 * (t - 1), 0), (0.8 * t, 0))
link((3.2, 0), (4.6, 0), GREEN)
for t, word in enumerate(("neko", "wa", "inu", "…", "<end>")):
    box(4.6 + 0.9 * t, 0, f"$d_{t + 1}$")
    box(4.6 + 0.9 * t, 1.2, word)
    box(4.6 + 0.9 * t, -1.2, "?", "#FFF3D6")
    link((4.6 + 0.9 * t, 0), (4.6 + 0.9 * t, 1.2))
    link((4.6 + 0.9 * t, -1.2), (4.6 + 0.9 * t, 0), ORANGE, "--")
    if t:
        link((4.6 + 0.9 * (t - 1), 0), (4.6 + 0.9 * t, 0))
ax.plot([], [], color=GREEN, label="the vector: all that passes")
ax.plot([], [], color=ORANGE, linestyle="--", label="what does the decoder read?")
ax.legend(loc="upper left", frameon=False, fontsize=11)
plots.Picture(
    figure,
    "An encoder-decoder over time. Left, five states of the encoder read the words the, cat, sees, the, dog. One green arrow, "
    "the vector, leads to the first state of the decoder. Right, five states of the decoder write neko, wa, inu, and so "
    "on, up to the end mark. Dashed orange arrows come into each of them from boxes with a question mark.",
)

# %% [markdown]
# Three answers can be found:
#
# - **the true word**: in training the right translation is known, so at each step the decoder reads the word that it
#   *should* have written before. This is [teacher forcing](glossary) (Williams and Zipser 1989);
# - **its own word**: it reads the word that it did write, right or wrong;
# - **nothing**: a widely seen introduction says that "in a decoder you do not give any inputs". The state is all that
#   it has. (In code: it reads the start mark at every step, which tells it nothing new.)
#
# In use there is no right translation to read from. So the translators trained with the true word or with their own
# word read, in use, their own; the one trained with nothing reads nothing.
#
# ## Exercise 8.7: what will each of them learn?
# <!-- effort: translate-predict-feeding -->
#
# Three translators are trained, equal in all but what the decoder reads *in training*. The sentences have free places for
# time and place, and each training sentence comes with one of its right translations, drawn by chance. Then each
# translates sentences that it has not seen. A sentence counts if it is right from the first word to the end mark, in
# any right order.
#
# Which share of the sentences will each get right? Set the three variables to `"fewer than half"` or `"half or more"`. Any
# of these earns the point.

# %% exercise="translate-predict-feeding"
# with_the_true_word = "…"
# with_its_own_word = "…"
# with_nothing = "…"
### BEGIN SOLUTION
with_the_true_word = "half or more"
with_its_own_word = "half or more"
with_nothing = "fewer than half"
### END SOLUTION

# %% check="translate-predict-feeding"

# %% [markdown]
# ## What to read, what to write
#
# The right sentence is `neko wa inu o miru`. With the true word fed:
#
# | step | 0 | 1 | 2 | 3 | 4 | 5 |
# |---|---|---|---|---|---|---|
# | reads (input) | `<start>` | neko | wa | inu | o | miru |
# | must write (target) | neko | wa | inu | o | miru | `<end>` |
#
# The same words twice, one step apart: `shift_by_one` of the first notebook makes both. A sentence of K words has K + 1
# steps. With nothing fed, the first row of the table holds `<start>` six times, and the second stays as it is.
#
# ## Exercise 8.8: the decoder alone
# <!-- effort: translate-greedy -->
#
# In use, the decoder reads what it wrote. At each step it takes the likeliest word: [greedy decoding](glossary). Write
# `greedy(step, h, first_ids, length, end)` for a batch of N sentences.
#
# - `step(ids, h)` is one step of some decoder: for `ids` (N,) and the state `h` it returns the scores `logits` (N, V)
#   and the next state. The state may be an array or a tuple; you only hand it on.
# - `first_ids` (N,): what is read at the first step (the start marks). It is not part of the result.
# - Returns `ids` (N, length), whole numbers: column t holds what was written at step t.
# - A row that has written `end` is over: from there on it holds `end`, whatever its scores say. Other rows go on.
#   A row that never writes `end` stops at `length`.
# - The caller's arrays stay as they are.


# %% exercise="translate-greedy"
def greedy(step, h, first_ids, length, end):
    """step(ids (N,), h) -> logits (N, V), h. Returns ids (N, length), filled up with end."""
    N = len(first_ids)
    ids = np.full((N, length), end)
    ### BEGIN SOLUTION
    read, over = first_ids, np.zeros(N, bool)
    for t in range(length):
        logits, h = step(read, h)
        read = np.where(over, end, logits.argmax(axis=1))
        ids[:, t] = read
        over = over | (read == end)
        if over.all():
            break
    return ids
    ### END SOLUTION


# %% check="translate-greedy"

# %% [markdown]
# **A good place to stop.** Next, three translators are trained.
#
# ## The three are trained
#
# Encoder and decoder are GRUs with 96 units each. Every word has an embedding of 32 numbers. The whole is trained as one
# net: the gradient comes back from the decoder's words to its first state, which is the encoder's last one, and goes on
# from there. A fifth of all meanings is kept apart and used for judging only.

# %% show
from functools import partial

from rnn_core.cells import GRU
from rnn_core.optim import Adam
from rnn_core.seq2seq import (
    encoder_forward,
    seq2seq_forward,
    seq2seq_loss_and_grads,
    seq2seq_params,
    seq2seq_step,
)
from rnn_core.train import fit
from rnn_core.widgets import Training

START, END = translation.START_ID, translation.END_ID
FEEDS, STEPS = ("true", "own", "none"), 250


def train_translator(seed, feed="true", attention=None, H=96, steps=STEPS, keep_at=()):
    """Train one translator. Returns: parameters, the meanings kept apart, the history, and copies on the way."""
    rng = np.random.default_rng(seed)
    known, unseen = translation.split(rng)
    params = seq2seq_params(
        rng,
        GRU,
        len(translation.ENGLISH),
        len(translation.JAPANESE),
        32,
        H,
        attention=attention,
        dtype=np.float32,
    )
    kept = {}

    def keep(step, history):
        if step in keep_at:
            kept[step] = {name: p.copy() for name, p in params.items()}

    history = fit(
        partial(seq2seq_loss_and_grads, GRU, attention=attention, feed=feed),
        params,
        (translation.batch(rng, known, 64)[1] for _ in range(steps)),
        Adam(1e-2),
        clip=1.0,
        steps=steps,
        decay=0.05,
        live=Training(),
        on_step=keep,
    )
    return params, unseen, history, kept


def translate_batch(params, batch, fed, attention=None):
    """What a translator writes for a batch, with its decoder fed in one of three ways: ids (N, LENGTH)."""
    source, mask, target, _ = batch
    first = np.full(len(source), START)
    if fed == "own":
        encoded, _ = encoder_forward(GRU, params, source, mask)
        step = partial(seq2seq_step, GRU, params, attention=attention)
        return greedy(step, encoded, first, LENGTH, END)
    inputs = np.repeat(first[:, None], LENGTH, axis=1)
    if fed == "true":
        inputs = np.full((len(source), LENGTH), END)
        inputs[:, : target.shape[1] - 1] = target[:, :-1]
    return seq2seq_forward(GRU, params, source, inputs, mask, attention)[0].argmax(axis=2)


KEPT = (60, 80, 100, 120, 150, 200)
models = {
    feed: train_translator(0, feed, keep_at=KEPT if feed == "true" else ()) for feed in FEEDS
}
unseen = models["true"][1]  # the same for all three: it depends on the seed alone
meant, test = translation.batch(np.random.default_rng(99), unseen, 300)
written = {
    feed: translate_batch(models[feed][0], test, "none" if feed == "none" else "own")
    for feed in FEEDS
}
IN_TRAINING = {"true": "the true word", "own": "its own word", "none": "nothing"}
for feed in FEEDS:
    share = translation.exact(written[feed], meant).mean()
    print(
        f"fed with {IN_TRAINING[feed]:13} in training: {share:.3f} of {len(meant)} sentences right"
    )

# %% show
for n in range(3):
    print("English:     ", " ".join(translation.english(meant[n])))
    for feed in FEEDS:
        words = translation.decode(written[feed][n], translation.JAPANESE)
        mark = (
            "right"
            if translation.exact(written[feed][n : n + 1], meant[n : n + 1])[0]
            else "wrong"
        )
        print(f"  {IN_TRAINING[feed]:13} {mark}:  {' '.join(words)}")

# %% [markdown]
# Is there anything new inside? Two tables, two GRUs and an output layer, put together by hand with the weights of the first
# translator, beside the function that was trained:

# %% show
from rnn_core import gru

net = models["true"][0]
words_in, real, words_out, _ = test
encoder, decoder = (
    [net[f"{part}.layer1.{name}"] for name in GRU.weights] for part in ("encoder", "decoder")
)
x, nothing = net["E_x"][words_in], np.zeros((len(words_in), 96), np.float32)
read = gru.forward(x, nothing, *encoder, real)[0]
vector = read[:, -1]  # all that passes from one to the other
told = gru.forward(net["E_y"][words_out[:, :-1]], vector, *decoder)[0]
scores = told @ net["W_hy"] + net["b_y"]
whole = seq2seq_forward(GRU, net, words_in, words_out[:, :-1], real)[0]
print(f"vector {vector.shape}, scores {scores.shape}")
print(f"largest difference from seq2seq_forward: {np.abs(scores - whole).max():.1e}")

# %% [markdown]
# Each translator was trained once here. A command beside this lesson ran many, over several seeds and with more steps, and in two
# grammars: the free one, and one in which time and place have fixed places, so that each sentence has one right
# translation. The thin lines are the 95 % interval of the mean over seeds (Student's t), as if the seeds' shares were
# spread like a bell, so that a line may pass 1. Where some seeds learn and others do not they are not: there read the printed line, with Wilson's
# interval for the share of seeds above .95.

# %% show
from scipy import stats

from rnn_core.data import recorded
from rnn_core.intervals import wilson

table = recorded.load("translation_feeding")
print(recorded.describe(table))
GRAMMARS = {"free": "free order", "fixed": "fixed order"}


def recorded_rows(name, **wanted):
    """The recorded values of one column, in the rows that have what is wanted."""
    rows = [
        row for row in table["rows"] if all(row[key] == value for key, value in wanted.items())
    ]
    return np.array([row[name] for row in rows])


def share_bars(names, values, xlabel, title, errors=None):
    """Bars of shares of sentences."""
    return plots.bars(
        names, values, xlabel, "share of sentences right", title, errors=errors
    ).legend_below()


def over_seeds(runs):
    """The means over seeds, and half the 95 % interval of each (Student's t)."""
    return [each.mean() for each in runs], [
        stats.t.ppf(0.975, len(each) - 1) * stats.sem(each) for each in runs
    ]


means, halves = {}, {}
for grammar, label in GRAMMARS.items():
    runs = [recorded_rows("right", grammar=grammar, feed=feed) for feed in FEEDS]
    means[label], halves[label] = over_seeds(runs)
    for feed, each in zip(FEEDS, runs, strict=True):
        good = int((each >= 0.95).sum())
        low, high = wilson(good, len(each))
        print(
            f"{label}, {IN_TRAINING[feed]:13}: from {each.min():.2f} to {each.max():.2f}; "
            f"{good} of {len(each)} seeds above .95, interval {low:.2f} to {high:.2f}"
        )
share_bars(
    [IN_TRAINING[feed] for feed in FEEDS],
    means,
    "what the decoder read in training",
    f"Unseen sentences, mean of {len(runs[0])} seeds",
    halves,
)

# %% [markdown]
# Compare the two grammars. To see where the difference comes from, take the free grammar apart by the number of right
# translations that a sentence has.

# %% show
by_orders = {
    IN_TRAINING[feed]: [
        recorded_rows(f"right_{k}", grammar="free", feed=feed).mean() for k in (1, 2, 4)
    ]
    for feed in FEEDS
}
share_bars(
    (1, 2, 4),
    by_orders,
    "right translations of the sentence",
    "Free order: by how many translations are right",
)

# %% [markdown]
# A sentence with two right orders cannot be known in advance: the training text says sometimes `kyou neko wa …` and sometimes
# `neko wa kyou …`. Look at the second word. After `kyou` it is `neko`, after `neko` it is `wa`. Whoever reads the *true* first
# word knows which. Whoever reads nothing does not: both are likely, and the two words at two places need not fit together.
#
# And its own word? It was computed from the English sentence and the weights. It holds nothing that these do not hold,
# and above all it does not say which order the *training text* took this time. For the targets of training it is no
# news. The loss shows it. Part of it cannot be avoided by any translator: which order comes is chance, and costs
# $\log 2$ nats for each free place. That floor can be computed; look how far each loss stands above it.

# %% show
steps_of = np.array([len(translation.japanese(m)[0]) + 1 for m in every])
floor = np.mean(np.log(orders)) / steps_of.mean()
print(f"floor of the loss, free order:  {floor:.3f} nats a word")
for feed in FEEDS:
    losses = recorded_rows("loss", grammar="free", feed=feed)
    fixed = recorded_rows("loss", grammar="fixed", feed=feed)
    print(
        f"{IN_TRAINING[feed]:14} loss at the end: free order {losses.mean():.3f}, fixed order {fixed.mean():.3f}"
    )

# %% [markdown]
# ## Training is not use
#
# What is fed can be changed after training. The table tries every translator of above with everything: rows say what the
# decoder read in training, columns what it reads now.

# %% show
crossed = np.array(
    [
        [
            translation.exact(translate_batch(models[row][0], test, fed), meant).mean()
            for fed in FEEDS
        ]
        for row in FEEDS
    ]
)
print(
    "sentences right          fed now:", "   ".join(f"{IN_TRAINING[fed]:>13}" for fed in FEEDS)
)
for row, values in zip(FEEDS, crossed, strict=True):
    print(
        f"trained with {IN_TRAINING[row]:13}       ",
        "   ".join(f"{value:13.3f}" for value in values),
    )

# %% [markdown]
# Look at the first row. Feeding the true words *at evaluation* is a common mistake. Compare the first number with the
# second: with the true words fed, this translator may still write the order that it would have chosen, while the fed
# text has begun another right one. The first number is not about use.
#
# One more worry has a name. A decoder that has read only true words in training has never met its own mistakes:
# [exposure bias](glossary). Does a first mistake lead to more of them? Take sentences with one right translation,
# without time and place, and the translator with the true word as it was on its way.

# %% show
plain = [m for m in unseen if m.where is None and m.when is None]
plain_meant, plain_test = translation.batch(np.random.default_rng(7), plain, 300)
goal, real = plain_test[2][:, 1:], plain_test[3][:, 1:] > 0
print(f"{len(plain)} different sentences")
print("            sentences right     words right     words right after a first wrong one")
print("step         true     own       true    own        true              own")
for step, params in {**models["true"][3], STEPS: models["true"][0]}.items():
    line = []
    for fed in ("true", "own"):
        ids = translate_batch(params, plain_test, fed)[:, : goal.shape[1]]
        wrong = (ids != goal) & real
        later = (np.cumsum(wrong, axis=1) - wrong > 0) & real
        after = (
            f"{1 - wrong[later].mean():.3f} of {later.sum():4}"
            if later.any()
            else "no mistake    "
        )
        line.append((1 - wrong.any(axis=1).mean(), 1 - wrong[real].mean(), after))
    (a, b, c), (d, e, f) = line
    print(f"{step:4}        {a:.3f}   {d:.3f}      {b:.3f}  {e:.3f}      {c}     {f}")

# %% [markdown]
# Compare the first two columns. Where one translation is right they must be equal: up to the first wrong word both
# have read the same words, and after it the sentence is lost either way. Exposure bias can only show in what comes
# *after* a first mistake, in the last two columns. Look at them line by line: the same translator, the same
# sentences, the same first mistakes. Where *own* is the lower one, reading the mistake has led to more of them. (A word
# counts as right if it stands at its own place, so one word left out makes all that follow wrong. And mind how many words
# a number stands for.) Whoever counts words with the true ones fed counts something that never happens in use.

# %% show
free_order = dict(zip(FEEDS, means["free order"], strict=True))
fixed_order = dict(zip(FEEDS, means["fixed order"], strict=True))
outcome(
    "translate-predict-feeding",
    believed="in a decoder you do not give any inputs",
    measured="share of sentences right, mean over the recorded seeds, free order: "
    + ", ".join(f"{IN_TRAINING[feed]} {free_order[feed]:.2f}" for feed in FEEDS)
    + "; fixed order: "
    + ", ".join(f"{IN_TRAINING[feed]} {fixed_order[feed]:.2f}" for feed in FEEDS),
    holds_when="each sentence has one right translation, as in the fixed order: there the state alone told what comes. Where there "
    "are several, the true word before says which one has been begun",
)

# %% [markdown]
# **A good place to stop.** Next, the vector between the two nets is looked at.
#
# ## Looking back: dot attention
#
# However long the sentence, the decoder gets one vector. It is often called a bottleneck. But the encoder has more to
# offer: it had a state after each word. With attention the decoder looks back at them: at each step it compares its
# own state with every state of the encoder and takes an average of those, in which the ones that match best count
# most.
#
# In [dot attention](glossary) the match is a dot product. Let $q_t$ be the decoder's state at step $t$, the *query*,
# and $s_k$ the encoder's state after word $k$:
#
# $$e_{tk} = q_t \cdot s_k, \qquad w_{tk} = \frac{\exp e_{tk}}{\sum_j \exp e_{tj}}, \qquad c_t = \sum_k w_{tk}\, s_k$$
#
# $e$ are the scores, $w$ the [attention weights](glossary), which sum to 1 for each $t$, and $c$ is called the
# context. The output layer then sees $q_t$ and $c_t$ side by side. (Other scores are in use: a small network,
# Bahdanau and others 2014; the dot product divided by $\sqrt H$, Vaswani and others 2017. Here it is the plain dot
# product of Luong and others, 2015.)
#
# **Worked example**, one query and three words:

# %% show
query = np.array([1.0, 0.5])
word_states = np.array([[0.2, 0.1], [1.0, 0.8], [-0.6, 0.4]])  # (S, H)
e = word_states @ query
w = softmax(e)
print("scores ", e.round(3))
print("weights", w.round(3), " sum", w.sum().round(12))
print("context", (w @ word_states).round(3))

# %% [markdown]
# ## Exercise 8.9: dot attention
# <!-- effort: translate-dot-forward -->
#
# Write it for whole batches: `dot_forward(queries, states, mask=None)`.
#
# - `queries` (N, T, H), the decoder's states; `states` (N, S, H), the encoder's; `mask` (N, S), True where a word is real.
#   `None` means that all are.
# - Returns `context` (N, T, H), `weights` (N, T, S), and a cache, which is given.
# - Padding gets a weight of exactly 0, and the weights of the real words sum to 1. So the mask acts *before* the softmax: which
#   score makes a weight of 0?
# - A row may have no real word at all. There is nothing to attend to, so its weights and its context are 0.
# - Large scores must do no harm: $e^{1000}$ is too large for a computer. Subtracting the largest score of a query from all of
#   its scores changes no weight.
# - The caller's arrays stay as they are.


# %% exercise="translate-dot-forward"
def dot_forward(queries, states, mask=None):
    """queries (N, T, H), states (N, S, H), mask (N, S) -> context (N, T, H), weights (N, T, S), cache."""
    if mask is None:
        mask = np.ones(states.shape[:2], dtype=bool)
    mask = np.asarray(mask, dtype=bool)
    ### BEGIN SOLUTION
    scores = np.where(mask[:, None, :], queries @ states.swapaxes(1, 2), -np.inf)
    top = scores.max(axis=2, keepdims=True)
    e = np.exp(scores - np.where(np.isfinite(top), top, 0))
    total = e.sum(axis=2, keepdims=True)
    weights = e / np.where(total > 0, total, 1)
    context = weights @ states
    ### END SOLUTION
    return context, weights, (queries, states, weights)


# %% check="translate-dot-forward"

# %% [markdown]
# What does it buy? The recorded runs compare translators with and without dot attention, with fewer and fewer units. All
# are fed with the true word in training. (With attention the output layer reads 2H numbers in place of H, so it has more
# weights, too.)

# %% show
table = recorded.load("translation_attention")
print(recorded.describe(table))
sizes = sorted({row["H"] for row in table["rows"]})
by_size, halves = {}, {}
for looks, label in ((False, "the vector alone"), (True, "with dot attention")):
    runs = [recorded_rows("right", H=H, attention=looks) for H in sizes]
    by_size[label], halves[label] = over_seeds(runs)
    for H, each in zip(sizes, runs, strict=True):
        good = int((each >= 0.95).sum())
        low, high = wilson(good, len(each))
        print(
            f"{label:18} H {H:3}: mean {each.mean():.2f}, from {each.min():.2f} to {each.max():.2f}; "
            f"{good:2} of {len(each)} seeds above .95, interval {low:.2f} to {high:.2f}"
        )
share_bars(
    sizes,
    by_size,
    "units in encoder and decoder (H)",
    f"Unseen sentences, mean of {len(runs[0])} seeds",
    halves,
)

# %% [markdown]
# It is tempting to say: a short vector cannot hold a sentence. At two of the sizes, translators without attention were trained
# again, six times as long.

# %% show
table = recorded.load("translation_longer")
print(recorded.describe(table))
for H in sorted({row["H"] for row in table["rows"]}):
    short, long = by_size["the vector alone"][sizes.index(H)], recorded_rows("right", H=H)
    print(
        f"the vector alone, H {H}: mean {short:.2f} as above; six times as long, {len(long)} seeds: "
        f"mean {long.mean():.2f}, from {long.min():.2f} to {long.max():.2f}"
    )

# %% [markdown]
# Compare the two means in each line. The part of the gap that more steps close is not room that the vector lacked, but
# training time.
#
# ## The way back
#
# Three lines forwards: scores, softmax, average. So three steps backwards, the last line first. Take one query with its
# words, and let `dc` (H,) be the gradient that has arrived at the context.
#
# **The average, shown whole.** $c = \sum_k w_k\, s_k$: each weight was multiplied with its state, and each state with
# its weight.
#
# $$dw_k = dc \cdot s_k, \qquad ds_k = w_k\, dc$$

# %% show
dc = np.array([0.3, -1.2])
dw = word_states @ dc
ds_average = np.outer(w, dc)
print("dw", dw.round(4))
print("ds, from the average:\n", ds_average.round(4))

# %% [markdown]
# **The softmax, shown by half.** The weights of a query sum to 1. So one of them can only grow if others shrink, and a
# score moves all the weights of its query:
#
# $$de_k = w_k \Big( dw_k - \sum_j w_j\, dw_j \Big)$$
#
# The cell compares it with central differences. The sum is the same number for all $k$: what all weights would gain
# alike is no gain.

# %% show
de = w * (dw - np.sum(w * dw))


def slope_of_score(k, eps=1e-6):
    """The central difference of dc . c for the score of word k."""
    moved = [softmax(e + sign * eps * np.eye(3)[k]) @ word_states @ dc for sign in (1, -1)]
    return (moved[0] - moved[1]) / (2 * eps)


print("de by the formula  ", de.round(6))
print("central differences", np.round([slope_of_score(k) for k in range(3)], 6))
print("their sum          ", f"{de.sum():.1e}")

# %% [markdown]
# **The scores, left to you.** $e_k = q \cdot s_k$ is a product of query and state. The states have been used twice by now.
#
# ## Exercise 8.10: dot attention, backwards
# <!-- effort: translate-dot-backward -->
#
# Write `dot_backward(dcontext, cache)` for whole batches.
#
# - `dcontext` (N, T, H): the gradient that has arrived at the context. `cache` is what `dot_forward` returned:
#   `(queries, states, weights)`.
# - Returns `dqueries` (N, T, H) and `dstates` (N, S, H). Gradients of several queries for the same state add.
# - A row without real words needs no special care: its weights are 0, and so are its gradients.
# - The caller's arrays stay as they are.


# %% exercise="translate-dot-backward"
def dot_backward(dcontext, cache):
    """dcontext (N, T, H) and the cache of dot_forward -> dqueries (N, T, H), dstates (N, S, H)."""
    queries, states, weights = cache
    ### BEGIN SOLUTION
    dweights = dcontext @ states.swapaxes(1, 2)  # (N, T, S)
    shared = np.sum(weights * dweights, axis=2, keepdims=True)
    dscores = weights * (dweights - shared)
    dqueries = dscores @ states
    dstates = weights.swapaxes(1, 2) @ dcontext + dscores.swapaxes(1, 2) @ queries
    return dqueries, dstates
    ### END SOLUTION


# %% check="translate-dot-backward"

# %% [markdown]
# Your two functions now go into a translator as they are. It has few units, so few that you can look up in the
# recorded runs how one without attention does. It is trained with your gradient; then we look where it looks.

# %% show
from rnn_core.attention import Attention

mine = Attention(dot_forward, dot_backward)
FEW = 32
looking, _, run, _ = train_translator(0, attention=mine, H=FEW)
share = translation.exact(translate_batch(looking, test, "own", mine), meant).mean()
print(
    f"{FEW} units, with your attention: {share:.3f} of {len(meant)} sentences right after {STEPS} steps"
)
plots.loss_curve(run, title=f"{FEW} units, with attention")


# %% show
def looked_at(params, meaning, attention):
    """Write one sentence. Returns: its words, what was written, and the attention weights (T, S)."""
    words = translation.english(meaning)
    source = np.array([translation.encode(words, translation.ENGLISH)])
    encoded, _ = encoder_forward(GRU, params, source)
    step = partial(seq2seq_step, GRU, params, attention=attention)
    ids = greedy(step, encoded, np.array([START]), LENGTH, END)[0]
    out = [*translation.decode(ids, translation.JAPANESE), "<end>"]
    inputs = np.array([[START, *ids[: len(out) - 1]]])
    _, weights, _ = seq2seq_forward(GRU, params, source, inputs, None, attention)
    return words, out, weights[0]


example = next(m for m in unseen if m.where and m.when)
words_in, words_out, weights = looked_at(looking, example, mine)
told = [
    f"{word} looks most at {words_in[row.argmax()]} ({row.max():.2f})"
    for word, row in zip(words_out, weights, strict=True)
]
plots.heatmap(
    weights,
    words_out,
    words_in,
    "English, word by word",
    "written, word by word",
    "attention weight",
    title="Where the decoder looks",
    alt="Map of the attention weights, rows: the words written, columns: the English words. "
    + "; ".join(told)
    + ".",
)

# %% [markdown]
# Read it row by row, and compare it with the first picture of this notebook. Do not expect the two to be equal. A state of the
# encoder has read all the words up to its own, so a light field says which *state* counted most in the average, and not that
# one word caused the other.
#
# **A good place to stop.** Next, the words are chosen with more care.
#
# ## A better sentence than the greedy one
#
# The model gives a sentence a probability: the product of those of its words. Greedy decoding takes the likeliest word each
# time. That need not lead to the likeliest sentence. Here are the first two steps of a model with three words, where the third
# is the end mark:

# %% show
first = np.array([0.55, 0.45, 0.0])  # the first word: a or b
second = np.array(
    [[0.4, 0.35, 0.25], [0.05, 0.05, 0.9]]
)  # the second word, after a and after b
NAMES = ("a", "b", "<end>")
for k in (0, 1):
    for j in range(3):
        print(
            f"{NAMES[k]} {NAMES[j]:6} {first[k]:.2f} x {second[k, j]:.2f} = {first[k] * second[k, j]:.3f}"
        )
best = first.argmax()
greedy_p = first[best] * second[best].max()
print(f"greedy: {NAMES[best]} {NAMES[second[best].argmax()]}, {greedy_p:.3f}")
both = first[:2, None] * second
k, j = np.unravel_index(both.argmax(), both.shape)
print(f"best of all: {NAMES[k]} {NAMES[j]}, {both[k, j]:.3f}")

# %% [markdown]
# [Beam search](glossary) keeps several beginnings instead of one: a *beam* of some `width`. At each step
#
# 1. every beginning goes on with every word: with B beginnings and V words that makes a table of B times V candidates;
# 2. the score of a candidate is its beginning's score plus the log-probability of the new word. (Logarithms of
#    probabilities add where the probabilities multiply.)
# 3. the best `width` candidates *of the whole table* are the new beam.
#
# A beginning that has written the end mark is over. It stays in the table as one candidate, itself: its score stays, and its
# new word is `end` once more, at no cost.
#
# ## Exercise 8.11: one step of a beam search
# <!-- effort: translate-beam-step -->
#
# Write `beam_step(scores, log_p, over, width, end)` for one sentence.
#
# - `scores` (B,): the log-probability of each beginning. `log_p` (B, V): the log-probabilities of the next id after each.
#   `over` (B,): True for beginnings that are over; what stands in their rows of `log_p` means nothing. `end`: the id of
#   the end mark.
# - Returns three arrays with `width` entries, best first: `parents`, which beginning is continued (from 0 to B - 1);
#   `ids`, the id that is added; `scores`, the new scores.
# - There are always at least `width` candidates. The caller's arrays stay as they are.


# %% exercise="translate-beam-step"
def beam_step(scores, log_p, over, width, end):
    """scores (B,), log_p (B, V), over (B,) -> parents (width,), ids (width,), scores (width,), best first."""
    ### BEGIN SOLUTION
    total = np.where(over[:, None], -np.inf, scores[:, None] + log_p)  # (B, V), all candidates
    total[over, end] = scores[over]
    best = np.argsort(-total, axis=None)[:width]
    parents, ids = np.divmod(best, log_p.shape[1])
    return parents, ids, total[parents, ids]
    ### END SOLUTION


# %% check="translate-beam-step"

# %% [markdown]
# Around it stands a loop. It runs with the translator of above that was fed with the true word, as it was twice on its way
# and at the end.


# %% show
def of_rows(h, rows):
    """The same state with these of its rows."""
    if h is None:
        return None
    return tuple(of_rows(each, rows) for each in h) if isinstance(h, tuple) else h[rows]


def search_sentence(step, h, width):
    """A beam search for one sentence. Returns: ids (LENGTH,) and the log-probability of the best."""
    ids, scores, over, read = (
        np.full((1, 0), END),
        np.zeros(1),
        np.zeros(1, bool),
        np.array([START]),
    )
    for _ in range(LENGTH):
        logits, h = step(read, h)
        parents, read, scores = beam_step(
            scores, log_softmax(logits).astype(float), over, width, END
        )
        ids, h = np.hstack([ids[parents], read[:, None]]), of_rows(h, parents)
        over = read == END
        if over.all():
            break
    best = np.full(LENGTH, END)
    best[: ids.shape[1]] = ids[0]
    return best, scores[0]


few_meant, (few_source, few_mask, _, _) = translation.batch(
    np.random.default_rng(5), unseen, 100
)
print("                sentences right          mean log-probability of what was found")
widths = (1, 2, 4, 8)
print(
    "width       ",
    "".join(f"{width:7}" for width in widths),
    "    ",
    "".join(f"{width:8}" for width in widths),
)
for label, params in (
    ("step 80", models["true"][3][80]),
    ("step 120", models["true"][3][120]),
    ("the end", models["true"][0]),
):
    encoded, _ = encoder_forward(GRU, params, few_source, few_mask)
    step, right, found = partial(seq2seq_step, GRU, params), [], []
    for width in widths:
        results = [
            search_sentence(step, of_rows(encoded, [n]), width) for n in range(len(few_meant))
        ]
        right.append(translation.exact(np.array([ids for ids, _ in results]), few_meant).mean())
        found.append(np.mean([score for _, score in results]))
    print(
        f"{label:12}",
        "".join(f"{value:7.2f}" for value in right),
        "    ",
        "".join(f"{value:8.3f}" for value in found),
    )

# %% [markdown]
# Compare the two halves of the table. The search looks for sentences that the *model* finds likely. Whether these are right is
# another question, and it depends on the model.
#
# **A good place to stop.** What is left is a number for translations.
#
# ## How good is a translation that is not right?
#
# So far a sentence was right or not: [exact match](glossary). It needs a list of all right answers, which real
# languages do not have. A usual number is [BLEU](glossary), by Papineni and others (2002): how many groups of words
# of the translation stand in a reference, a translation that a person made.
#
# A group of $n$ words in a row is an n-gram. Precision is the share of the candidate's n-grams that stand in a
# reference. Counted naively, `the the the` would be all right if the reference has one `the`. So the count is
# *clipped*: an n-gram counts at most as often as it stands in a reference; with several references, in the one that
# has it most often.
#
# $$p_n = \frac{\text{clipped matches}}{\text{n-grams of the candidate}}, \qquad
# \text{BLEU} = B \cdot \Big( \prod_{n=1}^{K} p_n \Big)^{1/K}, \qquad
# B = \begin{cases} 1 & c \ge r \\ e^{1 - r/c} & c < r \end{cases}$$
#
# Usually $K = 4$. $c$ is the length of the candidate, $r$ that of the reference. $B$ is the penalty for what is too
# short: without it, a candidate of a few safe words would have a perfect precision. For a whole test set, matches,
# n-grams and lengths are summed over all sentences first.
#
# **Worked example.** Candidate `neko wa neko o miru`, reference `neko wa inu o miru`. Single words: `neko` is there twice and
# counts once, so 4 matches of 5. Pairs: `neko wa` and `o miru` match, `wa neko` and `neko o` do not: 2 of 4.
#
# ## Exercise 8.12, first part: BLEU
# <!-- effort: translate-bleu -->
#
# Write two functions.
#
# - `clipped_matches(candidate, references, n)`: a list of words, a list of references, each a list of words, and a
#   whole number. Returns `matches` and `total`: how many n-grams match after clipping, and how many n-grams the
#   candidate has. (A candidate with fewer than n words has none: `0, 0`.) The lists stay as they are. `Counter`,
#   imported above, may help.
# - `bleu_from_counts(matches, totals, length, reference_length)`: two lists of K numbers, for n = 1 to K, and the
#   lengths $c$ and $r$. Returns the score as one number. If any of the matches is 0, the score is 0.


# %% exercise="translate-bleu"
def clipped_matches(candidate, references, n):
    """A list of words, a list of such lists, a number -> matches, total."""

    ### BEGIN SOLUTION
    def counted(words):
        return Counter(tuple(words[k : k + n]) for k in range(len(words) - n + 1))

    allowed = Counter()
    for reference in references:
        allowed |= counted(reference)  # of each n-gram the largest count
    found = counted(candidate)
    return (found & allowed).total(), found.total()
    ### END SOLUTION


def bleu_from_counts(matches, totals, length, reference_length):
    """Lists of K counts, and two lengths -> a number from 0 to 1."""
    ### BEGIN SOLUTION
    if min(matches) == 0:
        return 0.0
    mean = np.exp(np.mean(np.log(np.divide(matches, totals))))
    return float(mean * min(1.0, np.exp(1 - reference_length / length)))
    ### END SOLUTION


# %% check="translate-bleu"

# %% [markdown]
# Now spoil right translations in known ways, all sentences of the test set in the same way, and give each way its BLEU: against
# one reference, and against all right orders.


# %% show
def test_set_bleu(candidates, references, K=4):
    """BLEU of many sentences; all references of a sentence have the same length here."""
    counts = np.array(
        [
            [clipped_matches(words, each, n + 1) for n in range(K)]
            for words, each in zip(candidates, references, strict=True)
        ]
    ).sum(axis=0)  # (K, 2)
    lengths = sum(map(len, candidates)), sum(len(each[0]) for each in references)
    return bleu_from_counts(counts[:, 0].tolist(), counts[:, 1].tolist(), *lengths)


def spoiled(meaning, words, how, rng):
    """A right translation, spoiled in one of several ways."""
    who, whom = translation.NOUNS[meaning.who], translation.NOUNS[meaning.whom]
    others = [noun for noun in translation.NOUNS.values() if noun not in (who, whom)]
    if how == "another right order":
        orders = [each for each in translation.japanese(meaning) if each != words]
        return orders[rng.integers(len(orders))] if orders else words
    if how == "who is somebody else":
        return [others[0] if word == who else word for word in words]
    if how == "who and whom exchanged":
        return [{who: whom, whom: who}.get(word, word) for word in words]
    if how == "the verb is missing":
        return words[:-1]
    if how == "the words shuffled":
        return [words[k] for k in rng.permutation(len(words))]
    return words


ways = (
    "as it is",
    "another right order",
    "who is somebody else",
    "who and whom exchanged",
    "the verb is missing",
    "the words shuffled",
)
rng = np.random.default_rng(3)
ones = [each[rng.integers(len(each))] for each in map(translation.japanese, meant)]
every_reference = [translation.japanese(m) for m in meant]
print(f"{'':25} BLEU, one reference   BLEU, all orders   exact match   such as")
for how in ways:
    tried = [spoiled(m, words, how, rng) for m, words in zip(meant, ones, strict=True)]
    against_one = test_set_bleu(tried, [[words] for words in ones])
    against_all = test_set_bleu(tried, every_reference)
    good = np.mean([words in each for words, each in zip(tried, every_reference, strict=True)])
    print(
        f"{how:25} {against_one:19.2f} {against_all:18.2f} {good:13.2f}   {' '.join(tried[0])}"
    )

# %% [markdown]
# Compare the lines for what is right and what is wrong. And over a whole training run, on the unseen sentences, against all
# right orders:

# %% show
run_of = {**models["true"][3], STEPS: models["true"][0]}
exacts, bleus = [], []
for params in run_of.values():
    ids = translate_batch(params, test, "own")
    exacts.append(translation.exact(ids, meant).mean())
    bleus.append(
        test_set_bleu(
            [translation.decode(row, translation.JAPANESE) for row in ids], every_reference
        )
    )
plots.curves(
    list(run_of),
    {"BLEU, all right orders": bleus, "exact match": exacts},
    "step of training",
    "share, from 0 to 1",
    title="One run, two numbers",
)

# %% [markdown]
# ## Exercise 8.12, second part: in words
# <!-- effort: translate-report -->
#
# A report says: "Our translator writes sentences of about nine words. With teacher forcing, 96 % of its words are
# right, and its BLEU is .90. So it rarely makes a mistake." What is not known after these two numbers? Say for each
# of them what it leaves open, with an example, and name the measurement that you would ask for.

# %% answer="translate-report"

# %% [markdown]
# ## What was shown, and what was not
#
# - An encoder-decoder writes in another order and another length than it reads: a sequence to a vector, then a vector to a
#   sequence.
# - What the decoder read in training mattered where several translations are right: the true word says which of them has been
#   begun. In the grammar with one right order the recorded runs show how much it mattered.
# - Dot attention is an average of the encoder's states, weighted by a softmax of dot products. What it bought was
#   measured for this grammar, these sizes and two lengths of training.
# - A beam looks for sentences that the model finds likelier; whether they are right is another question. BLEU counts groups of
#   words: wrong sentences may keep most of theirs, and right ones may have others than the reference.
# - Not shown: that any of these numbers carry over to a real language, whose sentences are longer and whose vocabulary is
#   large; and how to lessen exposure bias where it does harm.
#
# ## Five questions
#
# After them comes the next notebook: [depth_and_direction](depth_and_direction.ipynb).

# %% recall="translate-own-word translate-mask-place translate-bleu-misses bptt-padding-gradient cell-temperature"

# %% [markdown]
# Where you stand, and what comes next:

# %% show
from autograder import progress_map

progress_map()
