# %% [markdown]
# # Are you ready?
#
# - **Time:** about 10 minutes.
# - **You need:** nothing.
# - **Afterwards you can** say which of the six parts of [Before you start](before_you_start.ipynb) you need, if any. They take
#   about 4 hours for someone to whom all of it is new, and nobody should spend them on what is known.
#
# ## Exercise 0.1: ten questions
# <!-- effort: start-diagnostic -->
#
# Run the next two cells with Shift+Enter; the second shows the questions. Answer without looking anything up and without trying
# things out. `d` stands for "I do not know", and is worth as much as any other answer: the point is for having answered all ten.
#
# Then replace the line `raise NotImplementedError()` by your answer: set `diagnostic` to ten letters between quotes, one for each
# question in order. Spaces between them do not count.

# %%
from autograder import check, hint, solution

# %% show
from autograder.checks.before_you_start.diagnostic import plan, questions

questions()

# %% exercise="start-diagnostic"
# diagnostic = "dddd dddd dd"   ten letters: a, b, c or d for each of the questions 1 to 10
### BEGIN SOLUTION
diagnostic = "bcaca bbabc"
### END SOLUTION

# %% check="start-diagnostic"

# %% [markdown]
# The next cell says which parts your answers ask for, and then what was right and why. It says nothing before all ten are answered.

# %% show
plan(diagnostic)

# %% [markdown]
# Two questions stand for a part, one for a short part: a lucky guess is possible. If the reason behind a right answer is new to you,
# do that part as well.
#
# Next: the parts that you need, in [Before you start](before_you_start.ipynb), or [lesson 1](../01_feedback_loop/feedback_loop.ipynb)
# if you need none.

# %% [markdown]
# Where you stand, and what comes next:

# %% show
from autograder import progress_map

progress_map()
