"""Extends FLARE's numpy persistor: also saves the newest model for the next job, and records each round."""

import os

import numpy as np
from nvflare.app_common.abstract.model import ModelLearnableKey
from nvflare.app_common.app_constant import AppConstants
from nvflare.app_common.np.constants import NPConstants
from nvflare.app_common.np.np_model_persistor import NPModelPersistor
from workload import Workload


class CheckpointPersistor(NPModelPersistor):
    """Saves ``checkpoint.npy`` in the case's folder after each round."""

    def __init__(self, attempt=0, source_ckpt_file_full_name=None):
        super().__init__(source_ckpt_file_full_name=source_ckpt_file_full_name)
        self.attempt = attempt

    def save_model(self, model_learnable, fl_ctx):
        super().save_model(model_learnable, fl_ctx)
        workload = Workload()
        values = model_learnable[ModelLearnableKey.WEIGHTS][NPConstants.NUMPY_KEY]
        with open(workload.state / "checkpoint.tmp", "wb") as file:
            np.save(file, values)
            file.flush()
            os.fsync(file.fileno())
        os.replace(workload.state / "checkpoint.tmp", workload.state / "checkpoint.npy")
        workload.log_round(fl_ctx.get_prop(AppConstants.CURRENT_ROUND) + 1, values, self.attempt)
