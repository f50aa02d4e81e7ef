"""Adoption: executors whose lease is free are dead; what they left is taken over, and their temporary files go.

Jobs that somebody was watching in that process (a command at a terminal) are stopped, not continued: nothing new is
ordered behind a person's back. What was already ordered is fetched in any case.
"""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import sqlalchemy as sa
from dbos import DBOS

from shotwright.engine.context import Context
from shotwright.engine.points import point
from shotwright.storage.database import Database
from shotwright.storage.tables import executors


def reap(context: Context, temp_root: Path) -> list[str]:
    """One pass; returns the executors that were adopted. Blocking: call it on our own threads."""
    adopted = []
    for executor in _unretired(context):
        if not context.leases.acquire(executor):
            continue
        try:
            for job in context.jobs.attended_by(executor):
                run = context.jobs.stop(job)
                DBOS.cancel_workflow(f"{job}.{run}")
            if context.leases.certain:
                context.ledger.release_claims(executor)
            _adopt(executor)
            point("in_reap")
            if not _left(context, executor):
                shutil.rmtree(temp_root / executor, ignore_errors=True)
                with context.database.begin() as connection:
                    connection.execute(executors.update().where(executors.c.id == executor).values(retired=1))
                adopted.append(executor)
        finally:
            context.leases.release(executor)
    return adopted


def register(database: Database, executor: str, version: str) -> None:
    """Notes that an executor lives, under the lease that it already holds."""
    with database.begin() as connection:
        connection.execute(
            database.insert_or_nothing(
                executors,
                id=executor,
                host=socket.gethostname(),
                started=database.now(connection),
                version=version,
                retired=0,
            )
        )


def _adopt(executor: str) -> None:
    """The one use of the library's own recovery call; a contract test holds it to what we need of it."""
    DBOS._recover_pending_workflows([executor])


def _unretired(context: Context) -> list[str]:
    query = sa.select(executors.c.id).where(
        executors.c.retired == 0,
        executors.c.id != context.executor,
        executors.c.version == context.options.version,
    )
    with context.database.begin() as connection:
        return list(connection.execute(query).scalars())


def _left(context: Context, executor: str) -> int:
    table = "dbos.workflow_status" if context.database.postgres else "workflow_status"
    with context.database.begin() as connection:
        return int(
            connection.execute(
                sa.text(f"select count(*) from {table} where status = 'PENDING' and executor_id = :id"),  # noqa: S608
                {"id": executor},
            ).scalar_one()
        )
