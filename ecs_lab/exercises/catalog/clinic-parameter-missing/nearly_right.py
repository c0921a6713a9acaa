"""Writes the value anew where nobody asks for it."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-parameter-missing")

lab.client("ssm").put_parameter(
    Name=variant.names.there, Value="ebony", Type="SecureString", Overwrite=True
)
ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
