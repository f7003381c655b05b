"""The comparison's client in FLARE's client API; runs in the client's job process."""

import nvflare.client as flare
from nvflare.app_common.np.constants import NPConstants
from workload import Workload


def main():
    flare.init()
    number = int(flare.get_site_name().removeprefix("client-"))
    workload = Workload()
    while flare.is_running():
        received = flare.receive()
        if received is None:
            break
        trained = workload.train(number, received.current_round + 1, received.params[NPConstants.NUMPY_KEY])
        flare.send(flare.FLModel(params={NPConstants.NUMPY_KEY: trained}, meta={"NUM_STEPS_CURRENT_ROUND": 1}))


main()
