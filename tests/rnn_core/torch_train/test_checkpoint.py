"""A checkpoint is whole or not there; what is damaged or foreign is refused; a run goes on from it to the bit."""

import errno
import itertools
import os
import random
import subprocess
import sys
import zipfile
from fractions import Fraction

import numpy as np
import pytest
import torch

from rnn_core.errors import CheckpointError
from rnn_core.torch_train import checkpoint, language_loss, load, save
from rnn_core.torch_train.randomness import random_states, seed_all, set_random_states

from .runs import batches, make_model, same_bits, train


def adam(model):
    return torch.optim.Adam(model.parameters(), lr=0.01)


def noisy_loss(model, batch, state):
    """Draws from every random state, so that one which is not put back shows."""
    total, tokens, state = language_loss(model, batch, state)
    return total * (1 + 0.1 * random.random() + 0.1 * np.random.rand() + 0.1 * torch.rand(())), tokens, state


def run(steps, path=None, dtype=torch.float32, **more):
    model = make_model(dropout=0.3, dtype=dtype)
    optimizer = adam(model)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 50)
    return train(model, optimizer, noisy_loss, steps=steps, checkpoint=path, scheduler=scheduler, clip=0.5, **more)


def test_a_run_goes_on_as_if_it_had_not_stopped(tmp_path):
    assert len(list(batches(0))) == 11
    want, _, whole = run(15)  # over the end of a pass
    for stops in ([1], [7, 11, 12]):
        path = tmp_path / f"{len(stops)}.pt"
        for steps in stops:
            run(steps, path)
        torch.rand(5), np.random.rand(5), random.random()  # what happens between two processes does not matter
        got, optimizer, history = run(15, path)
        assert same_bits(got, want)
        assert (history.loss, history.norm, history.tokens) == (whole.loss, whole.norm, whole.tokens)
        assert history.resumed == stops[-1] and history.notes[-1] == f"{path.name}: going on after step {stops[-1]}."
        assert optimizer.param_groups[0]["lr"] < 0.01


def test_the_seconds_of_a_run_that_goes_on_count_from_its_first_begin(tmp_path):
    path = tmp_path / "run.pt"
    train(checkpoint=path, steps=2)
    content = load(path)
    content["history"]["seconds"] = [10.0, 100.0]
    save(path, content)
    _, _, history = train(checkpoint=path, steps=4)
    assert history.seconds[:2] == [10.0, 100.0] and 100 < history.seconds[2] < history.seconds[3]
    assert train(checkpoint=path, steps=9, seconds=100.0)[2].stopped == "limit of seconds"


def test_a_number_that_is_not_finite_leaves_the_file_as_it_was(tmp_path):
    def loss(model, batch, state):
        total, tokens, state = language_loss(model, batch, state)
        calls.append(1)
        return total * (float("nan") if len(calls) == 2 else 1), tokens, state

    path, calls = tmp_path / "run.pt", []
    train(checkpoint=path, steps=2)
    kept = path.read_bytes()
    _, _, history = train(loss=loss, checkpoint=path)
    assert history.stopped.startswith("loss: expected a finite") and len(history.loss) == 3
    assert path.read_bytes() == kept and [p.name for p in tmp_path.iterdir()] == ["run.pt"]


def test_a_run_that_is_over_is_not_run_again(tmp_path):
    want, _, whole = run(4, tmp_path / "run.pt")
    got, _, history = run(4, tmp_path / "run.pt")
    assert same_bits(got, want) and history.loss == whole.loss and history.stopped == "limit of steps"


def test_fp16_goes_on_with_its_factor(tmp_path):
    from .test_step import make_plain

    def once(steps, path=None):
        model = make_plain()
        return train(model, adam(model), precision="fp16", steps=steps, checkpoint=path)[0]

    once(2, tmp_path / "run.pt")
    content = load(tmp_path / "run.pt")
    assert content["scaler"]["scale"] == 16 and content["scaler"]["_growth_tracker"] == 2
    assert same_bits(once(5, tmp_path / "run.pt"), once(5))
    assert load(tmp_path / "run.pt")["scaler"]["_growth_tracker"] == 5


def test_parts_that_were_found_are_kept(tmp_path):
    from .test_memory import with_room_for

    sizes = []
    train(loss=with_room_for(2), checkpoint=tmp_path / "run.pt", steps=2)
    train(loss=with_room_for(2, sizes=sizes), checkpoint=tmp_path / "run.pt", steps=4)
    assert max(sizes) == 2
    sizes.clear()
    train(loss=with_room_for(1, sizes=sizes), checkpoint=tmp_path / "run.pt", steps=5, parts=6)
    assert sizes == [1] * 6  # who asks for more parts than the file says gets them


def test_the_folder_is_made_before_the_first_step(tmp_path):
    def loss(model, batch, state):
        assert (tmp_path / "runs").is_dir()
        return language_loss(model, batch, state)

    train(loss=loss, checkpoint=tmp_path / "runs" / "run.pt", steps=1)
    assert [p.name for p in (tmp_path / "runs").iterdir()] == ["run.pt"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"H": 8}, "a run with H 8, got 7"),
        ({"seed": 5}, "a run with seed 5, got 0"),
        ({"unit": "bits"}, "a run with unit bits, got nats"),
        (
            {"model": make_model(cell=torch.nn.GRU)},
            r"weights recurrent.weight_ih_l0 \[21, 3\] torch.float64, got \[28, 3\]",
        ),
        (
            {"model": make_model(dtype=torch.float32)},
            r"weights embedding.weight \[11, 3\] torch.float32, got \[11, 3\] torch.float64",
        ),
        ({"optimizer": "adam"}, "a run with optimizer Adam, got Noting"),
    ],
)
def test_the_checkpoint_of_another_run_is_refused(tmp_path, changes, said):
    path = tmp_path / "run.pt"
    train(checkpoint=path, steps=2)
    kept = path.read_bytes()
    model = changes.pop("model", None) or make_model()
    begun = {name: p.clone() for name, p in model.state_dict().items()}
    optimizer = adam(model) if changes.pop("optimizer", None) else None
    with pytest.raises(CheckpointError, match=said):
        train(model, optimizer, checkpoint=path, steps=4, **changes)
    assert path.read_bytes() == kept and all(torch.equal(p, begun[name]) for name, p in model.state_dict().items())


def test_a_file_of_another_purpose_is_refused(tmp_path):
    save(tmp_path / "weights.pt", {"model": make_model().state_dict()})  # as anybody may
    with pytest.raises(CheckpointError, match=r"weights.pt: expected a checkpoint of a run, got one without identity"):
        train(checkpoint=tmp_path / "weights.pt", steps=2)


def test_parameters_in_other_groups_are_refused_before_anything_is_changed(tmp_path):
    def once(sizes):
        model = make_model()
        params = iter(list(model.parameters()))
        groups = [{"params": list(itertools.islice(params, size))} for size in sizes]
        begun = [p.clone() for p in model.parameters()]
        try:
            train(model, torch.optim.SGD(groups, 0.1), checkpoint=tmp_path / "run.pt", steps=2)
        finally:
            same.append(all(map(torch.equal, begun, model.parameters())))

    same, count = [], len(list(make_model().parameters()))
    once([count])
    with pytest.raises(CheckpointError, match=rf"with parameters of the optimizer \[3, {count - 3}\], got \[{count}\]"):
        once([3, count - 3])
    assert same == [False, True]


def test_numbers_of_numpy_do_not_make_a_file_that_cannot_be_read(tmp_path):
    """A seed or a rate out of an array, a schedule that is computed with numpy."""

    def once(steps, path=None):
        model = make_model()
        optimizer = torch.optim.Adam(model.parameters(), lr=np.float64(0.01))
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: np.sqrt(1 / (k + 1)))
        return train(model, optimizer, steps=steps, seed=np.int64(3), scheduler=scheduler, checkpoint=path)

    once(3, tmp_path / "run.pt")
    got, _, history = once(6, tmp_path / "run.pt")
    assert history.resumed == 3 and same_bits(got, once(6)[0])


def test_what_could_not_be_read_again_is_not_written(tmp_path):
    path = tmp_path / "run.pt"
    save(path, {"a": torch.ones(3)})
    kept = path.read_bytes()
    with pytest.raises(CheckpointError, match=r"run.pt: expected tensors, numbers and words to write, got .*Fraction"):
        save(path, {"a": Fraction(1, 3)})
    assert [p.name for p in tmp_path.iterdir()] == ["run.pt"] and path.read_bytes() == kept


def damage(path, how):
    content = bytearray(path.read_bytes())
    if how == "one bit":
        with zipfile.ZipFile(path) as parts:
            largest = max(parts.infolist(), key=lambda info: info.file_size)
        content[largest.header_offset + 200 + largest.file_size // 2] ^= 1
    path.write_bytes(
        {"half": content[: len(content) // 2], "empty": b"", "text": b"my thesis", "one bit": content}[how]
    )


@pytest.mark.parametrize("how", ["half", "empty", "text", "one bit"])
def test_a_damaged_file_is_refused_and_the_one_before_is_kept(tmp_path, how):
    path = tmp_path / "run.pt"
    run(3, path)
    run(4, path)
    before = (tmp_path / "run.pt.previous").read_bytes()
    damage(path, how)
    damaged = path.read_bytes()
    with pytest.raises(CheckpointError, match=r"run.pt: expected a whole checkpoint, got .*kept as run.pt.previous"):
        run(9, path)
    assert path.read_bytes() == damaged and (tmp_path / "run.pt.previous").read_bytes() == before
    os.replace(tmp_path / "run.pt.previous", path)
    got, _, history = run(9, path)
    assert history.resumed == 3 and same_bits(got, run(9)[0])


def test_a_file_of_torch_that_is_no_checkpoint_is_refused(tmp_path):
    torch.save(make_model().state_dict(), tmp_path / "run.pt")
    with pytest.raises(CheckpointError, match=r"got another kind of file$"):
        run(3, tmp_path / "run.pt")


def test_a_folder_of_that_name_is_refused_and_stays(tmp_path):
    (tmp_path / "run.pt").mkdir()
    for using in (lambda path: run(3, path), load, lambda path: save(path, {})):
        with pytest.raises(CheckpointError, match=r"run\.pt: expected the name of a file, got a folder$"):
            using(tmp_path / "run.pt")
    assert [path.name for path in tmp_path.iterdir()] == ["run.pt"]


def test_nothing_in_a_file_is_run(tmp_path):
    class Wicked:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "was here"),))

    torch.save({"format": checkpoint.FORMAT, "identity": Wicked()}, tmp_path / "run.pt")
    with pytest.raises(CheckpointError, match="expected a whole checkpoint"):
        load(tmp_path / "run.pt")
    assert not (tmp_path / "was here").exists()


def test_a_disk_that_is_full_loses_nothing(tmp_path, monkeypatch):
    path = tmp_path / "run.pt"
    save(path, {"a": torch.ones(3)})
    kept = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        save(path, {"a": torch.zeros(3)})
    assert [p.name for p in tmp_path.iterdir()] == ["run.pt"] and path.read_bytes() == kept


@pytest.mark.skipif(os.name != "posix", reason="needs a limit of the file size")
def test_a_disk_that_is_full_within_the_writing(tmp_path):
    """A real limit: torch's writer speaks of another error then."""
    path = tmp_path / "run.pt"
    save(path, {"a": torch.ones(3)})
    run = [sys.executable, "-c", FULL, str(path)]
    done = subprocess.run(run, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0 and done.stdout == f"{errno.EFBIG}\n", done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["run.pt"] and load(path)["a"].tolist() == [1, 1, 1]


FULL = """
import resource, sys, torch
from rnn_core.torch_train import save
resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
try:
    save(sys.argv[1], {"a": torch.ones(100_000)})
except OSError as error:
    print(error.errno)
"""


def test_an_interrupt_within_the_writing_stays_one(tmp_path):
    """The second Ctrl-C: it must not come out as an error of torch's writer."""

    def interrupted(frame, event, argument):
        if event == "call" and frame.f_code.co_name == "_save" and "serialization" in frame.f_code.co_filename:
            raise KeyboardInterrupt

    before = sys.gettrace()
    save(tmp_path / "run.pt", {"a": torch.ones(3)})
    with pytest.raises(KeyboardInterrupt):
        try:
            sys.settrace(interrupted)
            save(tmp_path / "run.pt", {"a": torch.zeros(3)})
        finally:
            sys.settrace(before)
    assert [p.name for p in tmp_path.iterdir()] == ["run.pt"] and load(tmp_path / "run.pt")["a"].tolist() == [1, 1, 1]


def test_it_is_on_the_disk_before_it_takes_the_name(tmp_path, monkeypatch):
    done = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda *a: (done.append("fsync"), fsync(*a)))
    monkeypatch.setattr(os, "replace", lambda *a: (done.append("replace"), replace(*a)))
    save(tmp_path / "run.pt", {})
    save(tmp_path / "run.pt", {})
    assert done == ["fsync", "replace", "fsync", "fsync", "replace", "replace", "fsync"]


def test_every_random_state_comes_back():
    seed_all(3, 1)
    states = random_states(torch.device("cpu"))
    drawn = [(random.random(), np.random.randn(), float(torch.rand(()))) for _ in range(3)]
    set_random_states(states)
    assert drawn == [(random.random(), np.random.randn(), float(torch.rand(()))) for _ in range(3)]
    seed_all(3, 2)
    assert drawn[0] != (random.random(), np.random.randn(), float(torch.rand(())))


class Killed(BaseException):
    """As a kill: nothing catches it."""


def test_a_run_that_ends_within_the_writing_of_a_file_goes_on(tmp_path, monkeypatch):
    """At every call of the system that writing makes, before it and after it; real kills follow in the full tier."""
    want, _, whole = run(5)
    for name, which, after in itertools.product(("fsync", "replace"), (1, 2, 3), (False, True)):
        real, calls = getattr(os, name), itertools.count()

        def deadly(*arguments, real=real, calls=calls, which=which, after=after):
            dies = next(calls) == which
            if dies and not after:
                raise Killed
            real(*arguments)
            if dies:
                raise Killed

        path = tmp_path / f"{name}{which}{after}.pt"
        monkeypatch.setattr(os, name, deadly)
        with pytest.raises(Killed):
            run(5, path, every=0)
        monkeypatch.undo()
        assert load(path) is not None
        got, _, history = run(5, path)
        assert same_bits(got, want) and history.loss == whole.loss


KILLED = """
import os, random, signal, sys, time
import torch
torch.set_num_threads(1)
from tests.rnn_core.torch_train.test_checkpoint import run, adam
from tests.rnn_core.torch_train.runs import make_model
adam(make_model())  # what torch imports then is imported once, before the processes part

STEPS, folder, kills = 8, sys.argv[1], int(sys.argv[2])
rng = random.Random(int(sys.argv[3]))

def train(path, kill=None):
    '''A process of its own, killed after so many seconds, or at a call of os: (name, which, before or after).'''
    child = os.fork()
    if child == 0:
        os.environ["PYTHONWARNINGS"] = "error"
        if isinstance(kill, tuple):
            name, which, after = kill
            real, calls = getattr(os, name), iter(range(10**6))
            def deadly(*arguments):
                dies = next(calls) == which
                if dies and not after:
                    os.kill(os.getpid(), signal.SIGKILL)
                real(*arguments)
                if dies:
                    os.kill(os.getpid(), signal.SIGKILL)
            setattr(os, name, deadly)
        model, optimizer, history = run(STEPS, path, every=0)
        torch.save([model.state_dict(), optimizer.state_dict(), history.loss], path + ".end")
        os._exit(0)
    if isinstance(kill, float):
        time.sleep(kill)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def same(a, b):
    if isinstance(a, torch.Tensor):
        return torch.equal(a, b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b

sys.stdout = open(os.devnull, "w")
start = time.perf_counter()
assert train(folder + "/whole.pt") == 0
length = time.perf_counter() - start
want = torch.load(folder + "/whole.pt.end")
moments = [(name, after) for name in ("fsync", "replace") for after in (False, True)] * (kills // 8)
calls = [(name, rng.randrange(1, 9), after) for name, after in moments]
times = [rng.uniform(0, length) for _ in range(kills - len(calls))]
landed = 0
for number, kill in enumerate(calls + times):
    path = f"{folder}/{number}.pt"
    status = train(path, kill)
    assert status in (0, -9), status
    landed += status == -9
    tries = 0
    while train(path) != 0:
        tries += 1
        assert tries < 3
    assert same(torch.load(path + ".end"), want), (kill, "ends otherwise")
assert landed >= len(calls)
sys.__stdout__.write(f"{landed} killed")
"""


@pytest.mark.full
def test_a_run_that_is_killed_goes_on_to_the_same_bits(tmp_path):
    """In the middle of a step, of a file that is being written, and between two names of it."""
    kills, seed = 32, int.from_bytes(os.urandom(2))  # other moments each time
    command = [sys.executable, "-W", "error", "-c", KILLED, str(tmp_path), str(kills), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0 and done.stdout.endswith(" killed"), (seed, done.stderr)
