"""What a name in single backquotes is: a link to what is public, code where it is a parameter.

Any other name is a fault of the page, and Sphinx warns of it (``nitpicky``).
"""

import inspect
from functools import cache

from numpydoc.docscrape import ClassDoc, FunctionDoc

import sklearn_kan
import sklearn_kan.inspection
import sklearn_kan.symbolic

__all__ = ["setup"]

_MODULES = (sklearn_kan, sklearn_kan.inspection, sklearn_kan.symbolic)
# Whose methods pages name without saying of which class they are.
_SCOPES = (*(module.__name__ for module in _MODULES), "sklearn_kan.KANRegressor")


@cache
def names_in_docstrings():
    """Return the names of all parameters, results and attributes of what is public."""
    public = [getattr(module, name) for module in _MODULES for name in module.__all__]
    return {name for each in public if callable(each) for name in _names_of(each)}


def _names_of(each):
    yield from _in_docstring(ClassDoc(each) if inspect.isclass(each) else FunctionDoc(each))
    for method in _methods_of(each) if inspect.isclass(each) else ():
        yield from inspect.signature(method).parameters
        yield from _in_docstring(FunctionDoc(method))


def _methods_of(kind):
    found = (inspect.getattr_static(kind, name) for name in dir(kind) if name[0] != "_")
    plain = (getattr(method, "__func__", method) for method in found)
    return [method for method in plain if inspect.isfunction(method)]


def _in_docstring(doc):
    for section in ("Parameters", "Returns", "Attributes"):
        for entry in doc[section]:
            yield from entry.name.replace(",", " ").replace("*", "").split()


def resolve(app, env, node, content):
    """Return a link or code for a name without a module, None where it is unknown."""
    if node["refdomain"] != "py" or node["reftype"] != "obj":
        return None
    domain, name = env.get_domain("py"), node["reftarget"]
    for scope in _SCOPES:
        full = f"{scope}.{name}"
        if full in domain.objects:
            where = node.get("refdoc", env.docname)
            return domain.resolve_xref(env, where, app.builder, "obj", full, node, content)
    return content if name in names_in_docstrings() else None


def setup(app):
    """Listen for names that Sphinx does not find."""
    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
