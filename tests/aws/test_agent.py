"""The ECS agent on EC2 instances, seen through boto3 and the agent's log."""

from __future__ import annotations

import base64
import json
import pickle
import re
from typing import TYPE_CHECKING, Any

import pytest

from ecs_lab.aws.agent_config import AGENT_DATA

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

BOOT_S = AGENT_DATA["typical"]["boot_s"]
PROFILE = {"Name": "ecsInstanceRole"}
EC2_ROLE = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
LINE = re.compile(
    r'level=(info|warn|error|critical) time=2026-01-05T\d\d:\d\d:\d\dZ msg="(?:[^"\\]|\\.)*"'
    r'(?: \w+=(?:"(?:[^"\\]|\\.)*"|[\w.-]+))*'
)


def launch(lab: Lab, *settings: str, user_data: str | None = None, **request: Any) -> str:
    """Launch an ECS-optimized instance whose user data writes these settings; gives its id."""
    written = "".join(f"echo '{each}' >> /etc/ecs/ecs.config\n" for each in settings)
    request = {
        "ImageId": lab.ecs_ami,
        "InstanceType": "m4.large",
        "SubnetId": lab.network.public_subnets[0],
        "IamInstanceProfile": PROFILE,
        "UserData": user_data or "#!/bin/bash\n" + written,
        "MinCount": 1,
        "MaxCount": 1,
        **request,
    }
    request = {name: value for name, value in request.items() if value}
    made = lab.client("ec2").run_instances(**request)
    return str(made["Instances"][0]["InstanceId"])


def shop(lab: Lab) -> None:
    """Make the cluster `shop`."""
    lab.client("ecs").create_cluster(clusterName="shop")


def registered(lab: Lab, cluster: str = "shop") -> list[dict[str, Any]]:
    """The container instances of a cluster."""
    ecs = lab.client("ecs")
    arns = ecs.list_container_instances(cluster=cluster)["containerInstanceArns"]
    if not arns:
        return []
    answer = ecs.describe_container_instances(
        cluster=cluster, containerInstances=arns, include=["TAGS"]
    )
    found: list[dict[str, Any]] = answer["containerInstances"]
    return found


def messages(lab: Lab, instance_id: str) -> list[str]:
    """The messages of an instance's agent log, without the lab's remarks."""
    lines = [each for each in lab.agent_log(instance_id) if not each.startswith("# lab: ")]
    found = [(line, re.search(r'msg="((?:[^"\\]|\\.)*)"', line)) for line in lines]
    assert all(LINE.fullmatch(line) for line, _ in found), lines
    return [match[1] for _, match in found if match]


def remarks(lab: Lab, instance_id: str) -> str:
    """The lab's remarks in an instance's agent log."""
    return "\n".join(each for each in lab.agent_log(instance_id) if each.startswith("# lab: "))


def resources(instance: dict[str, Any], which: str = "registeredResources") -> dict[str, Any]:
    """A container instance's resources by name."""
    return {
        each["name"]: each.get("stringSetValue") or each["integerValue"] for each in instance[which]
    }


def test_an_instance_registers_about_a_minute_after_launch(lab: Lab) -> None:
    """Not before; then with what its type offers, and with the log of a good start."""
    shop(lab)
    instance_id = launch(lab, "ECS_CLUSTER=shop")
    lab.wait(BOOT_S - 10)
    assert registered(lab) == []
    lab.wait(10)
    (instance,) = registered(lab)
    assert instance["ec2InstanceId"] == instance_id
    assert (instance["status"], instance["agentConnected"]) == ("ACTIVE", True)
    assert instance["versionInfo"] == AGENT_DATA["version"]
    assert resources(instance) == {
        "CPU": 2048,
        "MEMORY": 7985,
        "PORTS": ["22", "2375", "2376", "51678", "51679"],
        "PORTS_UDP": 0,
    }
    assert messages(lab, instance_id) == [
        "Starting Amazon ECS Agent",
        "Loading configuration",
        "Remaining memory",
        "Successfully got ECS instance credentials from provider: EC2RoleProvider",
        "Registering Instance with ECS",
        "Registered container instance with cluster!",
        "Instance registration completed successfully",
        "Beginning Polling for updates",
    ]
    done = next(line for line in lab.agent_log(instance_id) if "completed" in line)
    assert done.endswith(f'instanceArn="{instance["containerInstanceArn"]}" cluster="shop"')


def test_settle_waits_for_the_registration(lab: Lab) -> None:
    """A booting instance is something that is going to happen by itself."""
    shop(lab)
    launch(lab, "ECS_CLUSTER=shop")
    lab.settle()
    assert len(registered(lab)) == 1


def test_the_attributes_tell_where_and_what_it_is(lab: Lab) -> None:
    """Zone, type, image and capabilities are there, and the learner's own attribute."""
    shop(lab)
    launch(lab, "ECS_CLUSTER=shop", 'ECS_INSTANCE_ATTRIBUTES={"stack":"prod"}')
    lab.settle()
    attributes = {each["name"]: each.get("value") for each in registered(lab)[0]["attributes"]}
    assert {
        "ecs.ami-id": lab.ecs_ami,
        "ecs.availability-zone": lab.network.zones[0],
        "ecs.instance-type": "m4.large",
        "ecs.os-type": "linux",
        "ecs.os-family": "LINUX",
        "ecs.cpu-architecture": "x86_64",
        "ecs.vpc-id": lab.network.vpc_id,
        "ecs.subnet-id": lab.network.public_subnets[0],
        "ecs.capability.task-eni": None,
        "com.amazonaws.ecs.capability.task-iam-role": None,
        "stack": "prod",
    }.items() <= attributes.items()


def test_reserved_memory_is_taken_off(lab: Lab) -> None:
    """AWS's example: 256 MiB off the 7,985 MiB of an m4.large."""
    shop(lab)
    launch(lab, "ECS_CLUSTER=shop", "ECS_RESERVED_MEMORY=256")
    lab.settle()
    assert resources(registered(lab)[0])["MEMORY"] == 7985 - 256


def test_more_reserved_memory_than_there_is_keeps_the_agent_from_starting(lab: Lab) -> None:
    """The agent's own message says no more than this."""
    shop(lab)
    instance_id = launch(lab, "ECS_CLUSTER=shop", "ECS_RESERVED_MEMORY=60000")
    lab.settle()
    assert registered(lab) == []
    assert messages(lab, instance_id)[-1] == "Unable to fetch host resources"


def test_a_bad_setting_is_warned_about_and_not_used(lab: Lab) -> None:
    """The instance registers with the default."""
    shop(lab)
    instance_id = launch(lab, "ECS_CLUSTER=shop", "ECS_RESERVED_MEMORY=abc")
    lab.settle()
    assert resources(registered(lab)[0])["MEMORY"] == 7985
    assert any("expected unsigned integer" in each for each in messages(lab, instance_id))


def test_a_fatal_setting_is_said_in_the_log(lab: Lab) -> None:
    """Attributes that are no JSON stop the agent, again and again."""
    shop(lab)
    instance_id = launch(lab, "ECS_CLUSTER=shop", "ECS_INSTANCE_ATTRIBUTES={stack:prod}")
    lab.wait(300)
    assert registered(lab) == []
    fatal = [each for each in messages(lab, instance_id) if "Error loading config" in each]
    assert len(fatal) > 10


def test_a_cluster_that_does_not_exist(lab: Lab) -> None:
    """The log says so, the agent stays down although the cluster is made, until a reboot."""
    instance_id = launch(lab, "ECS_CLUSTER=shopp")
    lab.settle()
    log = messages(lab, instance_id)
    assert log[-5:] == [
        "Unable to register as a container instance with ECS",
        "Received terminal error from RegisterContainerInstance call, exiting",
        "Error registering container instance",
        "Instance registration attempt with client performing invalid action",
        "Agent will terminally exit, unable to register container instance:",
    ]
    error = next(line for line in lab.agent_log(instance_id) if "Unable to register" in line)
    assert re.search(
        r'error="operation error ECS: RegisterContainerInstance, https response error '
        r'StatusCode: 400, RequestID: [0-9a-f-]{36}, ClientException: Cluster not found\."$',
        error,
    )
    assert "then reboot the instance" in remarks(lab, instance_id)
    lab.client("ecs").create_cluster(clusterName="shopp")
    lab.wait(3600)
    assert registered(lab, "shopp") == []
    lab.client("ec2").reboot_instances(InstanceIds=[instance_id])
    lab.settle()
    assert len(registered(lab, "shopp")) == 1


def test_no_instance_profile_and_one_attached_later(lab: Lab) -> None:
    """Without credentials the agent starts over and over; with a profile it soon registers."""
    shop(lab)
    instance_id = launch(lab, "ECS_CLUSTER=shop", IamInstanceProfile=None)
    lab.wait(600)
    assert registered(lab) == []
    log = messages(lab, instance_id)
    assert log.count("Starting Amazon ECS Agent") > 20
    assert any("no EC2 IMDS role found" in each for each in log)
    assert remarks(lab, instance_id).count("ec2.associate_iam_instance_profile") == 1
    lab.client("ec2").associate_iam_instance_profile(
        InstanceId=instance_id, IamInstanceProfile=PROFILE
    )
    assert lab.settle() <= 20
    assert len(registered(lab)) == 1


def test_a_failing_agent_does_not_hold_up_settle(lab: Lab) -> None:
    """What starts over for ever is not waited for."""
    launch(lab, "ECS_CLUSTER=shop", IamInstanceProfile=None)
    assert lab.settle() == pytest.approx(BOOT_S - 1)


def test_a_role_that_may_not_register(lab: Lab) -> None:
    """The log has IAM's words; with the policy attached the instance registers."""
    iam = lab.client("iam")
    iam.create_role(RoleName="bare", AssumeRolePolicyDocument="{}")
    iam.create_instance_profile(InstanceProfileName="bare")
    iam.add_role_to_instance_profile(InstanceProfileName="bare", RoleName="bare")
    shop(lab)
    instance_id = launch(lab, "ECS_CLUSTER=shop", IamInstanceProfile={"Name": "bare"})
    lab.settle()
    assert registered(lab) == []
    assert (
        "api error AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/bare/"
        f"{instance_id} is not authorized to perform: ecs:RegisterContainerInstance on resource: "
        "arn:aws:ecs:us-east-1:123456789012:cluster/shop because no identity-based policy allows "
        "the ecs:RegisterContainerInstance action"
    ) in "\n".join(lab.agent_log(instance_id))
    iam.attach_role_policy(RoleName="bare", PolicyArn=EC2_ROLE)
    lab.settle()
    assert len(registered(lab)) == 1


def test_without_a_cluster_name_the_agent_joins_default_and_makes_it(lab: Lab) -> None:
    """ECS_CLUSTER left out means `default`, which the agent creates when there is none."""
    instance_id = launch(lab)
    lab.settle()
    assert len(registered(lab, "default")) == 1
    assert "Successfully created a cluster" in messages(lab, instance_id)


def test_a_role_that_may_not_create_the_default_cluster(lab: Lab) -> None:
    """The agent tells, and registers at a later start when somebody has made the cluster."""
    deny = {"Effect": "Deny", "Action": "ecs:CreateCluster", "Resource": "*"}
    lab.client("iam").put_role_policy(
        RoleName="ecsInstanceRole",
        PolicyName="no-clusters",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [deny]}),
    )
    instance_id = launch(lab)
    lab.settle()
    assert "Could not create cluster" in messages(lab, instance_id)
    lab.client("ecs").create_cluster()
    lab.wait(30)
    assert len(registered(lab, "default")) == 1


def test_stopped_and_started_it_is_the_same_container_instance(lab: Lab) -> None:
    """A stopped instance stays registered with its agent disconnected, and comes back."""
    shop(lab)
    instance_id = launch(lab, "ECS_CLUSTER=shop")
    lab.settle()
    (before,) = registered(lab)
    lab.client("ec2").stop_instances(InstanceIds=[instance_id])
    lab.settle()
    (stopped,) = registered(lab)
    assert (stopped["status"], stopped["agentConnected"]) == ("ACTIVE", False)
    lab.client("ec2").start_instances(InstanceIds=[instance_id])
    lab.wait(BOOT_S + 1)
    (started,) = registered(lab)
    assert started["agentConnected"]
    assert started["containerInstanceArn"] == before["containerInstanceArn"]
    assert "Restored from checkpoint file" in messages(lab, instance_id)


def test_an_instance_type_that_changed_is_refused(lab: Lab) -> None:
    """ECS does not let a container instance come back with another type."""
    shop(lab)
    instance_id = launch(lab, "ECS_CLUSTER=shop")
    lab.settle()
    ec2 = lab.client("ec2")
    ec2.stop_instances(InstanceIds=[instance_id])
    ec2.modify_instance_attribute(InstanceId=instance_id, InstanceType={"Value": "m4.xlarge"})
    ec2.start_instances(InstanceIds=[instance_id])
    lab.settle()
    assert not registered(lab)[0]["agentConnected"]
    assert "Container instance type changes are not supported." in "".join(
        messages(lab, instance_id)
    )


def test_user_data_changed_later_is_not_run(lab: Lab) -> None:
    """Scripts in user data run at the first boot only."""
    shop(lab)
    lab.client("ecs").create_cluster(clusterName="other")
    instance_id = launch(lab, "ECS_CLUSTER=shop")
    ec2 = lab.client("ec2")
    ec2.stop_instances(InstanceIds=[instance_id])
    script = b"#!/bin/bash\necho ECS_CLUSTER=other > /etc/ecs/ecs.config"
    encoded = base64.b64encode(script)  # moto: wants it encoded once more than EC2 does
    ec2.modify_instance_attribute(InstanceId=instance_id, UserData={"Value": encoded})
    ec2.start_instances(InstanceIds=[instance_id])
    lab.settle()
    assert len(registered(lab, "shop")) == 1
    assert registered(lab, "other") == []


def test_a_reboot_disconnects_the_agent_for_a_while(lab: Lab) -> None:
    """After it the same container instance is connected again."""
    shop(lab)
    instance_id = launch(lab, "ECS_CLUSTER=shop")
    lab.settle()
    lab.client("ec2").reboot_instances(InstanceIds=[instance_id])
    assert [each["agentConnected"] for each in registered(lab)] == [False]
    lab.settle()
    assert [each["agentConnected"] for each in registered(lab)] == [True]


def test_a_reboot_ends_the_tasks_and_the_service_starts_others(lab: Lab) -> None:
    """The agent finds the containers killed when it is back, and says so."""
    shop(lab)
    instance_id = launch(lab, "ECS_CLUSTER=shop")
    ecs = lab.client("ecs")
    web = {"name": "web", "image": "nginx:1.27", "memory": 128}
    ecs.register_task_definition(family="web", containerDefinitions=[web])
    ecs.create_service(cluster="shop", serviceName="web", taskDefinition="web", desiredCount=1)
    lab.settle()
    before = ecs.list_tasks(cluster="shop")["taskArns"]
    lab.client("ec2").reboot_instances(InstanceIds=[instance_id])
    assert ecs.list_tasks(cluster="shop")["taskArns"] == before
    lab.settle()
    after = ecs.list_tasks(cluster="shop")["taskArns"]
    assert (len(after), set(after) & set(before)) == (1, set())
    gone = ecs.describe_tasks(cluster="shop", tasks=before)["tasks"][0]
    assert (gone["stopCode"], gone["containers"][0]["exitCode"]) == (
        "EssentialContainerExited",
        137,
    )


def test_a_deregistered_instance_does_not_come_back_by_a_reboot(lab: Lab) -> None:
    """Its checkpoint file names a container instance that is inactive."""
    shop(lab)
    instance_id = launch(lab, "ECS_CLUSTER=shop")
    lab.settle()
    arn = registered(lab)[0]["containerInstanceArn"]
    lab.client("ecs").deregister_container_instance(cluster="shop", containerInstance=arn)
    lab.client("ec2").reboot_instances(InstanceIds=[instance_id])
    lab.settle()
    assert registered(lab) == []
    assert "is inactive." in "".join(lab.agent_log(instance_id))


def test_a_terminated_instance_leaves_the_cluster(lab: Lab) -> None:
    """Its log can still be read."""
    shop(lab)
    instance_id = launch(lab, "ECS_CLUSTER=shop")
    lab.settle()
    lab.client("ec2").terminate_instances(InstanceIds=[instance_id])
    assert registered(lab) == []
    assert messages(lab, instance_id)[-1] == "Agent received termination signal: terminated"


def test_an_instance_terminated_while_stopped_stays_registered(lab: Lab) -> None:
    """ECS deregisters by itself only what it is connected to."""
    shop(lab)
    instance_id = launch(lab, "ECS_CLUSTER=shop")
    lab.settle()
    lab.client("ec2").stop_instances(InstanceIds=[instance_id])
    lab.client("ec2").terminate_instances(InstanceIds=[instance_id])
    lab.settle()
    assert [each["agentConnected"] for each in registered(lab)] == [False]


def test_an_instance_stopped_while_it_boots_does_not_register(lab: Lab) -> None:
    """What was scheduled for it does nothing."""
    shop(lab)
    instance_id = launch(lab, "ECS_CLUSTER=shop")
    lab.client("ec2").stop_instances(InstanceIds=[instance_id])
    lab.wait(BOOT_S * 2)
    assert registered(lab) == []
    assert messages(lab, instance_id) == []


def test_an_image_without_the_agent(lab: Lab) -> None:
    """The log tells that there is none, and which image to take."""
    shop(lab)
    images = lab.client("ec2").describe_images(
        Filters=[{"Name": "name", "Values": ["al2023-ami-2023*-x86_64"]}]
    )["Images"]
    instance_id = launch(lab, "ECS_CLUSTER=shop", ImageId=images[0]["ImageId"])
    lab.settle()
    assert registered(lab) == []
    assert messages(lab, instance_id) == []
    assert "is not an ECS-optimized AMI" in remarks(lab, instance_id)
    assert images[0]["Name"] in remarks(lab, instance_id)


def test_user_data_without_a_shebang_leads_to_the_default_cluster(lab: Lab) -> None:
    """The learner's cluster stays empty, and the log says why."""
    shop(lab)
    text = "echo ECS_CLUSTER=shop >> /etc/ecs/ecs.config"
    instance_id = launch(lab, user_data=text)
    lab.settle()
    assert registered(lab) == []
    assert len(registered(lab, "default")) == 1
    assert "begin with #!/bin/bash" in remarks(lab, instance_id)


def test_a_setting_nobody_knows_is_remarked_on(lab: Lab) -> None:
    """A typing error in a name would otherwise pass in silence."""
    instance_id = launch(lab, "ECS_CLUSTR=shop")
    assert "knows no setting ECS_CLUSTR" in remarks(lab, instance_id)


def test_tags_from_the_settings_and_from_ec2(lab: Lab) -> None:
    """ECS_CONTAINER_INSTANCE_TAGS wins over the EC2 instance's own tags."""
    shop(lab)
    launch(
        lab,
        "ECS_CLUSTER=shop",
        'ECS_CONTAINER_INSTANCE_TAGS={"team":"web"}',
        "ECS_CONTAINER_INSTANCE_PROPAGATE_TAGS_FROM=ec2_instance",
        TagSpecifications=[
            {
                "ResourceType": "instance",
                "Tags": [{"Key": "team", "Value": "ops"}, {"Key": "Name", "Value": "one"}],
            }
        ],
    )
    lab.settle()
    tags = {each["key"]: each["value"] for each in registered(lab)[0]["tags"]}
    assert tags == {"team": "web", "Name": "one"}


def test_two_instances_of_one_launch_both_register(lab: Lab) -> None:
    """Each with its own agent and log."""
    shop(lab)
    launch(lab, "ECS_CLUSTER=shop", MinCount=2, MaxCount=2)
    lab.settle()
    assert len({each["ec2InstanceId"] for each in registered(lab)}) == 2


def test_a_copied_lab_has_its_own_agents(lab: Lab) -> None:
    """What boots in the copy does not boot here, and both go on from the same log."""
    shop(lab)
    instance_id = launch(lab, "ECS_CLUSTER=shop")
    with lab.copy() as other:
        other.settle()
        assert len(registered(other)) == 1
        assert registered(lab) == []
        assert len(other.agent_log(instance_id)) > len(lab.agent_log(instance_id))
    lab.settle()
    assert len(registered(lab)) == 1


def test_the_same_seed_gives_the_same_log() -> None:
    """Times, ids and request ids come out alike."""
    from ecs_lab import Lab

    logs = []
    for _ in range(2):
        with Lab(seed=7) as lab:
            logs.append([launch(lab, "ECS_CLUSTER=none"), lab.settle()])
            logs[-1] += lab.agent_log(str(logs[-1][0]))
    assert logs[0] == logs[1]


def test_agents_can_be_stored(lab: Lab) -> None:
    """Nothing in an agent keeps it from being pickled."""
    launch(lab, "ECS_CLUSTER=shop")
    agents = lab._world._agents._agents  # type: ignore[attr-defined] # looking inside on purpose
    assert pickle.loads(pickle.dumps(agents)).keys() == agents.keys()


def test_an_unknown_instance_is_a_clear_error(lab: Lab) -> None:
    """The message names what was asked for."""
    with pytest.raises(ValueError, match="'i-0'"):
        lab.agent_log("i-0")
