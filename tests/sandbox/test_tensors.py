"""Answers in torch get the same verdict in the sandbox as in the learner's kernel, and the grader needs no torch."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest

from autograder.compare import expect, expect_close, expect_unchanged
from autograder.local import grade_locally
from autograder.sandbox.linux import Sandbox
from autograder.sandbox.remote import RemoteBackend
from autograder.sandbox.session import Session
from autograder.spec import Exercise
from autograder.verdict import grade_fairly
from tests.autograder.common import cell

torch = pytest.importorskip("torch")
SET_UP = "import numpy as np\nimport torch\n"


def reference(x, h):
    return np.tanh(x + h)


def states_exercise() -> Exercise:
    """A step whose state the checks hand back, with a helper of the check's and with tensors of the check's."""
    exercise = Exercise(
        "states",
        functions={"step": reference},
        returns={"step": ("h_next",)},
        lends={"squash": np.tanh},
        points=4,
    )

    def draw(rng):
        return rng.standard_normal((2, 3)), rng.standard_normal((2, 3))

    @exercise.check("one step")
    def one(student, rng):
        x, h = draw(rng)
        expect_close("h_next", student.step(x, h), reference(x, h))

    @exercise.check("two steps: the state goes back as it came")
    def two(student, rng):
        x, h = draw(rng)
        expect_close("h_next", student.step(x, student.step(x, h)), reference(x, reference(x, h)))

    @exercise.check("tensors")
    def tensors(student, rng):
        x, h = map(torch.from_numpy, draw(rng))
        expect_close("h_next", student.step(x, h), torch.tanh(x + h))

    @exercise.check("the caller's tensors are left alone")
    def untouched(student, rng):
        x, h = map(torch.from_numpy, draw(rng))
        h_next, after = student.step.with_arguments(x, h)
        expect(h_next.shape == (2, 3), f"h_next: got shape {h_next.shape}.")
        expect_unchanged(("x", "h"), after, (x, h))

    @exercise.mistake("there is no tanh", "The sum has to be squashed.")
    def step(x, h):
        return x + h

    return exercise


ANSWERS = {
    "right": "return torch.tanh(torch.as_tensor(x) + torch.as_tensor(h))",
    "right, with a gradient": "return torch.tanh(torch.as_tensor(x) + torch.as_tensor(h).requires_grad_())",
    "right, in float32": "return torch.tanh(torch.as_tensor(x).float() + torch.as_tensor(h).float())",
    "right, where numpy gives tensors for tensors": "return np.tanh(x + h)",
    "right, with the helper": "return squash(torch.as_tensor(x) + torch.as_tensor(h))",
    "wrong, and known": "return torch.as_tensor(x) + torch.as_tensor(h)",
    "wrong": "return torch.tanh(torch.as_tensor(x) - torch.as_tensor(h))",
    "of another shape": "return torch.tanh(torch.as_tensor(x) + torch.as_tensor(h)).T",
    "in float16": "return torch.tanh(torch.as_tensor(x) + torch.as_tensor(h)).half()",
    "in bfloat16": "return torch.tanh(torch.as_tensor(x) + torch.as_tensor(h)).bfloat16()",
    "sparse": "return torch.tanh(torch.as_tensor(x) + torch.as_tensor(h)).to_sparse()",
    "a list of tensors": "return list(torch.tanh(torch.as_tensor(x) + torch.as_tensor(h)))",
    "in place": "x, h = torch.as_tensor(x), torch.as_tensor(h)\nreturn h.add_(x).tanh_()",
    "a tensor that raises": "return torch.as_tensor(x) @ torch.as_tensor(h)",
}


def written(answer: str) -> str:
    return SET_UP + "def step(x, h):\n" + textwrap.indent(textwrap.dedent(answer), "    ")


@pytest.fixture(scope="module")
def sandbox(rung):
    with Sandbox(rung, torch=True) as sandbox:
        yield sandbox


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_in_torch_is_judged_alike(name, sandbox):
    exercise, source = states_exercise(), written(ANSWERS[name])
    here = grade_locally(exercise, cell(source, squash=np.tanh))
    with Session(sandbox) as session:
        session.execute("import numpy as np\nsquash = np.tanh\n" + source, "answer.py")
        there = grade_fairly(exercise, lambda lends: RemoteBackend(session, exercise.seconds, lends))
    words = [[verdict.words.partition(" In your ")[0] for verdict in result.verdicts] for result in (here, there)]
    assert words[0] == words[1] and here.notes == there.notes
    assert (here.points, here.mistake) == (there.points, there.mistake)
    assert here.passed == name.startswith("right"), words[0]


def test_each_kind_of_wrong_answer_has_its_words():
    def told(name):
        result = grade_locally(states_exercise(), cell(written(ANSWERS[name])))
        return result.mistake.name if result.mistake else result.verdicts[0].words

    assert told("wrong, and known") == "there is no tanh"
    turned = "h_next: expected shape (2, 3), got (3, 2). The axes are the right ones in another order."
    assert told("of another shape") == turned
    assert "got float16, which keeps three digits only." in told("in float16")
    assert "got an object of type Tensor (torch.bfloat16, torch.strided)." in told("in bfloat16")
    assert "got an object of type Tensor (torch.float64, torch.sparse_coo)." in told("sparse")


def test_the_grader_does_not_import_torch_because_a_student_sent_a_tensor(rung):
    source = f"""
import sys
import numpy as np
from autograder.compare import expect_close
from autograder.sandbox.linux import Sandbox
from autograder.sandbox.remote import RemoteBackend
from autograder.sandbox.session import Session
with Sandbox({rung!r}, torch=True) as sandbox, Session(sandbox) as session:
    session.execute("import torch\\ndef start(): return torch.ones(3)\\ndef step(h): return torch.tanh(h)", "answer.py")
    student = RemoteBackend(session)
    h, _ = student.call("start", (), {{}})
    h_next, after = student.call("step", (h,), {{}})  # torch.tanh takes no array
    expect_close("h_next", h_next, np.tanh(h))
    expect_close("h", after[0], [1, 1, 1])
assert "torch" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", source], check=True)
