"""The attacks again as an ordinary user, on both rungs. Started as root, which is how a container runs the tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.sandbox.linux import NOBODY, open_to_others, pythons

ROOT = Path(__file__).parents[2]
AGAIN = [f"tests/sandbox/test_{name}.py" for name in ("attacks", "defences", "probing", "session")]
SHOWN = """
mount -t tmpfs -o mode=0755 tmpfs "$KEEP"
mkdir "$KEEP/python"
mount --bind "$PYTHON" "$KEEP/python"
mount -t tmpfs -o mode=0755 tmpfs "$CLOSED"
mkdir -p -m 0755 "$PYTHON"
mount --bind "$KEEP/python" "$PYTHON"
"""  # in a mount namespace of its own: Python, where it lies below a folder of root's, without that folder


@pytest.mark.full
@pytest.mark.skipif(os.geteuid() != 0, reason="the tests around this one have run as an ordinary user")
def test_as_an_ordinary_user(tmp_path_factory):
    if not shutil.which("setpriv") or not shutil.which("unshare"):
        pytest.skip("there is no setpriv and unshare to become an ordinary user with")
    keep, home = tmp_path_factory.mktemp("keep"), Path("/tmp") / f"home-{os.getpid()}"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    python = Path(pythons()[0])
    closed = [folder for folder in python.parents if not folder.stat().st_mode & 1]
    if not all(open_to_others(Path(path)) for path in pythons()[1:]):
        pytest.skip("the packages lie where only root may read")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *AGAIN]
    become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
    steps = (SHOWN if closed else "") + 'exec "$@"'
    environment = {
        **os.environ,
        **{"KEEP": str(keep), "PYTHON": str(python), "CLOSED": str(closed[-1]) if closed else "", "HOME": str(home)},
        **{"PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_STORAGE_DIRECTORY": str(home)},
        "PYTEST_ADDOPTS": "",  # what the outer run writes, such as a report, it writes itself
    }
    try:
        done = subprocess.run(
            ["unshare", "--mount", "--propagation", "private", "sh", "-ec", steps, "sh", *become],
            **dict(cwd=ROOT, env=environment, capture_output=True, text=True),
        )
    finally:
        shutil.rmtree(home)
    if "unshare" in done.stderr and "not permitted" in done.stderr:
        pytest.skip(f"no mounts here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
