"""Views of a queue under a name: whose they are, how many, and that they lead back to what was kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from hub.store import tables
from hub.store.accounts import find_account
from hub.store.store import Store
from hub.store.views_saved import MOST, NewView, TooManyViews, change_view, delete_view, save_view, views_of
from tests.store_fixtures import Database
from tests.web_fixtures import NOW, SETIABUDI, TEBET, Office, add_report, add_staff, open_office, token_on

HERE = f"/antrean/{TEBET}"
MINE = NewView("banjir saya", "baru", "kategori=banjir", shared=False)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("tampilan")) as made:
        yield made


@pytest.fixture
def office(house: Office) -> Office:
    house.clear()
    house.enter("petugas-tebet")
    house.write(lambda c: [add_report(c, 1), add_report(c, 2, category="sampah")])
    return house


def keep(office: Office, question: str = "lajur=baru&kategori=banjir", **form: str) -> Any:
    path = f"{HERE}/tampilan?{question}"
    return office.post(path, {"name": "banjir baru"} | form, page=f"{HERE}?{question}")


def links(office: Office, unit: str = TEBET) -> dict[str, str]:
    text = office.browser.get(f"/antrean/{unit}").text
    found = re.findall(r'class="lane view" href="([^"]+)"[^>]*><span class="lane-name">([^<]+)<', text)
    return {name: link.replace("&amp;", "&") for link, name in found}


def test_a_kept_view_leads_back_to_its_lane_and_filter(office: Office) -> None:
    assert keep(office).headers["location"] == f"{HERE}?lajur=baru&kategori=banjir"
    assert links(office) == {"banjir baru": f"{HERE}?lajur=baru&kategori=banjir"}
    text = office.browser.get(links(office)["banjir baru"]).text
    assert re.findall(r'id="r-([A-Z0-9-]+)"', text) == [office.read(_number)]
    assert re.search(r'class="lane view"[^>]*aria-current="page"', text)


def _number(connection: Any) -> str:
    return str(connection.execute(select(tables.reports.c.number).where(tables.reports.c.id == 1)).scalar_one())


def test_a_shared_view_is_seen_by_the_unit_and_a_private_one_by_its_maker(office: Office) -> None:
    keep(office)
    keep(office, name="bersama", shared="1")
    assert set(links(office)) == {"banjir baru", "bersama"}
    office.enter("admin")
    assert set(links(office)) == {"bersama"}
    assert links(office, SETIABUDI) == {}


def test_only_its_maker_renames_a_view(office: Office) -> None:
    keep(office, name="bersama", shared="1")
    view = office.read(lambda c: c.execute(select(tables.views.c.id)).scalar_one())
    form = {"deed": "ubah", "name": "lain", "shared": "1"}
    path = f"{HERE}/tampilan/{view}"
    assert office.post(path, form, page=f"{HERE}?kategori=banjir").status_code == 303
    assert set(links(office)) == {"lain"}
    office.enter("operator")
    assert office.post(path, form | {"name": "punya operator"}, page=f"{HERE}?kategori=banjir").status_code == 404
    assert office.post(path, {"deed": "hapus"}, page=f"{HERE}?kategori=banjir").status_code == 404
    office.enter("admin")
    assert office.post(path, {"deed": "hapus"}, page=f"{HERE}?kategori=banjir").status_code == 303
    assert links(office) == {}


def test_a_view_needs_a_name_and_what_was_typed_stays(office: Office) -> None:
    answer = keep(office, name="  ")
    assert answer.status_code == 422
    assert "Beri nama" in answer.text


def test_another_unit_s_views_are_out_of_reach(office: Office) -> None:
    keep(office, shared="1")
    view = office.read(lambda c: c.execute(select(tables.views.c.id)).scalar_one())
    office.enter("camat-setiabudi")
    token = token_on(office.browser.get(f"/antrean/{SETIABUDI}?kategori=banjir").text)
    for path in (f"{HERE}/tampilan", f"{HERE}/tampilan/{view}", f"/antrean/{SETIABUDI}/tampilan/{view}"):
        assert office.browser.post(path, data={"csrf": token, "deed": "hapus", "name": "x"}).status_code == 404
    assert office.read(lambda c: c.execute(select(func.count()).select_from(tables.views)).scalar_one()) == 1


def test_a_full_unit_says_what_to_do(office: Office) -> None:
    def fill(connection: Any) -> None:
        found = find_account(connection, "petugas-tebet")
        assert found is not None
        row = {"unit": TEBET, "account": found[0].id, "lane": "baru", "query": "", "shared": False, "created_at": NOW}
        connection.execute(insert(tables.views), [row | {"name": f"tampilan {number}"} for number in range(MOST)])

    office.write(fill)
    answer = keep(office)
    assert answer.status_code == 422
    assert "30 tampilan" in answer.text
    assert keep(office, name="tampilan 3").status_code == 303


@pytest.mark.anyio
async def test_both_engines_keep_views(database: Database) -> None:
    async with database.opened(lambda: NOW) as store:
        await store.write(add_staff)
        accounts = {name: await _account(store, name) for name in ("petugas-tebet", "admin")}
        mine, other = accounts["petugas-tebet"], accounts["admin"]
        await store.write(lambda c: save_view(c, TEBET, mine, NOW, MINE))
        await store.write(lambda c: save_view(c, TEBET, mine, NOW, MINE))
        (kept,) = await store.read(lambda c: views_of(c, TEBET, mine))
        assert await store.read(lambda c: views_of(c, TEBET, other)) == []
        assert not await store.write(lambda c: change_view(c, TEBET, other, kept.id, name="x", shared=True))
        assert not await store.write(lambda c: delete_view(c, TEBET, other, kept.id, heads=True))
        assert await store.write(lambda c: change_view(c, TEBET, mine, kept.id, name="x", shared=True))
        assert [one.name for one in await store.read(lambda c: views_of(c, TEBET, other))] == ["x"]
        assert await store.write(lambda c: delete_view(c, TEBET, other, kept.id, heads=True))
        for number in range(MOST):
            await store.write(
                lambda c, n=number: save_view(c, TEBET, mine, NOW, NewView(str(n), "baru", "", shared=False))
            )
        with pytest.raises(TooManyViews):
            await store.write(lambda c: save_view(c, TEBET, mine, NOW, MINE))


async def _account(store: Store, name: str) -> int:
    found = await store.read(lambda c: find_account(c, name))
    assert found is not None
    return found[0].id
