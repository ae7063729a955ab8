"""course.py: what it decides, what it says, and (full tier) one real installation that is killed half-way."""

import ast
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parent.parent
PYPROJECT = """
[project]
name = "small"
dependencies = ["torch==2.13.0", "numpy==2.4.6"]
[project.scripts]
rnn-course = "autograder.cli:main"
"""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the environments made here have a bin folder")


def load(folder):
    """The course.py of a folder, as a module of its own."""
    spec = importlib.util.spec_from_file_location("course_under_test", folder / "course.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "a cours é"
    folder.mkdir()
    shutil.copy(ROOT / "course.py", folder)
    (folder / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (folder / "constraints.txt").write_text("numpy==2.4.6\n", encoding="utf-8")
    return load(folder)


def make_environment(course, script="#!/bin/sh\n"):
    """A .venv without packages, as `install` would leave it but for the stamp."""
    base = getattr(sys, "_base_executable", None) or sys.executable
    subprocess.run([base, "-m", "venv", "--without-pip", str(course.VENV)], check=True)
    Path(course.RNN_COURSE).write_text(script, encoding="utf-8")
    Path(course.RNN_COURSE).chmod(0o755)
    course.LOCK.touch()


@pytest.fixture
def installed(course):
    make_environment(course)
    course.STAMP.write_bytes(course.fingerprint())
    assert course.complete()
    return course


def fake_install(course, monkeypatch, fail_at=None):
    """Replace every step; the first makes an empty .venv. Returns: the labels, and the commands handed over."""
    labels, handed = [], []

    def step(label, run, lock):
        assert course.LOCK.exists()
        labels.append(label)
        if fail_at and fail_at in label:
            raise course.Stop("stopped on purpose", "")
        if course.REMOVE in run:
            subprocess.run(run, check=True)
        if "venv" in run:
            make_environment(course)

    monkeypatch.setattr(course, "step", step)
    monkeypatch.setattr(course, "has_nvidia_driver", lambda: False)
    monkeypatch.setattr(course, "hand_over", lambda run: handed.append(run) or 0)
    return labels, handed


# Too old a Python


def test_an_old_python_can_read_the_file():
    ast.parse((ROOT / "course.py").read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("found", [None, "python3.12"])
def test_an_old_python_is_told_so_in_plain_words(course, monkeypatch, capsys, found):
    old = SimpleNamespace(version_info=(3, 8, 18), stderr=sys.stderr)
    monkeypatch.setattr(course, "sys", old)
    monkeypatch.setattr(course.shutil, "which", lambda name: name if name == found else None)
    assert course.main([]) == 1
    said = capsys.readouterr().err
    assert "Python 3.11 or newer is needed; this is 3.8.18." in said
    assert "python.org" in said and "python3.12 course.py" in said


# What counts as complete


def test_the_stamp_holds_for_the_same_requirements_alone(installed):
    text = installed.HERE.joinpath("pyproject.toml").read_text(encoding="utf-8")
    installed.HERE.joinpath("pyproject.toml").write_text(text + "[tool.ruff]\nline-length = 100\n")
    assert installed.complete(), "only what is installed counts"
    installed.HERE.joinpath("pyproject.toml").write_text(text.replace("2.4.6", "2.4.7"))
    assert not installed.complete()


def remove_python(course):
    Path(course.PYTHON).unlink()


def break_python(course):
    remove_python(course)
    Path(course.PYTHON).write_text("#!/no/such/interpreter\n")
    Path(course.PYTHON).chmod(0o755)


def fail_python(course):
    remove_python(course)
    Path(course.PYTHON).symlink_to(shutil.which("false"))


@pytest.mark.parametrize(
    "harm",
    [
        remove_python,
        break_python,
        fail_python,
        lambda course: Path(course.RNN_COURSE).unlink(),
        lambda course: course.STAMP.unlink(),
        lambda course: course.STAMP.write_bytes(course.STAMP.read_bytes()[:-5]),
    ],
)
def test_a_harmed_environment_is_made_afresh(installed, monkeypatch, capsys, harm):
    harm(installed)
    leftover = installed.VENV / "lib" / "half-installed.py"
    leftover.write_text("")
    labels, handed = fake_install(installed, monkeypatch)
    assert installed.main([]) == 0
    assert [label[:3] for label in labels] == ["0/3", "1/3", "2/3", "3/3"]
    assert not leftover.exists()
    assert "made afresh" in capsys.readouterr().out
    assert handed == [[installed.RNN_COURSE, "learn"]]
    assert installed.complete()


def test_a_moved_folder_is_noticed(installed):
    moved = installed.HERE.with_name("moved")
    installed.HERE.rename(moved)
    assert not load(moved).complete()


def test_a_complete_environment_is_left_alone(installed, monkeypatch, capsys):
    labels, _ = fake_install(installed, monkeypatch)
    assert installed.main(["doctor"]) == 0
    assert labels == [] and capsys.readouterr().out == ""


@pytest.mark.parametrize("stage", ["1/3", "2/3", "3/3"])
def test_no_stamp_is_left_by_a_failure(course, monkeypatch, capsys, stage):
    fake_install(course, monkeypatch, fail_at=stage)
    assert course.main([]) == 1
    assert "stopped on purpose" in capsys.readouterr().err
    assert not course.STAMP.exists()


# One run at a time


def test_the_lock_is_held_until_the_last_process_with_it_ends(course, tmp_path):
    with open(tmp_path / "lock", "a") as first, open(tmp_path / "lock", "a") as second:
        assert course.locked(first) and not course.locked(second)
        wait = [sys.executable, "-c", "input()"]
        child = subprocess.Popen(wait, stdin=subprocess.PIPE, pass_fds=(first.fileno(),))
        first.close()
        assert not course.locked(second), "a pip that outlives course.py still writes in .venv"
        child.communicate(b"\n")
        assert course.locked(second)


def test_a_step_gives_its_child_the_lock(course):
    course.VENV.mkdir()
    with open(course.LOCK, "a") as lock:
        course.step("1/1", [sys.executable, "-c", f"import os; os.fstat({lock.fileno()})"], lock)


def test_a_run_that_waited_does_not_install_again(installed, monkeypatch):
    labels, _ = fake_install(installed, monkeypatch)
    answers = iter([False, True])  # incomplete before the lock, complete after the other run
    monkeypatch.setattr(installed, "complete", lambda: next(answers))
    assert installed.main([]) == 0
    assert labels == []


# Which torch

LACKS = "ERROR: No matching distribution found for torch==2.13.0+cpu"
NO_NET = "WARNING: Retrying (Retry(total=0)) after connection broken\n" + LACKS
PLAIN, CPU = ["torch==2.13.0"], ["torch==2.13.0+cpu"]
INDEX = [*CPU, "--index-url", "https://download.pytorch.org/whl/cpu"]


def test_somebody_elses_environment_is_left_as_it_is(course, monkeypatch, capsys):
    _, handed = fake_install(course, monkeypatch)
    make_environment(course)
    course.LOCK.unlink()
    mine = course.VENV / "mine.txt"
    mine.write_text("keep", encoding="utf-8")
    assert course.main(["doctor"]) == 1 and not handed
    assert f"{course.VENV} was not made by course.py, and is left as it is" in capsys.readouterr().err
    assert mine.read_text(encoding="utf-8") == "keep"


@pytest.mark.parametrize(
    ("platform", "driver", "answers", "asked", "good"),
    [
        ("linux", False, [None], [CPU], True),
        ("linux", False, [LACKS, None], [CPU, INDEX], True),
        ("linux", False, [LACKS, LACKS, None], [CPU, INDEX, PLAIN], True),
        ("linux", False, [LACKS, NO_NET, None], [CPU, INDEX, PLAIN], True),
        ("linux", False, [LACKS, LACKS, LACKS], [CPU, INDEX, PLAIN], False),
        ("linux", False, [NO_NET], [CPU], False),
        ("linux", False, ["No space left on device"], [CPU], False),
        ("linux", True, [None], [PLAIN], True),
        ("linux", True, [LACKS], [PLAIN], False),
        ("darwin", False, [None], [PLAIN], True),
        ("win32", True, [None], [PLAIN], True),
    ],
)
def test_torch_is_the_cpu_build_where_the_default_brings_gpu_libraries(
    course, monkeypatch, platform, driver, answers, asked, good
):
    answers, seen = iter(answers), []

    def step(label, run, lock):
        assert "--no-deps" in run
        seen.append(run[run.index("--no-deps") + 1 :])
        said = next(answers)
        if said:
            raise course.Stop("words", said)

    monkeypatch.setattr(course, "step", step)
    monkeypatch.setattr(course, "has_nvidia_driver", lambda: driver)
    monkeypatch.setattr(course, "sys", SimpleNamespace(platform=platform))
    with nullcontext() if good else pytest.raises(course.Stop):
        course.install_torch("torch==2.13.0", None)
    assert seen == asked


@pytest.mark.parametrize(
    ("file", "program", "driver"), [(True, None, True), (False, "/usr/bin/nvidia-smi", True), (False, None, False)]
)
def test_an_nvidia_driver_is_a_file_of_the_kernel_or_a_program(course, monkeypatch, file, program, driver):
    with monkeypatch.context() as fake:
        fake.setattr(course.os.path, "exists", lambda path: file and path == "/proc/driver/nvidia/version")
        fake.setattr(course.shutil, "which", lambda name: program if name == "nvidia-smi" else None)
        found = course.has_nvidia_driver()
    assert found == driver


# What it says when it cannot go on


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("ERROR: [Errno 28] No space left on device", "The disk is full"),
        ("[WinError 112] There is not enough space on the disk", "The disk is full"),
        ("because ensurepip is not\navailable", f"apt install python{sys.version_info[0]}."),
        (NO_NET, "check the network"),
        ("Could not find a version that satisfies: foo==1\nNo matching distribution found for foo==1", "no build for"),
        ("PermissionError: [Errno 13] Permission denied: 'x'", "where you may write"),
        ("error: something else", "course.log"),
    ],
)
def test_a_failed_step_shows_the_last_words_and_what_to_do(course, capsys, said, advice):
    course.VENV.mkdir()
    fail = [sys.executable, "-c", f"import sys; print({said!r}); sys.exit(1)"]
    with open(course.LOCK, "a") as lock, pytest.raises(course.Stop) as stop:
        course.step("1/1 pip", fail, lock)
    words = stop.value.args[0]
    assert said.splitlines()[-1] in words and advice in words
    assert capsys.readouterr().out.startswith("  1/1 pip ... ")


def test_a_terminal_sees_what_pip_is_doing(course, monkeypatch, capsys):
    course.VENV.mkdir()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "70")
    talk = "import time; print('  Downloading a.whl (3 MB)', flush=True); time.sleep(1); print('WARNING: odd')"
    with open(course.LOCK, "a") as lock:
        course.step("1/1 pip", [sys.executable, "-c", talk], lock)
    shown = capsys.readouterr().out.split("\r")
    assert any("1/1 pip ... " in line and "Downloading a.whl (3 MB)" in line for line in shown)
    assert shown[-1].rstrip() == f"  1/1 pip ... {shown[-1].split()[-2]} s" and shown[-1].endswith("\n")
    assert all(len(line.rstrip("\n")) < 70 for line in shown)


def test_the_installing_of_packages_is_counted(course):
    packages = course.VENV / "lib" / "python3" / "site-packages"
    for name in ("pip-1.dist-info", "a-1.dist-info", "b-1.dist-info", "b"):
        (packages / name).mkdir(parents=True)
    said = "Downloading a.whl (3 MB)\nInstalling collected packages: c, b, a\n  Attempting uninstall: c\n"
    assert course.news(said, had=1) == "installed 2 of 3"


def test_a_long_line_keeps_its_ends(course):
    line = "Could not reach " + "x" * 1000 + " name resolution failed"
    assert course.shortened(line).startswith("Could not reach") and len(course.shortened(line)) < 200
    assert course.shortened(line).endswith("name resolution failed")


def test_too_little_room_is_said_before_anything_is_installed(course, monkeypatch, capsys):
    labels, _ = fake_install(course, monkeypatch)
    monkeypatch.setattr(course.shutil, "disk_usage", lambda path: SimpleNamespace(free=1.2e9))
    assert course.main([]) == 1
    assert "needs about 3 GB" in (said := capsys.readouterr().err) and "1.2 GB are free" in said
    assert labels == []


def test_a_folder_that_cannot_be_written_is_named(course, monkeypatch, capsys):
    @contextmanager
    def refused():
        raise PermissionError(13, "Permission denied", str(course.VENV))
        yield

    monkeypatch.setattr(course, "only_one_run", refused)
    assert course.main([]) == 1
    assert str(course.VENV) in (said := capsys.readouterr().err) and "where you may write" in said


def test_ctrl_c_while_installing_is_no_traceback(course, monkeypatch, capsys):
    monkeypatch.setattr(course, "install", lambda lock: signal.raise_signal(signal.SIGINT))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job begins without one
    try:
        assert course.main([]) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert "starts the installation again" in capsys.readouterr().err


# Handing over

SPREAD = ("-n=auto", "--maxprocesses=4", "--dist=loadfile", "--no-loadscope-reorder")


@pytest.mark.parametrize(
    ("words", "program"),
    [
        ([], ["rnn-course", "learn"]),
        (["--no-browser", "--port", "8899"], ["rnn-course", "learn", "--no-browser", "--port", "8899"]),
        (["learn", "--no-browser"], ["rnn-course", "learn", "--no-browser"]),
        (["grade", "a folder", "--full"], ["rnn-course", "grade", "a folder", "--full"]),
        (["test"], ["python", "-m", "pytest", "-m", "not full", *SPREAD]),
        (["test", "-k", "x"], ["python", "-m", "pytest", "-m", "not full", *SPREAD, "-k", "x"]),
        (["test", "--full", "-x"], ["python", "-m", "pytest", *SPREAD, "-x"]),
    ],
)
def test_words_become_a_command(course, monkeypatch, words, program):
    monkeypatch.chdir(course.HERE.parent)
    run = course.command(words)
    assert [Path(run[0]).name, *run[1:]] == program
    assert Path(run[0]).parent == course.BIN
    assert Path.cwd() == (course.HERE if words[:1] == ["test"] else course.HERE.parent)


def run(course, *words, **more):
    start = [sys.executable, str(course.HERE / "course.py"), *words]
    return subprocess.run(start, capture_output=True, text=True, encoding="utf-8", **more)


def test_the_command_gets_words_path_and_folder_and_gives_its_status(installed, tmp_path):
    script = '#!/bin/sh\nprintf "%s\\n" "$PATH" "$PWD" "$PYTHONPATH" "$@"\nexit 7\n'
    Path(installed.RNN_COURSE).write_text(script, encoding="utf-8")
    done = run(installed, "grade", "two words", cwd=tmp_path, env={**os.environ, "PYTHONPATH": "/elsewhere"})
    path, folder, python_path, *words = done.stdout.splitlines()
    assert done.returncode == 7 and done.stderr == ""
    assert path.split(os.pathsep)[0] == str(installed.BIN)
    assert Path(folder) == tmp_path and python_path == "" and words == ["grade", "two words"]


def test_where_nothing_can_be_executed_in_place_the_status_comes_back(installed, monkeypatch):
    """The way of Windows: a child, for which Ctrl-C is waited out."""
    waits = iter([KeyboardInterrupt(), 5])

    def wait():
        if isinstance(answer := next(waits), BaseException):
            raise answer
        return answer

    monkeypatch.setattr(installed, "POSIX", False)
    monkeypatch.setattr(installed.subprocess, "Popen", lambda run, env: SimpleNamespace(wait=wait))
    assert installed.hand_over(["rnn-course.exe"]) == 5


def test_the_second_start_is_quick(installed):
    def seconds():  # of computing: other tests run beside this one
        start = os.times()
        assert run(installed, "doctor").returncode == 0
        end = os.times()
        return end.children_user - start.children_user + end.children_system - start.children_system

    assert min(seconds() for _ in range(5)) < 0.3


def test_help_installs_nothing(course):
    done = run(course, "--help")
    assert done.returncode == 0 and "python course.py test [--full]" in done.stdout
    assert not course.VENV.exists()


# For real


def wait_for(condition, seconds=300):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


@pytest.mark.full
def test_a_real_installation_killed_half_way_is_repaired_and_then_starts_at_once():
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "a cours é")
        needed = "course.py", "pyproject.toml", "constraints.txt", "README.md", "LICENSE", "LICENSE-TEXT"
        for name in (*needed, "rnn_core", "autograder"):
            source, target = ROOT / name, copy / name
            target.parent.mkdir(exist_ok=True)
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)

        def start():
            command = [sys.executable, str(copy / "course.py"), "test", "--version"]
            pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
            return subprocess.Popen(command, start_new_session=True, text=True, **pipes)

        killed = start()
        wait_for(lambda: list(copy.glob(".venv/lib/*/site-packages/torch/lib")) or killed.poll() is not None)
        assert killed.poll() is None, killed.communicate()[0]
        os.killpg(killed.pid, signal.SIGKILL)  # course.py and its pip: the session that was started for them
        killed.communicate()
        assert not (copy / ".venv" / "course.stamp").exists()

        both = [start(), start()]  # two at once: one installs, the other waits
        said = [process.communicate(timeout=1200)[0] for process in both]
        assert [process.returncode for process in both] == [0, 0], "\n".join(said)
        assert sum("waiting for it to end" in words for words in said) == 1, said
        assert sum("Ready after" in words for words in said) == 1, said
        assert all("pytest" in words.splitlines()[-1] for words in said), said

        check = [str(copy / ".venv/bin/python"), "-m", "pip", "check"]
        assert subprocess.run(check, capture_output=True).returncode == 0
        begin = time.monotonic()
        assert "pytest" in start().communicate()[0]
        assert time.monotonic() - begin < 5
