"""Resources that templates with ECS services often have, and that moto's CloudFormation lacks."""
# ruff: noqa: D102 - `Resource` says what the methods do

from __future__ import annotations

from typing import Any, Self

from ecs_lab.aws.cloudformation import Resource, register, without
from ecs_lab.aws.cloudformation_properties import request


class SubnetRouteTableAssociation(Resource):
    """Which route table a subnet has.

    moto: notes the association without telling the route table, which keeps having no subnet.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-subnetroutetableassociation.html
    """

    TYPE, ATTRIBUTES = "AWS::EC2::SubnetRouteTableAssociation", ("Id",)

    def create(self) -> None:
        made = self.client("ec2").associate_route_table(**self.properties)
        self.physical_resource_id = made["AssociationId"]

    def remove(self) -> None:
        self.client("ec2").disassociate_route_table(AssociationId=self.physical_resource_id)


class LogGroup(Resource):
    """A log group; its Arn ends in `:*`, so that a policy on it takes in its streams.

    moto: gives the Arn without the end, and a role made from it may write to no stream.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
    """

    TYPE, NAME, ATTRIBUTES = "AWS::Logs::LogGroup", "LogGroupName", ("Arn",)

    def create(self) -> None:
        tags = {each["Key"]: each["Value"] for each in self.properties.get("Tags", ())}
        self.client("logs").create_log_group(logGroupName=self.name, tags=tags)
        self._retain()

    def update(self, old: Self) -> None:
        if self.properties.get(self.NAME) != old.properties.get(self.NAME):
            super().update(old)
            return
        self.name = self.physical_resource_id = old.name
        self._retain()

    def remove(self) -> None:
        self.client("logs").delete_log_group(logGroupName=self.name)

    def attribute(self, name: str) -> Any:
        groups = self.client("logs").describe_log_groups(logGroupNamePrefix=self.name)["logGroups"]
        return next(f"{each['arn'].removesuffix(':*')}:*" for each in groups)

    def _retain(self) -> None:
        of = {"logGroupName": self.name}
        if days := self.properties.get("RetentionInDays"):
            self.client("logs").put_retention_policy(**of, retentionInDays=int(days))
        else:
            self.client("logs").delete_retention_policy(**of)


class SecurityGroupEgress(Resource):
    """A rule for what may leave a security group.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupegress.html
    """

    TYPE = "AWS::EC2::SecurityGroupEgress"

    def create(self) -> None:
        self._rule("authorize_security_group_egress")

    def remove(self) -> None:
        self._rule("revoke_security_group_egress")

    def _rule(self, operation: str) -> None:
        of = self.properties
        rule: dict[str, Any] = {"IpProtocol": str(of["IpProtocol"])}
        rule |= {key: int(of[key]) for key in ("FromPort", "ToPort") if key in of}
        if "DestinationSecurityGroupId" in of:
            rule["UserIdGroupPairs"] = [{"GroupId": of["DestinationSecurityGroupId"]}]
        if "CidrIp" in of:
            rule["IpRanges"] = [{"CidrIp": of["CidrIp"]}]
        getattr(self.client("ec2"), operation)(GroupId=of["GroupId"], IpPermissions=[rule])


class Subscription(Resource):
    """A subscription to a topic.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html
    """

    TYPE = "AWS::SNS::Subscription"

    def create(self) -> None:
        made = self.client("sns").subscribe(**self.properties, ReturnSubscriptionArn=True)
        self.physical_resource_id = made["SubscriptionArn"]

    def remove(self) -> None:
        self.client("sns").unsubscribe(SubscriptionArn=self.physical_resource_id)


class LifecycleHook(Resource):
    """A lifecycle hook of an Auto Scaling group.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-lifecyclehook.html
    """

    TYPE, NAME = "AWS::AutoScaling::LifecycleHook", "LifecycleHookName"

    def create(self) -> None:
        properties = {**self.properties, self.NAME: self.name}
        self.client("autoscaling").put_lifecycle_hook(**properties)

    def remove(self) -> None:
        group = self.properties["AutoScalingGroupName"]
        self.client("autoscaling").delete_lifecycle_hook(
            LifecycleHookName=self.name, AutoScalingGroupName=group
        )


TARGET = ("ResourceId", "ScalableDimension", "ServiceNamespace")


class ScalableTarget(Resource):
    """What Application Auto Scaling may scale, and how far.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-applicationautoscaling-scalabletarget.html
    """

    TYPE = "AWS::ApplicationAutoScaling::ScalableTarget"

    def create(self) -> None:
        asked = request("application-autoscaling", "RegisterScalableTarget", self.properties)
        self.client("application-autoscaling").register_scalable_target(**asked)
        self.physical_resource_id = "|".join(self.properties[name] for name in TARGET)

    def update(self, old: Self) -> None:
        self.create()
        if self.physical_resource_id != old.physical_resource_id:
            old.remove()

    def remove(self) -> None:
        which = {name: self.properties[name] for name in TARGET}
        self.client("application-autoscaling").deregister_scalable_target(**which)


class ScalingPolicy(Resource):
    """When Application Auto Scaling scales.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-applicationautoscaling-scalingpolicy.html
    """

    TYPE, NAME = "AWS::ApplicationAutoScaling::ScalingPolicy", "PolicyName"

    def create(self) -> None:
        asked = without(self.properties, "ScalingTargetId") | self._target
        asked = request("application-autoscaling", "PutScalingPolicy", asked)
        made = self.client("application-autoscaling").put_scaling_policy(**asked)
        self.physical_resource_id = made["PolicyARN"]

    def update(self, old: Self) -> None:
        self.create()
        if (self.name, self._target) != (old.name, old._target):
            old.remove()

    def remove(self) -> None:
        client = self.client("application-autoscaling")
        client.delete_scaling_policy(PolicyName=self.name, **self._target)

    @property
    def _target(self) -> dict[str, str]:
        """The scalable target that the policy is for, named in one of two ways."""
        of = self.properties
        if "ScalingTargetId" in of:
            return dict(zip(TARGET, of["ScalingTargetId"].split("|"), strict=True))
        return {name: of[name] for name in TARGET}


class Metadata(Resource):
    """What CDK leaves in a template about itself: nothing is made of it."""

    TYPE = "AWS::CDK::Metadata"

    def create(self) -> None:
        pass


register(
    LogGroup,
    SubnetRouteTableAssociation,
    SecurityGroupEgress,
    Subscription,
    LifecycleHook,
    ScalableTarget,
    ScalingPolicy,
    Metadata,
)
