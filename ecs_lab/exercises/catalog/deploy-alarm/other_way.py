"""The count of the target group, compared in another way, and the circuit breaker besides."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, elb, cloudwatch = lab.client("ecs"), lab.client("elbv2"), lab.client("cloudwatch")
lab.begin("deploy-alarm")

front = elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
group = elb.describe_target_groups(Names=["web"])["TargetGroups"][0]["TargetGroupArn"]
cloudwatch.put_metric_alarm(
    AlarmName="tasks-fail",
    Namespace="AWS/ApplicationELB",
    MetricName="HTTPCode_Target_5XX_Count",
    Dimensions=[
        {"Name": "TargetGroup", "Value": group.rpartition(":")[2]},
        {"Name": "LoadBalancer", "Value": front.partition("loadbalancer/")[2]},
    ],
    Statistic="Sum",
    Period=60,
    EvaluationPeriods=1,
    Threshold=variant.errors - 1,
    ComparisonOperator="GreaterThanThreshold",
)
ecs.update_service(
    cluster=variant.cluster,
    service="web",
    deploymentConfiguration={
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "alarms": {"alarmNames": ["tasks-fail"], "enable": True, "rollback": True},
    },
)
