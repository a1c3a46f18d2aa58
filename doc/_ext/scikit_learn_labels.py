"""Links to scikit-learn's documentation in the docstrings that its base classes hand down.

Sphinx would fetch an inventory for them; these few addresses do without a network.
"""

from docutils import nodes

__all__ = ["setup"]

_SITE = "https://scikit-learn.org/stable/"
_PAGES = {
    "accuracy_score": "modules/generated/sklearn.metrics.accuracy_score.html",
    "r2_score": "modules/generated/sklearn.metrics.r2_score.html",
    "metadata_routing": "metadata_routing.html",
    "visualizations": "visualizations.html",
}


def resolve(app, env, node, content):
    """Return a link for a label of scikit-learn's, None for others."""
    page = _PAGES.get(node["reftarget"])
    if node["refdomain"] != "std" or page is None:
        return None
    link = nodes.reference("", "", internal=False, refuri=_SITE + page)
    link += nodes.inline("", content.astext())
    return link


def setup(app):
    """Listen for names that Sphinx does not find."""
    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
