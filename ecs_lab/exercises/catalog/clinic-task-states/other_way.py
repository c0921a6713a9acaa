"""Other rules take the place of the old ones, with the cluster by its suffix."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
events = lab.client("events")
lab.begin("clinic-task-states")

for old, state in (
    (variant.lamps.first, variant.lamps.first_state),
    (variant.lamps.second, variant.lamps.second_state),
    (variant.lamps.third, variant.lamps.third_state),
):
    (target,) = events.list_targets_by_rule(Rule=old)["Targets"]
    events.remove_targets(Rule=old, Ids=[target["Id"]])
    events.delete_rule(Name=old)
    detail = {
        "clusterArn": [{"suffix": f"cluster/{variant.cluster}"}],
        "lastStatus": [{"equals-ignore-case": state.lower()}],
    }
    pattern = {"detail-type": ["ECS Task State Change"], "detail": detail}
    events.put_rule(Name=f"{old}-mended", EventPattern=json.dumps(pattern))
    events.put_targets(Rule=f"{old}-mended", Targets=[target])
