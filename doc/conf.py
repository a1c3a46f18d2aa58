"""How Sphinx builds the documentation.

From the top of the checkout, nothing is fetched from the network::

    pip install ".[doc]"
    python -m sphinx -W --keep-going doc doc/_build

``-D sphinx_gallery_conf.filename_pattern=quickstart`` runs only the examples whose names match.
"""

import os
import sys
import warnings
from pathlib import Path

# One thread and no windows, in the examples too; before NumPy is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "Agg")
sys.path.insert(0, str(Path(__file__).parent / "_ext"))

import sklearn_kan

project = "sklearn-kan"
author = "sklearn-kan developers"
copyright = author
release = sklearn_kan.__version__
version = ".".join(release.split(".")[:2])

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "matplotlib.sphinxext.plot_directive",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
    "mathml",
    "names",
    "scikit_learn_labels",
]
exclude_patterns = ["_build", "_inventories", "**.ipynb_checkpoints", "auto_examples/*.ipynb"]
templates_path = ["_templates"]
# Single backquotes: a link, or a parameter's name; _ext/names.py knows which. No other name passes.
default_role = "py:obj"
nitpicky = True

# --- names of other packages --------------------------------------------------------------------

# Inventories of the names that are used here, so that no build asks the network.
intersphinx_mapping = {
    "sklearn": ("https://scikit-learn.org/stable/", "_inventories/scikit-learn.txt"),
}

# --- the API ------------------------------------------------------------------------------------

autosummary_generate = True
autodoc_typehints = "none"  # numpydoc has the types
numpydoc_show_class_members = False  # the template lists them with all that they say
autosummary_context = {"examples": {"KANRegressor", "KANClassifier", "KANDisplay", "EdgeDisplay"}}

# --- pictures in the pages ----------------------------------------------------------------------

plot_formats = [("png", 110)]
plot_html_show_formats = False
plot_html_show_source_link = False
plot_include_source = True

# --- the gallery --------------------------------------------------------------------------------

# What an example says about its numbers is said of exactly these rows and this seed; a warning in
# an example is shown there, one about the backend is not.
warnings.filterwarnings("ignore", message=".*non-interactive.*", category=UserWarning)

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": "plot_",
    "within_subsection_order": "gallery_order.Reading",
    "plot_gallery": True,
    "abort_on_example_error": False,
    "only_warn_on_example_error": False,
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "remove_config_comments": True,
    "doc_module": ("sklearn_kan",),
    "backreferences_dir": "generated/backreferences",
    "inspect_global_variables": True,
    "min_reported_time": 0,
    "image_srcset": [],
    "matplotlib_animations": False,
    "parallel": 2,
}

# --- the pages ----------------------------------------------------------------------------------

html_theme = "pydata_sphinx_theme"
html_title = "sklearn-kan"
html_theme_options = {
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_prev_next": True,
    "header_links_before_dropdown": 4,
}
alone = ["installation", "tour", "from_pykan", "from_others", "benchmarks", "method", "design"]
html_sidebars = {page: [] for page in alone}
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_show_sourcelink = False
html_copy_source = False
html_math_renderer = "mathml"
