"""What must hold for all texts of a figure: inside of it, and apart."""

from matplotlib.backends.backend_agg import FigureCanvasAgg


def assert_texts_have_room(figure):
    """Check that nothing is cut off at the figure's ends, and that ticks and labels lie apart."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    width, height = figure.get_size_inches()
    found = figure.get_tightbbox(renderer)
    assert found.x0 > -0.02, found
    assert found.y0 > -0.02, found
    assert found.x1 < width + 0.02, found
    assert found.y1 < height + 0.02, found
    shown = [axes for axes in all_axes(figure) if axes.axison]
    for axes in shown:
        for axis in (axes.xaxis, axes.yaxis):
            assert_apart(tick_labels(axis), renderer)
    assert_apart(
        [text for a in shown for text in (a.title, a.xaxis.label, a.yaxis.label)], renderer
    )


def all_axes(figure):
    return [inner for axes in figure.axes for inner in (axes, *axes.child_axes)]


def tick_labels(axis):
    low, high = sorted(axis.get_view_interval())
    ticks = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
    return [label for place, label in ticks if low <= place <= high]


def assert_apart(texts, renderer):
    """Check that no two of the texts overlap by more than half a pixel."""
    texts = [text for text in texts if text.get_text() and text.get_visible()]
    extents = [text.get_window_extent(renderer) for text in texts]
    for number, a in enumerate(extents):
        for other, b in enumerate(extents[:number]):
            across = min(a.x1, b.x1) - max(a.x0, b.x0)
            up = min(a.y1, b.y1) - max(a.y0, b.y0)
            assert min(across, up) < 0.5, (texts[number], texts[other])
