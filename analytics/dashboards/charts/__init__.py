"""The pictures: a Vega-Lite spec each, built from results, drawn as SVG and kept under the spec's hash."""
