"""The page in a real browser: its numbers, and what a user can do with it."""

import copy

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_iris
from sklearn.metrics import accuracy_score, r2_score

from sklearn_kan import KANRegressor
from sklearn_kan.symbolic.library import LIBRARY
from sklearn_kan.symbolic.primitives import as_primitive

from . import models
from .test_page import HOSTILE, hostile


def rows_around(model, n=60):
    """Return rows in the units of the columns, some of them far outside of the data."""
    scaling = model._encoding_.x_scaling
    noise = np.random.default_rng(3).normal(size=(n, model.n_features_in_))
    return scaling.center + 2.0 * noise * np.where(np.isfinite(scaling.scale), scaling.scale, 1.0)


def predictions(model, rows):
    if hasattr(model, "classes_"):
        return model.predict_proba(rows)
    return model.predict(rows).reshape(len(rows), -1)


def assert_computes(opened, model, rows=None):
    rows = rows_around(model) if rows is None else rows
    found = np.array(opened.page.evaluate("rows => kan.predict(rows)", rows.tolist()), float)
    wanted = predictions(model, named(model, rows))
    assert_allclose(found, wanted, rtol=1e-6, atol=1e-6 * np.abs(wanted).max())


def named(model, rows):
    if not hasattr(model, "feature_names_in_"):
        return rows
    return pd.DataFrame(rows, columns=model.feature_names_in_)


@pytest.mark.parametrize("model", models.MODELS)
def test_predictions_are_those_of_the_model(window, model):
    assert_computes(window(model().to_html(max_suggestions=0)), model())


@pytest.mark.parametrize(
    "options",
    [
        {"spline_order": 0},
        {"spline_order": 1, "base_function": "identity"},
        {"spline_order": 5, "base_function": "none"},
        {"extrapolation": "constant"},
        {"loss": "gamma"},
        {"loss": "huber", "grid_size": 1},
        {"hidden_layer_sizes": ((0, 1), (1, 1)), "solver": "lbfgs"},
    ],
    ids=str,
)
def test_predictions_of_all_kinds_of_networks(window, options):
    X = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    y = 1e4 + 1e3 * np.exp(X[:, 0]) * (2.0 + X[:, 1])
    options = {"hidden_layer_sizes": (), **options}
    model = models.roughly_fitted(KANRegressor(random_state=0, max_iter=30, **options), X, y)
    assert_computes(window(model.to_html(max_suggestions=0)), model)


def test_every_function_of_the_library(window):
    functions = list(LIBRARY.values())
    model = models.with_curves(functions)
    opened = window(model.to_html(feature_names=list(LIBRARY)))
    rows = 0.9 * rows_around(model, 50)
    for i in range(len(functions)):
        alone = np.zeros_like(rows)
        alone[:, i] = rows[:, i] * (20.0 if functions[i].name in ("J0", "erf", "sin") else 1.0)
        assert_computes(opened, model, alone)


def test_functions_of_a_users_own(window):
    sympy = pytest.importorskip("sympy")
    z = sympy.Symbol("z")
    model = models.with_curves([as_primitive(sympy.sin(z) / (1 + z**2)), LIBRARY["abs"]])
    rows = 0.9 * rows_around(model)
    rows[:, 0] *= 0.5
    assert_computes(window(model.to_html()), model, rows)


def test_hovering_shows_an_edge_and_clicking_keeps_it(window):
    opened = window(models.additive().to_html(max_suggestions=0))
    page = opened.page
    second, third = page.locator(".box").nth(1), page.locator(".box").nth(2)
    names = page.evaluate("kan.data.edge_names")
    second.hover()
    assert page.evaluate("document.getElementById('pick').selectedOptions[0].text") == names[1]
    assert page.locator("#plot .label").first.text_content() == names[1].split(" → ")[0]
    second.click()
    third.hover()
    assert page.evaluate("document.getElementById('pick').selectedIndex") == 2
    page.locator("h1").hover()
    assert page.evaluate("document.getElementById('pick').selectedIndex") == 1
    assert second.get_attribute("aria-pressed") == "true"


def test_switching_an_edge_off_tells_what_it_costs(window):
    X, y = models.diabetes()
    model = models.additive()
    opened = window(model.to_html(X=X, y=y, max_suggestions=0))
    page = opened.page
    before = r2_score(y, model.predict(X))
    assert f"R² on the rows given {before:.4g}" in opened.text("#score")
    page.locator(".box").first.click()
    page.locator("#options input").last.check()
    edge = page.evaluate("kan.data.edges[0]")
    off = np.array(page.evaluate("rows => kan.predict(rows)", X.to_numpy(float).tolist()))
    assert f"R² on the rows given {r2_score(y, off):.4g}" in opened.text("#score")
    assert f"{before:.4g} before" in opened.text("#score")
    # An edge that is off gives its mean: the mean prediction over the training rows stays.
    assert_allclose(off.mean(), model.predict(X).mean(), rtol=1e-6)
    place = f"{edge['layer']}, {edge['input']}, {edge['output']}"
    assert opened.text("#code").startswith(f'model.set_edge({place}, "0", d=')
    assert f"φ_0_{edge['input']}_0" not in opened.text("#formula")
    page.locator("#reset").click()
    assert opened.text("#code") == "# no edits yet"
    assert f"φ_0_{edge['input']}_0" in opened.text("#formula")


def test_accuracy_of_classifiers(window):
    model = models.three_classes()
    X, y = load_iris(return_X_y=True, as_frame=True)
    labels = load_iris().target_names[y]
    opened = window(model.to_html(X=X, y=labels, max_suggestions=0))
    accuracy = accuracy_score(labels, model.predict(X))
    assert opened.text("#score") == f"accuracy on the rows given {accuracy:.4g}"


def test_sliders_move_the_prediction(window):
    X, _ = models.diabetes()
    model = models.additive()
    opened = window(model.to_html(max_suggestions=0))
    used = sorted({edge["input"] for edge in opened.page.evaluate("kan.data.edges")})
    position = used.index(X.columns.get_loc("bmi"))
    opened.page.locator("#sliders input[type=number]").nth(position).fill("40")
    opened.page.keyboard.press("Enter")
    shown = float(opened.text("#prediction").split("=")[1])
    middles = [each["middle"] for each in opened.page.evaluate("kan.data.inputs")]
    row = named(model, np.array([middles]))
    row["bmi"] = 40.0
    assert_allclose(shown, model.predict(row)[0], rtol=1e-5)
    shares = opened.page.locator("#shares .number").all_inner_texts()
    rest = model.predict(X).mean()
    assert_allclose(sum(map(float, shares)) + rest, shown, rtol=1e-3)
    opened.page.locator("#centre").click()
    assert float(opened.text("#prediction").split("=")[1]) != shown


def test_the_keyboard_is_enough(window):
    opened = window(models.one_hidden().to_html(max_suggestions=0))
    page = opened.page
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.edge") == "1"
    assert page.evaluate("document.getElementById('pick').selectedIndex") == 1
    page.keyboard.press("Enter")
    assert page.locator(".box.kept").get_attribute("data-edge") == "1"
    page.locator("#options input").first.focus()
    page.keyboard.press("ArrowDown")
    assert "set_edge" in opened.text("#code")
    unlabelled = page.evaluate(
        "[...document.querySelectorAll('input, select, button, .box')]"
        ".filter(e => !(e.labels && e.labels.length) && !e.getAttribute('aria-label')"
        " && !e.textContent).length"
    )
    assert unlabelled == 0


def test_names_do_not_run(window):
    opened = window(
        hostile().to_html(feature_names=HOSTILE, output_names=["<i>y</i>"], max_suggestions=0)
    )
    page = opened.page
    for number in range(page.locator(".box").count()):
        page.locator(".box").nth(number).click()
    page.locator("#options input").last.check()
    assert page.evaluate("window.taken") is None
    assert page.locator("img, b, i:not(.track i)").count() == 0
    shown = page.locator("#sliders .name").all_text_contents()
    assert shown == HOSTILE


def test_names_stand_in_formulas_as_they_are(window):
    z = pytest.importorskip("sympy").Symbol("z")
    model = models.with_curves([as_primitive(z / (1 + z**4)), LIBRARY["abs"]])
    shown = window(model.to_html(feature_names=["$& z + -z", 'a "b"'])).text("#formula")
    assert '"$& z + -z"' in shown
    assert r'"a \"b\""' in shown


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("model", [models.wide, models.three_classes, models.several_outputs])
def test_it_is_readable_on_a_small_screen(window, model, scheme):
    opened = window(
        model().to_html(max_suggestions=0),
        viewport={"width": 400, "height": 800},
        color_scheme=scheme,
    )
    page = opened.page
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    ink, back = page.evaluate(
        "['color', 'backgroundColor'].map(k => getComputedStyle(document.body)[k])"
    )
    assert contrast(ink, back) > 7.0
    assert page.locator(".box").first.bounding_box()["width"] > 20


def contrast(one, other):
    """Return the contrast of two CSS colours as WCAG 2 defines it."""

    def luminance(color):
        parts = np.array([float(p) for p in color[4:-1].split(",")]) / 255.0
        linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_a_notebook_s_frame_works(window):
    opened = window(models.additive().to_html(max_suggestions=0)._repr_html_())
    frame = opened.page.frame_locator("iframe")
    frame.locator(".box").first.click()
    frame.locator("#options input").last.check()
    assert "set_edge" in frame.locator("#code").inner_text()
    frame.locator("#copy").click()
    assert frame.locator("#copied").inner_text() == "copied"


def small():
    X = np.random.default_rng(0).uniform(1.0, 3.0, (200, 2))
    y = 5.0 + 3.0 * np.sin(2.0 * X[:, 0]) + np.exp(X[:, 1])
    return KANRegressor((), random_state=0).fit(X, y)


def test_choosing_formulas_is_what_the_python_lines_do(window):
    model = small()
    opened = window(model.to_html())
    page = opened.page
    for number in range(2):
        page.locator(".box").nth(number).click()
        r2 = page.locator("#options .r2").all_inner_texts()
        assert all(text.startswith("R² ") for text in r2[1:-1])
        page.locator("#options input").nth(1).check()
    assert page.locator(".box.symbolic").count() == 2
    assert "sin(2" in opened.text("#formula") or "cos(2" in opened.text("#formula")
    assert "φ" not in opened.text("#formula")
    assert "R²" in opened.text("#score")
    edited = copy.deepcopy(model)
    exec(opened.text("#code"), {"model": edited})
    assert_computes(opened, edited)


@pytest.mark.slow
def test_every_suggestion_can_be_made_in_python(window):
    model = small()
    opened = window(model.to_html())
    edges = opened.page.evaluate("kan.data.edges")
    assert len(edges[0]["suggestions"]) == 5
    for number, edge in enumerate(edges):
        for chosen in (*range(len(edge["suggestions"])), -2):
            opened.page.evaluate("([i, k]) => kan.choose(i, k)", [number, chosen])
            edited = copy.deepcopy(model)
            exec(opened.text("#code"), {"model": edited})
            assert_computes(opened, edited)
        opened.page.evaluate("i => kan.choose(i, -1)", number)


@pytest.mark.slow
def test_edits_in_several_layers_are_the_same_in_python(window):
    model = models.one_hidden()
    opened = window(model.to_html(max_suggestions=3))
    edges = opened.page.evaluate("kan.data.edges")
    for number, edge in enumerate(edges[:3]):
        if edge["suggestions"]:
            opened.page.evaluate("i => kan.choose(i, 0)", number)
    edited = copy.deepcopy(model)
    exec(opened.text("#code"), {"model": edited})
    inside = np.random.default_rng(1).uniform(-1.0, 1.0, (50, 2))
    assert_computes(opened, edited, inside)


def test_an_edited_model_has_a_page(window):
    model = small().fix_symbolic(0, 0, 0, "sin")
    opened = window(model.to_html())
    assert_computes(opened, model)
    assert opened.page.locator(".box.symbolic text").count() == 1
    assert "sin(" in opened.text("#formula")


def test_suggestions_are_limited():
    page = models.additive().to_html(max_suggestions=1)
    assert page.count('"suggestions"') == 1


MISPLACED = """() => {
  const found = [], root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) found.push("the page is too wide");
  for (const picture of document.querySelectorAll("svg.net, #plot")) {
    const frame = picture.getBoundingClientRect();
    const texts = [...picture.querySelectorAll("text")]
      .map((t) => [t.textContent, t.getBoundingClientRect()]);
    texts.forEach(([text, a], i) => {
      if (a.left < frame.left - 1 || a.right > frame.right + 1) found.push(`cut off: ${text}`);
      if (a.top < frame.top - 1 || a.bottom > frame.bottom + 1) found.push(`cut off: ${text}`);
      for (const [other, b] of texts.slice(0, i)) {
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const up = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 1 && up > 1) found.push(`${text} on ${other}`);
      }
    });
  }
  return found;
}"""


@pytest.mark.parametrize("width", [600, 900, 1600])
@pytest.mark.parametrize(
    "model", [models.additive, models.long_names, models.several_outputs, models.wide]
)
def test_texts_are_not_cut_off_and_lie_apart(window, model, width):
    html = model().to_html(max_suggestions=0)
    opened = window(html, viewport={"width": width, "height": 900})
    assert opened.page.evaluate(MISPLACED) == []


def test_columns_of_few_values_have_points_and_bands_leave_room(window):
    opened = window(models.additive().to_html(max_suggestions=0))
    names = opened.page.locator("#pick option").all_inner_texts()
    opened.page.select_option("#pick", index=next(i for i, n in enumerate(names) if "sex" in n))
    assert opened.page.locator("#plot circle.value").count() == 2
    opened.page.select_option("#pick", index=0)
    assert opened.page.locator("#plot circle.value").count() == 0
    boxes = [opened.page.locator(f"#plot {part}").bounding_box() for part in (".own", ".axis")]
    assert boxes[0]["height"] > 0.4 * boxes[1]["height"]
