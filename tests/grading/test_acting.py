"""Acting as somebody else where the lab lives in the grader's process."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ecs_lab import Lab
from ecs_lab.grading.limits import Limits
from ecs_lab.grading.referee import Referee
from ecs_lab.grading.remote import RemoteWorld
from ecs_lab.quiz import scene


class Wire:
    """Stands between the learner's side and the referee, without a process."""

    def __init__(self) -> None:
        self._referee = Referee([], Limits())
        self._errors = {"LookupError": LookupError}

    def ask(self, what: str, **arguments: Any) -> Any:
        """The referee's answer to one question."""
        answer = self._referee.answer({"ask": what, "number": 1, **arguments})
        if error := answer.get("error"):
            raise self._errors.get(error["name"], RuntimeError)(error["text"])
        return answer["answer"]


def test_a_graded_notebook_can_act_and_is_told_why_not() -> None:
    """Keys, denials and unknown names come over the wire."""
    world = RemoteWorld.open(Wire(), 0, "us-east-1")  # type: ignore[arg-type] # all that it uses
    with Lab(world=world) as lab:
        with lab.acting_as("shopTaskRole"), pytest.raises(ClientError, match="AccessDenied"):
            lab.client("ecs").list_clusters()
        denial = lab.explain_last_denial()
        assert denial is not None
        assert denial.allow == {"Effect": "Allow", "Action": "ecs:ListClusters", "Resource": "*"}
        with pytest.raises(ValueError, match="there are: ecsInstanceRole"), lab.acting_as("bob"):
            pass


def test_a_graded_notebook_can_jump_to_the_next_event() -> None:
    """Time control asks the grader's lab."""
    world = RemoteWorld.open(Wire(), 0, "us-east-1")  # type: ignore[arg-type] # all that it uses
    with Lab(world=world) as lab:
        scene.cluster(lab)
        scene.fargate_definition(lab)
        scene.run_task(lab, launchType="FARGATE")
        assert lab.wait_for_next() is None
        task = lab.client("ecs").list_tasks(cluster="shop")["taskArns"][0]
        lab.client("ecs").stop_task(cluster="shop", task=task)
        lab.time_control().press("jump")
        assert lab.timeline()[-1]["what"] == "STOPPING -> DEPROVISIONING"
