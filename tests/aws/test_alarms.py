"""CloudWatch alarms on what the lab measures, without anything that scales."""

from __future__ import annotations

from two_target_groups import Stage

from ecs_lab import Lab


def test_an_alarm_on_a_load_balancers_metric_follows_it_minute_by_minute(lab: Lab) -> None:
    """Three requests in a minute are too many; a minute without any is none the worse."""
    stage = Stage(lab)
    stage.create()
    cloudwatch = lab.client("cloudwatch")
    balancer = stage.elb.describe_load_balancers()["LoadBalancers"][0]
    stage.elb.set_security_groups(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        SecurityGroups=[lab.network.security_groups["web"]],
    )
    cloudwatch.put_metric_alarm(
        AlarmName="busy",
        Namespace="AWS/ApplicationELB",
        MetricName="HTTPCode_Target_2XX_Count",
        Dimensions=[
            {
                "Name": "LoadBalancer",
                "Value": balancer["LoadBalancerArn"].partition(":loadbalancer/")[2],
            }
        ],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=3,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
    )

    def states_after(requests: int) -> list[str]:
        for _ in range(requests):
            assert lab.http.get(f"http://{balancer['DNSName']}").status == 200
        seen = []
        for _ in range(12):
            lab.wait(15)
            seen.append(str(cloudwatch.describe_alarms()["MetricAlarms"][0]["StateValue"]))
        return seen

    assert set(states_after(2)) == {"OK"}
    busy = states_after(3)
    assert ("ALARM" in busy, busy[-1]) == (True, "OK")
