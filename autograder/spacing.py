"""When a recall question is asked again: after 1, 3, 7 and 21 days, a step further with each success.

Source of the idea: Cepeda et al. (2006), Distributed practice in verbal recall tasks. The four distances are a choice.
"""

import datetime

DAYS = (1, 3, 7, 21)


def due_times(answers: list[tuple[str, str, dict]]) -> dict[str, datetime.datetime]:
    """Id of each question that was ever answered -> when it is asked again.

    answers: events of the kind "recall", oldest first. A wrong answer begins anew. A right one counts only when the
    question was due: to run a cell twice is no practice.
    """
    steps: dict[str, int] = {}
    due: dict[str, datetime.datetime] = {}
    for at, id, data in answers:
        when = datetime.datetime.fromisoformat(at)
        if data["right"] and id in due and when < due[id]:
            continue
        steps[id] = min(steps.get(id, -1) + 1, len(DAYS) - 1) if data["right"] else 0
        due[id] = when + datetime.timedelta(days=DAYS[steps[id]])
    return due


def in_words(wait: datetime.timedelta) -> str:
    """How long from now, such as "today", "tomorrow", "in 3 days"."""
    days = -(-wait // datetime.timedelta(days=1))
    return "now" if wait <= datetime.timedelta(0) else "within a day" if days <= 1 else f"in {days} days"
