import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shotwright.domain.order import Role
from shotwright.domain.take import CannotKnow, Done, Failed, Ticket
from shotwright.errors import Refused, SettingsError, Unavailable, Unclear
from shotwright.providers.base import Attempt
from shotwright.testing.doubles import MemorySink, mp4_boxes
from tests.providers.vendors.google.service import KEY, Service, clip_of, ended, order

Serve = Callable[..., Service]
Attempts = Iterator[Attempt]


async def test_pictures_and_clips_go_in_their_roles(serve: Serve, attempts: Attempts) -> None:
    service = serve()
    google = service.by_key()
    first, last, look = service.picture(), service.picture(Role.LAST), service.picture(Role.REFERENCE)
    for inputs, task, kinds in (
        ((), "text_to_video", []),
        ((first,), "image_to_video", ["image"]),
        ((first, last), "image_to_video", ["image", "image"]),
        ((look, look), "reference_to_video", ["image", "image"]),
        ((first, look), "reference_to_video", ["image", "image"]),
        ((service.video(),), "edit", ["video"]),
    ):
        await google.submit(order(*inputs), next(attempts))
        assert service.last["task"] == task
        assert [kind for kind, *_ in service.last["media"]] == kinds
    await google.submit(order(service.video(), options={"task": "extend"}), next(attempts))
    assert service.last["task"] == "extend"


async def test_a_clip_made_before_is_changed_without_an_upload(serve: Serve, attempts: Attempts) -> None:
    service = serve()
    google = service.by_key()
    ticket = await google.submit(order(), next(attempts))
    again = order(options={"previous_interaction_id": ticket.id, "cuts": True}, prompt="now at night")
    await google.submit(again, next(attempts))
    assert (service.last["task"], service.last["previous"], service.last["media"]) == ("edit", ticket.id, [])


async def test_a_large_picture_is_uploaded_once_and_waited_for(serve: Serve, attempts: Attempts) -> None:
    service = serve(processing="1")
    google = service.by_key()
    large = service.picture(bytes_at_least=7_100_000)
    await google.submit(order(large), next(attempts))
    await google.submit(order(large, prompt="the same pier at dusk"), next(attempts))
    assert service.running.bill()["requests"]["upload"] == 2, "one upload takes two requests"
    assert "/files/" in service.last["media"][0][3]
    other = service.by_key()
    await other.submit(order(large, prompt="from another process"), next(attempts))
    assert service.running.bill()["requests"]["upload"] == 2


async def test_an_upload_at_work_is_no_reason_to_wait_inside(serve: Serve, attempts: Attempts) -> None:
    service = serve(processing="2")
    google = service.by_key()
    large = order(service.picture(bytes_at_least=7_100_000))
    with pytest.raises(Refused, match="still works") as caught:
        await google.submit(large, next(attempts))
    assert (caught.value.reason, caught.value.retry_after) == ("busy", 3.0)
    await google.submit(large, next(attempts))
    service.google.files.clear()
    with pytest.raises(Refused, match="not there") as caught:
        await google.submit(large, next(attempts))
    assert caught.value.reason == "busy"
    assert service.running.bill()["accepted"] == 1


async def test_on_vertex_large_inputs_go_through_the_bucket(serve: Serve, attempts: Attempts) -> None:
    service = serve()
    large = service.picture(bytes_at_least=7_100_000)
    with pytest.raises(Refused, match="needs a bucket") as caught:
        await service.on_vertex().submit(order(large), next(attempts))
    assert caught.value.reason == "invalid"
    for _ in range(2):
        await service.on_vertex(storage="gs://films/work/").submit(order(large), next(attempts))
    assert service.running.bill()["requests"]["upload"] == 1
    assert service.last["media"][0][3] == f"gs://films/work/inputs/{large.digest}"


async def test_vertex_leaves_the_clip_in_the_bucket(serve: Serve, attempts: Attempts) -> None:
    service = serve(hidden="1000000")
    google = service.on_vertex(storage="gs://films/work")
    attempt = next(attempts)
    ticket = await google.submit(order(model="gemini-omni-1.1-flash"), attempt)
    assert service.google.jobs[ticket.id].model == "gemini-omni-1.1-flash-preview"
    assert service.last["prefix"] == f"gs://films/work/{attempt.ref}/"
    done = await ended(google, ticket)
    assert isinstance(done, Done), "found in the bucket, though the answer holds no output"
    service.running.misbehave("forget@check*1")
    assert await google.check(ticket) == done, "still in the bucket, though the interaction is no longer known"
    assert "moov" in mp4_boxes(await clip_of(google, ticket))


@pytest.mark.parametrize("model", ["gemini-omni-1.2-flash", "veo-3.1-generate-001"])
async def test_a_lost_order_is_found_by_the_clip_it_left(serve: Serve, attempts: Attempts, model: str) -> None:
    service = serve(job_seconds=0.3)
    google = service.on_vertex(storage="gs://films")
    service.running.misbehave("drop-after@submit*1")
    attempt, wanted = next(attempts), order(model=model)
    with pytest.raises(Unclear):
        await google.submit(wanted, attempt)
    found = await google.find(wanted, attempt)
    assert isinstance(found, CannotKnow), "not finished yet"
    while isinstance(found, CannotKnow):
        found = await google.find(wanted, attempt)
    assert isinstance(found, Ticket)
    kept = Ticket.from_json(json.loads(json.dumps(found.as_json())))
    assert "moov" in mp4_boxes(await clip_of(google, kept))
    assert isinstance(await google.find(wanted, next(attempts)), CannotKnow)
    assert service.running.bill()["charged"] == 1


async def test_without_a_bucket_nothing_can_be_known(serve: Serve, attempts: Attempts) -> None:
    service = serve()
    for google in (service.by_key(), service.on_vertex()):
        found = await google.find(order(), next(attempts))
        assert isinstance(found, CannotKnow)
        assert "no list" in found.why


async def test_output_that_comes_late_is_waited_for_and_then_lost(serve: Serve, attempts: Attempts) -> None:
    service = serve(hidden="3", job_seconds=0.05)
    google = service.by_key()
    ticket = await google.submit(order(), next(attempts))
    assert "moov" in mp4_boxes(await clip_of(google, ticket))
    service.running.misbehave("no-file")
    ticket = await google.submit(order(), next(attempts))
    service.google.jobs[ticket.id].created -= 600
    failed = await ended(google, ticket)
    assert isinstance(failed, Failed)
    assert (failed.reason, failed.charged) == ("lost", True)


async def test_an_inline_clip_is_taken_although_a_link_was_asked_for(serve: Serve, attempts: Attempts) -> None:
    service = serve(inline="true")
    google = service.by_key()
    ticket = await google.submit(order(), next(attempts))
    assert "moov" in mp4_boxes(await clip_of(google, ticket))


async def test_veo_takes_frames_references_and_clips(serve: Serve, attempts: Attempts) -> None:
    service = serve()
    google = service.on_vertex(api_key=KEY)
    first, last, look = service.picture(), service.picture(Role.LAST), service.picture(Role.REFERENCE)
    veo: dict[str, Any] = {"model": "veo-3.1-generate-001", "seconds": 8, "seed": 7, "negative": "rain"}
    veo["options"] = {"person_generation": "allow_adult", "resize_mode": "crop"}
    for inputs, kinds in (
        ((), []),
        ((first,), ["image"]),
        ((first, last), ["image", "image"]),
        ((look, look, look), ["image"] * 3),
        ((service.video(),), ["video"]),
    ):
        ticket = await google.submit(order(*inputs, **veo), next(attempts))
        assert [kind for kind, *_ in service.last["media"]] == kinds
    assert "moov" in mp4_boxes(await clip_of(google, ticket))
    await google.submit(order(), next(attempts))
    assert service.running.bill()["jobs"][-1]["model"] == "gemini-omni-1.2-flash", "Omni still goes by the key"


async def test_what_can_be_known_wrong_never_leaves(serve: Serve, attempts: Attempts) -> None:
    service = serve()
    google = service.on_vertex()
    first, look = service.picture(), service.picture(Role.REFERENCE)
    for wrong, words in (
        (order(negative="rain"), "no negative prompt"),
        (order(seed=1), "no seed"),
        (order(prompt=" "), "needs a prompt"),
        (order(options={"loop": True}), "no option loop"),
        (order(service.picture(Role.LAST)), "needs a first one"),
        (order(replace(first, media_type="image/gif")), "must be PNG"),
        (order(service.put(Role.AUDIO, b"la", "audio/wav", 0, 0)), "role audio"),
        (order(model="veo-3.1-generate-001", seconds=5), "4, 6 or 8 s"),
        (order(first, look, model="veo-3.1-generate-001"), "one of the three"),
        (order(first, service.video(), model="veo-3.1-generate-001"), "a clip to extend"),
        (order(replace(first, media_type="image/heic"), model="veo-3.1-generate-001"), "PNG, JPEG or WebP"),
        (order(options={"cuts": True}, model="veo-3.1-generate-001"), "no option cuts"),
    ):
        with pytest.raises(Refused, match=words) as caught:
            await google.submit(wrong, next(attempts))
        assert caught.value.reason == "invalid"
    with pytest.raises(Refused, match="Vertex AI only"):
        await service.by_key().submit(order(model="veo-3.1-generate-001"), next(attempts))
    assert "submit" not in service.running.bill()["requests"]


async def test_policy_region_project_and_retirement_are_told_apart(serve: Serve, attempts: Attempts) -> None:
    service = serve(people="true", project="mine", retired="gemini-omni-1.1-flash")
    by_key, veo = service.by_key(), order(model="veo-3.1-generate-001")
    cases = [
        (by_key, order(service.picture()), "policy", "PROHIBITED_CONTENT", "change the prompt"),
        (by_key, order(model="gemini-omni-1.1-flash"), "retired", "no longer available", "gemini-omni-1.2-flash"),
        (by_key, order(model="gemini-omni-9"), "invalid", "not found", "model's name"),
        (service.account(api_key="a wrong key"), order(), "credentials", "not valid", "GOOGLE_API_KEY"),
        (service.on_vertex(), order(), "credentials", "denied", "roles/aiplatform.user"),
        (service.on_vertex(project="mine", location="mars-1"), veo, "invalid", "region", "GOOGLE_CLOUD_LOCATION"),
        (service.on_vertex(access_token="over"), order(), "credentials", "authentication", "shotwright login google"),
    ]
    for google, wanted, reason, words, hint in cases:
        with pytest.raises(Refused, match=words) as caught:
            await google.submit(wanted, next(attempts))
        assert (caught.value.reason, hint in str(caught.value.hint)) == (reason, True), caught.value.as_json()
    assert service.running.bill()["accepted"] == 0


async def test_a_project_that_is_not_set_is_named(serve: Serve, attempts: Attempts) -> None:
    with pytest.raises(Refused, match="no project") as caught:
        await serve().account(access_token=KEY).submit(order(), next(attempts))
    assert caught.value.hint == "set GOOGLE_CLOUD_PROJECT"


async def test_an_api_version_that_is_gone_is_left(serve: Serve, attempts: Attempts) -> None:
    service = serve(versions="v1")
    google = service.by_key()
    with pytest.raises(Refused, match="v1 comes next") as caught:
        await google.submit(order(), next(attempts))
    assert caught.value.reason == "busy"
    ticket = await google.submit(order(), next(attempts))
    assert ticket.extra["path"] == "/v1/interactions"
    with pytest.raises(Refused, match="404") as caught:
        await service.by_key(api_version="v1beta").submit(order(), next(attempts))
    assert (caught.value.reason, "GOOGLE_GENAI_API_VERSION" in str(caught.value.hint)) == ("invalid", True)


async def test_a_refusal_in_words_keeps_the_words_and_costs_nothing(serve: Serve, attempts: Attempts) -> None:
    service = serve(faults="fail=policy")
    for google, wanted, words in (
        (service.by_key(), order(), "can't create a video of that person"),
        (service.on_vertex(), order(model="veo-3.1-fast-generate-001"), "usage guidelines"),
    ):
        failed = await ended(google, await google.submit(wanted, next(attempts)))
        assert isinstance(failed, Failed)
        assert (failed.reason, failed.charged, words in failed.message) == ("policy", False, True)
    assert service.running.bill()["charged"] == 0


async def test_errors_inside_a_list_are_read(serve: Serve, attempts: Attempts) -> None:
    service = serve(arrays="true")
    google = service.by_key()
    for fault, reason, wait in (
        ("no=quota", "quota", None),
        ("no=busy", "busy", 27.0),
        ("no=credentials", "credentials", None),
    ):
        service.running.misbehave(f"{fault}@submit*1")
        with pytest.raises(Refused) as caught:
            await google.submit(order(), next(attempts))
        assert (caught.value.reason, caught.value.retry_after) == (reason, wait)
    ticket = await google.submit(order(), next(attempts))
    service.running.misbehave("429=9@check*1")
    with pytest.raises(Unavailable) as slow:
        await google.check(ticket)
    assert slow.value.retry_after == 9.0


async def test_tokens_of_a_service_account_are_renewed_before_they_end(serve: Serve, attempts: Attempts) -> None:
    service = serve(project="studio", token_seconds="60")
    google = service.account(credentials=key_file(service, "studio"))
    ticket = await google.submit(order(), next(attempts))
    assert "moov" in mp4_boxes(await clip_of(google, ticket))
    assert len(service.google.logins.issued) > 2, "a token with less than 3 min 45 s left is not used"


async def test_a_token_that_ended_early_is_replaced(serve: Serve, attempts: Attempts) -> None:
    service = serve(job_seconds=0.05)
    google = service.account(credentials=key_file(service, "studio"))
    ticket = await google.submit(order(), next(attempts))
    service.google.logins.issued.clear()
    with pytest.raises(Refused, match="another one comes next") as caught:
        await google.submit(order(prompt="again"), next(attempts))
    assert caught.value.reason == "busy"
    await google.submit(order(prompt="again"), next(attempts))
    service.google.logins.issued.clear()
    with pytest.raises(Unavailable):
        await google.check(ticket)
    assert isinstance(await ended(google, ticket), Done)
    assert service.running.bill()["accepted"] == 2


async def test_a_login_that_is_over_says_how_to_log_in_again(serve: Serve, attempts: Attempts) -> None:
    service = serve()
    login = {"type": "authorized_user", "client_id": "a", "client_secret": "b", "refresh_token": "1//over"}
    google = service.account(login={**login, "token_uri": f"{service.url}/token"}, project="demo")
    with pytest.raises(Refused, match="login is over") as caught:
        await google.submit(order(), next(attempts))
    assert (caught.value.reason, "shotwright login google" in str(caught.value.hint)) == ("credentials", True)
    with pytest.raises(Unavailable):
        await google.check(Ticket("google", "v1_x", {"via": "vertex", "path": "/v1", "at": "0", "region": ""}))
    assert "submit" not in service.running.bill()["requests"]


async def test_credentials_that_cant_be_read_name_the_file(serve: Serve, attempts: Attempts, tmp_path: Path) -> None:
    service = serve()
    for text, words in ((None, "can't be read"), ("{", "no JSON"), ('{"type": "service_account"}', "can't be used")):
        path = tmp_path / f"key-{words[:3]}.json"
        if text is not None:
            path.write_text(text)
        with pytest.raises(Refused, match=words) as caught:
            await service.account(credentials=str(path), project="demo").submit(order(), next(attempts))
        assert caught.value.reason == "credentials"
    with pytest.raises(SettingsError, match="no bucket"):
        service.on_vertex(storage="films")


async def test_links_elsewhere_get_no_key(serve: Serve, attempts: Attempts) -> None:
    service, other = serve(), serve(key="")
    google = service.by_key()
    ticket = await google.submit(order(), next(attempts))
    done = await ended(google, ticket)
    assert isinstance(done, Done)
    elsewhere = replace(done.outputs[0], url=done.outputs[0].url.replace(service.url, other.url))
    with pytest.raises(Exception, match="403"):
        await google.fetch(elsewhere, MemorySink())


def key_file(service: Service, project: str) -> str:
    path = service.folder / "key.json"
    path.write_text(json.dumps(service.google.logins.service_account(service.url, project)))
    return str(path)
