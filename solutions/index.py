# %% [markdown]
# # Start here
#
# Each lesson is a notebook. You write functions in it, and a check below each says at once what holds and what does not.
#
# - **Begin with [lesson 1](01_feedback_loop/feedback_loop.ipynb).** Ten questions in
#   [Are you ready?](00_before_you_start/are_you_ready.ipynb) tell whether you need lesson 0 before it.
# - Shift and Enter run a cell and go on to the next.
# - What you write is yours: a newer version of a lesson never overwrites it.
# - Run the next cell to see where you stand. It names the next exercise and leads there. It also asks
#   the questions at the end of a lesson again: after 1, 3, 7 and 21 days. A right answer moves a question on to the next of these.

# %% show
from autograder import progress_map

progress_map()

# %% [markdown]
# ## The lessons
#
# <!-- lessons -->
#
# The times are for someone to whom all of it is new. In every notebook there are good places to stop.
#
# ## A game: I beat the checker
#
# A check tries some cases and never all. Can you write an answer that is wrong and passes? Save it in a file, here `mine.py`, and
# run this in a terminal, in the folder of the course, with the name that stands in the cell with the check:
#
# ```
# python course.py try cell-step-forward mine.py --report beaten.md --because "why it is wrong"
# ```
#
# If all checks pass, `beaten.md` is written. It holds all that is needed to see it again: send it to whoever teaches you, or to
# the authors.

# %% [markdown]
# ## Every term, where it is explained
#
# A click leads to the place in the lesson; a pointer that rests on a term shows its meaning. In one list, from A to Z:
# the [glossary](glossary.ipynb).
#
# <!-- terms -->
