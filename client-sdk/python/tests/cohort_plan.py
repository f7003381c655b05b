"""The plan of the run of a ``CohortServer``."""

import base64

import numpy as np

from evenkeel.secagg import CohortPlan, CohortPrivacy, cohort_basis
from evenkeel.vector import Tensor

RUN = "cohort"
EXPONENT = -20


def plan_of(server):
    """Returns the plan of a ``CohortServer``."""
    privacy = {} if server.privacy is None else {"privacy": server.privacy}
    return {
        **privacy,
        "run": RUN,
        "dimension": server.dimension,
        "tensors": [{"name": "w", "shape": [server.dimension]}],
        "rounds": server.rounds,
        "algorithm": {"name": "ef21-norm", "feedback": "ef21", "step": "norm", "gamma": "constant:0.1", "eta": "constant:1"},
        "compressor": server.compressor,
        "seed": 7,
        "maxMessageBytes": 100_000,
        "secureAggregation": {
            "owners": [base64.b64encode(server.owner.public).decode()],
            "dropout": 0.0,
            "collusion": 0.0,
            "rebaseEvery": server.rebase_every,
            "exponent": EXPONENT,
            "minMembers": 3,
            "maxMembers": 100,
        },
    }


def basis_of(server):
    """Returns the digest of its plan and its model, which is zero in all rounds."""
    plan = plan_of(server)
    algorithm, rules = plan["algorithm"], plan["secureAggregation"]
    secure = (
        rules["dropout"],
        rules["collusion"],
        rules["rebaseEvery"],
        rules["exponent"],
        rules["minMembers"],
        rules["maxMembers"],
    )
    texts = (algorithm["name"], algorithm["feedback"], algorithm["eta"])
    noise = plan.get("privacy")
    privacy = noise and CohortPrivacy(noise["mechanism"], noise["delta"], noise.get("epsilon"))
    tensors = (Tensor("w", (server.dimension,)),)
    cohort = CohortPlan(tensors, *texts, server.rounds, server.compressor, None, 7, (server.owner.public,), *secure, privacy)
    return cohort_basis(cohort, np.zeros(server.dimension))
