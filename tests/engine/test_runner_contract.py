"""What we use of the workflow library and couldn't do without, the private call above all."""

from __future__ import annotations

import inspect

import dbos
from dbos import DBOS, DBOSClient


def test_recovery_takes_a_list_of_executors() -> None:
    parameters = inspect.signature(DBOS._recover_pending_workflows).parameters
    assert list(parameters) == ["executor_ids"]


def test_workflows_can_be_enqueued_in_a_transaction_of_ours() -> None:
    parameters = inspect.signature(DBOSClient.enqueue_in_transaction).parameters
    assert list(parameters)[:3] == ["self", "conn_or_session", "options"]


def test_queues_keep_the_limits_that_we_set() -> None:
    parameters = inspect.signature(DBOS.register_queue_async).parameters
    assert {"worker_concurrency", "partition_concurrency", "partition_worker_concurrency"} <= set(parameters)


def test_long_waits_can_be_cancelled_and_values_are_kept_as_json() -> None:
    assert "preemptible" in inspect.signature(DBOS.step).parameters
    serializer = dbos.DBOSPortableJSONSerializer()
    assert serializer.deserialize(serializer.serialize({"a": [1, None, "ü"]})) == {"a": [1, None, "ü"]}
