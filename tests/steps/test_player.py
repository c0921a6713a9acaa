"""Steps that are run in a lab and taken back: nothing is left of what was taken back."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING, Any

import pytest

from ecs_lab import Lab
from ecs_lab.aws.moto_state import MotoState
from ecs_lab.lab import LabClosedError, open_labs
from ecs_lab.steps import shelf
from ecs_lab.steps.player import Player, preview
from ecs_lab.steps.script import parse

if TYPE_CHECKING:
    from ecs_lab.worlds import World

SETUP = '''"""Mine."""
from ecs_lab import Lab
lab = Lab()
ecs = lab.client("ecs")
'''


def player_of(lab: Lab, *codes: str, before: str = SETUP) -> Player:
    """A player of these steps."""
    return Player(lab, parse(before + "".join(f"# %%\n{code}\n" for code in codes), "mine.py"))


def state(lab: Lab) -> tuple[Any, ...]:
    """All that a learner can see of a lab."""
    return lab.now, lab.snapshot(), list(lab.timeline())


def run_all(player: Player) -> None:
    """Run what is left, and see that it works."""
    while not player.finished:
        assert player.run(), str(player.failure)


@pytest.mark.parametrize("name", shelf.names())
def test_a_deployment_runs_and_is_taken_back_step_by_step(lab: Lab, name: str) -> None:
    """Each Back leads to exactly what there was before the step: clock, account and history."""
    player = Player(lab, shelf.load(name))
    before = []
    while not player.finished:
        before.append(state(lab))
        assert player.run(), str(player.failure)
    while player.done:
        player.back()
        assert state(lab) == before.pop()
    assert not player.names


@pytest.mark.parametrize("name", ["fargate-alb", "rolling-breaker"])
def test_going_back_and_on_is_the_same_as_going_on(lab: Lab, name: str) -> None:
    """Every step run twice, with a Back between: the same ids and history as run once."""
    once, twice = Player(lab, shelf.load(name)), None
    run_all(once)
    with Lab() as other:
        twice = Player(other, shelf.load(name))
        while not twice.finished:
            assert twice.run()
            twice.back()
            assert twice.run()
        assert state(other) == state(lab)
        assert [each.output for each in twice.done] == [each.output for each in once.done]


def test_reset_leads_to_the_beginning_and_all_can_be_run_again(lab: Lab) -> None:
    """What was in the lab before the first step stays."""
    lab.client("ecs").create_cluster(clusterName="mine")
    before = state(lab)
    player = Player(lab, shelf.load("fargate-alb"))
    run_all(player)
    after = state(lab)
    player.reset()
    assert state(lab) == before
    run_all(player)
    assert state(lab) == after


def test_clients_of_before_go_on_after_going_back(lab: Lab) -> None:
    """A client made by the learner or by an earlier step talks to the lab as it is now."""
    mine = lab.client("ecs")
    player = player_of(lab, 'ecs.create_cluster(clusterName="one")', "ecs.list_clusters()")
    run_all(player)
    player.back()
    assert len(player.names["ecs"].list_clusters()["clusterArns"]) == 1
    player.reset()
    assert mine.list_clusters()["clusterArns"] == []
    mine.create_cluster(clusterName="two")
    assert [each["clusterName"] for each in lab.snapshot()["clusters"]] == ["two"]


def test_going_back_twice_to_one_copy_is_not_disturbed_by_what_came_between(lab: Lab) -> None:
    """`go_back` itself: the copy is an account of its own until it is gone back to."""
    first = lab.copy_of_world()
    lab.client("ecs").create_cluster(clusterName="shop")
    second: World = lab.copy_of_world()
    lab.wait(60)
    lab.go_back(first)
    assert MotoState.current is None  # nothing of the account that was left is in moto's tables
    assert (lab.snapshot()["clusters"], f"{lab.now:%H:%M:%S}") == ([], "09:00:00")
    lab.client("s3").create_bucket(Bucket="only-here")
    lab.go_back(second)
    assert [each["clusterName"] for each in lab.snapshot()["clusters"]] == ["shop"]
    assert f"{lab.now:%H:%M:%S}" == "09:00:01"
    assert lab.client("s3").list_buckets()["Buckets"] == []


def test_variables_go_back_as_well(lab: Lab) -> None:
    """New ones are gone, and lists and dictionaries hold what they held."""
    player = player_of(lab, "seen = [1]\nbox = {'seen': seen}", "seen.append(2)\nextra = 1")
    run_all(player)
    player.back()
    assert player.names["box"]["seen"] == [1]
    assert player.names["box"]["seen"] is player.names["seen"]
    assert "extra" not in player.names
    assert player.run()
    assert player.names["seen"] == [1, 2]


def test_functions_of_steps_find_the_variables_of_later_ones(lab: Lab) -> None:
    """As in a script; also after going back."""
    player = player_of(lab, "def twice():\n    return 2 * number", "number = 4\nprint(twice())")
    run_all(player)
    player.back()
    player.codes[1] = "number = 5\nprint(twice())"
    run_all(player)
    assert player.done[1].output == "10"


def test_a_pushed_app_answers_after_going_back(lab: Lab) -> None:
    """An image of a step is in the copy too, and of a step that was taken back it is gone."""
    push = (
        "def app(environ, start_response):\n    start_response('200 OK', [])\n    return [b'hi']\n"
    )
    push += "uri = lab.registry.push('mine:1', app, port=80)"
    player = player_of(lab, "pass", push, "1 / 0")
    assert player.run()
    assert player.run()
    assert not player.run()
    images = lab.client("ecr").describe_images(repositoryName="mine")["imageDetails"]
    assert images[0]["imageTags"] == ["1"]
    player.back()
    assert lab.client("ecr").describe_repositories()["repositories"] == []


MISTAKES = {
    "ecs.create_cluster(clusterName='a b')": "Line 2: AWS refuses CreateCluster with "
    "InvalidParameterException: ",
    "print(esc)": "Line 2: name 'esc' is not defined. Did you mean 'ecs'?",
    "for": "Line 2: Python cannot read this: invalid syntax.",
    "{}['arn']": "Line 2: KeyError: 'arn'.",
    "lab.wait(-1)": "Line 2: ValueError: time cannot go back",
    "exit()": "the code asked Python to end, which a step cannot do.",
    "raise KeyboardInterrupt": "Line 2: you stopped it.",
    "lab.http.get('http://nobody.example')": "Line 2: UnreachableError: ",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_sentence_and_changes_nothing(lab: Lab, mistake: str) -> None:
    """With its line; what came before it in the step is taken back, and the code is kept."""
    code = f"ecs.create_cluster(clusterName='made'); made = 1\n{mistake}"
    player = player_of(lab, "pass", code)
    assert player.run()
    before = state(lab)
    assert not player.run()
    assert player.failure is not None
    assert MISTAKES[mistake] in player.failure.sentence
    assert "\n" not in str(player.failure)
    assert str(player.failure).endswith(
        "as it was before this step. Change the code and run it again."
    )
    assert state(lab) == before
    assert "made" not in player.names
    assert player.codes[1] == code
    player.codes[1] = "ecs.create_cluster(clusterName='right')"
    assert player.run()
    assert player.failure is None


def test_a_mistake_before_the_first_step_is_told_in_it(lab: Lab) -> None:
    """What all steps use is run with the first one."""
    player = player_of(lab, "pass", before='"""Mine."""\nimport nothing_of_this_name\n')
    assert not player.run()
    assert player.failure is not None
    assert "ModuleNotFoundError" in player.failure.sentence


def test_requests_and_answers_are_kept_in_full(lab: Lab) -> None:
    """Each call of a step, also one that was refused and one that was never sent."""
    player = player_of(lab, "ecs.create_cluster(clusterName='mine')\nlab.client('sts')",
                       "ecs.describe_services(cluster='other', services=['web'])",
                       )  # fmt: skip
    assert player.run()
    (call,) = player.done[0].calls
    assert (call.service, call.operation) == ("ecs", "CreateCluster")
    assert '"clusterName": "mine"' in call.request
    assert '"status": "ACTIVE"' in call.answer
    assert "ResponseMetadata" not in call.answer
    assert not player.run()
    assert player.failure is not None
    assert player.failure.calls[0].refused == "ClusterNotFoundException"
    player.codes[1] = "ecs.create_service(wrong=1)"
    assert not player.run()
    assert player.failure.calls[0].answer == "No answer: the call was not sent."


def test_calls_of_other_cells_are_not_taken_for_a_steps(lab: Lab) -> None:
    """Nobody listens between the steps, and one player does not hear another's."""
    player = player_of(lab, "ecs.list_clusters()", "ecs.list_clusters()")
    other = player_of(lab, "ecs.list_clusters()")
    assert player.run()
    assert other.run()
    player.names["ecs"].create_cluster(clusterName="elsewhere")
    lab.client("ecs").create_cluster(clusterName="elsewhere-too")
    assert [call.operation for call in player._listener.calls] == ["ListClusters"]
    assert player.run()
    assert [len(each.calls) for each in player.done] == [1, 1]


def test_the_value_of_the_last_line_is_shown(lab: Lab) -> None:
    """As in a cell, after what was printed; not an answer of AWS, which can be looked at."""
    player = player_of(lab, "print('a')\n1 + 1", "ecs.list_clusters()", "print('x' * 5000)")
    run_all(player)
    assert [each.output for each in player.done[:2]] == ["a\n2", ""]
    assert player.done[2].output.endswith("... and 2,000 characters more")


def test_what_others_did_meanwhile_is_noticed(lab: Lab) -> None:
    """After the last step, or between two of them: going back would undo it."""
    player = player_of(lab, "ecs.list_clusters()", "ecs.list_clusters()", "ecs.list_clusters()")
    assert player.run()
    assert not player.others_since(0)
    lab.wait(5)
    assert player.others_since(0)
    assert player.run()
    assert not player.others_since(1)
    assert player.others_since(0)
    player.back()
    assert player.others_since(0)
    lab.reset()
    assert player.others_since(0)


def test_a_picture_marks_what_is_new_since_the_step_before(lab: Lab) -> None:
    """Not what other cells have made meanwhile."""
    player = player_of(lab, "ecs.create_cluster(clusterName='one')",
                       "ecs.create_cluster(clusterName='two')")  # fmt: skip
    assert not player.picture.changes
    assert player.run()
    lab.client("ecs").create_cluster(clusterName="meanwhile")
    assert player.run()
    assert [len(each.picture.changes.new) for each in player.done] == [1, 1]
    player.back()
    assert player.picture is player.done[0].picture


def test_a_lab_that_was_closed_says_so(lab: Lab) -> None:
    """The lab's own sentence, and no step is done."""
    player = player_of(lab, "pass")
    lab.close()
    with pytest.raises(LabClosedError, match="make a new one"):
        player.run()
    assert player.done == []


def test_a_lab_that_cannot_be_copied_runs_steps_but_keeps_what_a_mistake_did(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a notebook is graded: the account is in another process, and says so."""
    monkeypatch.delattr(type(lab.world), "copy")
    player = player_of(lab, "ecs.create_cluster(clusterName='one')", "1 / 0")
    assert player.run()
    assert not player.run()
    assert "a lab in another process cannot go back" in str(player.failure)
    assert not player.can_go_back


@pytest.mark.parametrize("name", shelf.names())
def test_a_deployment_of_the_package_is_a_script_that_runs(name: str) -> None:
    """By itself, with the lab that it makes."""
    before = open_labs()
    names = runpy.run_path(str(shelf.CATALOG / f"{name}.py"))
    assert len(names["lab"].snapshot()["services"]) == 1
    names["lab"].close()
    assert open_labs() == before


def test_a_preview_leaves_the_learners_lab_alone(lab: Lab) -> None:
    """It plays in a lab of its own, which is closed again; once for all panels."""
    before = state(lab)
    assert [each.picture for each in preview("fargate-alb")] == [
        each.picture for each in preview("fargate-alb")
    ]
    assert open_labs() == [lab]
    assert state(lab) == before
