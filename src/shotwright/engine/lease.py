"""Who lives: each executor holds a lease for life, which the kernel or the database server frees when it dies."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Protocol

from shotwright.storage.database import Database


class Leases(Protocol):
    """Leases by executor id, held by this process.

    `certain`: a free lease proves that its process is gone, not only that its connection is.
    """

    certain: bool

    def acquire(self, executor: str) -> bool:
        """Without waiting; False where another process holds it."""
        ...

    def release(self, executor: str) -> None: ...

    def healthy(self) -> bool:
        """Whether the leases taken are certainly still held."""
        ...

    def close(self) -> None: ...


class FileLeases:
    """An exclusive lock on a file beside the SQLite database. Local disks only."""

    certain = True

    def __init__(self, folder: Path) -> None:
        from filelock import FileLock

        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._lock_of = FileLock
        self._held: dict[str, FileLock] = {}

    def acquire(self, executor: str) -> bool:
        from filelock import Timeout

        lock = self._lock_of(self._folder / f"{executor}.lock", timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            return False
        self._held[executor] = lock
        return True

    def release(self, executor: str) -> None:
        lock = self._held.pop(executor, None)
        if lock is not None:
            lock.release()
            Path(lock.lock_file).unlink(missing_ok=True)

    def healthy(self) -> bool:
        return True

    def close(self) -> None:
        for executor in list(self._held):
            self.release(executor)


class AdvisoryLeases:
    """Session advisory locks on a dedicated, direct PostgreSQL connection (a pooling proxy would break them).

    The server is told to notice a lost machine by itself, so that its locks go too.
    """

    certain = False

    def __init__(self, url: str) -> None:
        import psycopg

        self._connection = psycopg.connect(url, autocommit=True)
        for setting, value in (
            ("tcp_keepalives_idle", 10),
            ("tcp_keepalives_interval", 5),
            ("tcp_keepalives_count", 3),
            ("tcp_user_timeout", 25_000),
        ):
            self._connection.execute("select set_config(%s, %s, false)", (setting, str(value)))

    @staticmethod
    def _number(executor: str) -> int:
        return int.from_bytes(hashlib.blake2b(executor.encode(), digest_size=8).digest(), "big", signed=True)

    def acquire(self, executor: str) -> bool:
        row = self._connection.execute("select pg_try_advisory_lock(%s)", (self._number(executor),)).fetchone()
        return bool(row and row[0])

    def release(self, executor: str) -> None:
        self._connection.execute("select pg_advisory_unlock(%s)", (self._number(executor),))

    def healthy(self) -> bool:
        import psycopg

        try:
            self._connection.execute("select 1")
        except psycopg.Error:
            return False
        return True

    def close(self) -> None:
        self._connection.close()


def leases_for(database: Database) -> Leases:
    if database.postgres or database.file is None:
        return AdvisoryLeases(database.url)
    return FileLeases(database.file.with_name(f"{database.file.name}.locks"))
