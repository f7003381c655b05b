"""The methods match the catalogue that the coordinator's API returns."""

import json
import re
from pathlib import Path

import pytest

from evenkeel.compress import ValueCoding, parse
from evenkeel.feedback import METHODS
from evenkeel.step import RULES, parse_rule, parse_schedule
from evenkeel.trial import PRESETS

CATALOGUE = json.loads((Path(__file__).parents[3] / "vectors" / "algorithms.json").read_text(encoding="utf-8"))


def _names(kind):
    return [entry["name"] for entry in CATALOGUE[kind]]


def _defaults(entry):
    return {parameter["name"]: parameter.get("default") for parameter in entry["parameters"]}


def test_step_rules_have_the_same_parameters():
    assert [rule.text for rule in RULES] == [
        ":".join([rule["name"], *_defaults(rule).values()]) for rule in CATALOGUE["stepRules"]
    ]


@pytest.mark.parametrize("rule", CATALOGUE["stepRules"], ids=lambda rule: rule["name"])
def test_step_rules_expect_the_same_ranges(rule):
    for place, parameter in enumerate(rule["parameters"]):
        text = ":".join([rule["name"], *list(_defaults(rule).values())[:place], "nan"])
        with pytest.raises(ValueError, match=f"{parameter['name']} of .*, expected {re.escape(parameter['expected'])}$"):
            parse_rule(text)


def test_algorithms_have_the_same_defaults():
    assert list(PRESETS) == _names("algorithms")
    for entry in CATALOGUE["algorithms"]:
        preset, defaults = PRESETS[entry["name"]], _defaults(entry)
        rule = parse_rule(preset.step)
        assert rule.text == defaults["step"]
        assert preset.default_gamma(rule) == (None if defaults["gamma"] is None else parse_schedule(defaults["gamma"]))
        assert preset.default_eta == parse_schedule(defaults["eta"])
        assert preset.is_uncompressed == (defaults["compressor"] == "identity")


def test_error_feedback_has_the_same_needs():
    assert list(METHODS) == _names("errorFeedback")
    for entry in CATALOGUE["errorFeedback"]:
        method = METHODS[entry["name"]]
        assert method.needs_two_gradients == ("two-gradients" in entry["needs"])
        assert method.keeps_model == ("previous-model" in entry["needs"])


def test_compressors_have_the_same_forms():
    forms = [":".join([entry["name"], *(f"<{name}>" for name in _defaults(entry))]) for entry in CATALOGUE["selections"]]
    with pytest.raises(ValueError, match=re.escape(", ".join(forms)) + "$"):
        parse("other")
    assert [coding.text for coding in ValueCoding] == _names("valueCodings")
