"""What a post on X means: words, photos, places, threads, and what is no complaint. All sentences are invented."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.plugin import Addition, BadOptions, Complaint, Item, Reading, Skip
from plugins.twitter.filter import Signs, load_filter
from plugins.twitter.posts import Shelf, posts_of
from plugins.twitter.reading import read_post
from tests.twitter_fixtures import CITIZEN, LAMP, NEIGHBOUR

SHARED = Path(os.environ.get("ADUAN_SHARED", Path(__file__).parents[2] / "shared")) / "data" / "x"
ACCOUNT = {"id": "1000000000000000009", "username": "AduanKota"}
ID = "2117439619199926272"
OTHER = "2117439619199926200"


def page(post: Any = None, **includes: Any) -> dict[str, Any]:
    plain = {"id": ID, "text": LAMP, "author_id": CITIZEN["id"], "created_at": "2026-11-03T02:12:00.000Z"}
    return {"data": [plain | (post or {})], "includes": {"users": [CITIZEN, NEIGHBOUR], **includes}}


def read(post: Any = None, **includes: Any) -> Reading:
    whole = page(post, **includes)
    return read_post(Shelf(whole).item(posts_of(whole)[0], ACCOUNT), load_filter())


def complaint(post: Any = None, **includes: Any) -> Complaint:
    found = read(post, **includes)
    assert isinstance(found, Complaint), found
    return found


def refers(kind: str, to: str = OTHER) -> dict[str, Any]:
    return {"referenced_tweets": [{"type": kind, "id": to}]}


def other(text: str, user: dict[str, str] = NEIGHBOUR, **more: Any) -> dict[str, Any]:
    return {"id": OTHER, "text": text, "author_id": user["id"], **more}


# --------------------------------------------------------------------------------------------------------------- words


def test_a_plain_post() -> None:
    found = complaint({"conversation_id": ID, "entities": {"hashtags": [{"tag": "Lampu"}, {"tag": "lampu"}]}})
    assert (found.native_id, found.text, found.thread, found.tags) == (ID, LAMP, ID, ("lampu",))
    assert found.created_at == datetime(2026, 11, 3, 2, 12, tzinfo=UTC)
    assert found.reporter
    assert (found.reporter.handle, found.reporter.name) == (CITIZEN["id"], CITIZEN["name"])
    assert found.reply_context == {"tweet": ID, "summoned": "yes"}
    assert found.anonim


@pytest.mark.parametrize("time", ["2026-11-03T02:12:00Z", "2026-11-03T02:12:00.000Z", "2026-11-03T09:12:00+07:00"])
def test_times_with_and_without_milliseconds(time: str) -> None:
    assert complaint({"created_at": time}).created_at == datetime(2026, 11, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize("time", [None, "kemarin", "2026-11-03T02:12:00", 5])
def test_without_a_time_the_id_tells_it(time: Any) -> None:
    assert complaint({"created_at": time}).created_at == datetime(2026, 11, 3, 2, 12, tzinfo=UTC)
    with pytest.raises(ValueError, match="time"):
        read({"created_at": time, "id": "20"})


@pytest.mark.parametrize("name", ["note_tweet", "note_post"])
def test_a_long_post_is_read_whole(name: str) -> None:
    long = f"{LAMP}. " + "Sudah tiga malam gelap. " * 30
    assert complaint({name: {"text": long}}).text == long.strip()


def test_links_are_spelled_out_and_those_to_its_own_photo_left_out() -> None:
    urls = [
        {"url": "https://t.co/aa", "expanded_url": "https://maps.example.org/x?a=1&b=2"},
        {"url": "https://t.co/bb", "expanded_url": f"https://x.com/warga/status/{ID}/photo/1"},
        {"url": "https://t.co/cc", "expanded_url": f"https://twitter.com/i/status/{OTHER}"},
    ]
    post = {"text": f"{LAMP} &lt;3 https://t.co/aa https://t.co/bb https://t.co/cc", "entities": {"urls": urls}}
    assert complaint(post | refers("quoted")).text == f"{LAMP} <3 https://maps.example.org/x?a=1&b=2"


def test_names_that_a_reply_is_addressed_to_are_left_out() -> None:
    post = {"text": "@tetangga_contoh @AduanKota got mampet di Jl. Contoh", "display_text_range": [17, 52]}
    assert complaint(post | refers("replied_to")).text == "@AduanKota got mampet di Jl. Contoh"
    assert complaint(post | {"display_text_range": [9999, 1]} | refers("replied_to")).text == "got mampet di Jl. Contoh"
    assert complaint(post).text.startswith("@tetangga_contoh")


def test_a_quote_keeps_both_words_and_takes_the_others_photo() -> None:
    photo = {"media_key": "3_1", "type": "photo", "url": "https://pbs.example.org/a.jpg"}
    theirs = other("Banjir di depan pasar", attachments={"media_keys": ["3_1"]})
    found = complaint({"text": "@AduanKota tolong ini"} | refers("quoted"), tweets=[theirs], media=[photo])
    assert found.text == "@AduanKota tolong ini\nBanjir di depan pasar"
    assert [one.url for one in found.attachments] == ["https://pbs.example.org/a.jpg"]
    assert found.reporter
    assert found.reporter.handle == CITIZEN["id"]


def test_a_video_gives_its_preview_and_its_smallest_file() -> None:
    films = [
        {"content_type": "application/x-mpegURL", "url": "https://video.example.org/list"},
        {"content_type": "video/mp4", "bit_rate": 900, "url": "https://video.example.org/big"},
        {"content_type": "video/mp4", "bit_rate": 100, "url": "https://video.example.org/small"},
    ]
    film = {
        "media_key": "7_1",
        "type": "video",
        "preview_image_url": "https://pbs.example.org/p.jpg",
        "variants": films,
    }
    found = complaint({"attachments": {"media_keys": ["7_1"]}}, media=[film])
    assert [(one.kind, one.url[-5:]) for one in found.attachments] == [("photo", "p.jpg"), ("video", "small")]


# -------------------------------------------------------------------------------------------------------------- places


@pytest.mark.parametrize(
    ("spot", "place"),
    [
        ({"type": "Point", "coordinates": [106.8272, -6.1754]}, (-6.1754, 106.8272)),
        ({"type": "Point", "coordinates": [42.7, 188.0]}, (None, None)),
        ({"type": "Point", "coordinates": [523.0, 0]}, (None, None)),
        ({"type": "Point", "coordinates": [0, 0]}, (None, None)),
        ({"type": "Point", "coordinates": ["106", "-6"]}, (None, None)),
        ({"type": "Polygon", "coordinates": [106.8, -6.1]}, (None, None)),
        (None, (None, None)),
    ],
)
def test_only_a_real_point_is_one(spot: Any, place: Any) -> None:
    found = complaint({"geo": {"coordinates": spot}})
    assert (found.lat, found.lon) == place


@pytest.mark.parametrize(
    ("kind", "size", "hints"),
    [
        ("poi", 0.001, ("Pasar Contoh, Jakarta", "")),
        ("neighborhood", 0.01, ("Pasar Contoh, Jakarta", "Pasar Contoh")),
        ("neighborhood", 0.5, ("", "Pasar Contoh")),
        ("city", 0.04, ("", "Pasar Contoh")),
        ("poi", 5.0, ("", "")),
        ("admin", 1.0, ("", "")),
        ("country", 30.0, ("", "")),
    ],
)
def test_a_box_is_a_hint_at_most(kind: str, size: float, hints: tuple[str, str]) -> None:
    geo = {"type": "Feature", "bbox": [106.8, -6.2, 106.8 + size, -6.2 + size], "properties": {}}
    named = {"id": "p1", "name": "Pasar Contoh", "full_name": "Pasar Contoh, Jakarta", "place_type": kind, "geo": geo}
    found = complaint({"geo": {"place_id": "p1"}}, places=[named])
    assert (found.address, found.kelurahan_reported, found.lat) == (*hints, None)


# ------------------------------------------------------------------------------------------------------------- threads


def test_a_retweet_supports_and_is_no_second_complaint() -> None:
    found = read({"text": "RT @x: Banjir"} | refers("retweeted"), tweets=[other("Banjir di RT 05")])
    assert isinstance(found, Skip)
    assert OTHER in found.reason


def test_our_own_posts_are_left_out() -> None:
    assert read({"author_id": ACCOUNT["id"]}) == Skip(reason="our own post")


def test_an_answer_to_us_continues_its_conversation() -> None:
    ours = other("Laporan sedang dikerjakan", user={"id": ACCOUNT["id"]})
    post = {"text": "@AduanKota belum nyala", "conversation_id": "77", "in_reply_to_user_id": ACCOUNT["id"]}
    found = read(post | refers("replied_to"), tweets=[ours])
    assert isinstance(found, Addition)
    assert found.thread == "77"
    assert found.complaint.text == "@AduanKota belum nyala"


def test_mere_thanks_for_an_answer_are_no_dispute() -> None:
    post = {"text": "@AduanKota terima kasih, mantap", "in_reply_to_user_id": ACCOUNT["id"]}
    assert isinstance(read(post | refers("replied_to")), Skip)


def test_more_words_under_ones_own_post_continue_it() -> None:
    first = other("@AduanKota got mampet di Jl. Contoh", user=CITIZEN, edit_history_tweet_ids=["55", OTHER])
    found = read({"text": "Fotonya menyusul ya", "conversation_id": "77"} | refers("replied_to"), tweets=[first])
    assert isinstance(found, Addition)
    assert found.thread.split() == ["77", OTHER, "55"]


def test_who_is_merely_drawn_into_a_talk_does_not_complain() -> None:
    mentions = {"mentions": [{"username": "AduanKota", "id": ACCOUNT["id"]}]}
    post = {"text": "@tetangga_contoh @AduanKota sabar ya bu", "display_text_range": [28, 39], "entities": mentions}
    theirs = other("@AduanKota banjir di RT 05 tolong")
    assert isinstance(read(post | refers("replied_to"), tweets=[theirs]), Skip)


# -------------------------------------------------------------------------------------------------------------- filter


KEPT_WHEN_CALLED = [
    "lampu jalan mati dari kemarin",
    "kapan jalan depan sekolah diaspal?",
    "min, got di gang kami bau",
    "terima kasih sudah dicek, tapi air masih menggenang",
    "pak gubernur, tolong trotoar di sini dipakai parkir",
]
KEPT_WHEN_FOUND = [
    "Banjir sepinggang di Jl. Contoh, nenek saya terjebak di lantai dua",
    "kebakaran di belakang pasar contoh, damkar belum datang",
    "pohon tumbang nutup jalan di dpn rumah gue",
    "banjir 60 cm di RT 05, belum surut dari pagi",
    "Sampah numpuk seminggu di depan gang, baunya minta ampun",
]
LEFT_OUT = [
    "Ayo sobat warga, sampaikan aduan melalui aplikasi kami! #LayananPublik #KotaMaju #Aduan https://example.org/a",
    "Diskominfo menggelar sosialisasi kanal pengaduan, simak selengkapnya https://example.org/b",
    "Gubernur jelaskan penyebab banjir https://example.org/c",
    "banjir diskon akhir tahun, promo gratis ongkir, klik link di bio",
    "kebanjiran order hari ini wkwkwk alhamdulillah",
    "Selamat hari lingkungan hidup! Mari bersama jaga kota kita #HariLingkungan",
]


@pytest.mark.parametrize("text", KEPT_WHEN_CALLED)
def test_who_calls_the_account_is_heard(text: str) -> None:
    assert isinstance(read({"text": f"@AduanKota {text}"}), Complaint)


@pytest.mark.parametrize("text", KEPT_WHEN_FOUND)
def test_what_the_search_finds_must_speak_of_something(text: str) -> None:
    assert isinstance(read({"text": text}), Complaint)


@pytest.mark.parametrize("text", LEFT_OUT)
def test_news_and_announcements_are_left_out_with_the_reason(text: str) -> None:
    found = read({"text": text})
    assert isinstance(found, Skip)
    assert found.reason.startswith("no complaint by its words (")


def test_links_and_names_alone_and_polls_are_left_out() -> None:
    assert read({"text": "@AduanKota https://t.co/aa"}) == Skip(reason="no words but links and names")
    assert isinstance(read({"text": "Banjir, setuju?", "attachments": {"poll_ids": ["1"]}}), Skip)


def test_a_photo_for_the_account_needs_no_words() -> None:
    photo = {"media_key": "3_1", "type": "photo", "url": "https://pbs.example.org/a.jpg"}
    assert complaint({"text": "@AduanKota", "attachments": {"media_keys": ["3_1"]}}, media=[photo]).attachments


def test_an_emergency_outweighs_what_speaks_against_it() -> None:
    verdict = load_filter().judge(Signs("Info wali kota: tanggul jebol, warga terjebak di Jl. Contoh https://x.test/a"))
    assert verdict.keep
    assert verdict.found[0] in {"news", "link", "headline"}


def test_an_operators_own_list_is_used_and_a_broken_one_refused(tmp_path: Any) -> None:
    own = tmp_path / "own.toml"
    signs = "\n".join(
        f"{name} = 0" for name in ("photo", "point", "depth", "poll", "link", "headline", "tags", "shout")
    )
    own.write_text(
        f"[least]\ncalled = 1\nfound = 1\nreply = 1\n[sign]\n{signs}\n[group.a]\nweight = 1\nwords = ['ondel ondel']\n"
    )
    sieve = load_filter(own)
    assert sieve.judge(Signs("Ada ondel-ondel di jalan")).keep
    assert not sieve.judge(Signs("Banjir")).keep
    broken = tmp_path / "broken.toml"
    broken.write_text("[least]\ncalled = 1\n")
    with pytest.raises(BadOptions, match="filter_file"):
        load_filter(broken)


# ------------------------------------------------------------------------------------------------------------ anything


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([ID, OTHER, "Point"])
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
NAMES = [
    *(
        "id",
        "text",
        "created_at",
        "author_id",
        "conversation_id",
        "in_reply_to_user_id",
        "referenced_tweets",
        "entities",
    ),
    *(
        "edit_history_tweet_ids",
        "geo",
        "attachments",
        "note_tweet",
        "note_post",
        "display_text_range",
        "referenced_posts",
    ),
]
nearly_posts = st.dictionaries(st.sampled_from(NAMES), anything, max_size=6)
nearly_includes = st.dictionaries(
    st.sampled_from(["users", "media", "places", "tweets", "posts"]), anything, max_size=3
)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=300)
@given(nearly_posts | anything, nearly_includes | anything, anything)
def test_no_json_breaks_reading(post: Any, includes: Any, account: Any) -> None:
    posts = [post, {"id": ID, **post}] if isinstance(post, dict) else [post]
    for one in json.loads(json.dumps(posts)):
        item = Shelf({"data": posts, "includes": includes}).item(one, ACCOUNT)
        body = json.dumps({"data": one, "includes": includes, "account": account}).encode()
        for mangled in (item, Item(item.native_id, body)):
            with suppress(ValueError):  # quarantined with its reason: what the contract allows
                assert isinstance(read_post(mangled, load_filter()), Complaint | Addition | Skip)


@pytest.mark.parametrize("body", [b"", b"null", b"5", b"[" * 100_000, b'{"data": {"id": "x"}}', b"\xff"])
def test_a_wreck_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any reason will do
        read_post(Item("1", body), load_filter())


@pytest.mark.parametrize(
    "name", ["edited", "geo_tweets", "media_tweet", "mentions_tweet", "two_tweets", "mentions", "search"]
)
def test_recorded_answers_are_read(name: str) -> None:
    mocks = {"mentions": "playground_users_id_mentions.json", "search": "playground_tweets_search_recent.json"}
    path = SHARED / mocks.get(name, f"twarc_{name}.jsonl")
    if not path.is_file():
        pytest.skip(f"{path.name} is not here: set ADUAN_SHARED")
    text = path.read_text()
    if path.suffix == ".json":
        pages = [one["response"] for one in json.loads(text)]
    else:
        pages = [json.loads(line) for line in text.splitlines()]
    seen = 0
    for whole in pages:
        for one in posts_of(whole):
            item = Shelf(whole).item(one, ACCOUNT)
            assert item.quarantine or read_post(item, load_filter())
            seen += not item.quarantine
    assert seen
