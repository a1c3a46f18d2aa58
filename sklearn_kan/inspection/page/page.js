"use strict";
(() => {
const data = JSON.parse(document.getElementById("kan-data").textContent);
const { inputs, outputs, layers, edges } = data;
const last = layers.length - (data.has_direct ? 2 : 1); // the layer that ends at the outputs
const OWN = -1, OFF = -2;
const choice = edges.map(() => OWN);
for (const edge of edges) {
  edge.leads_out = edge.layer >= last;
  const from = layers[edge.layer > last ? 0 : edge.layer];
  edge.range = from.range[edge.input];
  edge.inner = from.inner[edge.input];
  edge.values = from.values[edge.input];
  edge.suggestions ||= [];
}
if (data.has_direct) layers[last + 1] = { ...layers[0], ...layers[last + 1] };

// ---- Numbers: the network at a row -------------------------------------------------------

const clamp = (x, low, high) => Math.min(Math.max(x, low), high);
const sigmoid = (z) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));

function erf(x) {
  const t = Math.abs(x);
  if (t > 6) return Math.sign(x);
  if (t < 2.5) {
    let term = x, sum = x;
    for (let n = 1; n < 60; n++) { term *= -x * x / n; sum += term / (2 * n + 1); }
    return 2 / Math.sqrt(Math.PI) * sum;
  }
  let fraction = t; // erfc by its continued fraction, from the far end
  for (let n = 60; n > 0; n--) fraction = t + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-t * t) / (Math.sqrt(Math.PI) * fraction));
}

function besselJ0(x) {
  const t = Math.abs(x);
  if (t < 14) {
    let term = 1, sum = 1;
    for (let k = 1; k < 60; k++) { term *= -t * t / (4 * k * k); sum += term; }
    return sum;
  }
  let p = 1, q = 0, term = 1; // Hankel's expansion
  for (let k = 1; k < 14; k++) {
    term *= -((2 * k - 1) ** 2) / (k * 8 * t);
    if (k % 2) q += (k % 4 === 1 ? 1 : -1) * term; else p += (k % 4 === 2 ? -1 : 1) * term;
  }
  const angle = t - Math.PI / 4;
  return Math.sqrt(2 / (Math.PI * t)) * (p * Math.cos(angle) - q * Math.sin(angle));
}

const TINY = 1e-40, HUGE = 1e40, UNIT = 1 - 2 ** -53;
const whole = (k) => (u) => clamp(u, -HUGE, HUGE) ** k;
const away = (u) => {
  const v = clamp(u, -HUGE, HUGE);
  return Math.abs(v) < TINY ? (v < 0 ? -TINY : TINY) : v;
};
const turns = (f) => (u) => f(clamp(u, -1e15, 1e15));
const root = (k) => (u) => clamp(u, TINY, HUGE) ** k;
const power = (f) => (u) => f(clamp(u, -700, 700));
const FUNCTIONS = {
  "0": () => 0, "x": whole(1), "sqrt": root(0.5), "1/sqrt": root(-0.5), "x^1.5": root(1.5),
  "exp": power(Math.exp), "log": (u) => Math.log(clamp(u, TINY, HUGE)), "abs": Math.abs,
  "sinh": power(Math.sinh), "cosh": power(Math.cosh), "tanh": (u) => Math.tanh(clamp(u, -300, 300)),
  "gaussian": (u) => Math.exp(-(clamp(u, -30, 30) ** 2)), "sigmoid": power(sigmoid),
  "softplus": power((u) => Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u)))), "erf": erf,
  "sin": turns(Math.sin), "cos": turns(Math.cos), "tan": turns(Math.tan), "J0": turns(besselJ0),
  "arcsin": (u) => Math.asin(clamp(u, -UNIT, UNIT)), "arccos": (u) => Math.acos(clamp(u, -UNIT, UNIT)),
  "arctan": Math.atan, "arctanh": (u) => Math.atanh(clamp(u, -UNIT, UNIT)),
};
for (const k of [2, 3, 4, 5]) FUNCTIONS[`x^${k}`] = whole(k);
for (const k of [1, 2, 3, 4, 5]) FUNCTIONS[k === 1 ? "1/x" : `1/x^${k}`] = (u) => away(u) ** -k;
const functionOf = (name) =>
  FUNCTIONS[name] || ((u) => Math.abs(away(u)) ** Number(name.slice(4))); // |x|^a

function curveValue(curve, u) {
  if (curve.table) return tableValue(curve.table, u);
  let sum = curve.constant;
  for (const [name, coef, scale, shift] of curve.terms) {
    const value = functionOf(name)(scale * u + shift);
    sum += coef * clamp(Number.isNaN(value) ? 0 : value, -1e100, 1e100);
  }
  return sum;
}

function tableValue({ first, step, values, slopes }, u) { // cubic Hermite, straight beyond
  const n = values.length - 1, place = (u - first) / step;
  if (place <= 0) return values[0] + slopes[0] * place * step;
  if (place >= n) return values[n] + slopes[n] * (place - n) * step;
  const i = Math.min(Math.floor(place), n - 1), t = place - i, s = 1 - t;
  return (1 + 2 * t) * s * s * values[i] + t * t * (3 - 2 * t) * values[i + 1]
    + step * t * s * (s * slopes[i] - t * slopes[i + 1]);
}

// The B-splines of degree k that are not zero at x in [knots[m], knots[m + 1]], by Cox and de Boor.
function splinesAt(knots, k, m, x) {
  const values = [1];
  for (let r = 1; r <= k; r++) {
    let carried = 0;
    for (let s = 0; s < r; s++) {
      const left = knots[m + 1 - r + s], right = knots[m + s + 1];
      const share = values[s] / (right - left);
      values[s] = carried + (right - x) * share;
      carried = (x - left) * share;
    }
    values.push(carried);
  }
  return values;
}

function splineWithSlope(layer, edge, x, wantsSlope) {
  const knots = layer.knots[edge.input], k = layer.degree, coef = edge.coef;
  let m = k;
  while (m < knots.length - k - 2 && x >= knots[m + 1]) m++;
  const splines = splinesAt(knots, k, m, x);
  let value = 0, slope = 0;
  for (let s = 0; s <= k; s++) value += splines[s] * coef[m - k + s];
  if (wantsSlope && k > 0) {
    const lower = splinesAt(knots, k - 1, m, x);
    for (let s = 0; s < k; s++) {
      const j = m - k + 1 + s;
      slope += lower[s] * k * (coef[j] - coef[j - 1]) / (knots[j + k] - knots[j]);
    }
  }
  if (edge.base_weight !== 0) {
    const [scale, shift] = layer.base_map[edge.input], z = scale * x + shift, sigma = sigmoid(z);
    const silu = layer.base === "silu";
    value += edge.base_weight * (silu ? z * sigma : z);
    slope += edge.base_weight * scale * (silu ? sigma * (1 + z * (1 - sigma)) : 1);
  }
  return [value, slope];
}

function ownValue(edge, u) {
  if (edge.terms) return curveValue(edge, u);
  const layer = layers[edge.layer], knots = layer.knots[edge.input], k = layer.degree;
  const inside = clamp(u, knots[k], knots[knots.length - k - 1]);
  const [value, slope] = splineWithSlope(layer, edge, inside, inside !== u);
  return value + (inside === u ? 0 : slope * (u - inside));
}

function valueOf(index, u, chosen = choice[index]) {
  const edge = edges[index];
  if (chosen === OFF) return edge.mean;
  return chosen === OWN ? ownValue(edge, u) : curveValue(edge.suggestions[chosen], u);
}

const edgesOf = layers.map((_, l) => edges.flatMap((edge, i) => (edge.layer === l ? [i] : [])));

function scaledRow(row) {
  return inputs.map((input, i) => {
    if (input.scale === null) return 0;
    const u = clamp((row[i] - input.center) / input.scale, -1e9, 1e9);
    return input.range ? clamp(u, ...input.range) : u;
  });
}

function run(row, chosen = choice) {
  const values = new Array(edges.length), nodes = [scaledRow(row)];
  const through = (l, from) => {
    const sums = layers[l].bias.slice();
    for (const i of edgesOf[l]) {
      values[i] = valueOf(i, from[edges[i].input], chosen[i]);
      sums[edges[i].output] += values[i];
    }
    return sums;
  };
  for (let l = 0; l <= last; l++) {
    const sums = through(l, nodes[l]), { n_sums, n_outputs } = layers[l];
    const next = sums.slice(0, n_sums);
    for (let j = n_sums; j < n_outputs; j += 2) next.push(sums[j] * sums[j + 1]);
    nodes.push(next);
  }
  let raw = nodes[last + 1];
  if (data.has_direct) {
    const more = through(last + 1, nodes[0]);
    raw = raw.map((value, j) => value + more[j]);
  }
  return { values, nodes, raw, prediction: predictionOf(raw) };
}

function predictionOf(raw) {
  if (data.link === "logistic") return [sigmoid(-raw[0]), sigmoid(raw[0])];
  if (data.link === "softmax") {
    const top = Math.max(...raw), powers = raw.map((value) => Math.exp(value - top));
    const total = powers.reduce((a, b) => a + b);
    return powers.map((value) => value / total);
  }
  return raw.map((value, j) => {
    const mean = data.link === "log" ? Math.exp(Math.min(value, 709)) : value;
    return mean * outputs[j].scale + outputs[j].center;
  });
}

// ---- What edits do -----------------------------------------------------------------------

const { rows, target } = data.reference;
const unedited = edges.map(() => OWN);
const before = rows.map((row) => run(row, unedited).prediction);
const truth = target || before;
const best = (list) => list.indexOf(Math.max(...list));

function r2(predictions) {
  let total = 0;
  for (let j = 0; j < outputs.length; j++) {
    const mean = truth.reduce((sum, row) => sum + row[j], 0) / truth.length;
    let residual = 0, spread = 0;
    truth.forEach((row, n) => {
      residual += (row[j] - predictions[n][j]) ** 2;
      spread += (row[j] - mean) ** 2;
    });
    total += spread > 0 ? 1 - residual / spread : (residual > 0 ? 0 : 1);
  }
  return total / outputs.length;
}

function scoreOf(predictions) {
  if (!data.classes) return r2(predictions);
  const right = (p, n) => best(p) === (target ? target[n] : best(truth[n]));
  return predictions.filter(right).length / predictions.length;
}

const scoreBefore = scoreOf(before);

function writeScore() {
  const edited = choice.some((chosen) => chosen !== OWN);
  const now = edited ? scoreOf(rows.map((row) => run(row).prediction)) : scoreBefore;
  const what = data.classes ? "accuracy" : "R²";
  let text;
  if (target) {
    text = `${what} on the rows given ${show(now, 4)}`;
    if (edited) text += `, ${show(scoreBefore, 4)} before the edits`;
  } else if (edited) {
    text = data.classes
      ? `agrees with the model before the edits on ${show(100 * now, 4)} % of the rows tried`
      : `R² ${showR2(now)} against the model before the edits`;
  } else {
    text = "no edits";
  }
  el("score").textContent = text;
}

// ---- Text --------------------------------------------------------------------------------

const el = (id) => document.getElementById(id);

function show(value, digits = 4) {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) {
    return value.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("e+", "e");
  }
  return String(Number(value.toPrecision(digits)));
}

function showR2(value) { // what is missing to 1, where that is little
  const missing = 1 - value;
  return missing > 0 && missing < 1e-3 ? `1 − ${show(missing, 2)}` : show(value, 4);
}

const SUPERSCRIPTS = { 2: "²", 3: "³", 4: "⁴", 5: "⁵" };

function affine(scale, argument, shift) {
  const factor = show(scale);
  let text = factor === "1" ? argument : factor === "-1" ? `-${argument}` : `${factor}·${argument}`;
  if (Math.abs(shift) > 1e-10) text += ` ${shift < 0 ? "-" : "+"} ${show(Math.abs(shift))}`;
  return text;
}

function applied(name, inner) {
  const bare = /^[\p{L}\p{N}_.]+$/u.test(inner) ? inner : `(${inner})`;
  if (name === "x") return bare;
  if (/^x\^\d$/.test(name)) return bare + SUPERSCRIPTS[name[2]];
  if (name.startsWith("x^")) return `${bare}^${name.slice(2)}`;
  if (name.startsWith("1/x")) return `1/${bare}${SUPERSCRIPTS[name[4]] || ""}`;
  if (name === "1/sqrt") return `1/sqrt(${inner})`;
  if (name.startsWith("|x|^")) return `|${inner}|^${name.slice(4)}`;
  if (name === "gaussian") return `exp(-(${inner})²)`;
  return `${name}(${inner})`;
}

const POWERS = { "x": 1, "x^2": 2, "x^3": 3, "x^4": 4, "x^5": 5 };

// The terms of a curve of an argument that is itself scale * name + shift, times a factor, and
// the constant among them. Powers are multiplied out, so that polynomials read as such.
function curveTerms(curve, name, scale = 1, shift = 0, factor = 1) {
  if (curve.table) return { parts: [`${show(factor)}·[${curve.text.replaceAll(data.argument, () => name)}]`], constant: 0 };
  const polynomial = [curve.constant * factor], parts = [];
  for (const [f, coef, a, b] of curve.terms) {
    if (f === "0") continue;
    if (POWERS[f]) {
      let power = [coef * factor];
      for (let k = 0; k < POWERS[f]; k++) power = timesLine(power, a * scale, a * shift + b);
      power.forEach((value, k) => { polynomial[k] = (polynomial[k] || 0) + value; });
    } else {
      parts.push(timesText(coef * factor, applied(f, affine(a * scale, name, a * shift + b))));
    }
  }
  const powers = polynomial.slice(1).map((value, k) => timesText(value, name + (SUPERSCRIPTS[k + 1] || "")));
  return { parts: powers.concat(parts).filter(Boolean), constant: polynomial[0] };
}

function timesLine(polynomial, slope, constant) {
  const product = polynomial.map((value) => value * constant).concat(0);
  polynomial.forEach((value, k) => { product[k + 1] += value * slope; });
  return product;
}

function timesText(factor, body) {
  const size = show(factor);
  if (size === "0") return "";
  return size === "1" ? body : size === "-1" ? `-${body}` : `${size}·${body}`;
}

const added = (text, part) => (part[0] === "-" ? `${text} - ${part.slice(1)}` : `${text} + ${part}`);
const joined = (parts) => (parts.length ? parts.reduce(added) : "0");
const quoted = (name) => `"${name.replace(/["\\]/g, "\\$&")}"`;
const safeName = (name) => (/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : quoted(name));
const fromInput = (edge) => edge.layer === 0 || edge.layer > last;
const startName = (edge) =>
  fromInput(edge) ? safeName(inputs[edge.input].name) : `h${edge.layer}_${edge.input}`;

function curveOf(index) {
  const edge = edges[index], chosen = choice[index];
  if (chosen === OFF) return { terms: [], constant: edge.mean };
  return chosen === OWN ? (edge.terms ? edge : null) : edge.suggestions[chosen];
}

function userTerms(edge, curve, factor = 1) {
  const input = fromInput(edge) ? inputs[edge.input] : null;
  const scale = input && input.scale !== null ? 1 / input.scale : 1;
  return curveTerms(curve, startName(edge), scale, input ? -input.center * scale : 0, factor);
}

function edgeTerms(index, factor) {
  const edge = edges[index], curve = curveOf(index);
  if (curve) return userTerms(edge, curve, factor);
  const spline = `φ_${edge.layer}_${edge.input}_${edge.output}(${startName(edge)})`;
  return { parts: [timesText(factor, spline)].filter(Boolean), constant: 0 };
}

function sumText(l, output, factor = 1, extra = 0) {
  const from = l === last && data.has_direct ? [l, l + 1] : [l];
  const terms = from.flatMap((k) => edgesOf[k]).filter((i) => edges[i].output === output)
    .map((i) => edgeTerms(i, factor));
  const parts = terms.flatMap((term) => term.parts);
  const constant = terms.reduce((sum, term) => sum + term.constant, layers[l].bias[output] * factor + extra);
  if (show(Math.abs(constant)) !== "0" || !parts.length) parts.push(show(constant));
  return joined(parts);
}

function fitText(edge, curve) {
  const { parts, constant } = userTerms(edge, curve);
  return joined(show(Math.abs(constant)) === "0" ? parts : [...parts, show(constant)]);
}

function writeFormula() {
  const lines = [];
  for (let l = 0; l < last; l++) {
    const { n_sums, n_outputs } = layers[l];
    for (let j = 0; j < n_sums; j++) lines.push(`h${l + 1}_${j} = ${sumText(l, j)}`);
    for (let j = n_sums; j < n_outputs; j += 2) {
      const node = n_sums + (j - n_sums) / 2;
      lines.push(`h${l + 1}_${node} = (${sumText(l, j)}) · (${sumText(l, j + 1)})`);
    }
  }
  const heads = { "": (n) => n, "log": (n) => `log ${n}`, "log-odds": (n) => `log-odds of ${n}` };
  outputs.forEach((output, j) => {
    const head = heads[data.effect](output.name);
    const log = data.effect === "log";
    const factor = log ? 1 : output.scale;
    const extra = log ? Math.log(output.scale) : output.center;
    lines.push(`${head} = ${sumText(last, j, factor, extra)}`);
  });
  const box = el("formula");
  box.replaceChildren(...lines.map((line) => {
    const div = document.createElement("div");
    div.textContent = line;
    return div;
  }));
}

function pythonFor(index) {
  const { layer, input, output, mean, suggestions } = edges[index], chosen = choice[index];
  const place = `${layer}, ${input}, ${output}`;
  if (chosen === OFF) return `model.set_edge(${place}, "0", d=${mean})`;
  const { name } = suggestions[chosen];
  return `model.fix_symbolic(${place}, model.suggest_symbolic(${place})[${chosen}])  # ${name.replace(/\s+/g, " ")}`;
}

function writeCode() {
  const edited = edges.flatMap((_, i) => (choice[i] === OWN ? [] : [i]));
  // From the outputs down: an edit moves the nodes above it, which suggestions depend on.
  edited.sort((a, b) => edges[b].layer - edges[a].layer);
  el("code").textContent = edited.map(pythonFor).join("\n") || "# no edits yet";
}

// ---- The edge looked at ------------------------------------------------------------------

const SVG = "http://www.w3.org/2000/svg";
function svg(parent, tag, attributes, text) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  parent.append(node);
  return node;
}

function ticks(low, high) {
  const rough = (high - low) / 4, size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * size).find((s) => s >= rough);
  const list = [];
  for (let t = Math.ceil(low / step) * step; t <= high + 1e-9 * step; t += step) {
    list.push(Math.abs(t) < 1e-9 * step ? 0 : t);
  }
  return list;
}

let shown = 0, kept = null;
const FRAME = { left: 64, right: 408, top: 12, bottom: 212 };

function unitsOf(edge) {
  const input = fromInput(edge) ? inputs[edge.input] : null;
  const scale = edge.leads_out && data.effect !== "log" ? outputs[edge.output].scale : 1;
  return {
    x: (u) => (input && input.scale !== null ? u * input.scale + input.center : u),
    y: (value) => (value - edge.mean) * scale,
    scale,
    xLabel: input ? input.name : `node ${edge.layer}.${edge.input}`,
    yLabel: edge.leads_out
      ? `effect on ${data.effect ? data.effect + " of " : ""}${outputs[edge.output].name}`
      : `to ${data.edge_names[edges.indexOf(edge)].split(" → ").pop()}`,
  };
}

const ruler = document.createElement("canvas").getContext("2d");
const sizeOf = (text) => { ruler.font = "12px system-ui, 'DejaVu Sans', sans-serif"; return ruler.measureText(text).width; };

// A text as at most two lines of a width, broken between words; what is left out is left out of
// its middle.
function twoLines(text, width) {
  const kept = (most) => {
    if (most >= text.length) return text;
    const tail = Math.floor(most / 3);
    return `${text.slice(0, most - tail).trimEnd()}…${text.slice(text.length - tail).trimStart()}`;
  };
  for (let most = text.length; most > 3; most--) {
    const lines = [""];
    for (const word of kept(most).match(/[^\s_\-/.,]*[\s_\-/.,]*/g)) {
      if (lines.at(-1) && sizeOf((lines.at(-1) + word).trimEnd()) > width) lines.push("");
      lines[lines.length - 1] += word;
    }
    if (lines.length < 3 && lines.every((line) => sizeOf(line.trimEnd()) <= width)) return lines;
  }
  return [kept(4)];
}

// What is to be seen of a curve and of its band, whose bulk may add 0.4 of the curve's height.
function limitsOf(edge, curves, band) {
  let low = Math.min(...curves), high = Math.max(...curves);
  const bulk = (band || []).filter(([u]) => u >= edge.inner[0] && u <= edge.inner[1]);
  const most = high > low ? 0.4 * (high - low) : Infinity;
  const lowest = Math.min(low, ...bulk.map(([, v, s]) => v - s));
  const highest = Math.max(high, ...bulk.map(([, v, s]) => v + s));
  low = Math.max(lowest, low - most);
  high = Math.min(highest, high + most);
  return high > low ? [low, high] : [low - 1, high + 1];
}

function drawEdge() {
  const edge = edges[shown], plot = el("plot");
  plot.replaceChildren();
  plot.setAttribute("aria-label", `the function of ${data.edge_names[shown]}`);
  const units = unitsOf(edge), [low, high] = edge.range, n = 120;
  const span = high > low ? [low, high] : [low - 0.5, high + 0.5];
  const us = Array.from({ length: n + 1 }, (_, i) => span[0] + (span[1] - span[0]) * i / n);
  const own = us.map((u) => units.y(ownValue(edge, u)));
  const chosen = choice[shown] === OWN ? null : us.map((u) => units.y(valueOf(shown, u)));
  const band = edge.std && edge.std.map((std, i) => {
    const u = span[0] + (span[1] - span[0]) * i / (edge.std.length - 1);
    return [u, units.y(ownValue(edge, u)), 2 * std];
  });
  let [bottom, top] = limitsOf(edge, own.concat(chosen || []), band);
  const room = top - bottom;
  bottom -= 0.22 * room; top += 0.06 * room;
  const x = (u) => FRAME.left + (FRAME.right - FRAME.left) * (u - span[0]) / (span[1] - span[0]);
  const y = (v) => FRAME.bottom - (FRAME.bottom - FRAME.top) * (v - bottom) / (top - bottom);
  const xUser = [units.x(span[0]), units.x(span[1])];
  const xOfUser = (v) => FRAME.left + (FRAME.right - FRAME.left) * (v - xUser[0]) / (xUser[1] - xUser[0]);
  for (const t of ticks(bottom, top)) {
    svg(plot, "line", { class: "grid", x1: FRAME.left, x2: FRAME.right, y1: y(t), y2: y(t) });
    svg(plot, "text", { x: FRAME.left - 6, y: y(t) + 4, "text-anchor": "end" }, show(t, 3));
  }
  if (xUser[1] > xUser[0]) {
    for (const t of ticks(...xUser)) {
      svg(plot, "text", { x: xOfUser(t), y: FRAME.bottom + 15, "text-anchor": "middle" }, show(t, 4));
    }
  }
  const bars = layers[edge.layer].density[edge.input], most = Math.max(...bars);
  bars.forEach((count, i) => {
    const width = (FRAME.right - FRAME.left) / bars.length, height = 28 * count / most;
    svg(plot, "rect", {
      class: "bars", x: FRAME.left + i * width, y: FRAME.bottom - height, width, height,
    });
  });
  const [width, height] = [FRAME.right - FRAME.left, FRAME.bottom - FRAME.top];
  const inside = svg(plot, "svg", { // what is drawn in it ends at the frame
    x: FRAME.left, y: FRAME.top, width, height, viewBox: `${FRAME.left} ${FRAME.top} ${width} ${height}`,
  });
  if (band && !edge.values) {
    const upper = band.map(([u, v, s]) => `${x(u)},${y(v + s)}`);
    const lower = band.map(([u, v, s]) => `${x(u)},${y(v - s)}`).reverse();
    svg(inside, "polygon", { class: "band", points: upper.concat(lower).join(" ") });
  }
  svg(plot, "path", { class: "axis", d: `M${FRAME.left},${FRAME.top}V${FRAME.bottom}H${FRAME.right}` });
  const line = (values) => us.map((u, i) => `${x(u)},${y(values[i])}`).join(" ");
  const kind = edge.terms ? "own symbolic" : "own";
  svg(plot, "polyline", { class: edge.values ? `${kind} between` : kind, points: line(own) });
  for (const u of edge.values || []) {
    const v = units.y(ownValue(edge, u));
    if (band) {
      const place = (u - span[0]) / (span[1] - span[0]) * (band.length - 1), i = Math.min(Math.floor(place), band.length - 2);
      const s = band[i][2] + (place - i) * (band[i + 1][2] - band[i][2]);
      svg(inside, "line", { class: kind, x1: x(u), x2: x(u), y1: y(v - s), y2: y(v + s) });
    }
    svg(plot, "circle", { class: `${kind} value`, r: 4, cx: x(u), cy: y(v) });
  }
  if (chosen) svg(plot, "polyline", { class: "chosen", points: line(chosen) });
  const u = current.nodes[edge.layer > last ? 0 : edge.layer][edge.input];
  if (u >= span[0] && u <= span[1]) {
    svg(plot, "circle", { class: "here", r: 4, cx: x(u), cy: y(units.y(valueOf(shown, u))) });
  }
  twoLines(units.xLabel, FRAME.right - FRAME.left).forEach((text, i) => svg(plot, "text", {
    class: "label", x: (FRAME.left + FRAME.right) / 2, y: 248 + 15 * i, "text-anchor": "middle",
  }, text));
  twoLines(units.yLabel, FRAME.bottom - FRAME.top).forEach((text, i, lines) => svg(plot, "text", {
    class: "label", transform: `translate(${lines.length > 1 ? 11 + 14 * i : 18},112) rotate(-90)`,
    "text-anchor": "middle",
  }, text));
}

function writeOptions() {
  const edge = edges[shown], box = el("options");
  const options = [[OWN, edge.terms ? fitText(edge, edge) : "the fitted curve", ""]];
  edge.suggestions.forEach((fit, k) => options.push([k, fit.name, `R² ${showR2(fit.r2)}`]));
  options.push([OFF, "switched off", ""]);
  box.replaceChildren(...options.map(([value, text, r2Text]) => {
    const label = document.createElement("label"), radio = document.createElement("input");
    radio.type = "radio";
    radio.name = "choice";
    radio.value = value;
    radio.checked = choice[shown] === value;
    radio.addEventListener("change", () => choose(shown, value));
    const words = document.createElement("span"), number = document.createElement("span");
    words.className = "text";
    words.textContent = text;
    if (value >= 0) words.textContent = fitText(edge, edge.suggestions[value]);
    number.className = "r2";
    number.textContent = r2Text;
    label.append(radio, words, number);
    return label;
  }));
}

function look(index) {
  shown = index;
  el("pick").value = String(index);
  for (const box of boxes) {
    const mine = Number(box.dataset.edge);
    box.classList.toggle("shown", mine === shown);
    box.classList.toggle("kept", mine === kept);
    box.setAttribute("aria-pressed", String(mine === kept));
  }
  drawEdge();
  writeOptions();
}

function choose(index, value) {
  choice[index] = value;
  const box = boxes.find((b) => Number(b.dataset.edge) === index);
  if (box) {
    box.classList.toggle("off", value === OFF);
    box.classList.toggle("symbolic", value >= 0 || (value === OWN && Boolean(edges[index].terms)));
    document.querySelector(`[data-wire="${index}"]`).classList.toggle("off", value === OFF);
  }
  refresh();
}

// ---- Inputs, prediction, shares ----------------------------------------------------------

const row = inputs.map((input) => input.middle);
let current = run(row);

function writePrediction() {
  const box = el("prediction");
  if (!data.classes) {
    box.textContent = outputs.map((o, j) => `${o.name} = ${show(current.prediction[j], 6)}`).join(", ");
    return;
  }
  box.replaceChildren(...data.classes.map((name, j) => {
    const line = document.createElement("div");
    line.className = "chance";
    line.append(named(name), bar(0, current.prediction[j]), numbered(show(current.prediction[j], 3)));
    return line;
  }));
}

function named(text) {
  const span = document.createElement("span");
  span.className = "name";
  span.textContent = span.title = text;
  return span;
}

function numbered(text) {
  const span = document.createElement("span");
  span.className = "number";
  span.textContent = text;
  return span;
}

function bar(from, to, minus = false) { // shares of the width
  const track = document.createElement("span"), fill = document.createElement("i");
  track.className = "track";
  fill.style.left = `${100 * Math.min(from, to)}%`;
  fill.style.width = `${100 * Math.abs(to - from)}%`;
  fill.classList.toggle("minus", minus);
  track.append(fill);
  return track;
}

function writeShares() {
  const output = Number(el("output").value || 0);
  const mine = edges.flatMap((edge, i) => (edge.leads_out && edge.output === output ? [i] : []));
  const shares = mine.map((i) => [i, unitsOf(edges[i]).y(current.values[i])]);
  shares.sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
  const most = Math.max(...shares.map((s) => Math.abs(s[1])), 1e-300);
  el("shares").replaceChildren(...shares.slice(0, 40).map(([i, value]) => {
    const line = document.createElement("div");
    line.className = "share";
    const units = unitsOf(edges[i]);
    line.append(named(units.xLabel), bar(0.5, 0.5 + 0.5 * value / most, value < 0), numbered(show(value, 4)));
    return line;
  }));
  const note = document.createElement("p");
  note.className = "hint";
  note.textContent = "Against the mean of each edge over the training rows, "
    + (data.effect ? `on the scale of the ${data.effect}.` : `in units of ${outputs[output].name}.`);
  el("shares").append(note);
}

function writeDots() {
  for (const box of boxes) {
    const edge = edges[Number(box.dataset.edge)];
    const u = current.nodes[edge.layer > last ? 0 : edge.layer][edge.input];
    const points = box.querySelector("polyline").points, dot = box.querySelector(".dot");
    const place = (u - edge.range[0]) / (edge.range[1] - edge.range[0]) * (points.length - 1);
    const off = choice[Number(box.dataset.edge)] === OFF;
    const inside = !off && place >= 0 && place <= points.length - 1;
    dot.setAttribute("visibility", inside ? "visible" : "hidden");
    if (!inside) continue;
    const i = Math.min(Math.floor(place), points.length - 2), t = place - i;
    const a = points.getItem(i), b = points.getItem(i + 1);
    dot.setAttribute("cx", a.x + t * (b.x - a.x));
    dot.setAttribute("cy", a.y + t * (b.y - a.y));
  }
}

function refreshRow() {
  current = run(row);
  writePrediction();
  writeShares();
  writeDots();
  drawEdge();
}

function refresh() {
  refreshRow();
  writeOptions();
  writeScore();
  writeFormula();
  writeCode();
}

const used = new Set(edges.filter(fromInput).map((edge) => edge.input));
const controls = [];

function makeSliders() {
  inputs.forEach((input, i) => {
    if (!used.has(i)) return;
    const line = document.createElement("label"), range = document.createElement("input");
    const number = document.createElement("input");
    line.className = "slider";
    range.type = "range";
    range.min = input.low;
    range.max = input.high > input.low ? input.high : input.low + 1;
    range.step = "any";
    number.type = "number";
    number.step = "any";
    number.setAttribute("aria-label", `${input.name}, as a number`);
    const set = (value) => {
      row[i] = value;
      range.value = value;
      number.value = Number(value.toPrecision(5));
    };
    range.addEventListener("input", () => { set(Number(range.value)); refreshRow(); });
    number.addEventListener("change", () => {
      if (number.value === "" || !Number.isFinite(Number(number.value))) return;
      row[i] = Number(number.value);
      range.value = row[i];
      refreshRow();
    });
    controls.push(() => set(input.middle));
    line.append(named(input.name), range, number);
    el("sliders").append(line);
    set(input.middle);
  });
}

// ---- Beginning ---------------------------------------------------------------------------

const boxes = [...document.querySelectorAll(".box")];
for (const box of boxes) {
  const index = Number(box.dataset.edge);
  const keep = () => { kept = kept === index ? null : index; look(index); };
  box.addEventListener("pointerenter", () => look(index));
  box.addEventListener("pointerleave", () => { if (kept !== null) look(kept); });
  box.addEventListener("focus", () => look(index));
  box.addEventListener("click", keep);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); keep(); }
  });
}
data.edge_names.forEach((name, i) => el("pick").add(new Option(name, i)));
outputs.forEach((output, j) => el("output").add(new Option(output.name, j)));
el("which").hidden = outputs.length < 2;
el("pick").addEventListener("change", () => { kept = Number(el("pick").value); look(kept); });
el("output").addEventListener("change", writeShares);
el("choices").addEventListener("submit", (event) => event.preventDefault());
el("centre").addEventListener("click", () => { controls.forEach((set) => set()); refreshRow(); });
el("reset").addEventListener("click", () => { edges.forEach((_, i) => choose(i, OWN)); });
el("copy").addEventListener("click", async () => {
  if (window.isSecureContext && window === window.top) {
    await navigator.clipboard.writeText(el("code").textContent);
  } else { // in a frame that is not allowed: copy what is selected
    const range = document.createRange();
    range.selectNodeContents(el("code"));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    document.execCommand("copy");
  }
  el("copied").textContent = "copied";
});
if (data.target) el("what").textContent = `Prediction of ${data.target}`;
makeSliders();
if (edges.length) { look(0); refresh(); } else { writePrediction(); writeFormula(); writeCode(); }
window.kan = { run, choose, data, predict: (list) => list.map((r) => run(r).prediction) };
})();
