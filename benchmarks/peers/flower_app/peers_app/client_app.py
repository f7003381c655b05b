"""The comparison's client in Flower's message API."""

from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from workload import Workload

app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    [model] = message.content["arrays"].to_numpy_ndarrays()
    config = message.content["config"]
    round = int(config["start-round"]) + int(config["server-round"])
    trained = Workload().train(int(context.node_config["client"]), round, model)
    content = RecordDict({"arrays": ArrayRecord([trained]), "metrics": MetricRecord({"num-examples": 1})})
    return Message(content=content, reply_to=message)
