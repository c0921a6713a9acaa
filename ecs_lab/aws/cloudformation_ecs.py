"""The ECS resources of CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ECS.html
"""
# ruff: noqa: D102 - `Resource` says what the methods do

from __future__ import annotations

from typing import Any, Self

from moto.cloudformation.exceptions import ValidationError

from ecs_lab.aws.cloudformation import Resource, register, without, world
from ecs_lab.aws.cloudformation_properties import takes
from ecs_lab.engine.api import managed_providers


class Cluster(Resource):
    """A cluster.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-cluster.html
    """

    TYPE, NAME, ATTRIBUTES = "AWS::ECS::Cluster", "ClusterName", ("Arn",)

    def create(self) -> None:
        properties = {**self.properties, "ClusterName": self.name}
        self.arn = self.ecs("CreateCluster", properties)["cluster"]["clusterArn"]

    def update(self, old: Self) -> None:
        if self.NAME in self.properties and self.name != old.name:
            super().update(old)
            return
        self.name = self.physical_resource_id = old.name
        self.arn = old.arn
        asked = {k: v for k, v in self.properties.items() if takes("ecs", "UpdateCluster", k)}
        self.ecs("UpdateCluster", asked, cluster=self.name)
        names = ("CapacityProviders", "DefaultCapacityProviderStrategy")
        if any(self.properties.get(name) != old.properties.get(name) for name in names):
            wanted = {name: self.properties.get(name, []) for name in names}
            self.ecs("PutClusterCapacityProviders", wanted, cluster=self.name)

    def remove(self) -> None:
        world().observe_instances()  # those of a deleted group leave the cluster
        self.ecs("DeleteCluster", {}, cluster=self.name)

    def attribute(self, name: str) -> Any:
        return self.arn


class TaskDefinition(Resource):
    """A task definition: each change is a new revision.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-taskdefinition.html
    """

    TYPE, ATTRIBUTES = "AWS::ECS::TaskDefinition", ("TaskDefinitionArn",)

    def create(self) -> None:
        properties = {"Family": self.name, **self.properties}
        made = self.ecs("RegisterTaskDefinition", properties)
        self.physical_resource_id = made["taskDefinition"]["taskDefinitionArn"]

    def remove(self) -> None:
        self.ecs("DeregisterTaskDefinition", {}, taskDefinition=self.physical_resource_id)


class Service(Resource):
    """A service.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html
    """

    TYPE, NAME, ATTRIBUTES = "AWS::ECS::Service", "ServiceName", ("Name", "ServiceArn")

    def create(self) -> None:
        asked = without(self.properties, "ForceNewDeployment")
        if asked.get("SchedulingStrategy", "REPLICA") == "REPLICA":
            asked = {"DesiredCount": 1, **asked}
        made = self.ecs("CreateService", {**asked, "ServiceName": self.name})
        self.physical_resource_id = made["service"]["serviceArn"]

    def update(self, old: Self) -> None:
        names = self.properties.keys() | old.properties.keys()
        changed = {k for k in names if self.properties.get(k) != old.properties.get(k)}
        if any(not takes("ecs", "UpdateService", name) for name in changed - {"Tags"}):
            super().update(old)
            return
        self.name, self.physical_resource_id = old.name, old.physical_resource_id
        asked = {k: v for k, v in self.properties.items() if takes("ecs", "UpdateService", k)}
        forced = asked.pop("ForceNewDeployment", {}).get("EnableForceNewDeployment", False)
        more = {"forceNewDeployment": True} if forced else {}
        self.ecs("UpdateService", asked, service=self.name, **more)
        if "Tags" in changed:
            tags = {"Tags": self.properties.get("Tags", [])}
            self.ecs("TagResource", tags, resourceArn=self.physical_resource_id)

    def remove(self) -> None:
        if self.described()["status"] == "ACTIVE":
            self.ecs("DeleteService", {}, cluster=self.cluster, service=self.name, force=True)

    @property
    def cluster(self) -> str:
        """The cluster of the service."""
        return str(self.properties.get("Cluster", "default"))

    def described(self) -> dict[str, Any]:
        """The service as DescribeServices has it; INACTIVE where it or its cluster is gone."""
        try:
            asked = {"cluster": self.cluster, "services": [self.name]}
            found = self.ecs("DescribeServices", {}, **asked)["services"]
        except ValidationError:
            found = []
        return found[0] if found else {"status": "INACTIVE"}

    def attribute(self, name: str) -> Any:
        return self.name if name == "Name" else self.physical_resource_id


class CapacityProvider(Resource):
    """A capacity provider.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-capacityprovider.html
    """

    TYPE, NAME = "AWS::ECS::CapacityProvider", "Name"

    def create(self) -> None:
        properties = without(self.properties, "ClusterName")
        cluster = self.properties.get("ClusterName")
        more = {"cluster": cluster} if cluster else {}
        self.ecs("CreateCapacityProvider", {**properties, "Name": self.name}, **more)
        if cluster:  # CloudFormation waits until it is ACTIVE, before it makes what uses it
            providers = world().ecs_in(self.region).state.capacity_providers
            managed_providers.became_active(providers[self.name])

    def update(self, old: Self) -> None:
        if self.NAME in self.properties and self.name != old.name:
            super().update(old)
            return
        self.name = self.physical_resource_id = old.name
        asked = without(self.properties, "Tags", "Name", "ClusterName")
        group = dict(asked.get("AutoScalingGroupProvider", {}))
        group.pop("AutoScalingGroupArn", None)  # of another group it would be another provider
        if group:
            asked["AutoScalingGroupProvider"] = group
        self.ecs("UpdateCapacityProvider", asked, name=self.name)

    def remove(self) -> None:
        self.ecs("DeleteCapacityProvider", {}, capacityProvider=self.name)


class ClusterCapacityProviderAssociations(Resource):
    """The capacity providers of a cluster.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-clustercapacityproviderassociations.html
    """

    TYPE, NAME = "AWS::ECS::ClusterCapacityProviderAssociations", "Cluster"

    def create(self) -> None:
        self.ecs("PutClusterCapacityProviders", self.properties)

    def update(self, old: Self) -> None:
        self.create()
        if self.name != old.name:
            old.remove()

    def remove(self) -> None:
        nothing: dict[str, Any] = {"capacityProviders": [], "defaultCapacityProviderStrategy": []}
        self.ecs("PutClusterCapacityProviders", {}, cluster=self.name, **nothing)


register(Cluster, TaskDefinition, Service, CapacityProvider, ClusterCapacityProviderAssociations)
