"""What can go wrong in the engine: every error has a stable code and the data of its message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine.types import Finding, InstanceStatus


class EngineError(Exception):
    """Base of every error of the engine."""

    code = "engine_error"

    def __init__(self, **data: object) -> None:
        self.data = data
        super().__init__(f"{self.code}: " + ", ".join(f"{k}={v!r}" for k, v in data.items()))


class DefinitionRefused(EngineError):
    """The definition has errors or is not sound."""

    code = "definition_refused"

    def __init__(self, key: str, findings: Sequence[Finding]) -> None:
        self.key, self.findings = key, list(findings)
        super().__init__(key=key, findings=[f"{f.code} {f.node}: {f.text}" for f in self.findings])


class UnknownDefinition(EngineError):
    """No definition of this key is deployed."""

    code = "unknown_definition"


class DefinitionOutdated(EngineError):
    """The definition was deployed for another engine version: its instances have to be migrated first."""

    code = "definition_outdated"


class UnknownDecision(EngineError):
    """The definition has no decision table of this id."""

    code = "unknown_decision"


class InstanceNotFound(EngineError):
    """There is no such instance."""

    code = "instance_not_found"


class TaskNotFound(EngineError):
    """There is no such task."""

    code = "task_not_found"


class IncidentNotFound(EngineError):
    """There is no such open incident."""

    code = "incident_not_found"


class TaskClosed(EngineError):
    """The task was completed or withdrawn meanwhile."""

    code = "task_closed"

    def __init__(self, task_id: int, closed_at: datetime | None, actor: str | None) -> None:
        self.task_id, self.closed_at, self.actor = task_id, closed_at, actor
        super().__init__(task_id=task_id, closed_at=closed_at, actor=actor)


class TaskAssigned(EngineError):
    """Somebody else has the task, or has been asked to prepare it."""

    code = "task_assigned"

    def __init__(self, task_id: int, assignee: str | None) -> None:
        self.task_id, self.assignee = task_id, assignee
        super().__init__(task_id=task_id, actor=assignee)


class VersionConflict(EngineError):
    """Somebody else changed it since it was read."""

    code = "version_conflict"


class SamePerson(EngineError):
    """Who did the work may not judge it."""

    code = "same_person"

    def __init__(self, task_id: int, node: str) -> None:
        self.task_id, self.node = task_id, node
        super().__init__(task_id=task_id, node=node)


class InstanceNotActive(EngineError):
    """The instance is suspended or over."""

    code = "instance_not_active"

    def __init__(self, instance_id: int, status: InstanceStatus) -> None:
        self.instance_id, self.status = instance_id, status
        super().__init__(instance_id=instance_id, status=str(status))


class InvalidValues(EngineError):
    """A value is not JSON or a name is reserved."""

    code = "invalid_values"


class TransitionFailed(EngineError):
    """The run failed; nothing is memoised and nothing of the instance changes."""

    code = "transition_failed"

    def __init__(self, message: str, **data: object) -> None:
        self.message = message
        super().__init__(message=message, **data)


class IncidentRaised(EngineError):
    """The command failed and an incident was written; commit the session to keep the incident."""

    code = "incident_raised"

    def __init__(self, incident_id: int, message: str) -> None:
        self.incident_id, self.message = incident_id, message
        super().__init__(incident_id=incident_id, message=message)
