import socket

import pytest
from ytempire.errors import ServiceFailed
from ytempire.warehouse.database import alchemy_url, connect


def test_a_postgres_that_is_away_is_told_with_what_to_do_and_without_the_password() -> None:
    with socket.socket() as taken:  # bound but not listening: refuses, and nobody else gets it
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with (
            pytest.raises(ServiceFailed, match=f"port {port}") as caught,
            connect(f"postgresql://someone:hidden@127.0.0.1:{port}/warehouse"),
        ):
            pass
    assert "make up" in caught.value.remedy
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_alchemy_is_told_to_use_psycopg_3(scheme: str) -> None:
    assert alchemy_url(f"{scheme}://a:b@h:1/d") == "postgresql+psycopg://a:b@h:1/d"
