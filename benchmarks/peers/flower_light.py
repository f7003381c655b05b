"""Runs many light Flower nodes in one process: flower_light.py ADDRESS COUNT VALUES. Each has its own keys and connection.

A node answers each message with the same VALUES float32 numbers. It uses the SuperNode's own connection, without its database and app
processes, and with pauses of 1 instead of 3 seconds, so the server's limit is measured, not the node's.
"""

import sys
import threading
import time

import numpy as np
from flwr.app import ArrayRecord, Message, MetricRecord, RecordDict
from flwr.supercore.inflatable.inflatable_object import get_all_nested_objects, get_object_tree, iterate_object_tree
from flwr.supercore.inflatable.inflatable_utils import (
    inflate_object_from_contents,
    pull_objects,
    push_object_contents_from_iterable,
)
from flwr.supernode.fleet_http_connection import http_request_response


def serve(address, values):
    with http_request_response(address, insecure=True) as connection:
        _, receive, send, _, _, pull_object, push_object, confirm = connection
        while True:
            received = receive()
            if received is None:
                time.sleep(1)
                continue
            metadata, tree = received[0].metadata, received[1]
            run = metadata.run_id
            wanted = [one.object_id for one in iterate_object_tree(tree)]
            contents = pull_objects(wanted, pull_object_fn=lambda name, run=run: pull_object(run, name))
            confirm(run, metadata.message_id)
            message = inflate_object_from_contents(metadata.message_id, contents)
            message.metadata.__dict__["_message_id"] = metadata.message_id
            content = RecordDict({"arrays": ArrayRecord([values]), "metrics": MetricRecord({"num-examples": 1})})
            reply = Message(content, reply_to=message)
            reply.metadata.__dict__["_message_id"] = reply.object_id
            missing, session = send(reply, get_object_tree(reply), 0.0)
            objects = ((name, one.deflate()) for name, one in get_all_nested_objects(reply).items() if name in missing)
            push_object_contents_from_iterable(objects, push_object_fn=lambda n, c, r=run, s=session: push_object(r, s, n, c))


def main(address, count, values):
    same = np.random.default_rng(1).standard_normal(int(values)).astype(np.float32)
    threads = [threading.Thread(target=serve, args=(address, same), daemon=True) for _ in range(int(count))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
