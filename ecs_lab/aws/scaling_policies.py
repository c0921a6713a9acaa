"""Application Auto Scaling's policies as AWS takes them, with the alarms that they ask for.

Loaded when Application Auto Scaling is first asked, because moto's takes its time to load.
"""

from __future__ import annotations

from typing import Any

from moto.applicationautoscaling import urls
from moto.applicationautoscaling.exceptions import AWSValidationException
from moto.applicationautoscaling.models import (
    ApplicationAutoscalingBackend,
    applicationautoscaling_backends,
)
from moto.cloudwatch.models import Dimension
from moto.core.exceptions import JsonRESTError

from ecs_lab.engine.service_scaling import LOW_SHARE

TRACKING = "TargetTrackingScaling"
REQUESTS = "ALBRequestCountPerTarget"
PREDEFINED = {
    "ECSServiceAverageCPUUtilization": "CPUUtilization",
    "ECSServiceAverageMemoryUtilization": "MemoryUtilization",
}
"""What of a service can be tracked, and the metric's name in CloudWatch.

Source:
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
"""


class Policies(ApplicationAutoscalingBackend):
    """moto's Application Auto Scaling with policies that are looked at before they are kept."""

    @property
    def _url_module(self) -> Any:
        return urls  # moto: looks for them beside the module of the backend's class

    def put_scaling_policy(
        self,
        policy_name: str,
        service_namespace: str,
        resource_id: str,
        scalable_dimension: str,
        policy_body: dict[str, Any],
        policy_type: str | None,
    ) -> Any:
        """Keep a policy, in place of one of that name with its alarms."""
        which = policy_name, service_namespace, resource_id, scalable_dimension
        if resource_id not in self.targets.get(scalable_dimension, {}):
            raise JsonRESTError("ObjectNotFoundException", NO_TARGET.format(*which))
        if service_namespace == "ecs" and policy_type == TRACKING:
            _check_metric(policy_body)
        old = self.describe_scaling_policies(*which[1:], None, "")[1]
        for each in old:
            if each.policy_name == policy_name:
                self.delete_scaling_policy(*which)
        policy = super().put_scaling_policy(*which, policy_body, policy_type)
        if service_namespace == "ecs" and policy_type == TRACKING:
            _mend_alarms(policy)
        return policy


NO_TARGET = (
    "No scalable target registered for service namespace: {1}, resource ID: {2}, "
    "scalable dimension: {3}"
)
"""Source (seen in the field): https://github.com/ansible/ansible/pull/35632"""

applicationautoscaling_backends.backend = Policies


def _check_metric(settings: dict[str, Any]) -> None:
    predefined = settings.get("PredefinedMetricSpecification")
    kind = (predefined or {}).get("PredefinedMetricType")
    known = (*PREDEFINED, REQUESTS)
    if predefined is not None and kind not in known:
        raise AWSValidationException(
            f"The metric {kind} cannot be tracked for a service: one of {', '.join(known)}."
        )


def _mend_alarms(policy: Any) -> None:
    """Give a tracking policy's two alarms the thresholds and the metric that it asks for.

    moto: makes them with a threshold of 6, on CPU or memory whatever the policy's metric is.
    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
    """
    settings = policy.target_tracking_scaling_policy_configuration
    target = float(settings["TargetValue"])
    for alarm, threshold in zip(policy.alarms, (target, target * LOW_SHARE), strict=True):
        alarm.threshold = threshold
        predefined = settings.get("PredefinedMetricSpecification") or {}
        own = settings.get("CustomizedMetricSpecification")
        if own:
            alarm.namespace, alarm.metric_name = own["Namespace"], own["MetricName"]
            alarm.statistic = own.get("Statistic", "Average")
            pairs = own.get("Dimensions") or []
            alarm.dimensions = [Dimension(each["Name"], each["Value"]) for each in pairs]
        elif predefined.get("PredefinedMetricType") == REQUESTS:
            alarm.namespace, alarm.metric_name = "AWS/ApplicationELB", "RequestCountPerTarget"
            alarm.statistic = "Sum"
            label = str(predefined.get("ResourceLabel", ""))
            group = "targetgroup/" + label.partition("/targetgroup/")[2]
            alarm.dimensions = [Dimension("TargetGroup", group)]
        else:
            alarm.metric_name = PREDEFINED[predefined["PredefinedMetricType"]]
