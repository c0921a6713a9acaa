"""An alarm on the errors of the load balancer itself."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, elb, cloudwatch = lab.client("ecs"), lab.client("elbv2"), lab.client("cloudwatch")
lab.begin("deploy-alarm")

front = elb.describe_load_balancers(Names=["front"])["LoadBalancers"][0]["LoadBalancerArn"]
cloudwatch.put_metric_alarm(
    AlarmName="web-errors",
    Namespace="AWS/ApplicationELB",
    MetricName="HTTPCode_ELB_5XX_Count",
    Dimensions=[{"Name": "LoadBalancer", "Value": front.partition(":loadbalancer/")[2]}],
    Statistic="Sum",
    Period=60,
    EvaluationPeriods=1,
    Threshold=variant.errors,
    ComparisonOperator="GreaterThanOrEqualToThreshold",
    TreatMissingData="notBreaching",
)
ecs.update_service(
    cluster=variant.cluster,
    service="web",
    deploymentConfiguration={
        "alarms": {"alarmNames": ["web-errors"], "enable": True, "rollback": True}
    },
)
