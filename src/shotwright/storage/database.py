"""The database: SQLite in one file by default, PostgreSQL by URL; the same tables and the same transactions on both."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url

from shotwright.errors import EnvironmentProblem, SettingsError

SCHEMA = "0001"
"""The newest migration; a database at another one is brought up by `migrate`."""

_BUSY_SECONDS = 30
_MIGRATION_LOCK = 0x53_68_6F_74


class Database:
    """One engine. Every transaction of the house goes through `begin`; on SQLite it starts with BEGIN IMMEDIATE."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.postgres = parsed.get_backend_name() == "postgresql"
        if not self.postgres and parsed.get_backend_name() != "sqlite":
            raise SettingsError(
                f"database_url: {parsed.get_backend_name()!r} is not supported",
                field="database_url",
                value=parsed.get_backend_name(),
                hint="use sqlite:///path/to/file.db or postgresql://user@host/name",
            )
        self.url = url
        if self.postgres:
            self.file = None
            self.engine = sa.create_engine(
                parsed.set(drivername="postgresql+psycopg"), pool_size=8, max_overflow=8, pool_pre_ping=True
            )
        else:
            self.file = Path(str(parsed.database)).absolute()
            _prepare_sqlite(self.file)
            self.engine = sa.create_engine(
                f"sqlite:///{self.file}",
                pool_size=8,
                max_overflow=8,
                connect_args={"timeout": _BUSY_SECONDS, "isolation_level": None},
            )
            sa.event.listen(self.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))

    @property
    def runner_url(self) -> str:
        """The URL for the workflow library: the same database."""
        return self.url if self.postgres else f"sqlite:///{self.file}"

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """One transaction: committed at the end, rolled back by an exception. Raises EnvironmentProblem (full disk)."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except sa.exc.OperationalError as error:
            raise _environment(error) or error from error

    def migrate(self) -> None:
        """Brings the tables to `SCHEMA`; cheap when they are there already. One process at a time."""
        if self._schema() == SCHEMA:
            return
        from shotwright.storage.migrations import upgrade

        with self.begin() as connection:
            if self.postgres:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
            upgrade(connection)

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        """Keeps other processes on this database out of the same work until the block ends."""
        if self.file is not None:
            from filelock import FileLock

            with FileLock(self.file.with_name(f"{self.file.name}.{what.replace(' ', '-')}.lock")):
                yield
            return
        number = int.from_bytes(hashlib.blake2b(what.encode(), digest_size=8).digest(), "big", signed=True)
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # asked for again and again: a waiting statement would hold up `create index concurrently` under the lock
            while not connection.execute(sa.select(sa.func.pg_try_advisory_lock(number))).scalar():
                time.sleep(0.05)
            try:
                yield
            finally:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(number)))

    def _schema(self) -> str | None:
        with self.begin() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(sa.text("select version_num from alembic_version")).scalar()

    def insert_or_nothing(self, table: sa.Table, **values: Any) -> sa.Executable:
        """An insert that leaves an existing row alone; RETURNING tells whether it inserted, never the row count."""
        first_key = next(iter(table.primary_key.columns))
        if self.postgres:
            return postgresql.insert(table).values(**values).on_conflict_do_nothing().returning(first_key)
        return sqlite.insert(table).values(**values).on_conflict_do_nothing().returning(first_key)

    def now(self, connection: sa.Connection) -> float:
        """The database's clock on PostgreSQL, so that machines agree; this machine's on SQLite. Unix seconds."""
        if self.postgres:
            return float(connection.execute(sa.text("select extract(epoch from clock_timestamp())")).scalar_one())
        return time.time()

    def close(self) -> None:
        self.engine.dispose()


def _prepare_sqlite(file: Path) -> None:
    """Sets WAL once, before anybody else opens the file: two to six times the throughput."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(file, timeout=_BUSY_SECONDS)
        try:
            connection.execute("pragma journal_mode=wal")
        finally:
            connection.close()
    except (OSError, sqlite3.OperationalError) as error:
        raise EnvironmentProblem(
            f"the database {file} can't be opened: {error}",
            hint="is the folder writable and the disk not full? SHOTWRIGHT_HOME chooses another folder",
        ) from error


_ENVIRONMENT_WORDS: tuple[tuple[str, str], ...] = (
    ("disk is full", "the disk is full"),
    ("no space left", "the disk is full"),
    ("readonly database", "the database can't be written"),
    ("unable to open", "the database can't be opened"),
)


def _environment(error: sa.exc.OperationalError) -> EnvironmentProblem | None:
    text = str(error.orig).lower()
    for words, meaning in _ENVIRONMENT_WORDS:
        if words in text:
            return EnvironmentProblem(
                f"{meaning}: {error.orig}", hint="free some space or permissions, then run the same command again"
            )
    return None
