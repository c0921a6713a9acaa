"""The state in each pattern is the one in which it happens."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
events = lab.client("events")
lab.begin("clinic-task-states")

for name, state in (
    (variant.lamps.first, variant.lamps.first_state),
    (variant.lamps.second, variant.lamps.second_state),
    (variant.lamps.third, variant.lamps.third_state),
):
    pattern = json.loads(events.describe_rule(Name=name)["EventPattern"])
    pattern["detail"]["lastStatus"] = [state]
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
