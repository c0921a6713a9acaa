"""Values for CloudWatch that the lab itself measures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from moto.cloudwatch.models import MetricDatum, MetricDatumBase, cloudwatch_backends


class Datum(MetricDatum):
    """A value in CloudWatch; it never changes, so that copies of a lab share it."""

    def __deepcopy__(self, memo: dict[int, object]) -> Datum:
        return self

    def filter(
        self,
        namespace: str | None,
        name: str | None,
        dimensions: list[dict[str, str]],
        already_present_metrics: list[MetricDatumBase] | None = None,
    ) -> bool:
        """Whether the value is of a metric that is asked for.

        moto: GetMetricStatistics, which asks by dimensions alone, takes values with more of them
        for the same metric. AWS does not:
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
        """
        statistics = namespace is None and name is None and already_present_metrics is None
        if statistics and len(dimensions or []) != len(self.dimensions):
            return False
        return super().filter(namespace, name, dimensions, already_present_metrics)


def add(
    account_id: str,
    region: str,
    at_s: float,
    namespace: str,
    name: str,
    value: float,
    dimensions: Mapping[str, str],
    unit: str = "None",
) -> None:
    """Put one value of a metric into a Region's CloudWatch, dated `at_s` (epoch seconds)."""
    when = datetime.fromtimestamp(at_s, UTC).replace(tzinfo=None)
    pairs = [{"Name": key, "Value": each} for key, each in dimensions.items()]
    datum = Datum(namespace, name, value, pairs, when, unit)
    cloudwatch_backends[account_id][region].metric_data.append(datum)
