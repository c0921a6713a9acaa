"""Pictures in a real JupyterLab: themes, and the browser as the last resort that draws them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


pytestmark = [pytest.mark.browser, pytest.mark.slow]

SNAPSHOT = {
    "region": "us-east-1",
    "account": "123456789012",
    "clusters": [{"clusterName": "shop", "status": "ACTIVE"}],
    "vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "Tags": []}],
}
DRAW = f"from ecs_lab.diagram import draw\npicture = draw({SNAPSHOT!r})\n"
IN_PYTHON = DRAW + "picture"
IN_THE_BROWSER = DRAW + "from ecs_lab.widgets.dot import DotWidget\nDotWidget(picture)"
NAME = "svg.ecs-picture text:text-is('shop')"
COLOUR = "element => getComputedStyle(element).fill"


def photograph(page: Any, name: str) -> None:
    """Keep a screenshot where `ECS_LAB_PICTURES` asks for it."""
    if folder := os.environ.get("ECS_LAB_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.mark.parametrize(
    ("theme", "colour"),
    [("JupyterLab Light", "rgba(0, 0, 0, 0.87)"), ("JupyterLab Dark", "rgba(255, 255, 255, 0.87)")],
)
@pytest.mark.parametrize("cell", [IN_PYTHON, IN_THE_BROWSER], ids=["python", "browser"])
def test_a_picture_takes_the_colours_of_the_theme(
    run_cells: Callable[..., Any], cell: str, theme: str, colour: str
) -> None:
    """Names in a picture have the text colour of JupyterLab's theme, whoever drew it."""
    page = run_cells(cell, theme=theme)
    name = page.locator(NAME)
    name.wait_for(timeout=30_000)
    photograph(page, f"picture-{theme[-4:]}-{cell == IN_PYTHON}")
    assert name.evaluate(COLOUR) == colour


def test_a_picture_is_an_image_with_a_name_and_words(run_cells: Callable[..., Any]) -> None:
    """A screen reader finds one image, its name and its description, and no loose parts."""
    page = run_cells(IN_PYTHON)
    picture = page.get_by_role("img", name="Architecture of the lab in us-east-1")
    picture.wait_for(timeout=30_000)
    described_by = picture.get_attribute("aria-describedby")
    assert "ECS cluster shop" in page.locator(f"#{described_by}").text_content()


def test_two_pictures_on_a_page_share_no_id(run_cells: Callable[..., Any]) -> None:
    """The same picture shown twice keeps its ids apart."""
    page = run_cells(IN_PYTHON, "picture")
    page.locator("svg.ecs-picture").nth(1).wait_for(timeout=30_000)
    ids = page.eval_on_selector_all(
        "svg.ecs-picture, svg.ecs-picture [id]", "all => all.map(each => each.id)"
    )
    assert len(ids) > 10
    assert len(ids) == len(set(ids))
