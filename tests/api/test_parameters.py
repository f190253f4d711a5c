"""Parameters in every way that clients write them: query, JSON, forms and multipart, with Rails' brackets."""

import pytest

from tests.api.client import Answer, Api, User, query_of
from tests.api.process import ServerProcess

_FIELDS = [("one", "1"), ("two", "2")]


def _send(caller: Api, encoding: str, path: str, **parameters: str) -> Answer:
    if encoding == "json":
        return caller.post(path, parameters)
    if encoding == "query":
        return caller.post(f"{path}?{query_of(parameters)}")
    send = caller.form if encoding == "form" else caller.multipart
    return send(path, parameters.items())


@pytest.mark.parametrize("encoding", ["json", "form", "multipart", "query"])
def test_a_status_in_every_encoding(alice: User, encoding: str) -> None:
    made = _send(
        alice, encoding, "/api/v1/statuses", status="Encoded", spoiler_text="Careful", language="eo"
    ).ok()
    assert (made["content"], made["spoiler_text"], made["language"]) == ("<p>Encoded</p>", "Careful", "eo")


@pytest.mark.parametrize("encoding", ["form", "multipart", "query"])
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("true", True),
        ("1", True),
        ("on", True),
        ("True", True),
        ("false", False),
        ("0", False),
        ("off", False),
    ],
)
def test_truth_in_every_spelling(alice: User, encoding: str, text: str, meant: bool) -> None:
    made = _send(alice, encoding, "/api/v1/statuses", status="True or not", sensitive=text).ok()
    assert made["sensitive"] is meant


@pytest.mark.parametrize(
    ("value", "meant"), [(True, True), (1, True), ("1", True), (False, False), (0, False)]
)
def test_truth_in_json(alice: User, value: object, meant: bool) -> None:
    assert alice.status("True or not", sensitive=value)["sensitive"] is meant


def test_what_is_neither_true_nor_false(alice: User) -> None:
    answer = alice.post("/api/v1/statuses", {"status": "Perhaps", "sensitive": "perhaps"})
    answer.refused(422)
    assert list(answer.json["details"]) == ["sensitive"]


@pytest.mark.parametrize(
    "query",
    ["id[]={0}&id[]={1}", "id[0]={0}&id[1]={1}", "id%5B%5D={0}&id%5B%5D={1}", "id[1]={1}&id[0]={0}"],
)
def test_arrays_in_the_query(server: ServerProcess, alice: User, query: str) -> None:
    first, second = server.user("first"), server.user("second")
    path = "/api/v1/accounts/relationships?" + query.format(first.id, second.id)
    assert alice.get(path).ids == [first.id, second.id]


def test_a_single_value_stands_for_an_array_of_one(alice: User, bob: User) -> None:
    assert alice.get(f"/api/v1/accounts/relationships?id={bob.id}").ids == [bob.id]


@pytest.mark.parametrize(
    "pairs",
    [
        [("fields_attributes[0][name]", "one"), ("fields_attributes[0][value]", "1"),
         ("fields_attributes[1][name]", "two"), ("fields_attributes[1][value]", "2")],
        [("fields_attributes[][name]", "one"), ("fields_attributes[][value]", "1"),
         ("fields_attributes[][name]", "two"), ("fields_attributes[][value]", "2")],
        [("fields_attributes[1][value]", "2"), ("fields_attributes[0][value]", "1"),
         ("fields_attributes[0][name]", "one"), ("fields_attributes[1][name]", "two")],
    ],
    ids=["indexed", "unindexed", "out of order"],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["form", "multipart"])
def test_arrays_of_records_in_forms(alice: User, encoding: str, pairs: list[tuple[str, str]]) -> None:
    send = alice.form if encoding == "form" else alice.multipart
    found = send("/api/v1/accounts/update_credentials", pairs, "PATCH").ok()
    assert [(field["name"], field["value"]) for field in found["source"]["fields"]] == _FIELDS


@pytest.mark.parametrize("indexed", [True, False])
def test_arrays_of_records_in_json(alice: User, indexed: bool) -> None:
    records = [{"name": name, "value": value} for name, value in _FIELDS]
    sent = {str(index): record for index, record in enumerate(records)} if indexed else records
    found = alice.patch("/api/v1/accounts/update_credentials", {"fields_attributes": sent}).ok()
    assert [(field["name"], field["value"]) for field in found["source"]["fields"]] == _FIELDS


@pytest.mark.parametrize("encoding", ["form", "multipart"])
def test_records_in_forms(alice: User, encoding: str) -> None:
    send = alice.form if encoding == "form" else alice.multipart
    pairs = [("source[privacy]", "private"), ("source[sensitive]", "1"), ("source[language]", "fr")]
    source = send("/api/v1/accounts/update_credentials", pairs, "PATCH").ok()["source"]
    assert (source["privacy"], source["sensitive"], source["language"]) == ("private", True, "fr")


def test_redirect_uris_in_every_form(nobody: Api) -> None:
    uris = ["https://one.example/callback", "two:/callback"]
    for sent in (uris, "\n".join(uris), " ".join(uris)):
        made = nobody.post("/api/v1/apps", {"client_name": "Test", "redirect_uris": sent}).ok()
        assert made["redirect_uris"] == uris
    pairs = [("client_name", "Test"), ("redirect_uris[]", uris[0]), ("redirect_uris[]", uris[1])]
    assert nobody.form("/api/v1/apps", pairs).ok()["redirect_uris"] == uris
    assert nobody.multipart("/api/v1/apps", pairs).ok()["redirect_uris"] == uris


@pytest.mark.parametrize(
    "body",
    [
        b"client_name=Test&redirect_uris=urn:ietf:wg:oauth:2.0:oob",
        b'{"client_name":"Test","redirect_uris":"a:b"}',
    ],
)
def test_a_body_whose_client_does_not_say_what_it_is(nobody: Api, body: bytes) -> None:
    assert nobody.call("POST", "/api/v1/apps", body).ok()["name"] == "Test"


def test_a_body_wins_over_the_query(alice: User) -> None:
    assert alice.form("/api/v1/statuses?status=Query", {"status": "Body"}).ok()["content"] == "<p>Body</p>"


def test_unknown_parameters_are_passed_over(alice: User) -> None:
    made = alice.status("Known", quote_approval_policy="public", nonsense={"deep": [1, 2]}, application=None)
    assert made["content"] == "<p>Known</p>"


def test_empty_text_stands_for_no_value(alice: User) -> None:
    made = alice.form(
        "/api/v1/statuses", {"status": "Empty", "sensitive": "", "in_reply_to_id": "", "visibility": ""}
    )
    assert (made.ok()["sensitive"], made.ok()["visibility"]) == (False, "public")


@pytest.mark.parametrize("number", [7, "7"])
def test_ids_may_be_numbers_in_json(alice: User, number: object) -> None:
    made = alice.status("The first")
    sent = int(made["id"]) if number == 7 else made["id"]
    assert alice.status("The answer", in_reply_to_id=sent)["in_reply_to_id"] == made["id"]


@pytest.mark.parametrize(
    "pairs",
    [
        [("status", "plain"), ("status[nested]", "x")],
        [("status[nested]", "x"), ("status", "plain")],
        [("a" + "[b]" * 9, "x"), ("status", "deep")],
        [("status[]", "x")],
        [("status", "good"), ("poll", "flat")],
        [("status", "good"), ("in_reply_to_id", "ten")],
        [("status", "good"), ("in_reply_to_id", "-1")],
        [("status", "good"), ("in_reply_to_id", "9" * 30)],
        [("status", "good"), ("visibility", "secret")],
        [("status", "good"), ("language", "not a language")],
    ],
)
def test_parameters_that_cannot_be_meant(alice: User, pairs: list[tuple[str, str]]) -> None:
    assert alice.form("/api/v1/statuses", pairs).refused(422)
    assert alice.multipart("/api/v1/statuses", pairs).refused(422)


@pytest.mark.parametrize(
    ("path", "body", "text"),
    [
        ("/api/v1/statuses", {"status": ["x"]}, "status must be text"),
        ("/api/v1/statuses", {"status": "x", "poll": "x"}, "poll must be an object"),
        ("/api/v1/statuses", {"status": "x", "media_ids": [[]]}, "media_ids has an item that must be text"),
        ("/api/v1/statuses", {"status": "x", "sensitive": "perhaps"}, "sensitive must be true or false"),
        ("/api/v1/statuses", {"status": "x", "sensitive": []}, "sensitive must be true or false"),
        ("/api/v1/accounts/1/mute", {"duration": "long"}, "duration must be a whole number"),
        ("/api/v1/accounts/1/mute", {"duration": 1.5}, "duration must be a whole number"),
        ("/api/v1/accounts/1/mute", {"duration": "1e400"}, "duration is not valid"),
        (
            "/api/v1/lists",
            {"replies_policy": "all"},
            "replies_policy must be one of list, followed, none",
        ),
        ("/api/v1/apps", {"redirect_uris": [[]]}, "redirect_uris has an item that must be text"),
    ],
)
def test_what_is_wrong_is_said_in_words(alice: User, path: str, body: dict[str, object], text: str) -> None:
    answer = alice.post(path, body)
    assert answer.refused(422) == f"Validation failed: {text}"
    field, _, description = text.partition(" ")
    assert answer.json["details"] == {field: [{"error": "ERR_INVALID", "description": description}]}


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ({"users": 0}, "users must be at least 1"),
        ({"users": "1000001"}, "users must be at most 1000000"),
        ({"users": "all"}, "users must be a whole number"),
        ({"seed": -1}, "seed must be at least 0"),
    ],
)
def test_bounds_are_said_in_words(server: ServerProcess, form: dict[str, object], text: str) -> None:
    assert server.operator.post("/roost/v1/verify", form).refused(422) == f"Validation failed: {text}"


@pytest.mark.parametrize(
    "more",
    [
        {"media_ids": ["1"]},
        {"poll": {"options": ["alone"], "expires_in": 3_600}},
        {"poll": {"options": ["a", "b"], "expires_in": "soon"}},
        {"scheduled_at": "2020-01-01"},
    ],
)
def test_a_post_is_not_made_without_what_cannot_be_done(alice: User, more: dict[str, object]) -> None:
    alice.post("/api/v1/statuses", {"status": "With more", **more}).refused(422)
    assert alice.get(f"/api/v1/accounts/{alice.id}/statuses").ids == []


@pytest.mark.parametrize(
    "body", [b"[]", b"1", b'"text"', b"null", b"{", b"", b"\xff\xfe", b'{"status":"\xed\xa0\x80"}']
)
def test_json_that_is_no_object(alice: User, body: bytes) -> None:
    answer = alice.call("POST", "/api/v1/statuses", body, {"Content-Type": "application/json"})
    assert answer.refused(422)


def test_a_file_that_is_no_picture_is_refused(alice: User) -> None:
    def send(content: str) -> Answer:
        parts = (
            '--x\r\nContent-Disposition: form-data; name="display_name"\r\n\r\nPictured\r\n'
            '--x\r\nContent-Disposition: form-data; name="avatar"; filename="me.png"\r\n\r\n'
            f"{content}\r\n--x--\r\n"
        )
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        return alice.call("PATCH", "/api/v1/accounts/update_credentials", parts.encode(), headers)

    assert send("a picture").refused(422) == "Validation failed: File is of no kind that is taken"
    assert alice.get("/api/v1/accounts/verify_credentials").ok()["display_name"] != "Pictured"
    assert send("").ok()["display_name"] == "Pictured"


@pytest.mark.parametrize("name", ["avatar", "header"])
def test_a_picture_as_text_is_refused(alice: User, name: str) -> None:
    answer = alice.patch("/api/v1/accounts/update_credentials", {name: "data:image/png;base64,AAAA"})
    wanted = f"Validation failed: {name.title()} must be sent as a file of a multipart form"
    assert answer.refused(422) == wanted


def test_a_parameter_that_is_missing_is_named(server: ServerProcess) -> None:
    answer = server.operator.get("/roost/v1/trends/explain")
    assert answer.refused(422) == "Validation failed: key is missing"
    assert list(answer.json["details"]) == ["key"]
    answer = server.operator.post("/roost/v1/trends/bars", {"kind": "tags"})
    assert answer.refused(422) == "Validation failed: key is missing"
