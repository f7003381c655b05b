"""A plan as the coordinator sends it."""

import pytest

from evenkeel.client._fields import Fields
from evenkeel.client._plan import RunPlan
from evenkeel.errors import ProtocolError

PLAN = {
    "run": "digits",
    "dimension": 6,
    "tensors": [{"name": "w", "shape": [2, 3]}],
    "rounds": 40,
    "horizon": 4,
    "algorithm": {"name": "a", "feedback": "ef21-momentum", "step": "normalized", "gamma": "constant:1", "eta": "horizon:1:0.5"},
    "compressor": "identity",
    "seed": 1,
    "staleness": 0,
    "maxMessageBytes": 1000,
}


def test_the_horizon_stays_when_the_number_of_rounds_is_changed():
    plan = RunPlan.of(Fields("the plan", PLAN))
    assert (plan.rounds, plan.horizon) == (40, 4)


def test_local_steps_are_optional():
    assert RunPlan.of(Fields("the plan", PLAN)).local_steps is None
    assert RunPlan.of(Fields("the plan", {**PLAN, "localSteps": 30})).local_steps == 30
    secure = {
        "owners": [],
        "dropout": 0.1,
        "collusion": 0.05,
        "rebaseEvery": 100,
        "exponent": -20,
        "minMembers": 3,
        "maxMembers": 9,
    }
    with pytest.raises(ProtocolError, match="both localSteps and secureAggregation"):
        RunPlan.of(Fields("the plan", {**PLAN, "localSteps": 30, "secureAggregation": secure}))


def test_a_horizon_that_is_not_a_number_is_refused():
    with pytest.raises(ProtocolError, match="horizon"):
        RunPlan.of(Fields("the plan", {**PLAN, "horizon": "4"}))


def test_the_privacy_of_a_plan():
    assert RunPlan.of(Fields("the plan", PLAN)).privacy is None
    terms = {"by": "device", "mechanism": "clip:1.0:20.0", "delta": 1e-6, "epsilon": 2.5, "maxMessages": 1000}
    privacy = RunPlan.of(Fields("the plan", {**PLAN, "privacy": terms})).privacy
    allowed = privacy.allowed_messages()
    assert privacy.epsilon_after(allowed) <= 2.5 < privacy.epsilon_after(allowed + 1)
    del terms["epsilon"], terms["maxMessages"]
    assert RunPlan.of(Fields("the plan", {**PLAN, "privacy": terms})).privacy.allowed_messages() == 2**31 - 1
    with pytest.raises(ProtocolError, match="is 'shuffler', expected device or coordinator"):
        RunPlan.of(Fields("the plan", {**PLAN, "privacy": {**terms, "by": "shuffler"}}))
    with pytest.raises(ProtocolError, match="delta"):
        RunPlan.of(Fields("the plan", {**PLAN, "privacy": {**terms, "delta": "small"}}))
