from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from ytempire.emulators.youtube.catalog import Scale
from ytempire.emulators.youtube.server import serve
from ytempire.errors import InvalidInput, ServiceFailed

HTTP = httpx.Client()


def test_a_restart_keeps_uploads_grants_quota_and_the_clock(
    start: Callable[..., Any], local: Callable[[str], Any], movie: Path
) -> None:
    with start(speed=5.0) as address:
        before = local(address)
        video = before.upload(movie)["id"]
        before.set("advance", hours=50)
        before.set("quota", bucket="search", used=12)
        before.set("grants", channel_id=before.grant("quiet-orbit")["channel_id"], revoked=True)
        before.set("faults", kind="503", count=3)
        grants, clock = before.admin("grants"), before.admin("clock")
        log = len(before.admin("requests"))
    with start(speed=1.0) as address:
        after = local(address)
        assert [kept["video_id"] for kept in after.admin("videos")] == [video]
        assert [g["refresh_token"] for g in after.admin("grants")] == [
            g["refresh_token"] for g in grants
        ]
        assert after.admin("clock")["t0"] == clock["t0"]
        assert after.admin("clock")["now"] >= clock["now"]
        assert after.admin("quota")["search"]["used"] == 12
        assert after.admin("faults")[0]["remaining"] == 3
        assert len(after.admin("requests")) == log
        with pytest.raises(httpx.HTTPStatusError):
            after.token("quiet-orbit")


def test_a_folder_belongs_to_one_seed_and_scale(start: Callable[..., Any]) -> None:
    with start(seed=7):
        pass
    with pytest.raises(InvalidInput, match="another scale"), start(scale=Scale(channels=4)):
        pass
    with pytest.raises(InvalidInput, match="seed 7"), start(seed=8):
        pass


def test_a_taken_port_is_told(youtube: Any, tmp_path: Path) -> None:
    port = int(youtube.address.rpartition(":")[2])
    with pytest.raises(ServiceFailed, match=str(port)):
        serve(port, 7, 1.0, tmp_path / "other")


def test_it_listens_on_loopback_only(youtube: Any) -> None:
    port = int(youtube.address.rpartition(":")[2])
    listening = [
        connection.laddr.ip
        for connection in psutil.Process().net_connections("inet")
        if connection.laddr.port == port and connection.status == psutil.CONN_LISTEN
    ]
    assert listening == ["127.0.0.1"]


def test_people_see_that_it_is_simulated(youtube: Any) -> None:
    assert HTTP.get(f"{youtube.address}/healthz").json()["status"] == "ok"
    page = HTTP.get(youtube.address).text
    assert "SIMULATED" in page
    assert all(title in page for title in ("Tidewise", "Ledger Lore", "Quiet Orbit"))
    link = page.partition('href="')[2].partition('"')[0]
    assert "SIMULATED" in HTTP.get(youtube.address + link).text


def test_titles_cannot_write_into_pages(youtube: Any, movie: Path) -> None:
    video = youtube.upload(movie)["id"]
    assert HTTP.get(f"{youtube.address}/watch/{video}").status_code == 200
    assert HTTP.get(f"{youtube.address}/watch/<script>").status_code == 404


def test_fifty_statistics_are_answered_quickly(youtube: Any) -> None:
    import time

    headers = youtube.headers()
    uploads = "UU" + youtube.grant()["channel_id"][2:]
    url = f"{youtube.address}/youtube/v3"
    with httpx.Client(headers=headers) as client:
        page = client.get(
            f"{url}/playlistItems?part=contentDetails&maxResults=50&playlistId={uploads}"
        )
        ids = ",".join(item["contentDetails"]["videoId"] for item in page.json()["items"])
        times = []
        for _ in range(10):
            began = time.perf_counter()
            client.get(f"{url}/videos:batchGetStats?part=statistics&id={ids}").raise_for_status()
            times.append(time.perf_counter() - began)
    assert min(times) < 0.03  # 3 to 5 ms where nothing else runs
