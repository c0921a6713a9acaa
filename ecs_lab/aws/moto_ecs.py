"""moto's own ECS, as other parts of moto see it: they get the lab's ECS (docs/adr/0003).

Application Auto Scaling asks it whether a service is there, Batch makes its clusters with it.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.ecs import urls
from moto.ecs.models import EC2ContainerServiceBackend, ecs_backends

from ecs_lab.aws.moto_state import MotoState
from ecs_lab.engine.errors import EcsError


class LabEcs(EC2ContainerServiceBackend):
    """Passes on to the ECS of the lab that is in moto's tables."""

    @property
    def _url_module(self) -> Any:
        return urls  # moto: looks for them beside the module of the backend's class

    def _call(self, operation: str, **request: Any) -> dict[str, Any]:
        current = MotoState.current
        if current is None or current.owner is None:
            raise NotImplementedError("moto's ECS is asked without an open lab")
        try:
            return current.owner.ecs_in(self.region_name).call(operation, **request)
        except EcsError as error:
            raise JsonRESTError(error.code, error.message) from error

    def describe_services(
        self, cluster_str: str, service_names_or_arns: list[str]
    ) -> tuple[list[Any], list[Any]]:
        """The services that are there, and failures."""
        asked = {"cluster": cluster_str, "services": service_names_or_arns}
        try:
            found = self._call("DescribeServices", **asked)
        except JsonRESTError:  # a service of no cluster is not there
            return [], []
        alive = [each for each in found["services"] if each["status"] != "INACTIVE"]
        return alive, found["failures"]

    def create_cluster(self, cluster_name: str, *_: Any, **__: Any) -> Any:
        """Make a cluster."""
        made = self._call("CreateCluster", clusterName=cluster_name)["cluster"]
        return SimpleNamespace(name=made["clusterName"], arn=made["clusterArn"])

    def delete_cluster(self, cluster_str: str) -> Any:
        """Delete a cluster."""
        return self._call("DeleteCluster", cluster=cluster_str)["cluster"]


ecs_backends.backend = LabEcs
