"""FedAvg that saves each round's model and starts from the newest saved one, as Flower's guide on checkpoints shows."""

import json
import os
import time

import numpy as np
from flwr.app import ArrayRecord, ConfigRecord, Context, Message, RecordDict
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg
from workload import Workload

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    workload = Workload()
    if context.run_config["flood"]:
        flood(grid, workload, float(context.run_config["flood"]))
        return
    attempt, quorum = int(context.run_config["attempt"]), int(context.run_config["quorum"])
    patience = float(context.run_config["patience"])
    saved = workload.state / "checkpoint.npz"
    start, model = 0, workload.initial_model()
    if saved.exists():
        with np.load(saved) as file:
            start, model = int(file["round"]), file["model"]

    def keep(server_round: int, arrays: ArrayRecord) -> None:
        if server_round > 0:
            [values] = arrays.to_numpy_ndarrays()
            with open(saved.with_suffix(".tmp"), "wb") as file:
                np.savez(file, round=start + server_round, model=values)
                file.flush()
                os.fsync(file.fileno())
            os.replace(saved.with_suffix(".tmp"), saved)
            workload.log_round(start + server_round, values, attempt)

    until = time.monotonic() + 3 * patience
    while len(list(grid.get_node_ids())) < workload.clients and time.monotonic() < until:
        time.sleep(1)
    strategy = FedAvg(fraction_evaluate=0, min_train_nodes=quorum, min_available_nodes=quorum)
    strategy.start(
        grid=grid,
        initial_arrays=ArrayRecord([model]),
        num_rounds=workload.rounds - start,
        timeout=patience,
        train_config=ConfigRecord({"start-round": start}),
        evaluate_fn=keep,
    )


def flood(grid: Grid, workload: Workload, seconds: float) -> None:
    """Repeatedly sends a tiny message to all nodes, and logs the number of replies and the seconds.

    The strategies use ``send_and_receive``, which polls for replies every 3 seconds; this polls every 0.5 seconds.
    """
    while len(nodes := list(grid.get_node_ids())) < workload.clients:
        time.sleep(1)
    begin, replies, waiting = time.monotonic(), 0, set()
    while (passed := time.monotonic() - begin) < 2 * seconds and (waiting or passed < seconds):
        log_replies(workload.folder, replies, passed)
        if not waiting:
            content = RecordDict({"config": ConfigRecord({"round": replies})})
            waiting = set(grid.push_messages([Message(content, dst_node_id=node, message_type="train") for node in nodes]))
        time.sleep(0.5)
        answers = list(grid.pull_messages(waiting))
        waiting -= {answer.metadata.reply_to_message_id for answer in answers}
        replies += sum(not answer.has_error() for answer in answers)
    log_replies(workload.folder, replies, time.monotonic() - begin)
    (workload.folder / "flood.over").touch()


def log_replies(folder, replies: int, seconds: float) -> None:
    (folder / "flood.tmp").write_text(json.dumps({"replies": replies, "seconds": seconds}))
    os.replace(folder / "flood.tmp", folder / "flood.json")
