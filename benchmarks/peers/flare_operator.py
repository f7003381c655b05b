"""An operator's actions in FLARE: flare_operator.py KIT submit JOB-FOLDER START-ROUND ROUNDS QUORUM PATIENCE ATTEMPT, KIT
clients, or KIT status JOB."""

import sys

import numpy as np
from flare_persistor import CheckpointPersistor
from nvflare.apis.dxo import DataKind
from nvflare.app_common.aggregators.intime_accumulate_model_aggregator import InTimeAccumulateWeightedAggregator
from nvflare.app_common.shareablegenerators.full_model_shareable_generator import FullModelShareableGenerator
from nvflare.app_common.workflows.scatter_and_gather import ScatterAndGather
from nvflare.fuel.flare_api.flare_api import new_secure_session
from nvflare.job_config.api import FedJob
from nvflare.job_config.script_runner import FrameworkType, ScriptRunner
from workload import Workload


def job(workload, start, rounds, quorum, patience, attempt):
    """FedAvg with the workflow that supports a quorum; the newer FedAvg controller waits for all clients indefinitely."""
    job = FedJob(name="peers", min_clients=quorum)
    # A model inside the job is sent to all clients as JSON, with a timeout of 10 seconds.
    model = workload.state / "checkpoint.npy"
    if not model.exists():
        model = workload.state / "initial.npy"
        np.save(model, workload.initial_model())
    job.to_server(CheckpointPersistor(attempt, str(model)), id="persistor")
    job.to_server(InTimeAccumulateWeightedAggregator(expected_data_kind=DataKind.WEIGHTS), id="aggregator")
    job.to_server(FullModelShareableGenerator(), id="shareable_generator")
    workflow = ScatterAndGather(
        min_clients=quorum,
        num_rounds=rounds - start,
        start_round=start,
        wait_time_after_min_received=patience,
        train_timeout=patience,
        persistor_id="persistor",
        ignore_result_error=True,
        task_check_period=0.1,
    )
    job.to_server(workflow)
    job.to_clients(ScriptRunner(script="flare_client.py", framework=FrameworkType.NUMPY))
    return job


def main(kit, command, *arguments):
    session = new_secure_session("admin@peers.org", kit, timeout=20)
    try:
        if command == "submit":
            folder, *numbers = arguments
            job(Workload(), *map(int, numbers)).export_job(folder)
            print("job", session.submit_job(f"{folder}/peers"))
        elif command == "clients":
            print("clients", len(session.get_system_info().client_info))
        else:
            print("status", session.get_job_meta(arguments[0]).get("status"))
    finally:
        session.close()


if __name__ == "__main__":
    np.set_printoptions(threshold=10)
    main(*sys.argv[1:])
