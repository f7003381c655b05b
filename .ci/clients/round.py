"""Two rounds of two devices with the Python client that is generated from the API's description: the run of docs/walkthrough.md.

    python round.py URL OPERATOR_TOKEN
"""
import struct
import sys

import openapi_client as generated

URL, OPERATOR = sys.argv[1:]
RUN = "two-points"


def client(token=None):
    return generated.ApiClient(generated.Configuration(host=URL, access_token=token))


def floats(model):
    return [round(value, 6) for value in struct.unpack(f"<{len(model) // 4}f", bytes(model))]


def expect(actual, expected):
    if actual != expected:
        raise SystemExit(f"got {actual}, expected {expected}")


operator = client(OPERATOR)
runs = generated.RunsApi(operator)
runs.create_run(
    generated.RunDefinition.from_dict(
        {"name": RUN, "dimension": 3, "algorithm": "ef21-norm", "compressor": "top-k:1", "gamma": "constant:1", "rounds": 2, "participants": {"min": 2}}
    )
)
token = generated.FleetApi(operator).create_enrolment_token(generated.EnrolmentTokenRequest(uses=2, expires_in="1h")).token
devices = []
for name in ("a", "b"):
    enrolled = generated.FleetApi(client()).enrol(generated.EnrolmentRequest(token=token, name=name))
    device = client(enrolled.secret)
    membership = generated.DevicesApi(device).join_run(RUN, generated.Joining(weight=1))
    devices.append((device, membership.head))
expect(runs.start_run(RUN).state, "running")

# The message of each device in a round: the largest coordinate of its gradient minus its earlier messages.
MESSAGES = [[(0, -3.0), (2, -4.0)], [(1, -1.0), (1, -1.0)]]
MODELS = [[0.0, 0.0, 0.0], [0.6, 0.0, 0.8]]
for number, (messages, model) in enumerate(zip(MESSAGES, MODELS)):
    for place, (index, value) in enumerate(messages):
        device, head = devices[place]
        api = generated.DevicesApi(device)
        task = api.get_task(RUN, after=number - 1, wait="30s")
        expect((task.state, task.round), ("running", number))
        expect(floats(generated.ModelsApi(device).download_model(RUN, str(number))), model)
        message = generated.Message(sequence=number + 1, previous=head, indices=[index], values=[value], samples=1, loss=1)
        receipt = api.send_message(RUN, number, message)
        expect(receipt.sequence, number + 1)
        expect(api.send_message(RUN, number, message).head, receipt.head)
        devices[place] = (device, receipt.head)
expect(generated.DevicesApi(devices[0][0]).get_task(RUN, after=1, wait="30s").state, "finished")
expect([closed.participants for closed in runs.list_rounds(RUN)], [2, 2])
print("two rounds, four messages: as expected")
