"""No attack changes a score, reads or changes what is outside, leaves a process, or disturbs the next student."""

import re

import pytest

from tests.sandbox.arena import ATTACKS, SECRET, Arena, Attack


def cases():
    for path in ATTACKS:
        attack = Attack(path)
        marks = [pytest.mark.full] if "Slow" in attack.asks else []
        yield pytest.param(attack, id=path.stem, marks=marks)


@pytest.fixture(scope="module")
def arena(rung):
    arena = Arena(rung)
    yield arena
    arena.close()


@pytest.mark.parametrize("attack", list(cases()))
def test_an_attack_gains_nothing(attack, arena):
    outcome = arena.run(attack.source)
    assert outcome.result.points == 0
    assert SECRET not in outcome.said
    assert all(sign.isprintable() for verdict in outcome.result.verdicts for sign in verdict.words)
    assert "succeeded" not in outcome.report
    assert re.search(attack.asks.get("Must", "^$"), outcome.report), outcome.report
    if attack.asks.get("Ended") != "perhaps":
        assert (outcome.deaths > 0) == (attack.asks.get("Ended") in ("yes", arena.sandbox.rung))
    assert arena.unharmed()


def test_there_are_many_attacks_and_each_says_what_it_tries():
    assert len(ATTACKS) >= 60
    for path in ATTACKS:
        assert Attack(path).source.startswith('"""') and Attack(path).source.endswith("\n")
