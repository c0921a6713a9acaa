"""The lower half of the picture: VPC, zones, subnets, and what stands in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from ipaddress import ip_network

from ecs_lab.diagram import reading
from ecs_lab.diagram.drawing import INSTANCES_IN_A_SUBNET, Drawing
from ecs_lab.diagram.graph import Group, Node
from ecs_lab.diagram.kinds import tone_of
from ecs_lab.diagram.reading import Record

GONE_STATES = ("terminated",)


class Network:
    """Draws the VPCs of a snapshot, with instances and tasks at their places."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        snapshot = drawing.snapshot
        self.registered = {i["ec2InstanceId"]: i for i in snapshot.get("containerInstances") or []}
        self.instances: dict[str, list[Record]] = defaultdict(list)
        for instance in snapshot.get("ec2Instances") or []:
            if instance["State"] not in GONE_STATES:
                self.instances[instance["SubnetId"]].append(instance)
        self.tasks_on, self.tasks_in = _places(drawing, self.registered)

    def draw(self, region: str) -> None:
        """Draw each VPC that holds something; an empty lab shows the VPCs that have a name."""
        for instance in (i for there in self.instances.values() for i in there):
            self.drawing.known[f"instance:{instance['InstanceId']}"] = self._state(instance)
        for vpc in self._worth_drawing():
            self._vpc(vpc, region)

    def _worth_drawing(self) -> Sequence[Record]:
        vpcs = self.drawing.snapshot.get("vpcs") or []
        used = [v for v in vpcs if any(self._occupied(s) for s in self._subnets(v))]
        return used or [v for v in vpcs if reading.name_tag(v)] or vpcs[:1]

    def _occupied(self, subnet: Record) -> bool:
        return bool(self.instances.get(subnet["SubnetId"]) or self.tasks_in.get(subnet["SubnetId"]))

    def _subnets(self, vpc: Record) -> list[Record]:
        every = self.drawing.snapshot.get("subnets") or []
        mine = [s for s in every if s["VpcId"] == vpc["VpcId"]]
        return sorted(
            mine,
            key=lambda s: (s["AvailabilityZone"], not s["public"], ip_network(s["CidrBlock"])),
        )

    def _vpc(self, vpc: Record, region: str) -> None:
        attached = self.drawing.snapshot.get("internetGateways") or []
        gateways = [g for g in attached if g.get("VpcId") == vpc["VpcId"]]
        name = reading.name_tag(vpc) or vpc["VpcId"]
        key = self.drawing.add(
            Group(
                f"vpc:{vpc['VpcId']}",
                "vpc",
                f"{name}  {vpc['CidrBlock']}",
                region,
                detail=("internet gateway attached",) if gateways else (),
                note=vpc["VpcId"],
            )
        )
        zones: dict[str, str] = {}
        for subnet in self._subnets(vpc):
            zone = subnet["AvailabilityZone"]
            if zone not in zones:
                group = Group(f"zone:{vpc['VpcId']}/{zone}", "zone", zone, key)
                zones[zone] = self.drawing.add(group)
            self._subnet(subnet, zones[zone])

    def _subnet(self, subnet: Record, zone: str) -> None:
        subnet_id = subnet["SubnetId"]
        nat = [
            g
            for g in self.drawing.snapshot.get("natGateways") or []
            if g["SubnetId"] == subnet_id and str(g["State"]) == "available"
        ]
        kind = "public-subnet" if subnet["public"] else "private-subnet"
        key = self.drawing.add(
            Group(
                f"subnet:{subnet_id}",
                kind,
                subnet["CidrBlock"],
                zone,
                detail=("NAT gateway",) if nat else (),
                note=subnet_id,
            )
        )
        here = sorted(self.instances[subnet_id], key=lambda i: (i["LaunchTime"], i["InstanceId"]))
        if len(here) > INSTANCES_IN_A_SUBNET:
            self._many_instances(here, key)
        else:
            for instance in here:
                self._instance(instance, key)
        self.drawing.draw_tasks(self.tasks_in[subnet_id], key)

    def _state(self, instance: Record) -> str:
        """The instance's state: EC2's word until its agent registered, ECS's afterwards."""
        if instance["State"] != "running":
            return str(instance["State"])
        registered = self.registered.get(instance["InstanceId"])
        if registered is None:
            return "running, not registered"
        agent = "connected" if registered.get("agentConnected") else "disconnected"
        return f"{registered['status']}, agent {agent}"

    def _instance(self, instance: Record, subnet: str) -> None:
        instance_id = instance["InstanceId"]
        registered = self.registered.get(instance_id) or {}
        state = self._state(instance)
        kind_and_address = f"{instance['InstanceType']}, {instance['PrivateIpAddress']}"
        profile = instance.get("IamInstanceProfileArn")
        joined = registered.get("cluster")
        several = len(self.drawing.snapshot.get("clusters") or []) > 1
        lines = (
            kind_and_address,
            f"in cluster {joined}" if joined and several else "",
            reading.free_resources(registered),
            "" if profile else "no instance profile",
        )
        key = self.drawing.add(
            Group(
                f"instance:{instance_id}",
                "instance",
                reading.name_tag(instance) or instance_id,
                subnet,
                status=state,
                tone=_instance_tone(state),
                detail=tuple(line for line in lines if line),
                roles=self._profile_roles(profile),
                note=instance_id,
            )
        )
        self.drawing.draw_tasks(self.tasks_on[instance_id], key)

    def _profile_roles(self, profile: str | None) -> tuple[str, ...]:
        """The roles in an instance profile: a profile carries at most one
        (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html).
        """
        known = self.drawing.snapshot.get("instanceProfiles") or []
        mine = [p for p in known if profile and p["Arn"] == profile]
        return tuple(f"instance role {role}" for p in mine for role in p["Roles"])

    def _many_instances(self, instances: Sequence[Record], subnet: str) -> None:
        tasks = [t for i in instances for t in self.tasks_on[i["InstanceId"]]]
        states = [self._state(i) for i in instances]
        said = f"{len(tasks):,} tasks: {reading.by_state(tasks)}" if tasks else "no tasks"
        good = {_instance_tone(s) for s in states} == {"good"}
        key = self.drawing.add(
            Node(
                f"instances:{subnet}",
                "instances",
                f"{len(instances):,} EC2 instances",
                subnet,
                status=reading.counted(states),
                tone="good" if good else "busy",
                detail=(reading.counted(i["InstanceType"] for i in instances), said),
                members=(
                    *(f"instance:{i['InstanceId']}" for i in instances),
                    *(reading.task_key(t) for t in tasks),
                ),
            )
        )
        self.drawing.shown_as |= {reading.task_key(t): key for t in tasks}


def _places(
    drawing: Drawing, registered: dict[str, Record]
) -> tuple[dict[str, list[Record]], dict[str, list[Record]]]:
    """Live tasks by the EC2 instance they run on, and the rest by the subnet of their ENI."""
    machine = {i["containerInstanceArn"]: name for name, i in registered.items()}
    on: dict[str, list[Record]] = defaultdict(list)
    inside: dict[str, list[Record]] = defaultdict(list)
    for task in drawing.live_tasks():
        if instance := machine.get(task.get("containerInstanceArn") or ""):
            on[instance].append(task)
        elif subnet := reading.eni_detail(task, "subnetId"):
            inside[subnet].append(task)
    return on, inside


def _instance_tone(state: str) -> str:
    if "disconnected" in state:
        return "bad"
    return "busy" if "not registered" in state else tone_of(state.split(",", maxsplit=1)[0])
