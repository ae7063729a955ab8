# %% [markdown]
# # Are you ready?
#
# **Time:** 10 minutes. **Before:** nothing. **Afterwards you can** say which of the six parts of [Before you start](before_you_start.ipynb) you need, if any:
# the lesson takes about 4 hours for someone to whom all of it is new, and nobody should spend them on what is known.
#
# ## Exercise 0.1: ten questions
# <!-- effort: start-diagnostic -->
#
# Run the next two cells with Shift+Enter; the second shows the questions. Answer without looking anything up and without trying things out. `d` stands for "I do not
# know", and is worth as much as any other answer: the point is for having answered all ten.

# %%
from autograder import check, hint, solution

# %% show
from autograder.checks.before_you_start.diagnostic import plan, questions

questions()

# %% exercise="start-diagnostic"
# Write one letter between each pair of quotes, and delete the line with NotImplementedError at the end.
diagnostic = {
    "1": "",
    "2": "",
    "3": "",
    "4": "",
    "5": "",
    "6": "",
    "7": "",
    "8": "",
    "9": "",
    "10": "",
}
### BEGIN SOLUTION
diagnostic = {
    "1": "b",
    "2": "c",
    "3": "a",
    "4": "c",
    "5": "a",
    "6": "b",
    "7": "b",
    "8": "a",
    "9": "b",
    "10": "c",
}
### END SOLUTION

# %% check="start-diagnostic"

# %% [markdown]
# The next cell says which parts your answers ask for, and then what was right and why. It says nothing before all ten are answered.

# %% show
plan(diagnostic)

# %% [markdown]
# Two questions stand for a part, one for a short part: a lucky guess is possible. If the reason behind a right answer is new to you, do that part as well.
