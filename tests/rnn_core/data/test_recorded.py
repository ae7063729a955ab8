import pytest

from rnn_core.data import recorded
from rnn_core.errors import NameMismatchError


def test_what_is_saved_is_loaded(tmp_path, monkeypatch):
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    rows = [{"lag": 20, "seed": 0, "accuracy": 0.25}, {"lag": 40, "seed": 1, "accuracy": 1.0}]
    recorded.save("lags", rows, "python sweeps/lags.py", 61.4)
    table = recorded.load("lags")
    assert table["rows"] == rows and table["seconds"] == 61
    assert "2 runs in 1.0 minutes by `python sweeps/lags.py`" in recorded.describe(table)


def test_rows_of_another_machine_keep_its_name(tmp_path, monkeypatch):
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    recorded.save("far", [{"lag": 1}], "python far.py", 60, machine="a GPU far away", date="2020-02-02")
    assert recorded.describe(recorded.load("far")).startswith("Recorded 2020-02-02 on a GPU far away, numpy ")


def test_an_unknown_name_is_refused():
    with pytest.raises(NameMismatchError, match="got 'nothing'"):
        recorded.load("nothing")
