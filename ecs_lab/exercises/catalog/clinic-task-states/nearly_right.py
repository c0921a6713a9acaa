"""The lamp for the target group still waits for STOPPING."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
events = lab.client("events")
lab.begin("clinic-task-states")

for name, state in (
    (variant.lamps.first, variant.lamps.first_state),
    (variant.lamps.third, variant.lamps.third_state),
):
    pattern = json.loads(events.describe_rule(Name=name)["EventPattern"])
    pattern["detail"]["lastStatus"] = [state]
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
