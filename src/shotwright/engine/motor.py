"""Starting workflows from a transaction, with or without an engine in this process."""

from __future__ import annotations

import sqlalchemy as sa
from dbos import DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, run_dbos_database_migrations

from shotwright.storage.database import Database

FILMS = "films"


def take_queue(provider: str) -> str:
    return f"takes-{provider}"


class WorkflowMotor:
    """Starts workflows by the library's client, inside the caller's transaction."""

    def __init__(self, client: DBOSClient, version: str) -> None:
        self._client = client
        self._version = version

    def start_take(self, connection: sa.Connection, key: str, run: int, provider: str, credential: str) -> None:
        options: EnqueueOptions = {
            "queue_name": take_queue(provider),
            "workflow_name": "take",
            "workflow_id": f"{key}.{run}",
            "app_version": self._version,
            "queue_partition_key": credential,
        }
        self._client.enqueue_in_transaction(connection, options, key, run)

    def start_film(self, connection: sa.Connection, job: str, run: int) -> None:
        options: EnqueueOptions = {
            "queue_name": FILMS,
            "workflow_name": "film",
            "workflow_id": f"{job}.{run}",
            "app_version": self._version,
        }
        self._client.enqueue_in_transaction(connection, options, job, run)

    def close(self) -> None:
        self._client.destroy()


def prepare(database: Database) -> None:
    """Our tables and the workflow library's, brought up by one process at a time; cheap when they are there."""
    database.migrate()
    with database.alone("workflow tables"):
        run_dbos_database_migrations(database.runner_url)


def client_motor(database: Database, version: str) -> WorkflowMotor:
    """For processes that only ask: workers elsewhere carry out what it starts."""
    prepare(database)
    client = DBOSClient(system_database_url=database.runner_url, serializer=DBOSPortableJSONSerializer())
    return WorkflowMotor(client, version)
