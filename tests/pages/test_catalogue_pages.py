"""Catalogue and customer pages: what each person sees of costs and personal data, and what stays behind the door."""

import asyncio
from io import BytesIO

import pytest
from nicegui import ui
from PIL import Image

from models import Customer, Product, ProductMedia
from services import catalogue, crm
from services.catalogue import OptionInput, ProductInput, VariantInput
from services.core import files
from services.core.db import write
from services.core.permissions import ROLE_PRESETS, SYSTEM, Permission
from tests.conftest import off_loop
from ui_pages.kit.grid import EditGrid

PHONE = "13800138000"


@pytest.fixture
def goods(shop) -> Product:
    """A product with two variants and a picture."""
    files.open_store(shop.data_dir)
    given = ProductInput(
        name="亚麻抱枕",
        options=(OptionInput(name="颜色", values=("米白", "墨绿")),),
        model_variant=VariantInput(price_minor=9900, cost_minor=4321),
    )
    product = catalogue.create_product(given, actor=SYSTEM)
    picture = BytesIO()
    Image.new("RGB", (60, 60), "green").save(picture, "PNG")
    catalogue.add_medium(product.id, catalogue.prepare_image(picture.getvalue(), "p.png"), actor=SYSTEM)
    return Product.get_by_id(product.id)


@pytest.fixture
def buyer(shop) -> Customer:
    """A customer with an address."""
    home = crm.AddressInput(recipient="王小伟", phone=PHONE, street="文三路 1 号")
    return crm.create_customer(crm.CustomerInput(name="王小伟", phone=PHONE, address=home), actor=SYSTEM)


def sent(person) -> str:
    """Everything the browser was given: contents, texts and props of all elements."""
    with person:
        elements = list(person.client.elements.values())
    return "\n".join(
        f"{getattr(each, 'content', '')}{getattr(each, 'text', '')}{each.props}" for each in elements
    )


async def test_a_customer_page_gives_no_personal_data_before_it_is_asked_for(open_as, buyer):
    for path in ("/customers", f"/customers/{buyer.number}"):
        person = await open_as("agent", path)
        given = sent(person)
        assert "138****8000" in given and "王小伟" in given
        assert PHONE not in given and "文三路 1" not in given
    person = await open_as("marketing", f"/customers/{buyer.number}")
    assert "王小伟" not in sent(person)


async def test_an_edited_customer_keeps_a_phone_that_was_not_typed(open_as, buyer):
    person = await open_as("agent", f"/customers/{buyer.number}")
    person.find("编辑").click()
    await person.should_see("保存")
    assert PHONE not in sent(person)
    person.find(ui.textarea).type("周末送货")
    person.find(kind=ui.button, content="保存").click()
    await person.should_see("已保存", retries=40)
    row = off_loop(Customer.get_by_id, buyer.id)
    assert (row.note, row.phone) == ("周末送货", PHONE)


async def test_files_show_phones_only_with_the_right_to_export_them(open_as, buyer):
    for role, shown in (("owner", PHONE), ("marketing", "138****8000")):
        person = await open_as(role, "/me")
        answer = await person.http_client.get("/export/customers.csv")
        assert shown in answer.text


async def test_costs_reach_only_those_who_may_see_them(open_as, goods):
    for path in (f"/products/{goods.code}", "/products/grid"):
        owner = await open_as("owner", path)
        assert "43.21" in sent(owner), path
        other = await open_as("marketing", path)
        assert "43.21" not in sent(other) and "99.00" in sent(other), path


async def test_the_grid_saves_rows_and_says_what_is_wrong(open_as, goods):
    person = await open_as("marketing", f"/products/{goods.code}")
    with person:
        grid = next(each for each in person.client.elements.values() if isinstance(each, EditGrid))
    rows = [row["id"] for row in grid._props["initial"]]
    edits, wrong = grid._read({"price_minor": "120.5", "barcode": " 4006381333931 "})
    assert (edits, wrong) == ({"price_minor": 12050, "barcode": "4006381333931"}, {})
    answers = await grid.save(
        [grid_edit(rows[0], edits), grid_edit(rows[1], {"barcode": "12"})], "", grid.ctx.acting()
    )
    assert [answer.said is None for answer in answers] == [True, False]
    assert off_loop(Product.get_by_id, goods.id).price_max_minor == 12050
    assert grid._read({"price_minor": "twelve"})[1]["price_minor"].render("en") == "“twelve” is not a number"


@pytest.mark.parametrize("role", sorted(ROLE_PRESETS))
async def test_a_product_opens_for_every_role_and_is_locked_for_those_who_may_not_edit(
    open_as, actor_of, goods, role
):
    person = await open_as(role, f"/products/{goods.code}")
    await person.should_see("亚麻抱枕")
    with person:
        names = [each for each in person.client.elements.values() if each.props.get("aria-label") == "品名"]
    assert [box.enabled for box in names] == [actor_of(role).can(Permission.CATALOGUE_EDIT)]


def grid_edit(row_id, changes):
    from ui_pages.kit.grid import GridEdit

    return GridEdit(row_id=row_id, version=1, changes=changes)


async def test_pictures_are_served_to_people_who_see_products_and_to_nobody_else(open_as, user, goods):
    medium = off_loop(ProductMedia.get)
    person = await open_as("warehouse", "/me")
    answer = await person.http_client.get(f"/media/{medium.file_id}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert (await person.http_client.get("/media/999999")).status_code == 404
    assert (await user.http_client.get(f"/media/{medium.file_id}", follow_redirects=False)).status_code == 303


@pytest.mark.parametrize("locale", ["zh", "en"])
async def test_detail_pages_open_in_both_languages(open_as, goods, buyer, locale):
    collection = off_loop(
        catalogue.create_collection,
        "新品",
        catalogue.CollectionRules(terms=(catalogue.RuleTerm(field="tag", op="has", value="新品"),)),
        actor=SYSTEM,
    )
    person = await open_as("owner", None, locale=locale)
    for path in (
        f"/products/{goods.code}",
        "/products/new",
        "/products/grid",
        f"/customers/{buyer.number}",
        f"/collections/{collection.code}",
        "/collections/new",
        "/categories?id=1",
    ):
        client = await person.open(path)
        assert len(client.elements) <= 150, path


async def test_a_picture_added_meanwhile_does_not_make_the_form_conflict_but_another_name_does(
    open_as, goods, owner
):
    person = await open_as("owner", f"/products/{goods.code}")
    with person:
        [name] = [each for each in person.client.elements.values() if each.props.get("aria-label") == "品名"]
    assert name.value == "亚麻抱枕"
    picture = BytesIO()
    Image.new("RGB", (60, 60), "red").save(picture, "PNG")
    medium = catalogue.prepare_image(picture.getvalue(), "q.png")
    await write(catalogue.add_medium, goods.id, medium, actor=owner)
    await asyncio.sleep(1.5)
    name.value = "棉麻抱枕"
    person.find(kind=ui.button, content="保存").click()
    await person.should_see("已保存", retries=40)
    row = off_loop(Product.get_by_id, goods.id)
    assert row.name == "棉麻抱枕"
    await write(catalogue.edit_product, goods.id, row.version, {"name": "别人改的"}, actor=owner)
    await asyncio.sleep(1.5)
    name.value = "我改的"
    person.find(kind=ui.button, content="保存").click()
    await person.should_see("重新载入", retries=40)
    assert off_loop(Product.get_by_id, goods.id).name == "别人改的"
