"""Names inside containers: Service Connect's endpoints, and service discovery's DNS names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from shops import Shop

from ecs_lab.runtime.inside import UnreachableError

if TYPE_CHECKING:
    from ecs_lab import Lab


def slow(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """A web app that needs 20 s for an answer."""
    import time

    time.sleep(20)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"at last"]


class Street(Shop):
    """A shop whose services talk to each other in the namespace `shop.local`."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        ec2 = lab.client("ec2")
        made = ec2.create_security_group(
            GroupName="street", Description="each other", VpcId=lab.network.vpc_id
        )
        self.inner = str(made["GroupId"])
        rule = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": self.inner}]}
        ec2.authorize_security_group_ingress(GroupId=self.inner, IpPermissions=[rule])
        self.cloud_map = lab.client("servicediscovery")
        self.cloud_map.create_private_dns_namespace(Name="shop.local", Vpc=lab.network.vpc_id)

    def member(self, name: str, *, alias: str | None = None, **more: Any) -> None:
        """A service in the namespace: a client, and with an alias on port 8080 a server too."""
        connect: dict[str, Any] = {"enabled": True, "namespace": "shop.local"}
        if alias:
            aliases = [{"port": 8080, "dnsName": alias}]
            connect["services"] = [
                {"portName": "http", "discoveryName": name, "clientAliases": aliases}
            ]
        settings = {"serviceConnectConfiguration": connect}
        mapping = {"containerPort": 80, "name": "http", "appProtocol": "http"}
        self.service(
            name,
            group="",
            groups=[self.inner],
            settings=settings,
            **{"portMappings": [mapping], **more},
        )

    def connected(self, name: str) -> Any:
        """A client in the first container of the service's first task."""
        return self.lab.http.from_task(self.tasks(name)[0])


def test_task_reaches_another_service_by_its_alias(lab: Lab) -> None:
    """Through the proxies of both tasks, and in turn."""
    street = Street(lab)
    street.member("api", alias="api", count=2)
    street.member("front")
    lab.settle()
    replies = [street.connected("front").get("http://api:8080/") for _ in range(4)]
    assert [each.status for each in replies] == [200] * 4
    assert [each.kind for each in replies[0].hops] == ["proxy", "proxy", "task"]
    assert sorted({each.task for each in replies}) == sorted(street.tasks("api"))


def test_proxy_container_is_there(lab: Lab) -> None:
    """ecs-service-connect-…, which no task definition names, and which is healthy."""
    street = Street(lab)
    street.member("front")
    lab.settle()
    task = street.ecs.describe_tasks(cluster="shop", tasks=street.tasks("front"))["tasks"][0]
    names = [each["name"] for each in task["containers"]]
    assert names[0] == "front"
    assert names[1].startswith("ecs-service-connect-")
    assert task["containers"][1]["healthStatus"] == "HEALTHY"


def test_task_knows_only_the_endpoints_that_were_there_when_it_was_deployed(lab: Lab) -> None:
    """A service that comes later is found after a new deployment."""
    street = Street(lab)
    street.member("front")
    lab.settle()
    street.member("api", alias="api")
    lab.settle()
    with pytest.raises(UnreachableError, match="Could not resolve host: api"):
        street.connected("front").get("http://api:8080/")
    before = set(street.tasks("front"))
    street.ecs.update_service(cluster="shop", service="front", forceNewDeployment=True)
    lab.settle()
    new = next(each for each in street.tasks("front") if each not in before)
    assert lab.http.from_task(new).get("http://api:8080/").status == 200


def test_deployment_names_its_cloud_map_services(lab: Lab) -> None:
    """DescribeServices shows configuration and resources; Cloud Map has the tasks."""
    street = Street(lab)
    street.member("api", alias="api")
    lab.settle()
    service = street.ecs.describe_services(cluster="shop", services=["api"])["services"][0]
    deployment = service["deployments"][0]
    assert deployment["serviceConnectConfiguration"]["namespace"] == "shop.local"
    (resource,) = deployment["serviceConnectResources"]
    assert resource["discoveryName"] == "api"
    found = street.cloud_map.discover_instances(NamespaceName="shop.local", ServiceName="api")
    task = street.tasks("api")[0].rpartition("/")[2]
    assert [each["InstanceId"] for each in found["Instances"]] == [task]


def test_endpoint_without_tasks_answers_503(lab: Lab) -> None:
    """The proxy answers, for a port mapping with appProtocol http."""
    street = Street(lab)
    street.member("api", alias="api", count=0)
    street.member("front")
    lab.settle()
    reply = street.connected("front").get("http://api:8080/")
    assert (reply.status, reply.text) == (503, "no healthy upstream")


def test_proxy_tries_another_task(lab: Lab) -> None:
    """A task whose app does not listen is passed over: two retries avoid the host that failed."""
    street = Street(lab)
    street.member("api", alias="api", count=1)
    street.member("front")
    lab.settle()
    street.ecs.register_task_definition(
        family="api",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[
            {
                "name": "api",
                "image": "busybox",
                "command": ["sleep", "9000"],
                "portMappings": [{"containerPort": 80, "name": "http", "appProtocol": "http"}],
            }
        ],
    )
    street.ecs.update_service(
        cluster="shop",
        service="api",
        taskDefinition="api",
        desiredCount=2,
        deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200},
    )
    for _ in range(60):
        if len(street.tasks("api")) == 3:
            break
        lab.wait(1)
    lab.wait(30)
    assert {street.connected("front").get("http://api:8080/").status for _ in range(6)} == {200}


def test_answer_that_takes_too_long(lab: Lab) -> None:
    """perRequestTimeout is 15 s: the proxy answers 504."""
    street = Street(lab)
    street.member("api", alias="api", image=lab.registry.push("slow:1", slow))
    street.member("front")
    lab.settle()
    reply = street.connected("front").get("http://api:8080/")
    assert (reply.status, reply.took_s) == (504, 15.0)


def test_app_asks_the_other_service_itself(lab: Lab) -> None:
    """What a container's program sends goes the same way."""
    street = Street(lab)
    street.member("api", alias="api")

    def front(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        answer = environ["ecs_lab.container"].get("http://api:8080/")
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"api says {answer.status}, from {answer.task}".encode()]

    street.member("front", image=lab.registry.push("front:1", front))
    lab.settle()
    reply = street.connected("front").get("http://localhost/")
    assert reply.text == f"api says 200, from {street.tasks('api')[0]}"


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"namespace": "nowhere"}, "namespace nowhere does not exist"),
    ({"services": [{"portName": "grpc"}]}, "portName grpc is the name of no port mapping"),
    ({"services": [{"portName": "http", "discoveryName": "-api"}]}, "Invalid discoveryName"),
    (
        {"services": [{"portName": "http", "clientAliases": [{"port": 80}, {"port": 81}]}]},
        "at most 1 client alias",
    ),
    (
        {"services": [{"portName": "http", "timeout": {"perRequestTimeoutSeconds": 5}}]},
        "needs an appProtocol",
    ),
]


@pytest.mark.parametrize(("change", "text"), REFUSED)
def test_service_connect_that_cannot_be(lab: Lab, change: dict[str, Any], text: str) -> None:
    """The service is refused and not made."""
    street = Street(lab)
    connect = {"enabled": True, "namespace": "shop.local", **change}
    with pytest.raises(ClientError, match=text):
        street.service("api", group="", settings={"serviceConnectConfiguration": connect})
    assert street.ecs.list_services(cluster="shop")["serviceArns"] == []


def test_cluster_has_a_default_namespace(lab: Lab) -> None:
    """A new name makes a namespace for API calls; services that name none are in it."""
    ecs = lab.client("ecs")
    made = ecs.create_cluster(clusterName="mesh", serviceConnectDefaults={"namespace": "mesh"})
    arn = made["cluster"]["serviceConnectDefaults"]["namespace"]
    found = lab.client("servicediscovery").list_namespaces()["Namespaces"]
    assert [(each["Arn"], each["Type"]) for each in found] == [(arn, "HTTP")]


def registry(street: Street, *records: str, **more: Any) -> str:
    """A Cloud Map service `api` with these DNS records; gives its ARN."""
    namespace = street.cloud_map.list_namespaces()["Namespaces"][0]["Id"]
    dns = [{"Type": each, "TTL": 60} for each in records]
    made = street.cloud_map.create_service(
        Name="api", NamespaceId=namespace, DnsConfig={"DnsRecords": dns}, **more
    )
    return str(made["Service"]["Arn"])


def test_service_discovery_gives_tasks_a_name(lab: Lab) -> None:
    """A records of running tasks, for whoever asks in the VPC; gone with the tasks."""
    street = Street(lab)
    arn = registry(street, "A", HealthCheckCustomConfig={"FailureThreshold": 1})
    settings = {"serviceRegistries": [{"registryArn": arn}]}
    street.service("api", group="", groups=[street.inner], count=2, settings=settings)
    lab.settle()
    client = lab.http.from_subnet(lab.network.private_subnets[0], [street.inner])
    tasks = {client.get("http://api.shop.local/").task for _ in range(12)}
    assert tasks == set(street.tasks("api"))
    described = street.ecs.describe_services(cluster="shop", services=["api"])["services"][0]
    assert described["serviceRegistries"] == [{"registryArn": arn}]
    street.ecs.update_service(cluster="shop", service="api", desiredCount=0)
    lab.settle()
    with pytest.raises(UnreachableError, match="Could not resolve"):
        client.get("http://api.shop.local/")


def test_instance_tells_where_its_task_is(lab: Lab) -> None:
    """The attributes of an instance in Cloud Map."""
    street = Street(lab)
    arn = registry(street, "SRV")
    settings = {"serviceRegistries": [{"registryArn": arn, "port": 80}]}
    street.service("api", group="", settings=settings)
    lab.settle()
    (found,) = street.cloud_map.list_instances(ServiceId=arn.rpartition("/")[2])["Instances"]
    attributes = found["Attributes"]
    assert found["Id"] == street.tasks("api")[0].rpartition("/")[2]
    assert attributes["AWS_INSTANCE_PORT"] == "80"
    assert attributes["AWS_INSTANCE_IPV4"].startswith("10.0.")
    assert {key: attributes[key] for key in ("ECS_SERVICE_NAME", "ECS_CLUSTER_NAME", "REGION")} == {
        "ECS_SERVICE_NAME": "api",
        "ECS_CLUSTER_NAME": "shop",
        "REGION": "us-east-1",
    }


def test_srv_records_need_a_port(lab: Lab) -> None:
    """In awsvpc mode, by container or by number."""
    street = Street(lab)
    arn = registry(street, "SRV")
    with pytest.raises(ClientError, match="give containerName and containerPort, or port"):
        street.service("api", group="", settings={"serviceRegistries": [{"registryArn": arn}]})


def test_bridge_mode_needs_the_container(lab: Lab) -> None:
    """AWS's words for a registry of a bridge task without container name and port."""
    street = Street(lab)
    arn = registry(street, "SRV")
    web = {"name": "web", "image": "nginx", "memory": 128, "portMappings": [{"containerPort": 80}]}
    street.ecs.register_task_definition(family="web", containerDefinitions=[web])
    with pytest.raises(ClientError, match="When specifying 'host' or 'bridge' for networkMode"):
        street.ecs.create_service(
            cluster="shop",
            serviceName="web",
            taskDefinition="web",
            desiredCount=1,
            serviceRegistries=[{"registryArn": arn}],
        )


def test_client_in_a_container_reaches_what_its_program_reaches(lab: Lab) -> None:
    """Its localhost; and nothing any more once the container has stopped."""
    street = Street(lab)
    street.member("front")
    lab.settle()
    client = street.connected("front")
    task = street.tasks("front")[0]
    with pytest.raises(UnreachableError, match="connection refused"):
        client.get("http://localhost:9/")
    street.ecs.stop_task(cluster="shop", task=task)
    lab.wait(120)
    with pytest.raises((UnreachableError, ValueError), match=r"does not run|no network interface"):
        client.get("http://localhost/")
