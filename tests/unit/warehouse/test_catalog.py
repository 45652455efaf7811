"""The catalog is the models' own words, and leaves none out."""

from __future__ import annotations

from ytempire.config import REPOSITORY
from ytempire.warehouse import catalog


def test_the_page_in_docs_is_the_one_that_the_models_make() -> None:
    assert catalog.CATALOG.read_text() == catalog.page(), "run `make docs`"


def test_every_mart_has_a_question_and_every_column_a_description() -> None:
    models = {path.stem for path in (REPOSITORY / "dbt" / "models" / "marts").glob("*.sql")}
    told = {mart.name: mart for mart in catalog.marts()}
    assert told.keys() == models
    for mart in told.values():
        assert mart.question.endswith("?"), mart.name
        assert f"marts.{mart.name}" in mart.query
        assert [c["name"] for c in mart.columns if not c.get("description")] == [], mart.name
