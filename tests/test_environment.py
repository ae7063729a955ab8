"""environment.yml names the packages of pyproject.toml, and its pins admit the versions that the tests run with.

conda is not at hand where the tests run: the lines are read by conda's rules (py-rattler), but nothing is solved.
"""

import re
import tomllib
from importlib.metadata import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from rattler import MatchSpec, PackageRecord
from rattler.package.build_string import BuildString

ROOT = Path(__file__).parent.parent
CONDA_NAMES = {"torch": "pytorch", "matplotlib": "matplotlib-base"}

project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
lines = [line for line in environment["dependencies"] if isinstance(line, str)]
from_conda = {line.split()[0]: MatchSpec(line, strict=True) for line in lines}
(from_pip,) = (entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
held = dict(line.split("==") for line in constraints if not line.startswith("#"))


def pins(requirements):
    """name in conda -> the exact version."""
    parsed = [Requirement(text) for text in requirements]
    (operators,) = {tuple(part.operator for part in need.specifier) for need in parsed}
    assert operators == ("==",), "exact versions only"
    return {CONDA_NAMES.get(need.name, need.name): str(need.specifier)[2:] for need in parsed}


def admits(spec, name, version):
    return spec.matches(PackageRecord(name, version, BuildString("0"), 0, "noarch"))


def test_both_name_the_same_packages():
    assert set(from_conda) == {"python", "pip"} | set(pins(project["dependencies"]))
    assert sorted(from_pip) == sorted(project["optional-dependencies"]["test"])
    assert pins(from_pip)


@pytest.mark.parametrize(("name", "version"), sorted(pins(project["dependencies"]).items()))
def test_condas_pin_admits_the_tested_version_and_no_other_minor_one(name, version):
    major, minor = version.split(".")[:2]
    assert admits(from_conda[name], name, version)
    assert not admits(from_conda[name], name, f"{major}.{int(minor) + 1}.0")
    assert not admits(from_conda[name], name, f"{int(major) + 1}.{minor}.0")


def test_condas_nbgrader_can_have_the_jupyterlab_that_is_pinned():
    needs = MatchSpec("jupyterlab >=4.5,<5", strict=True)  # of conda-forge's recipe of nbgrader 0.9.6
    assert admits(needs, "jupyterlab", pins(project["dependencies"])["jupyterlab"])


@pytest.mark.parametrize("version", ["3.10.9", "3.11.0", "3.12.4", "3.13.1"])
def test_python_is_one_that_the_course_accepts(version):
    accepted = Requirement("python" + project["requires-python"]).specifier
    assert admits(from_conda["python"], "python", version) == (version in accepted)


def test_everything_comes_from_conda_forge():
    assert environment["channels"] == ["conda-forge", "nodefaults"]


def test_the_constraints_hold_the_versions_of_pyproject():
    test = project["optional-dependencies"]["test"]
    for name, version in (text.split("==") for text in project["dependencies"] + test):
        assert name == "torch" or held[name] == version  # torch comes first, and from another place


def test_each_version_is_for_the_oldest_python_that_the_course_accepts():
    """Debian 12 has Python 3.11.2, and a package may ask for a later one of the same name."""
    (oldest,) = re.fullmatch(r">=(3\.\d+)", project["requires-python"]).groups()
    for name, version in held.items():
        found = metadata(name)
        assert found["Version"] == version, name
        assert f"{oldest}.0" in SpecifierSet(found["Requires-Python"] or ""), f"{name} {version}"
