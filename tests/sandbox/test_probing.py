"""The ladder is climbed by trying: a rung that does not hold is refused, and the words say why."""

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.sandbox import linux as sandbox
from autograder.sandbox import probing
from autograder.sandbox.children import SandboxError
from autograder.sandbox.fresh import FreshSandbox
from autograder.sandbox.linux import open_to_others, usage, without
from autograder.sandbox.probing import RUNGS, best_rung, best_sandbox, report, try_rung, why_not
from autograder.sandbox.session import Session
from autograder.verdict import StudentError


@pytest.fixture
def nothing_holds(monkeypatch):
    monkeypatch.setattr(probing, "why_not", lambda rung: f"no {rung}")
    monkeypatch.setattr(probing, "open_rung", lambda rung, *_, **__: (None, f"no {rung}"))


def test_the_first_rung_that_holds_is_taken(monkeypatch):
    monkeypatch.setattr(probing, "why_not", lambda rung: "" if rung == "B" else "not here")
    assert best_rung() == "B"
    assert report()[0].startswith("rung B: Landlock") and report()[1:] == ["  not A (bubblewrap): not here"]


def test_where_nothing_holds_nothing_is_run(nothing_holds):
    assert best_rung() == "E" and report()[0] == f"rung E: {RUNGS['E']}"
    with pytest.raises(SandboxError, match=r"nothing here keeps a student's code apart \(A: no A; B: no B; C: no C\)"):
        best_sandbox()


def test_unsafe_has_to_be_asked_for(nothing_holds):
    with best_sandbox(unsafe=True) as box, Session(box) as session:
        assert box.rung == "E" and isinstance(box, FreshSandbox)
        assert session.cell("1 + 1")[0][0]["data"]["text/plain"] == "2"
        assert (
            session.cell("import os\nos._exit(0)")[1].message == "The process of your code was ended: it ended itself."
        )
        assert session.cell("2")[1] is None
    assert not box.base.exists()


def test_a_rung_that_keeps_nothing_apart_is_seen_to():
    words = try_rung("E")
    for what in ("read a file outside", "write to a file outside", "connect to a port", "fork", "signal its parent"):
        assert what in words


@pytest.mark.skipif(sys.platform != "linux", reason="what Linux offers")
@pytest.mark.parametrize(
    ("off", "what"),
    [
        (["landlock"], "read a file outside, write to a file outside"),
        (["seccomp"], "fork"),
        (["landlock", "seccomp"], "connect to a port, fork, signal its parent"),
    ],
)
def test_a_rung_with_a_defence_off_is_refused(off, what, monkeypatch, held):
    if not held("B"):
        pytest.skip(why_not("B"))
    monkeypatch.setattr(probing, "Sandbox", lambda *args, **options: sandbox.Sandbox(*args, off=off, **options))
    assert what in try_rung("B")


@pytest.mark.skipif(sys.platform != "linux", reason="what Linux offers")
def test_a_missing_and_a_refused_bubblewrap_are_told_apart(monkeypatch):
    monkeypatch.setitem(sandbox.VARIABLES, "PATH", "/nowhere")
    assert "sudo apt install bubblewrap" in try_rung("A")
    refuses = ["sh", "-c", "echo bwrap: No permissions to create new namespace >&2; exit 1", "sh"]
    monkeypatch.setitem(sandbox.VARIABLES, "PATH", "/usr/bin:/bin")
    monkeypatch.setattr(sandbox, "bubblewrap", lambda *_: refuses)
    assert try_rung("A") == "refused: bwrap: No permissions to create new namespace"


def test_rungs_of_other_systems_are_not_tried(monkeypatch):
    assert try_rung("C") == "for macOS only" or sys.platform == "darwin"
    monkeypatch.setattr(sys, "platform", "win32")
    assert "WSL2" in try_rung("A")


def test_the_profile_for_macos_names_what_may_be_read(monkeypatch, tmp_path):
    """Not tried on macOS; what can be seen here is the command."""
    commands = []
    real = subprocess.Popen
    monkeypatch.setattr("autograder.sandbox.fresh.shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(
        subprocess, "Popen", lambda command, **rest: commands.append(command) or real(command[3:], **rest)
    )
    with FreshSandbox("C") as box, Session(box) as session:
        assert session.cell("1")[1] is None
    tool, option, profile, *_ = commands[0]
    assert (tool, option) == ("sandbox-exec", "-p")
    assert "(deny default)" in profile and "network" not in profile and "process-fork" not in profile
    assert profile.count("(") == profile.count(")")


# small parts


def test_secrets_below_a_readable_folder_are_left_out(tmp_path):
    for name in ("a/one", "a/two", "b/deep/secret", "b/deep/other"):
        (tmp_path / name).mkdir(parents=True)
    found = without(tmp_path, [tmp_path / "b" / "deep" / "secret", tmp_path / "a"])
    assert found == [str(tmp_path / "b" / "deep" / "other")]
    assert without(tmp_path / "a" / "one", [tmp_path / "a"]) == []
    assert without(tmp_path / "a", [tmp_path / "b"]) == [str(tmp_path / "a")]
    assert without(tmp_path / "missing", []) == []


def test_usage_counts_small_files_and_follows_no_link(tmp_path):
    assert usage(tmp_path) == 0 == usage(tmp_path / "missing")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "empty").touch()
    (tmp_path / "link").symlink_to("/usr")
    assert usage(tmp_path) == 3 * 4096
    (tmp_path / "file").write_bytes(bytes(10**5))
    assert usage(tmp_path) >= 3 * 4096 + 10**5


def test_who_may_read_a_folder(tmp_path):
    assert open_to_others(Path("/usr"))
    tmp_path.chmod(0o700)
    assert not open_to_others(tmp_path)


def test_a_student_error_is_the_one_of_the_verdict():
    from autograder import wire

    assert StudentError is wire.StudentError


@pytest.mark.skipif(sys.platform != "linux", reason="namespaces are Linux's")
def test_where_a_namespace_is_refused_it_is_said_and_the_process_lives_on():
    source = (
        "from autograder.sandbox import lockdown\n"
        "lockdown.NEW_NAMESPACES |= 0x200\n"  # CLONE_FS, which the kernel does not allow beside a user namespace
        "try:\n    lockdown.fork_apart()\nexcept OSError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert "clone: Invalid argument" in done.stdout and not done.stderr
