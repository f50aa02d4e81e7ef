"""Progress: one row a subject (a take's key, or `job.run`), and a bell in this process that says which row changed.

A final row is never overwritten, so that a late writer can't turn "made" back into 80 %.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from shotwright.storage.database import Database
from shotwright.storage.tables import progress


class Bell:
    """Wakes whoever follows progress in this process. Only a hint: followers read the rows."""

    def __init__(self) -> None:
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event, bool]] = set()

    def ring(self, *, ending: bool = False) -> None:
        """Callable from any thread. `ending`: something may have come to its end."""
        for loop, event, endings_only in list(self._waiting):
            if not loop.is_closed() and (ending or not endings_only):
                loop.call_soon_threadsafe(event.set)

    async def wait(self, seconds: float, *, endings_only: bool = False) -> None:
        """Until the next ring, at most `seconds`."""
        entry = (asyncio.get_running_loop(), asyncio.Event(), endings_only)
        self._waiting.add(entry)
        try:
            await asyncio.wait_for(entry[1].wait(), seconds)
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(entry)


class ProgressLog:
    """Writes and reads progress documents."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.bell = Bell()

    def write(self, connection: sa.Connection, subject: str, document: dict[str, Any], *, final: bool) -> None:
        """An ending, or what comes near to one. Replaces the subject's document, unless a final one is there."""
        self._replace(connection, subject, document, final=final)
        self.bell.ring(ending=True)

    def _replace(self, connection: sa.Connection, subject: str, document: dict[str, Any], *, final: bool) -> None:
        connection.execute(
            self._database.insert_or_nothing(progress, subject=subject, revision=0, final=0, document="{}")
        )
        connection.execute(
            progress.update()
            .where(progress.c.subject == subject, progress.c.final == 0)
            .values(revision=self._next(), final=int(final), document=json.dumps(document))
        )

    def _next(self) -> Any:
        if self._database.postgres:
            return sa.func.nextval("progress_revision")
        return sa.select(sa.func.coalesce(sa.func.max(progress.c.revision), 0) + 1).scalar_subquery()

    def reopen(self, connection: sa.Connection, subject: str) -> None:
        """A subject that ended free of charge runs again."""
        connection.execute(progress.update().where(progress.c.subject == subject).values(final=0))

    def note(self, subject: str, document: dict[str, Any]) -> None:
        """One transaction: an intermediate document."""
        with self._database.begin() as connection:
            self._replace(connection, subject, document, final=False)
        self.bell.ring()

    def read(self, subjects: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The documents of the subjects that have one."""
        query = sa.select(progress.c.subject, progress.c.document).where(progress.c.subject.in_(subjects))
        with self._database.begin() as connection:
            return {row.subject: json.loads(row.document) for row in connection.execute(query)}
