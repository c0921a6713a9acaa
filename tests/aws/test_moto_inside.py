"""What of moto's inside the lab leans on: when an upgrade of moto breaks it, look here first."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup
from moto.cloudwatch.models import cloudwatch_backends
from moto.core import utils
from moto.core.base_backend import BackendDict
from moto.core.models import botocore_stubber
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.amis import Ami
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.models.subnets import Subnet
from moto.ecr.models import ecr_backends
from moto.elb.models import ELBBackend, elb_backends
from moto.elb.responses import ELBResponse
from moto.elbv2 import models as elbv2
from moto.events.models import Rule, events_backends
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends
from moto.moto_api._internal import mock_random
from moto.scheduler.models import scheduler_backends
from moto.sqs.models import sqs_backends
from moto.ssm.models import ParameterDict
from moto.utilities.utils import load_resource

from ecs_lab import Lab
from ecs_lab.aws import event_bus
from ecs_lab.aws.target_groups import LabTargetGroup, target_groups_of


def test_all_backend_tables_in_use_stand_in_one_list() -> None:
    """`moto_state` takes a lab's backends out of the tables that this list names."""
    with Lab():
        names = {table.service_name for table in vars(BackendDict)["_instances"]}
        assert {"ec2", "iam"} <= names
    assert vars(BackendDict)["_instances"] == []


def test_random_numbers_have_one_source_with_a_state() -> None:
    """`moto_state` seeds ids by putting a state into it."""
    assert type(mock_random)(1).getstate() == type(mock_random)(1).getstate()


def test_parameter_store_is_a_dictionary_of_account_and_region() -> None:
    """`moto_state` rebuilds it by these two arguments and its attributes when a lab is copied."""
    assert list(inspect.signature(ParameterDict).parameters) == ["account_id", "region_name"]


def test_requests_are_answered_by_the_stubber() -> None:
    """`world` gives every request that is not for ECS to it."""
    assert list(inspect.signature(botocore_stubber.process_request).parameters) == ["request"]


def test_subnets_note_the_addresses_that_are_taken() -> None:
    """`surroundings` chooses a free address itself: moto's choice is random and may repeat."""
    assert list(inspect.signature(Subnet.request_ip).parameters) == ["self", "ip", "instance"]
    assert list(inspect.signature(Subnet.del_subnet_ip).parameters) == ["self", "ip"]
    with Lab() as lab:
        subnet = ec2_backends["123456789012"]["us-east-1"].get_subnet(lab.network.public_subnets[0])
        assert isinstance(vars(subnet)["_subnet_ips"], dict)


def test_backends_hold_what_is_read_from_them() -> None:
    """`surroundings`, `policies`, `agent` and `machine_images` read and fill these."""
    with Lab():
        ec2 = ec2_backends["123456789012"]["us-east-1"]
        assert {"enis", "subnets", "reservations", "amis"} <= vars(ec2).keys()
        assert {"managed_policies", "roles", "instance_profiles"} <= vars(
            iam_backends["123456789012"]["aws"]
        ).keys()
        assert "repositories" in vars(ecr_backends["123456789012"]["us-east-1"])
    assert {"ec2_backend", "subnet", "private_ip_address", "group_ids"} <= set(
        inspect.signature(NetworkInterface).parameters
    )
    assert "ami_id" in inspect.signature(Ami).parameters


def test_target_groups_are_made_and_asked_by_what_stands_in_for_them() -> None:
    """`target_groups` puts a class of ours in the place of moto's, which overrides these."""
    assert elbv2.FakeTargetGroup is LabTargetGroup
    theirs = LabTargetGroup.__mro__[2]
    assert (theirs.__module__, theirs.__name__) == ("moto.elbv2.models", "FakeTargetGroup")
    parameters = {
        "register": ["self", "targets"],
        "deregister": ["self", "targets"],
        "deregister_terminated_instances": ["self", "instance_ids"],
        "health_for": ["self", "target", "ec2_backend"],
    }
    for name, expected in parameters.items():
        assert list(inspect.signature(getattr(theirs, name)).parameters) == expected
    told = ["instance_id", "port", "health_port", "status", "reason", "description"]
    assert list(inspect.signature(elbv2.FakeHealthStatus).parameters) == told


def test_load_balancers_hold_what_is_read_from_them(lab: Lab) -> None:
    """`target_groups` and `load_balancer_shapes` read listeners, rules, actions and subnets."""
    elb = lab.client("elbv2")
    made = elb.create_target_group(Name="web", Protocol="HTTP", Port=80, VpcId=lab.network.vpc_id)
    group = made["TargetGroups"][0]["TargetGroupArn"]
    created = elb.create_load_balancer(Name="web", Subnets=lab.network.public_subnets[:2])
    balancer = created["LoadBalancers"][0]["LoadBalancerArn"]
    forward = {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": group}]}}
    elb.create_listener(
        LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[forward]
    )
    backend = elbv2.elbv2_backends["123456789012"]["us-east-1"]
    listener = next(iter(backend.load_balancers[balancer].listeners.values()))
    assert target_groups_of(listener) == [group]
    kept = backend.target_groups[group]
    assert {"targets", "attributes", "matcher", "health_check_port"} <= vars(kept).keys()
    assert kept.attributes["deregistration_delay.timeout_seconds"] == 300
    assert len({each.availability_zone for each in backend.load_balancers[balancer].subnets}) == 2


def test_classic_load_balancers_hold_what_is_read_from_them(lab: Lab) -> None:
    """`surroundings` registers instances with them and reads whether connections are drained."""
    port = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}
    lab.client("elb").create_load_balancer(
        LoadBalancerName="old", Listeners=[port], Subnets=lab.network.public_subnets[:1]
    )
    balancer = elb_backends["123456789012"]["us-east-1"].get_load_balancer("old")
    assert balancer.attributes["connection_draining"] == {"enabled": False}
    assert balancer.instances == []


def test_data_of_instance_types_and_machine_images_is_there() -> None:
    """Sizes of instances and ids of machine images come from moto's own lists."""
    assert INSTANCE_TYPES["t3.small"]["VCpuInfo"]["DefaultVCpus"] == 2
    names = [
        each["name"] for each in load_resource("ec2/resources/ecs/optimized_amis/us-east-1.json")
    ]
    assert any(name.startswith("al2023-ami-ecs-hvm") for name in names)


def test_moto_reads_the_clock_by_one_function() -> None:
    """`moto_state` puts the lab's virtual time in the place of it, in every module of moto."""
    with Lab() as lab:
        lab.wait(86400)
        ec2 = lab.client("ec2")
        made = ec2.run_instances(ImageId=lab.ecs_ami, MinCount=1, MaxCount=1)["Instances"][0]
        assert made["LaunchTime"].date() == lab.now.date()
        lab.client("iam").create_user(UserName="ann")
        user = lab.client("iam").get_user(UserName="ann")["User"]
        assert user["CreateDate"].date() == lab.now.date()
    wall_clock = datetime.now(UTC).replace(tzinfo=None)
    assert abs(utils.utcnow() - wall_clock) < timedelta(minutes=1)


def test_groups_launch_and_shrink_by_two_methods() -> None:
    """`auto_scaling` puts others in their place, that keep zones even and the order certain."""
    launch = inspect.signature(FakeAutoScalingGroup.replace_autoscaling_group_instances)
    assert len(launch.parameters) == 3
    assert len(inspect.signature(FakeAutoScalingGroup.set_desired_capacity).parameters) == 2
    assert list(inspect.signature(AutoScalingBackend.terminate_instance).parameters) == [
        "self",
        "instance_id",
        "should_decrement",
    ]


def test_scaling_policies_and_alarms_hold_what_is_read_from_them(lab: Lab) -> None:
    """`service_auto_scaling` and `alarms` carry out what moto only keeps."""
    backend = applicationautoscaling_backends["123456789012"]["us-east-1"]
    assert {"targets", "policies", "scheduled_actions"} <= vars(backend).keys()
    assert {"alarms", "metric_data"} <= vars(
        cloudwatch_backends["123456789012"]["us-east-1"]
    ).keys()
    lab.client("cloudwatch").put_metric_alarm(
        AlarmName="a",
        Namespace="AWS/ECS",
        MetricName="CPUUtilization",
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=70,
        ComparisonOperator="GreaterThanThreshold",
    )
    [alarm] = cloudwatch_backends["123456789012"]["us-east-1"].alarms.values()
    assert {"dimensions", "state_value", "treat_missing_data", "alarm_actions"} <= vars(
        alarm
    ).keys()


def test_as_many_instances_start_as_are_asked_for(lab: Lab) -> None:
    """moto would start MinCount of them."""
    ec2 = lab.client("ec2")
    made = ec2.run_instances(ImageId=lab.ecs_ami, MinCount=1, MaxCount=3)["Instances"]
    assert len(made) == 3


def test_event_rules_send_to_their_targets_in_one_place() -> None:
    """`event_bus` puts its own function into the place of this method."""
    signature = inspect.signature(event_bus.MOTO_SEND)
    assert Rule.send_to_targets is not event_bus.MOTO_SEND
    assert [*signature.parameters][1:] == ["original_event", "transform_input"]


def test_rules_schedules_queues_and_log_groups_are_where_we_look() -> None:
    """`event_bus` and `schedules` read these, and `insights` adds to CloudWatch's list."""
    account, region = "123456789012", "us-east-1"
    with Lab():
        events = events_backends[account][region]
        rule = events.put_rule("r", scheduled_expression="rate(1 hour)", state="ENABLED")
        assert events.event_buses["default"].rules == {"r": rule}
        assert (rule.scheduled_expression, rule.state, rule.targets) == (
            "rate(1 hour)",
            "ENABLED",
            [],
        )
        assert rule.event_pattern.get_pattern() == {}
        assert scheduler_backends[account][region].schedule_groups["default"].schedules == {}
        assert isinstance(cloudwatch_backends[account][region].metric_data, list)
        assert sqs_backends[account][region].queues == {}
        assert logs_backends[account][region].groups == {}


def test_cloudformation_looks_types_up_in_two_tables() -> None:
    """`cloudformation` puts the lab's resources into them, `stacks` its backend into the third."""
    from moto.cloudformation import parsing
    from moto.cloudformation.models import Stack, cloudformation_backends

    from ecs_lab.aws import stacks
    from ecs_lab.aws.cloudformation_ecs import Service

    found: object = parsing.resource_class_from_type("AWS::ECS::Service")
    assert found is Service
    assert parsing.resource_name_property_from_type("AWS::ECS::CapacityProvider") == "Name"
    assert cloudformation_backends.backend is stacks.Stacks
    attributes = {"_template", "_resource_json_map", "_parsed_resources", "_output_json_map"}
    names = {
        *parsing.ResourceMap.__init__.__code__.co_names,
        *parsing.OutputMap.__init__.__code__.co_names,
    }
    assert attributes <= names
    assert callable(Stack._add_stack_event)


def test_parts_of_moto_ask_the_labs_ecs() -> None:
    """Application Auto Scaling and Batch reach ECS as a Python object by this table."""
    from moto.ecs.models import ecs_backends

    from ecs_lab.aws.moto_ecs import LabEcs

    assert ecs_backends.backend is LabEcs


def test_classic_load_balancers_are_made_and_asked_by_what_stands_in_for_them() -> None:
    """`classic_balancers` overrides these of moto's backend, and how an answer is made of them."""
    parameters = {
        "register_instances": ["self", "load_balancer_name", "instance_ids", "from_autoscaling"],
        "deregister_instances": ["self", "load_balancer_name", "instance_ids", "from_autoscaling"],
        "describe_instance_health": ["self", "lb_name", "instances"],
    }
    for name, expected in parameters.items():
        assert list(inspect.signature(getattr(ELBBackend, name)).parameters) == expected
    assert ELBResponse.describe_instance_health.__module__ == "ecs_lab.aws.classic_balancers"
    assert isinstance(inspect.getattr_static(ELBResponse, "elb_backend"), property)


def test_the_network_reads_and_overrides_these_of_motos_ec2(lab: Lab) -> None:
    """`network` reads what has no public form, and `network.ec2*` overrides these methods."""
    from moto.ec2.models import EC2Backend, route_tables, vpcs
    from moto.ec2.responses import EC2Response

    from ecs_lab.aws.network.ec2 import LabEc2

    assert ec2_backends.backend is LabEc2
    backend = ec2_backends["123456789012"]["us-east-1"]
    assert {"groups", "route_tables", "network_acls", "vpc_end_points", "configurations"} <= vars(
        backend
    ).keys()
    [table, *_] = backend.route_tables.values()
    assert {"_associations", "_routes", "main_association_id"} <= vars(table).keys()
    assert "vpc_pcx" in inspect.signature(route_tables.Route).parameters
    [acl, *_] = backend.network_acls.values()
    assert {"_associations", "network_acl_entries"} <= vars(acl).keys()
    [nat] = backend.nat_gateways.values()
    assert {"_eni", "address_set", "state", "connectivity_type"} <= vars(nat).keys()
    assert "_group_set" in vars(nat._eni)
    assert nat._eni.private_ip_address in nat._eni.subnet._subnet_ips
    assert {"logs", "ecs-agent"} <= set(vpcs.AWS_ENDPOINT_SERVICES)
    assert "ecr.dkr" in vpcs.COVERED_ENDPOINT_SERVICES
    for name in ("accept_vpc_endpoint_connections", "describe_vpc_endpoint_connections"):
        assert getattr(EC2Response, name).__module__ == "ecs_lab.aws.network.ec2_operations"
    endpoint = inspect.signature(EC2Backend.create_vpc_endpoint).parameters
    assert list(endpoint)[1:6] == [
        "vpc_id",
        "service_name",
        "endpoint_type",
        "policy_document",
        "route_table_ids",
    ]
    change = inspect.signature(EC2Backend.modify_vpc_endpoint).parameters
    assert list(change)[1:5] == ["vpc_id", "policy_doc", "add_subnets", "remove_subnets"]
    made = inspect.signature(EC2Backend.create_network_interface).parameters
    assert list(made)[1:4] == ["subnet", "private_ip_address", "private_ip_addresses"]


def test_the_network_overrides_these_of_motos_load_balancers() -> None:
    """`network.elbv2` stands in for the backend of Application and Network Load Balancers."""
    from moto.elbv2.responses import ELBV2Response

    from ecs_lab.aws.network.elbv2 import LabElbv2

    assert issubclass(elbv2.elbv2_backends.backend, LabElbv2)
    made = inspect.signature(elbv2.ELBv2Backend.create_load_balancer).parameters
    assert list(made)[1:] == [
        "name",
        "security_groups",
        "subnet_ids",
        "subnet_mappings",
        "scheme",
        "loadbalancer_type",
        "ip_address_type",
        "tags",
    ]
    changed = inspect.signature(elbv2.ELBv2Backend.modify_listener).parameters
    assert list(changed)[1:] == [
        "arn",
        "port",
        "protocol",
        "ssl_policy",
        "certificates",
        "actions",
    ]
    assert {"arn", "dns_name", "attrs"} <= set(elbv2.FakeLoadBalancer.__init__.__code__.co_names)
    replaced = elbv2.FakeLoadBalancer.create_from_cloudformation_json
    assert replaced.__module__ == "ecs_lab.aws.network.elbv2_operations"
    assert ELBV2Response.set_security_groups.__module__ == "ecs_lab.aws.network.elbv2_operations"


def test_cloud_map_and_route_53_hold_what_names_are_read_from(lab: Lab) -> None:
    """`network.names` reads zones and their records, `network.cloud_map` makes namespaces."""
    from moto.route53.models import route53_backends
    from moto.servicediscovery.models import Namespace, Service, servicediscovery_backends

    from ecs_lab.aws.network.cloud_map import LabCloudMap

    assert servicediscovery_backends.backend is LabCloudMap
    zone = route53_backends["123456789012"]["aws"].create_hosted_zone(
        "a.test", private_zone=True, vpcid="vpc-1", vpcregion="us-east-1"
    )
    assert zone.vpcs == [{"vpc_id": "vpc-1", "vpc_region": "us-east-1"}]
    assert {"records", "alias_target", "type", "name"} <= vars(zone.rrsets[0]).keys()
    assert list(inspect.signature(Namespace).parameters)[2:4] == ["name", "ns_type"]
    assert {"instances", "dns_config", "namespace_id"} <= set(Service.__init__.__code__.co_names)


def test_efs_keeps_its_things_where_volumes_look_for_them() -> None:
    """`efs` mounts by them, `efs_backend` overrides these and says how much is on a file system."""
    from moto.efs.models import EFSBackend, FileSystem, efs_backends

    from ecs_lab.aws.volumes.efs_backend import LabEfs

    assert efs_backends.backend is LabEfs
    overridden = {
        "create_mount_target": ["self", "file_system_id", "subnet_id", "ip_address"],
        "describe_mount_targets": ["self", "max_items", "file_system_id", "mount_target_id"],
        "create_access_point": ["self", "client_token", "tags", "file_system_id"],
    }
    for name, first in overridden.items():
        parameters = list(inspect.signature(getattr(EFSBackend, name)).parameters)
        assert parameters[: len(first)] == first
    with Lab() as lab:
        lab.client("efs").create_file_system(CreationToken="a")
        backend = efs_backends["123456789012"]["us-east-1"]
        [file_system] = backend.file_systems_by_id.values()
        assert isinstance(file_system, FileSystem)
        assert (file_system._size_value, file_system.file_system_policy) == (0, None)
        assert list(file_system.iter_mount_targets()) == []


def test_ebs_volumes_and_objects_are_read_and_made_in_motos_tables() -> None:
    """`ebs` attaches volumes to machines that no account sees, `s3_files` reads latest versions."""
    from moto.ec2.models.elastic_block_store import EBSBackend, Volume
    from moto.s3.models import FakeKey, s3_backends

    wanted = ["size", "zone_name", "snapshot_id", "encrypted", "kms_key_id", "volume_type", "iops"]
    assert list(inspect.signature(EBSBackend.create_volume).parameters)[1:8] == wanted
    status = inspect.getattr_static(Volume, "status")
    assert "attachment" in status.fget.__code__.co_names
    with Lab() as lab:
        s3 = lab.client("s3")
        s3.create_bucket(Bucket="media")
        s3.put_object(Bucket="media", Key="a", Body=b"a")
        bucket = s3_backends["123456789012"]["aws"].buckets["media"]
        [(name, key)] = bucket.keys.items()
        assert isinstance(key, FakeKey)
        assert (name, key.value, key.etag[0]) == ("a", b"a", '"')


def test_users_groups_and_keys_hold_what_is_read_from_them(lab: Lab) -> None:
    """`access` finds in them who asks, and what it may do."""
    iam = lab.client("iam")
    iam.create_user(UserName="ann")
    iam.create_group(GroupName="viewers")
    iam.add_user_to_group(GroupName="viewers", UserName="ann")
    key = iam.create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"]
    backend = iam_backends["123456789012"]["aws"]
    assert (backend.access_keys[key].user_name, backend.access_keys[key].status) == (
        "ann",
        "Active",
    )
    assert [each.name for each in backend.groups["viewers"].users] == ["ann"]
    assert backend.users["ann"].policies == {}
    role = next(each for each in backend.roles.values() if each.name == "ecsInstanceRole")
    assert {"permissions_boundary_arn", "tags", "assume_role_policy_document"} <= vars(role).keys()
    managed = next(iter(role.managed_policies.values()))
    assert [version.is_default for version in managed.versions] == [True]


def test_policies_on_resources_are_where_we_look() -> None:
    """`resource_policies` reads them by these names."""
    from moto.efs.models import FileSystem
    from moto.kms.models import Key
    from moto.s3.models import FakeBucket
    from moto.secretsmanager.models import FakeSecret
    from moto.sns.models import Topic
    from moto.sqs.models import Queue

    for holder, name in {
        FakeBucket: "policy",
        FakeSecret: "policy",
        Key: "policy",
        Queue: "policy",
        FileSystem: "file_system_policy",
    }.items():
        names = [inspect.getsource(method) for method in vars(holder).values() if callable(method)]
        assert any(f"self.{name}" in source for source in names), holder
    assert isinstance(Topic.policy, property)


def test_moto_asks_about_immutable_tags_in_one_place() -> None:
    """`LabEcr` has it say that there is nothing to refuse, nor to delete: it asks by itself."""
    from moto.ecr.models import ECRBackend

    assert callable(ECRBackend._resolve_image_tag_mutability)


def test_instances_without_metadata_options_look_as_if_somebody_gave_them() -> None:
    """Tokens optional and one hop are moto's defaults for any image."""
    from moto.ec2.models.instances import MetadataOptions

    options = MetadataOptions({})
    assert (options.http_tokens, options.http_put_response_hop_limit) == ("optional", 1)


def test_boto3_and_botocore_have_the_names_that_containers_get() -> None:
    """The default session, the clock of credentials and the pauses between asking for them."""
    import boto3
    import botocore.credentials
    import botocore.utils

    from ecs_lab.aws import sdk_inside

    assert callable(vars(boto3)["_get_default_session"])
    assert callable(vars(botocore.credentials)["_local_now"])
    assert callable(vars(botocore.utils)["get_current_datetime"])
    refreshable: Any = botocore.credentials.RefreshableCredentials.__init__
    assert sdk_inside._now_of_botocore in refreshable.__defaults__
    fetcher: Any = botocore.utils.ContainerMetadataFetcher.__init__
    assert sdk_inside._sleep_of_botocore in fetcher.__defaults__


def test_a_slip_of_moto_is_told_as_not_simulated(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug inside moto is neither a traceback nor an answer that AWS would give."""

    def slip(*_: Any, **__: Any) -> Any:
        raise KeyError("nobody thought of it")

    monkeypatch.setattr(EC2Backend, "describe_vpcs", slip)
    with pytest.raises(ClientError, match="moto failed with KeyError") as refused:
        lab.client("ec2").describe_vpcs()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] < 500
