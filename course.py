"""The way into the course. It needs Python 3.11 or newer, and nothing else.

    python course.py                        install once, then open the lessons in a browser
    python course.py --no-browser --port N  the same without a browser, on a port of your choice
    python course.py test [--full] [...]    run the quick tests, or all; the rest goes to pytest
    python course.py WORD [...]             the course's other commands: doctor, exercises, reset, grade, ...
    python course.py --help                 this text

The first run makes the folder .venv beside this file and installs the versions that pyproject.toml names.
Later runs find it complete, need no network, and start at once. To start afresh, delete the folder .venv.
"""

# Readable for Python 3.6, so that an old Python can say that it is too old.
import contextlib
import errno
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
POSIX = os.name == "posix"
BIN = VENV / ("bin" if POSIX else "Scripts")
PYTHON = str(BIN / ("python" if POSIX else "python.exe"))
RNN_COURSE = str(BIN / ("rnn-course" if POSIX else "rnn-course.exe"))
STAMP, LOG, LOCK = VENV / "course.stamp", VENV / "course.log", VENV / "course.lock"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"  # PyTorch's own; untried, it cannot be reached from here

REMOVE = """import os, shutil, sys
for path in sys.argv[1:]:
    shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.remove(path)"""

NETWORK = ("Retrying (", "ConnectionError", "ReadTimeout", "ProxyError", "SSLError", "name resolution")
NO_BUILD = ("No matching distribution",)
NO_SPACE = ("No space left on device", "not enough space on the disk")
CANNOT_WRITE = ("Permission denied", "Read-only file system", "Access is denied", "used by another process")
ADVICE = {  # for the first of these words that a failed command said
    NO_SPACE: "The disk is full: make room in {here} (3 GB, or 9 GB with GPU libraries) and in TMPDIR (1 GB).",
    ("ensurepip",): "Python's venv is incomplete. On Debian or Ubuntu: `sudo apt install python{python}-venv`.",
    NETWORK: "pip cannot reach its package source: check the network. Behind a proxy, set HTTPS_PROXY.",
    NO_BUILD: "There is no build for Python {python} on this machine: try Python 3.12 or 3.11.",
    CANNOT_WRITE: "Copy the course to a folder where you may write, and close what uses {here}.",
    ("",): "All that was said is in {log}.",
}


class Stop(Exception):
    """Words for the user (args[0]) whose installation cannot go on, and what the command said (args[1])."""


def main(words):
    if sys.version_info < (3, 11):  # noqa: UP036
        found = [name for name in ("python3.13", "python3.12", "python3.11") if shutil.which(name)]
        other = found[0] if found else "python3.12" if POSIX else "py -3.12"
        this = ".".join(map(str, sys.version_info[:3]))
        print(f"Python 3.11 or newer is needed; this is {this}.", file=sys.stderr)
        print(f"Get it at python.org, or try: {other} course.py", file=sys.stderr)
        return 1
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a folder's name need not fit the terminal's encoding
    if words[:1] in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    try:
        if not complete():
            with only_one_run() as lock:
                if not complete():  # another run may have finished while this one waited
                    install(lock)
    except Stop as stop:
        print(f"\n{stop.args[0]}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\n{error}\n{advise(str(error))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next `python course.py` starts the installation again.", file=sys.stderr)
        return 130
    return hand_over(command(words))


def command(words):
    if words[:1] == ["test"]:
        os.chdir(str(HERE))
        tier = [] if "--full" in words else ["-m", "not full"]
        # With `-n 0` behind it: in one process. The order is that of tests/conftest.py.
        spread = ["-n=auto", "--maxprocesses=4", "--dist=loadfile", "--no-loadscope-reorder"]
        return [PYTHON, "-m", "pytest", *tier, *spread, *(word for word in words[1:] if word != "--full")]
    return [RNN_COURSE, *words] if words and not words[0].startswith("-") else [RNN_COURSE, "learn", *words]


def hand_over(run):
    if POSIX:
        os.execve(run[0], run, environment())  # so that signals and the exit status are the command's own
    child = subprocess.Popen(run, env=environment())
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            pass  # the command has had it too, and decides


def environment():
    """As in an activated .venv: nbgrader finds `alembic` by PATH."""
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONHOME", "PYTHONPATH")}
    env["PATH"] = str(BIN) + os.pathsep + env.get("PATH", os.defpath)
    return dict(env, VIRTUAL_ENV=str(VENV), PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1")


def project():
    import tomllib

    return tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def fingerprint():
    """What .venv must have been made for: these requirements, this folder, and a Python that still runs."""
    ask = "import sys, sysconfig; print(sys.version_info[:2], sysconfig.get_platform())"
    answer = subprocess.run([PYTHON, "-IS", "-c", ask], capture_output=True, text=True, check=True)
    asked = [project().get(key) for key in ("dependencies", "optional-dependencies", "scripts")]
    versions = (HERE / "constraints.txt").read_text(encoding="utf-8")
    return os.fsencode(f"{asked}\n{versions}\n{HERE}\n{answer.stdout}")


def complete():
    try:
        return os.path.exists(RNN_COURSE) and STAMP.read_bytes() == fingerprint()
    except (OSError, subprocess.CalledProcessError):
        return False


@contextlib.contextmanager
def only_one_run():
    """Hold a lock that the system drops when the last process that has it open ends, however it ends."""
    VENV.mkdir(exist_ok=True)
    if not LOCK.exists() and any(VENV.iterdir()):  # somebody's own, or an editor's
        raise Stop(f"{VENV} was not made by course.py, and is left as it is: rename it, then run the same again.")
    with open(LOCK, "a") as lock:
        if not locked(lock):
            print("Another run is installing here: waiting for it to end.", flush=True)
            while not locked(lock):
                time.sleep(0.5)
        yield lock


def locked(lock):
    try:
        if POSIX:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError as error:
        return error.errno not in (errno.EAGAIN, errno.EACCES)  # a file system without locks: go on
    return True


def install(lock):
    """From nothing every time: pip may take a package that was cut short for an installed one."""
    base = getattr(sys, "_base_executable", None) or sys.executable  # never the Python inside this .venv
    LOG.write_bytes(b"")
    rest = [str(path) for path in VENV.iterdir() if path not in (LOCK, LOG)]
    if rest:
        print(f"{VENV} is incomplete, or was made for other versions or another folder: it is made afresh.")
        step("0/3 removing what is there", [base, "-c", REMOVE, *rest], lock)
    need, free = 9 if has_nvidia_driver() else 3, shutil.disk_usage(VENV).free / 1e9
    if free < need:
        raise Stop(f"The course needs about {need} GB in {HERE}; {free:.1f} GB are free there. Make room.")

    print(f"Installing the course into {VENV}, once: about 2 minutes and 2 GB.", flush=True)
    start = time.monotonic()
    step("1/3 virtual environment", [base, "-m", "venv", str(VENV)], lock)
    install_torch(next(name for name in project()["dependencies"] if name.startswith("torch==")), lock)
    step("3/3 JupyterLab, nbgrader and the rest", pip("-c", "constraints.txt", "-e", ".[test]"), lock)
    STAMP.write_bytes(fingerprint())  # last: a .venv without it was interrupted
    print(f"Ready after {time.monotonic() - start:.0f} s.\n", flush=True)


def pip(*words):
    return [PYTHON, "-m", "pip", "install", "--no-input", "--progress-bar=off", *words]


def has_nvidia_driver():
    return os.path.exists("/proc/driver/nvidia/version") or shutil.which("nvidia-smi") is not None


def install_torch(torch, lock):
    """On Linux the default build brings GBs of GPU libraries: without a driver, name the CPU build."""
    tries = [("", [torch])]
    if sys.platform == "linux" and not has_nvidia_driver():
        tries = [
            (", CPU build", [f"{torch}+cpu"]),
            (", CPU build from PyTorch's index", [f"{torch}+cpu", "--index-url", CPU_INDEX]),
            (", default build with several GB of GPU libraries", [torch]),
        ]
    for build, what in tries:
        try:
            return step("2/3 " + torch.replace("==", " ") + build, pip("--no-deps", *what), lock)
        except Stop as stop:
            if what is tries[-1][1] or not (lacks(stop.args[1]) or CPU_INDEX in what):
                raise


def step(label, run, lock):
    """Run a command, its words into LOG, with a line that shows that it lives."""
    start, live, had = time.monotonic(), sys.stdout.isatty(), installed()
    print(f"  {label} ...", end="", flush=True)
    with open(LOG, "ab") as log:
        begin = log.tell()
        # The child keeps the lock open: if this process alone is killed, the next run waits for the child.
        keep = {"pass_fds": (lock.fileno(),)} if POSIX else {}
        pipes = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": subprocess.STDOUT}
        child = subprocess.Popen(run, cwd=str(HERE), env=environment(), **pipes, **keep)
    try:
        while child.poll() is None:
            time.sleep(0.2)
            if live:
                print_over(f"  {label} ... {time.monotonic() - start:.0f} s  {news(said_since(begin), had)}")
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()
    said = said_since(begin)
    verdict = "" if child.returncode == 0 else "not found, " if lacks(said) else "failed, "
    result = f" {verdict}{time.monotonic() - start:.0f} s"
    print_over(f"  {label} ...{result}\n") if live else print(result, flush=True)
    if child.returncode:
        last = "\n".join("    " + shortened(line) for line in said.strip().splitlines()[-6:])
        raise Stop(f"The installation stopped. Its last words:\n{last}\n{advise(said)}", said)


def installed():
    return len(list(VENV.glob("lib/*/site-packages/*.dist-info" if POSIX else "Lib/site-packages/*.dist-info")))


def news(said, had):
    """What pip is doing, in a few words."""
    doing = [line.strip() for line in said.splitlines() if line.strip().startswith(("Downloading", "Installing"))]
    if doing and doing[-1].startswith("Installing collected packages"):
        return f"installed {max(installed() - had, 0)} of {doing[-1].count(',') + 1}"
    return "".join(doing[-1:])


def print_over(line):
    width = shutil.get_terminal_size().columns - 1
    print("\r" + line.rstrip("\n")[:width].ljust(width), end="\n" if line.endswith("\n") else "", flush=True)


def said_since(begin):
    return LOG.read_bytes()[begin:].decode("utf-8", "replace")


def said_any(said, words):
    return any(word in said for word in words)


def lacks(said):
    return said_any(said, NO_BUILD) and not said_any(said, NETWORK)


def shortened(line):
    return line if len(line) < 200 else line[:80] + " ... " + line[-110:]


def advise(said):
    advice = next(advice for words, advice in ADVICE.items() if said_any(said, words))
    python = "{}.{}".format(*sys.version_info[:2])
    return advice.format(here=HERE, python=python, log=LOG) + " Then run the same command again."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
