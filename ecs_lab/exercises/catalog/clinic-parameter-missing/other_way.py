"""A parameter of the name that is asked for."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-parameter-missing")

ssm = lab.client("ssm")
value = ssm.get_parameter(Name=variant.names.there, WithDecryption=True)["Parameter"]["Value"]
ssm.put_parameter(Name=variant.names.asked, Value=value, Type="SecureString")
ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
