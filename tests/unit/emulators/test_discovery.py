import pytest
from ytempire.emulators.youtube import discovery
from ytempire.emulators.youtube.refusals import Refusal


def method(verb: str, path: str) -> discovery.Method:
    found = discovery.route(verb, path)
    assert found is not None
    return found


def test_every_method_is_found_at_its_address() -> None:
    assert method("GET", "/youtube/v3/videos:batchGetStats").id == "youtube.videos.batchGetStats"
    assert method("GET", "/youtube/v3/captions/abc").id == "youtube.captions.download"
    assert method("GET", "/v2/reports").id == "youtubeAnalytics.reports.query"
    assert method("POST", "/upload/youtube/v3/videos").id == "youtube.videos.insert"
    assert len({m.id for m in discovery.methods()}) > 80


def test_unknown_addresses_and_verbs_lead_nowhere() -> None:
    assert discovery.route("GET", "/youtube/v3/nothing") is None
    assert discovery.route("PATCH", "/youtube/v3/videos") is None
    assert discovery.route("POST", "/upload/youtube/v3/playlists") is None


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"part": ["id"], "colour": ["red"]}, 'Unknown name "colour"'),
        ({"part": ["id"], "maxResults": ["51"]}, "within the range: \\[0, 50\\]"),
        ({"part": ["id"], "maxResults": ["many"]}, "An integer is wanted"),
        ({"part": ["id"], "order": ["newest"]}, "Invalid value 'newest'"),
        ({"part": ["id"], "forMine": ["perhaps"]}, "boolean"),
        ({"q": ["sea"]}, "Required parameter: part"),
    ],
)
def test_a_query_that_does_not_fit_is_refused(query: dict[str, list[str]], says: str) -> None:
    with pytest.raises(Refusal, match=says):
        discovery.check_query(method("GET", "/youtube/v3/search"), query)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"snippet": {"titel": "x"}}, "Unknown name \"titel\" at 'snippet'"),
        ({"status": {"privacyStatus": "secret"}}, "Invalid value at 'status.privacyStatus'"),
        ({"status": {"selfDeclaredMadeForKids": "no"}}, "selfDeclaredMadeForKids"),
        ({"snippet": {"tags": "sea"}}, "snippet.tags"),
        ({"snippet": {"tags": [["sea"]]}}, r"snippet.tags\[0\]"),
        ([], "Invalid value"),
    ],
)
def test_a_body_that_does_not_fit_is_refused(body: object, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        discovery.check_body(method("POST", "/youtube/v3/videos"), body)


def test_a_fitting_body_passes() -> None:
    body = {
        "snippet": {"title": "Tides", "tags": ["sea"], "categoryId": "27"},
        "status": {"privacyStatus": "private", "containsSyntheticMedia": True},
    }
    discovery.check_body(method("POST", "/youtube/v3/videos"), body)
