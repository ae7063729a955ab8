"""Where both directions are allowed: jobs to be judged."""

from autograder.compare import CheckFailed, expect
from autograder.spec import Exercise
from autograder.wording import brief

RIGHT = {
    "word classes": True,
    "next character": False,
    "topic": True,
    "live subtitles": False,
    "recorded subtitles": True,
    "translation, reading": True,
    "translation, writing": False,
    "tomorrow's temperature": False,
    "emergency stop": False,
    "last year's log": True,
}
WHY = {
    "word classes": "The sentence is finished before the first class is asked for. What comes later is in hand.",
    "next character": "The character that is asked for is what a backward reader has read.",
    "topic": "The letter is finished. One answer is due, after the whole letter.",
    "live subtitles": "Each word is due as soon as it is spoken. What comes later is not there yet.",
    "recorded subtitles": "The recording is there from its first to its last second before the answer is due.",
    "translation, reading": "The sentence to be translated is finished, and the part that reads it answers nothing.",
    "translation, writing": "What comes later has not been written yet: it is the answer itself.",
    "tomorrow's temperature": "At day t the backward half has read day t + 1: the answer, not measured yet in use.",
    "emergency stop": "The machine is to be stopped now. What comes later would be the damage.",
    "last year's log": "The whole log is there, also what came after the moment that is looked for.",
}

JOBS = Exercise(
    "deep-both-allowed",
    values={"both_allowed": RIGHT},
    points=2,
    minutes=8,
    difficulty=1,
    hints=(
        "Ask of each job: at the moment when the answer for a step is due, is what comes after that step in hand?",
        "And ask: is what is asked for itself a part of what comes after?",
    ),
    explain="Not the subject decides, and not whether it is text or numbers. What decides is what is in hand when the "
    "answer is due. (A net that gives one answer for all steps so far may read those steps from both ends: nothing "
    "among them comes after the answer.)",
)


def expect_judged(allowed, jobs):
    expect(isinstance(allowed, dict), f"both_allowed: expected a dict from job to True or False, got {brief(allowed)}.")
    for job in jobs:
        expect(job in allowed, f"both_allowed: {job!r} is missing.")
        got = allowed[job]
        if not (got is True or got is False or str(got) in ("True", "False")):
            raise CheckFailed(f"{job}: expected True or False, got {brief(got)}.")
        expect((str(got) == "True") == RIGHT[job], f"{job}: {got} does not hold. {WHY[job]}")


@JOBS.check("texts: word classes, next character, topic")
def texts(student, rng):
    expect_judged(student.both_allowed, ("word classes", "next character", "topic"))


@JOBS.check("speech and translation")
def speech(student, rng):
    expect_judged(
        student.both_allowed,
        ("live subtitles", "recorded subtitles", "translation, reading", "translation, writing"),
    )


@JOBS.check("measurements: tomorrow's temperature, emergency stop, last year's log")
def measurements(student, rng):
    expect_judged(student.both_allowed, ("tomorrow's temperature", "emergency stop", "last year's log"))


JOBS.mistake(
    "the part that writes a translation is given both directions",
    "The sentence that is read is finished; the one that is written is not. What stands to the right of a word is what "
    "this part still has to write.",
    both_allowed={**RIGHT, "translation, writing": True},
)
JOBS.mistake(
    "translation is judged as one job",
    "It has two parts. The one that reads has a finished sentence in hand; the one that writes does not.",
    both_allowed={**RIGHT, "translation, reading": False},
)
JOBS.mistake(
    "live subtitles are judged like recorded ones",
    "The sound is the same. But live, each word is due before the next one is spoken.",
    both_allowed={**RIGHT, "live subtitles": True},
)
JOBS.mistake(
    "all subtitles are taken for live ones",
    "A recording is there as a whole before the first answer is due.",
    both_allowed={**RIGHT, "recorded subtitles": False},
)
JOBS.mistake(
    "measurements are taken for forecasts, all of them",
    "Last year's log is finished: what came after the moment that is looked for stands in it.",
    both_allowed={**RIGHT, "last year's log": False},
)
JOBS.mistake(
    "the emergency stop may wait",
    "A net that reads back needs the end of the series. The machine is to be stopped before that.",
    both_allowed={**RIGHT, "emergency stop": True},
)
JOBS.mistake(
    "the next character is judged like a word class",
    "Both are answers at every step of a text. But the next character is itself in what a backward reader reads.",
    both_allowed={**RIGHT, "next character": True},
)
JOBS.mistake(
    "a single answer is taken to need one direction",
    "The topic is one answer for the whole letter, due when the letter is finished: both ends may be read.",
    both_allowed={**RIGHT, "topic": False},
)
JOBS.mistake(
    "True and False are exchanged",
    "All ten are the other way round. True: both directions may be used.",
    both_allowed={job: not allowed for job, allowed in RIGHT.items()},
)
JOBS.mistake(
    "all jobs are allowed both directions",
    "Ask of each job what is in hand when the answer is due. In half of them it is not everything.",
    both_allowed=dict.fromkeys(RIGHT, True),
)
JOBS.mistake(
    "no job is allowed both directions",
    "Ask of each job what is in hand when the answer is due. In half of them it is the whole sequence.",
    both_allowed=dict.fromkeys(RIGHT, False),
)
