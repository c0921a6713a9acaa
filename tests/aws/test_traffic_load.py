"""Loads: many requests in virtual time, what they report, and what reacts to them."""

from __future__ import annotations

import _thread
from typing import TYPE_CHECKING, Any

import pytest
from shops import Shop

if TYPE_CHECKING:
    from ecs_lab import Lab


def slow(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """A web app that needs 200 ms for an answer."""
    import time

    time.sleep(0.2)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"at last"]


def test_load_is_counted_by_task_status_and_zone(lab: Lab) -> None:
    """Two tasks in two zones share the requests; the time of the load has passed."""
    shop = Shop(lab)
    shop.service(count=2)
    lab.settle()
    before = lab.now
    report = lab.load("web", rps=10, seconds=60)
    assert (lab.now - before).total_seconds() == 60
    assert (report.sent, dict(report.by_status)) == (600, {200: 600})
    assert sorted(report.by_task) == sorted(shop.tasks())
    assert set(report.by_task.values()) == {300}
    assert sum(report.by_zone.values()) == 600
    assert str(report).startswith("600 requests in 60 s; latency p50 0.000 s")


def test_latency_is_what_the_app_takes(lab: Lab) -> None:
    """An app that sleeps 200 ms answers in 200 ms."""
    shop = Shop(lab)
    shop.service(image=lab.registry.push("slow:1", slow))
    lab.settle()
    report = lab.load("shop/web", rps=5, seconds=10, path="/any")
    assert report.latency_s(50) == pytest.approx(0.2)


def test_requests_that_overlap_go_to_the_task_with_fewest(lab: Lab) -> None:
    """With least_outstanding_requests a busy task is passed over."""
    shop = Shop(lab)
    shop.attributes(load_balancing__algorithm__type="least_outstanding_requests")
    shop.service(count=2, image=lab.registry.push("slow:1", slow))
    lab.settle()
    report = lab.load(shop.url, rps=10, seconds=1)
    assert set(report.by_task.values()) == {5}


def test_metrics_of_the_load_balancer_follow(lab: Lab) -> None:
    """Requests, answers by code, latency and healthy hosts, each minute in CloudWatch."""
    shop = Shop(lab)
    shop.service(count=2, image=lab.registry.push("slow:1", slow))
    lab.settle()
    lab.load("web", rps=2, seconds=180)
    balancer = shop.balancer.partition("loadbalancer/")[2]
    group = shop.group.rpartition(":")[2]

    def latest(name: str, statistic: str, *, of_group: bool = False) -> float:
        names = {"LoadBalancer": balancer, **({"TargetGroup": group} if of_group else {})}
        with lab.quiet():
            found = lab.client("cloudwatch").get_metric_statistics(
                Namespace="AWS/ApplicationELB",
                MetricName=name,
                Dimensions=[{"Name": key, "Value": value} for key, value in names.items()],
                StartTime=lab.now.timestamp() - 120,
                EndTime=lab.now.timestamp() + 60,
                Period=60,
                Statistics=[statistic],
            )["Datapoints"]
        return float(max(found, key=lambda each: each["Timestamp"])[statistic])

    assert latest("RequestCount", "Sum") == 120
    assert latest("HTTPCode_Target_2XX_Count", "Sum", of_group=True) == 120
    assert latest("RequestCountPerTarget", "Sum", of_group=True) == 60
    assert latest("TargetResponseTime", "Average") == pytest.approx(0.2)
    assert latest("HealthyHostCount", "Average", of_group=True) == 2


def test_service_scales_out_by_requests_per_target(lab: Lab) -> None:
    """Target tracking of ALBRequestCountPerTarget acts on what a load sends."""
    shop = Shop(lab)
    shop.service()
    lab.settle()
    scaling = lab.client("application-autoscaling")
    which = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/shop/web",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling.register_scalable_target(**which, MinCapacity=1, MaxCapacity=6)
    label = f"{shop.balancer.partition('loadbalancer/')[2]}/{shop.group.rpartition(':')[2]}"
    tracked = {
        "PredefinedMetricType": "ALBRequestCountPerTarget",
        "ResourceLabel": label,
    }
    scaling.put_scaling_policy(
        **which,
        PolicyName="requests",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 100.0,
            "PredefinedMetricSpecification": tracked,
        },
    )
    report = lab.load("web", rps=5, seconds=900)
    service = shop.ecs.describe_services(cluster="shop", services=["web"])["services"][0]
    assert service["desiredCount"] == 3
    assert len(report.by_task) == 3


def test_interrupt_ends_a_load_with_what_came_so_far(lab: Lab) -> None:
    """Ctrl-C is heard between requests: the report is partial, the lab whole."""
    shop = Shop(lab)
    shop.service()
    lab.settle()
    lab._progress = lambda sent, total: _thread.interrupt_main()  # type: ignore[method-assign] # Ctrl-C at the first progress
    report = lab.load("web", rps=100, seconds=3600)
    assert report.interrupted
    assert 0 < report.sent < 2000
    assert lab.http.get(shop.url).status == 200


def test_load_on_what_is_not_there(lab: Lab) -> None:
    """The error names what there is."""
    shop = Shop(lab)
    shop.service()
    with pytest.raises(ValueError, match=r"there is no service 'api'; .*one of: shop/web"):
        lab.load("api", rps=1, seconds=1)
    with pytest.raises(ValueError, match="rps is 0: give a number above 0"):
        lab.load("web", rps=0, seconds=1)
