"""What is kept in the home folder of whoever grades is kept in one of the tests' own."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        yield
