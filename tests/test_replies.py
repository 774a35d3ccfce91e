"""The texts that citizens read: their words, their length, their hour, and how they are known when they come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.pipeline.replying import Scrubber, scrub_note
from hub.plugin import Manner
from hub.replies import (
    About,
    Message,
    ReplyRules,
    WordingError,
    after_quiet,
    bundled_wording,
    compose,
    cut,
    load_wording,
)
from hub.replies.compose import GSM7, spell
from hub.replies.echo import Echo
from hub.replies.wording import LANGUAGES, PLACEHOLDERS
from hub.settings import Settings, SettingsError, load_settings
from normalizer.number import make_number
from normalizer.report import REASONS, STATUSES

NUMBER = make_number(7, "JKT")
ABOUT = About(NUMBER, "Banjir", "Selong, Kebayoran Baru")
JOINED = replace(ABOUT, joined=True)
LINKED = replace(JOINED, link="https://aduan.example.org/lacak/abcdefghijklmnopqrstuvwx")
DONE = Message("status.selesai", note="Pompa sudah dipasang.", tail=("part.dispute",))
ID, EN = bundled_wording()["id"], bundled_wording()["en"]
JAKARTA = ZoneInfo("Asia/Jakarta")
BEDA = "Bukan masalah Anda? Balas BEDA."

words = st.text(st.sampled_from("abcdefg é “”—…😀[]{}\n"), max_size=400)
mains = st.sampled_from(
    [Message(f"status.{status}", reason) for status in STATUSES for reason in ("", "tidak-cukup-keterangan")]
    + [Message("received.long"), Message("kept.long"), Message("expired.long")]
    + [Message(f"question.{kind}", tail=("question.wait",), days=7) for kind in ("where", "photo", "still", "other")]
)
manners = st.builds(
    Manner,
    max_chars=st.integers(120, 500),
    charset=st.sampled_from(["unicode", "gsm7", "ascii"]),
    links=st.booleans(),
    private=st.booleans(),
)


# -------------------------------------------------------------------------------------------------------------- words


def test_both_languages_say_the_same_things() -> None:
    assert set(ID) == set(EN)
    wanted = {f"status.{status}" for status in STATUSES} | {f"reason.{reason}" for reason in REASONS}
    assert wanted <= set(ID)


def test_one_line_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('[status]\nselesai = "Beres: {number}"\n')
    wording = load_wording({"id": file})
    assert wording["id"]["status.selesai"] == "Beres: {number}"
    assert wording["id"]["status.proses"] == ID["status.proses"]
    assert wording["en"] == EN
    assert bundled_wording()["id"]["status.selesai"] != "Beres: {number}"


MISTAKES = {
    "there is no text named status.fertig": '[status]\nfertig = "{number}"',
    "there is no text named greeting": 'greeting = "Halo"',
    "{nomor} is not known": '[status]\nselesai = "{number} {nomor}"',
    "{number.real} is not known": '[status]\nselesai = "{number.real}"',
    "{} is not known": '[status]\nselesai = "{number} {}"',
    "{number} is missing": '[status]\nselesai = "Beres"',
    "{note} is missing": '[part]\nnote = "Petugas:"',
    "in braces stands a name only": '[status]\nselesai = "{number:>99999999}"',
    "status.selesai": '[status]\nselesai = "{number"',
    "is not TOML": "[status",
}


@pytest.mark.parametrize(("problem", "text"), MISTAKES.items())
def test_a_mistake_in_a_text_names_its_line(problem: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(text)
    with pytest.raises(WordingError) as error:
        load_wording({"id": file})
    assert problem in str(error.value)
    assert str(file) in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WordingError, match="cannot be read"):
        load_wording({"en": tmp_path / "none.toml"})


# ------------------------------------------------------------------------------------------------------------ compose


def test_all_of_it_where_there_is_room() -> None:
    text = compose(replace(DONE, reason="uji-coba"), LINKED, Manner(private=True), ID)
    assert text == (
        f"Laporan {NUMBER} selesai ditindaklanjuti. Ini adalah uji coba. Tentang: Banjir, Selong, Kebayoran Baru. "
        f"Petugas: Pompa sudah dipasang. Belum selesai? Balas BELUM SELESAI. Pantau: {LINKED.link} {BEDA}"
    )


def test_who_is_alone_is_not_told_what_they_know() -> None:
    text = compose(DONE, ABOUT, Manner(), ID)
    assert "Selong" not in text
    assert "BEDA" not in text


def test_the_other_language() -> None:
    text = compose(DONE, replace(JOINED, category="Flood", place=""), Manner(), EN)
    assert text.startswith(f"Report {NUMBER} has been followed up and finished. About: Flood, place not certain yet.")
    assert text.endswith("Not your problem? Reply BEDA.")


@pytest.mark.parametrize(("links", "private"), [(False, True), (True, False)])
def test_a_tracking_link_goes_only_where_links_work_and_nobody_else_reads(links: bool, private: bool) -> None:  # noqa: FBT001
    assert "lacak" not in compose(DONE, LINKED, Manner(links=links, private=private), ID)


def test_little_room_has_the_short_text() -> None:
    received = Message("received.long")
    assert compose(received, ABOUT, Manner(max_chars=280), ID).startswith("Aduan Anda kami terima dengan nomor")
    assert compose(received, ABOUT, Manner(max_chars=400), ID).startswith("Terima kasih.")
    assert compose(received, ABOUT, Manner(), ID).startswith("Terima kasih.")


def test_the_officials_words_are_cut_first() -> None:
    long = replace(DONE, note="pompa " * 100)
    text = compose(long, JOINED, Manner(max_chars=280), ID)
    assert 240 < len(text) <= 280
    assert "pompa…" in text
    for part in (NUMBER, "Banjir, Selong", "BELUM SELESAI", BEDA):
        assert part in text


def test_words_of_which_nothing_would_be_left_are_left_out() -> None:
    room = len(compose(replace(DONE, note=""), JOINED, Manner(), ID)) + 15
    text = compose(replace(DONE, note="sesuatu yang panjang sekali"), JOINED, Manner(max_chars=room), ID)
    assert "Petugas" not in text


def test_a_question_keeps_its_words_before_anything_else() -> None:
    asked = Message("question.other", note="warna pagarnya apa, dan di sisi mana?", tail=("question.wait",), days=7)
    text = compose(asked, LINKED, Manner(max_chars=170, private=True), ID)
    assert "warna pagarnya apa, dan di sisi mana?" in text
    assert text.endswith(BEDA)


def test_an_sms_with_everything_still_ends_with_beda() -> None:
    refused = Message("status.ditolak", "tidak-cukup-keterangan", "Petugas tidak menemukan lokasinya.")
    text = compose(refused, LINKED, Manner(max_chars=160, charset="gsm7", private=True), ID)
    assert len(text) <= 160
    assert text.startswith(f"Laporan {NUMBER}")
    assert "Banjir, Selong, Kebayoran Baru" in text
    assert text.endswith(BEDA)


@given(mains, words, manners, st.booleans())
def test_no_text_is_too_long_and_its_ends_stay(message: Message, note: str, manner: Manner, joined: bool) -> None:  # noqa: FBT001
    about = replace(LINKED, joined=joined)
    text = compose(replace(message, note=note), about, manner, ID)
    assert len(text) <= manner.max_chars
    assert NUMBER in text
    assert text.endswith(BEDA) or not joined
    assert LINKED.link in text or "lacak" not in text
    allowed = {"gsm7": GSM7, "ascii": {chr(code) for code in range(128)}}.get(manner.charset)
    assert allowed is None or set(text) <= allowed


@given(st.text(max_size=300), st.integers(12, 200), st.sampled_from(["unicode", "ascii"]))
def test_cutting_keeps_the_beginning(text: str, most: int, charset: str) -> None:
    short = cut(text, most, charset)
    assert len(short) <= most
    assert short == text or text.startswith(short.removesuffix("…").removesuffix("...").rstrip(" .,;:"))


@pytest.mark.parametrize(
    ("text", "charset", "spelled"),
    [
        ("“ya” — é…", "unicode", "“ya” — é…"),
        ("“ya” — é…", "gsm7", '"ya" - é...'),
        ("“ya” — é…", "ascii", '"ya" - e...'),
        ("[nama] 5€ a^b 😀", "gsm7", "(nama) 5EUR a b ?"),
    ],
)
def test_letters_that_a_channel_lacks(text: str, charset: str, spelled: str) -> None:
    assert spell(text, charset) == spelled


# ------------------------------------------------------------------------------------------------------------- names

some_names = st.lists(
    st.sampled_from(["Contoh", "Misal", "contoh misal", "Umpama Contoh", "akun_satu", "ab"]), max_size=2
)


def test_a_name_that_is_part_of_another_s_is_scrubbed_as_for_each() -> None:
    names = {"p": ["Contoh"], "q": ["contoh misal"]}
    assert Scrubber(names).scrub("contoh", "p") == scrub_note("contoh", names, "p")


@given(st.dictionaries(st.sampled_from("pqrs"), some_names), st.data())
def test_scrubbing_for_many_is_scrubbing_for_each(names: dict[str, list[str]], data: st.DataObject) -> None:
    parts = ["Contoh", "MISAL", "contoh", "Umpama", "akun_satu", "@akun_satu", "ab", "datang", "ke", "081234567890"]
    note = " ".join(data.draw(st.lists(st.sampled_from(parts), max_size=6)))
    scrubber = Scrubber(names)
    for reporter in (*"pqrs", None):
        assert scrubber.scrub(note, reporter) == scrub_note(note, names, reporter)


# -------------------------------------------------------------------------------------------------------- quiet hours

START = datetime(2024, 1, 1, tzinfo=UTC)
clocks = st.times().map(lambda one: one.replace(second=0, microsecond=0))
instants = st.integers(0, 6 * 365 * 24 * 3600).map(lambda seconds: START + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("at", "until"),
    [("20:59", "20:59"), ("21:00", "06:00"), ("23:30", "06:00"), ("05:59", "06:00"), ("06:00", "06:00")],
)
def test_quiet_hours_may_pass_midnight(at: str, until: str) -> None:
    local = datetime.combine(date(2026, 2, 3), time.fromisoformat(at), JAKARTA)
    wake = after_quiet(local.astimezone(UTC), (time(21), time(6)), JAKARTA).astimezone(JAKARTA)
    assert wake.time() == time.fromisoformat(until)
    assert timedelta() <= wake - local <= timedelta(hours=9)


@given(instants, st.tuples(clocks, clocks), st.sampled_from([JAKARTA, ZoneInfo("Asia/Jayapura"), ZoneInfo("UTC")]))
def test_nobody_is_woken(at: datetime, quiet: tuple[time, time], zone: ZoneInfo) -> None:
    start, end = quiet
    wake = after_quiet(at, quiet, zone)
    clock = wake.astimezone(zone).time()
    inside = start <= clock < end if start < end else clock >= start or clock < end
    assert not inside or start == end
    assert timedelta() <= wake - at < timedelta(days=1)
    assert after_quiet(wake, quiet, zone) == wake
    assert wake == at or clock == end


@given(instants)
def test_without_quiet_hours_it_is_now(at: datetime) -> None:
    assert after_quiet(at, None, JAKARTA) == at


# --------------------------------------------------------------------------------------------------------------- echo

HEADS = ("received", "status", "question", "expired", "kept")


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_texts_are_known_when_they_come_back(language: str) -> None:
    echo, texts = Echo(bundled_wording()), bundled_wording()[language]
    own = [name for name in texts if name.partition(".")[0] in HEADS and "{number}" in texts[name]]
    assert len(own) > 12
    for name in own:
        text = compose(Message(name, note="Petugas datang."), JOINED, Manner(), texts)
        assert echo.hears(text), name
        assert echo.hears(f"@warga.satu @warga_dua: {text}"), name
        assert echo.hears(text.replace(NUMBER, make_number(99, "KARO")).replace(" ", "\n ")), name


def test_a_citizen_who_quotes_a_number_is_heard() -> None:
    echo = Echo(bundled_wording())
    for text in (f"Laporan {NUMBER} belum selesai", f"{NUMBER} bagaimana?", "Laporan saya dikerjakan kapan?", ""):
        assert not echo.hears(text)


def test_an_operators_own_texts_are_known_too(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('[status]\nproses = "Kabar {category} di {place}, nomor {number}: sedang dikerjakan."\n')
    wording = load_wording({"id": file})
    own = compose(Message("status.proses"), ABOUT, Manner(), wording["id"])
    assert Echo(wording).hears(own)
    assert not Echo(bundled_wording()).hears(own)


def test_a_text_that_is_nearly_all_number_is_nobodys_own(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('[status]\nproses = "{number} OK"\n')
    assert not Echo(load_wording({"id": file})).hears(f"{NUMBER} OK lah, tapi masih banjir")


# ----------------------------------------------------------------------------------------------------------- settings


def read(folder: Path, text: str) -> Settings:
    file = folder / "aduan.toml"
    file.write_text(text)
    return load_settings(file, {})


def test_the_settings_reach_the_outbox(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('[status]\nselesai = "Beres: {number}"\n')
    rules = read(
        tmp_path,
        '[replies]\nquiet = "21:00-06:00"\ngap = "1h"\nmany = 7\nundo = "3m"\nacknowledgements = 2\n'
        'patience = "5d"\nanswer = "2d"\nwording_id = "own.toml"\n',
    ).replies.rules()
    assert (rules.quiet, rules.gap, rules.many) == ((time(21), time(6)), timedelta(hours=1), 7)
    assert (rules.undo, rules.acknowledgements) == (timedelta(minutes=3), 2)
    assert (rules.patience, rules.answer) == (timedelta(days=5), timedelta(days=2))
    assert rules.wording["id"]["status.selesai"] == "Beres: {number}"


def test_without_settings_the_defaults_hold(tmp_path: Path) -> None:
    assert read(tmp_path, "").replies.rules() == ReplyRules()


@pytest.mark.parametrize("line", ['quiet = "21-6"', 'quiet = "24:00-06:00"', "many = 0", 'gap = "soon"', "loud = true"])
def test_a_mistake_in_the_settings_is_named(line: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=rf"aduan\.toml:2: \[replies\] {line.split(maxsplit=1)[0]}"):
        read(tmp_path, f"[replies]\n{line}\n")


def test_texts_that_cannot_be_used_are_a_mistake_of_the_settings(tmp_path: Path) -> None:
    settings = read(tmp_path, '[replies]\nwording_en = "none.toml"\n')
    with pytest.raises(SettingsError, match=r"none\.toml"):
        settings.replies.rules()


def test_every_placeholder_is_used_somewhere() -> None:
    assert all(any(f"{{{name}}}" in text for text in ID.values()) for name in PLACEHOLDERS)
