"""Learning from what staff corrected: it wins where they corrected one thing again and again, and not on noise.

The city and everybody in it are made up. A "blumbang" is what its people call a drain.
"""

from __future__ import annotations

import json
import pickle
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from hub.clock import ManualClock
from hub.commands.screen import Misuse
from hub.commands.training import NEEDED, advice, by_category, learn, prepare, strongest, train
from hub.host import Hub
from hub.learning.examples import vocabulary
from hub.learning.model_file import ModelFile, model_in_use, read_model, write_model
from hub.lexicons import load_categories, load_words
from hub.plugin import Complaint
from hub.settings import Settings
from hub.settings.model import HubSettings
from hub.store.store import Store
from hub.store.views_training import training_rows
from normalizer.categories import Categorizer
from normalizer.learned import Learned
from normalizer.region import Region
from normalizer.understand import RULES, Normalizer
from tests.cli_fixtures import Desk
from tests.store_fixtures import NOW, Database, Mouth, Works, near, officials, said

pytestmark = pytest.mark.anyio
LISTS = Categorizer(load_categories(), load_words())
DRAIN = (
    "Blumbang di gang kami penuh dan bau",
    "blumbang depan rumah meluap lagi",
    "Mohon perhatian, blumbang pojok lapangan penuh rumput",
    "Blumbangnya buntu sejak kemarin, warga mengeluh",
)
PLAIN = {
    "lampu-jalan": "lampu jalan mati sudah tiga malam",
    "jalan-rusak": "jalan berlubang dekat simpang",
    "sampah": "sampah menumpuk di pojok lapangan",
    "pohon": "pohon tumbang menutup gang",
}
BRIBE = "petugas minta uang pungli untuk urus surat"


@dataclass(frozen=True)
class Row:
    """As `training_rows` gives it."""

    id: int
    text: str
    category: str
    set_by: str = "person"
    reporter: str | None = ""
    scrubbed: str = ""
    report: int = 0
    title: str = ""
    category_reported: str = ""
    tags: tuple[str, ...] = ()

    @property
    def native_id(self) -> str:
        return str(self.id)

    @property
    def created_at(self) -> object:
        return NOW + timedelta(hours=self.id)


def rows_of(texts: Sequence[tuple[str, str, str]]) -> list[Row]:
    """Make a row of each (text, category, who set it): everybody reports once, each another incident."""
    return [
        Row(at, text, category, by, f"orang{at}", text, at) for at, (text, category, by) in enumerate(texts, start=1)
    ]


def city(corrected: int = NEEDED + 40, left: int = 200) -> list[Row]:
    """Staff set every blumbang right and leave the rest, all mixed over time."""
    texts = [(DRAIN[at % len(DRAIN)], "saluran-air", "person") for at in range(corrected)]
    kinds = list(PLAIN)
    texts += [(PLAIN[kinds[at % 4]], kinds[at % 4], "machine") for at in range(left)]
    random.Random(7).shuffle(texts)  # noqa: S311 - an order, no secret
    return rows_of(texts)


def taught(rows: Sequence[Row], names: Sequence[str] = ()) -> ModelFile:
    return learn(prepare(rows, names), NOW)


def with_words(rows: Sequence[Row], words: str, chosen: Sequence[int]) -> list[Row]:
    """Say these words too in the chosen drains' rows, by their number among them."""
    numbers = [row.id for row in rows if row.category == "saluran-air"]
    added = {numbers[at] for at in chosen}
    return [
        replace(row, text=f"{row.text} {words}", scrubbed=f"{row.scrubbed} {words}") if row.id in added else row
        for row in rows
    ]


def complaint(text: str) -> Complaint:
    return Complaint(native_id="baru", created_at=NOW, text=text)


@pytest.fixture(scope="module")
def model() -> ModelFile:
    return taught(city())


# ------------------------------------------------------------------------------------------------------ what it learns


def test_a_local_word_is_wrong_before_and_right_after(model: ModelFile) -> None:
    fresh = complaint("blumbang belakang musala penuh, baunya sampai ke rumah")
    assert LISTS.guess(fresh).category != "saluran-air"
    guess = Categorizer(load_categories(), load_words(), model.learned()).guess(fresh)
    assert (guess.category, guess.sure) == ("saluran-air", True)
    assert "blumbang" in guess.words
    assert model.used
    assert model.words["blumbang"]["saluran-air"] > 1


def test_what_staff_leave_as_it_is_stays(model: ModelFile) -> None:
    assert model.unseen is not None
    assert model.unseen.left.after == model.unseen.left.before == model.unseen.left.rows
    assert model.unseen.corrected.before < model.unseen.corrected.after
    categorizer = Categorizer(load_categories(), load_words(), model.learned())
    assert [categorizer.guess(complaint(text)).category for text in PLAIN.values()] == list(PLAIN)


def test_sure_answers_are_right_nine_times_in_ten(model: ModelFile) -> None:
    assert model.unseen is not None
    assert model.unseen.sure >= 30
    assert model.unseen.sure_right >= 0.9 * model.unseen.sure


def test_a_model_without_weights_decides_as_the_lists_do() -> None:
    empty = Categorizer(load_categories(), load_words(), Learned())
    for text in (*DRAIN, *PLAIN.values(), BRIBE, "selamat pagi"):
        assert empty.guess(complaint(text)).category == LISTS.guess(complaint(text)).category


def test_noise_does_not_win() -> None:
    dice, codes = random.Random(3), list(PLAIN)  # noqa: S311 - a sample, no secret
    texts = [(PLAIN[dice.choice(codes)], dice.choice(codes), "person") for _ in range(NEEDED + 40)]
    texts += [(PLAIN[code], code, "machine") for code in codes for _ in range(40)]
    dice.shuffle(texts)
    noise = taught(rows_of(texts))
    assert not noise.used
    assert noise.reason.startswith("not better")


def test_one_person_on_both_sides_leaves_nothing_unseen() -> None:
    alone = taught([replace(row, reporter="orang1") for row in city()])
    assert (alone.used, alone.unseen, dict(alone.words)) == (False, None, {})
    assert "nothing is unseen" in alone.reason


def test_too_few_corrections() -> None:
    with pytest.raises(Misuse, match=f"there are 30 reports .* and {NEEDED} are needed"):
        taught(city(corrected=30))


def test_the_same_rows_in_any_order_give_the_same_file(model: ModelFile, tmp_path: Path) -> None:
    write_model(tmp_path / "one.json", model)
    write_model(tmp_path / "other.json", taught(city()[::-1]))
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "other.json").read_bytes()


# ----------------------------------------------------------------------------------------------- whose words it learns


def test_the_file_lists_words_of_five_people_and_none_of_four() -> None:
    four = [replace(row, reporter=f"empat{row.id % 4}") if "gronjal" in row.text else row for row in spread("gronjal")]
    assert not any("gronjal" in phrase for phrase in taught(four).words)
    five = [replace(row, reporter=f"lima{row.id % 5}") if "gronjal" in row.text else row for row in spread("gronjal")]
    assert "gronjal" in taught(five).words


def test_a_word_of_one_incident_is_not_learned() -> None:
    assert may_learn(spread("gronjal"), "gronjal")
    assert not may_learn(
        [replace(row, report=999) if "gronjal" in row.text else row for row in spread("gronjal")], "gronjal"
    )


def test_words_of_nobody_do_not_count() -> None:
    unknown = [replace(row, reporter=None) if "gronjal" in row.text else row for row in spread("gronjal")]
    assert not may_learn(unknown, "gronjal")


@pytest.mark.parametrize("words", ["gronjal9x", "pak gronjal", "ibu gronjal"])
def test_words_that_may_name_somebody_are_not_learned(words: str) -> None:
    assert not may_learn(spread(words), words.rsplit(maxsplit=1)[-1])


@pytest.mark.parametrize("name", ["Contoh Gronjal", "GRONJAL.contoh@example.org", "warga_gronjal"])
def test_what_a_reporter_is_called_is_not_learned(name: str) -> None:
    assert not may_learn(spread("gronjal"), "gronjal", names=[name])


def test_what_is_scrubbed_is_not_learned() -> None:
    hidden = [replace(row, scrubbed=row.scrubbed.replace("gronjal", "[nama]")) for row in spread("gronjal")]
    assert not may_learn(hidden, "gronjal")


def test_words_of_the_lists_may_be_learned_though_somebody_is_called_so() -> None:
    assert may_learn(city(), "sampah", names=["Sampah Contoh"])


def spread(words: str) -> list[Row]:
    """A city where these words stand in every second drain's complaint."""
    return with_words(city(), words, range(0, NEEDED, 2))


def may_learn(rows: Sequence[Row], word: str, names: Sequence[str] = ()) -> bool:
    lesson = prepare(rows, names)
    known = vocabulary(lesson.examples, lesson.teacher.private, lesson.teacher.stopwords)
    return any(word in phrase.split() for phrase in known)


# ------------------------------------------------------------------------------------------------------------- sealing


def test_sealed_words_teach_nothing_and_are_never_let_out(model: ModelFile) -> None:
    bribes = [replace(row, text=BRIBE, scrubbed=BRIBE) if row.id % 9 == 0 else row for row in city(NEEDED + 80)]
    assert taught(bribes).rows == sum(row.text != BRIBE for row in bribes)
    sly = replace(model.learned(), words={word: {"sampah": 50.0} for word in ("pungli", "uang", "petugas")})
    guess = Categorizer(load_categories(), load_words(), sly).guess(complaint(BRIBE))
    assert (guess.category, guess.handling) == ("pungli", "sealed")


# ------------------------------------------------------------------------------------------------------------ the file


def test_the_file_is_read_as_it_was_written(model: ModelFile, tmp_path: Path) -> None:
    file = tmp_path / "categories.json"
    write_model(file, model)
    assert read_model(file) == model
    assert model_in_use(file) == model.learned()
    assert [path.name for path in tmp_path.iterdir()] == ["categories.json"]


def test_a_weight_taken_out_by_hand_makes_another_model(model: ModelFile, tmp_path: Path) -> None:
    file = tmp_path / "categories.json"
    write_model(file, model)
    content = json.loads(file.read_text())
    del content["words"]["blumbang"]
    file.write_text(json.dumps(content))
    used = model_in_use(file)
    assert used is not None
    assert used.name != model.learned().name
    assert "blumbang" not in used.words


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"words": {"blumbang": {"pungli": 3.0}}}, "cannot be read"),
        ({"words": {"blumbang": {"kolam": 3.0}}}, "cannot be read"),
        ({"temperature": 0}, "cannot be read"),
        ({"version": 2}, "cannot be read"),
        ({"lists": "lain"}, "are of other word lists"),
    ],
)
def test_a_file_that_does_not_fit_is_left_alone(
    model: ModelFile, tmp_path: Path, change: dict[str, object], reason: str
) -> None:
    file = tmp_path / "categories.json"
    file.write_text(json.dumps({**model.model_dump(mode="json"), **change}))
    with capture_logs() as logs:
        assert model_in_use(file) is None
    assert reason in logs[0]["event"]


def test_what_did_not_win_is_not_used(model: ModelFile, tmp_path: Path) -> None:
    with capture_logs() as logs:
        assert model_in_use(tmp_path / "categories.json") is None
        write_model(tmp_path / "categories.json", model.model_copy(update={"used": False}))
        assert model_in_use(tmp_path / "categories.json") is None
    assert logs == []


def test_an_operator_is_told_what_changed_and_what_to_do(model: ModelFile, tmp_path: Path) -> None:
    assert strongest(model)[0]["category"] == "saluran-air"
    *_, everything = by_category(model)
    assert everything["before"] < everything["after"] <= everything["rows"]
    assert any("Restart the hub" in line for line in advice(model, tmp_path, dry=False))
    lost = model.model_copy(update={"used": False})
    assert any("the lists decide alone" in line for line in advice(lost, tmp_path, dry=False))
    assert "Nothing was written." in advice(lost, tmp_path, dry=True)


# ----------------------------------------------------------------------------------------------- the store and the hub


@pytest.fixture
def works(store: Store, region: Region, normalizer: Normalizer) -> Works:
    return Works(store, region, normalizer, {"mouth": Mouth(), "posko": officials("posko", sealed=True)})


async def test_which_complaints_are_learned_from(works: Works) -> None:
    texts = {"set": DRAIN[0], "left": PLAIN["pohon"], "unseen": PLAIN["sampah"], "bribe": BRIBE, "let-out": BRIBE}
    for at, (name, text) in enumerate(texts.items()):
        await works.hear("mouth", said(name, text, here=near(4000 * at)))
    await works.hear("mouth", said("secret", DRAIN[1], here=near(30_000), rahasia=True))
    reports = {one.native_id: one.report for one in await works.rows("complaints", "id")}
    number = {one.id: (one.number, one.version) for one in await works.rows("reports", "id")}
    for name in ("set", "bribe", "secret"):
        await works.desk.correct(*number[reports[name]], "petugas-contoh", category="saluran-air")
    await works.desk.follow_up(*number[reports["left"]], "petugas-contoh", status="proses")
    await works.desk.open_sealed(number[reports["let-out"]][0], "integritas-contoh")
    let_out = await works.report(number=number[reports["let-out"]][0])
    await works.desk.correct(let_out.number, let_out.version, "petugas-contoh", category="saluran-air")
    rows = await works.store.read(training_rows)
    found = {row.native_id: (row.set_by, row.category) for row in rows}
    assert found == {"set": ("person", "saluran-air"), "left": ("machine", "pohon")}
    examples = prepare(rows, []).examples
    assert sorted((one.corrected, one.category) for one in examples) == [(False, "pohon"), (True, "saluran-air")]
    assert all(one.reporter and one.shown == set(one.phrases) for one in examples)


async def test_the_command_writes_what_it_says_unless_it_is_a_try(
    sqlite_database: Database, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.commands.training.training_rows", lambda _connection: city())
    settings, file = Settings(), tmp_path / "categories.json"
    async with sqlite_database.opened(clock) as store:
        tried = await train(store, settings, file, dry=True)
        assert not file.exists()
        assert await train(store, settings, file, dry=False) == tried == read_model(file)


async def test_the_hub_uses_what_won_and_says_so(model: ModelFile, tmp_path: Path) -> None:
    file = tmp_path / "categories.json"
    write_model(file, model)
    where = HubSettings(database=f"sqlite:///{tmp_path}/aduan.db", blobs=tmp_path, categories=file)
    hub = await Hub(Settings(hub=where)).open()
    elsewhere = pickle.loads(pickle.dumps(hub.understander.make))()  # noqa: S301 - as it reaches the helpers
    await hub.close()
    for normalizer in (hub.understander.normalizer, elsewhere):
        understood = normalizer.understand(complaint("blumbang belakang musala penuh, baunya sampai ke rumah"))
        assert understood.category == "saluran-air"
        assert understood.rules == f"{RULES}+k-{model.learned().name}"


def test_the_command_says_how_many_corrections_are_needed(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.settings()
    ran = desk.run("train", "categories")
    assert (ran.code, ran.out) == (2, "")
    assert f"there are 0 reports whose category a person set, and {NEEDED} are needed" in ran.err
    assert not (tmp_path / "categories.json").exists()


@pytest.fixture
def without_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("scipy", "scipy.optimize", "scipy.sparse"):
        monkeypatch.setitem(sys.modules, name, None)
    for name in ("hub.learning.fit", "hub.learning.trial", "hub.commands.training"):
        monkeypatch.delitem(sys.modules, name, raising=False)


@pytest.mark.usefixtures("without_scipy")
def test_without_scipy_the_command_names_what_to_install() -> None:
    with pytest.raises(Exception, match=r"scipy is needed to learn: pip install 'aduan-hub\[train\]'"):
        __import__("hub.commands.training")
