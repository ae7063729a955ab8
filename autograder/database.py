"""A small SQLite file: each statement is a transaction of its own, so a kill at any moment loses nothing that was kept.

A file that is not a database any more is set aside under a dated name, and a new one begun.
"""

import contextlib
import datetime
import sqlite3
from pathlib import Path


class Database:
    """One table in a file that is made when it is first used. schema: the statement that makes the table."""

    def __init__(self, path: Path, schema: str):
        self.path, self.schema = path, schema

    def run(self, statement: str, values: tuple = ()) -> list[tuple]:
        """The rows that a statement gives. Raises: sqlite3.OperationalError for a file that is locked or full."""
        try:
            with self._open() as connection:
                return connection.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:
                raise  # its kinds say that it is locked or full, or the value too large: nothing is wrong with the file
            stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S-%f")
            self.path.rename(self.path.with_name(f"{self.path.name}.broken-{stamp}"))
            with self._open() as connection:
                return connection.execute(statement, values).fetchall()

    @contextlib.contextmanager
    def _open(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=5)
        try:
            with connection:  # one transaction
                connection.execute(self.schema)
                yield connection
        finally:
            connection.close()


def now() -> str:
    """The time as it is kept: UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
