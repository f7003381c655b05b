"""The lossy downlink's model w."""

import numpy as np
import pytest

from evenkeel import downlink
from evenkeel.client._coordinator import Coordinator
from evenkeel.client._downlink import Downlink
from evenkeel.client._listener import EventNotifier
from evenkeel.client._progress import ProgressListener
from evenkeel.client._protocol import Credentials, RunPlan
from evenkeel.client._retries import Retries
from evenkeel.client._stop import StopSignal
from evenkeel.client._transport import Response
from evenkeel.vector import Tensor, TensorLayout

LAYOUT = TensorLayout([Tensor("a", (30,)), Tensor("b", (4, 5))])


@pytest.mark.parametrize("text", ["identity", "natural", "top-k:0.1", "block-top-k:7:2+bf16", "layer-top-k:0.2+log:5"])
def test_distance_from_a_fixed_model_contracts_as_the_theory_says(text):
    random = np.random.default_rng(3)
    compressor = downlink.bind_compressor(text, LAYOUT)
    devices = downlink.DeviceModel.start(compressor, 7, random.standard_normal(50))
    x = random.standard_normal(50)
    for round in range(20):
        before = np.linalg.norm(devices.w - x)
        devices.follow(x, round)
        rounding = 2.0**-24 * np.linalg.norm(devices.w.astype(np.float64))
        assert np.linalg.norm(devices.w - x) <= np.sqrt(1 - compressor.alpha) * before * (1 + 1e-12) + rounding


def test_sums_saturate_beyond_float32():
    compressor = downlink.bind_compressor("identity+float64", LAYOUT)
    devices = downlink.DeviceModel.start(compressor, 0, np.full(50, 1e300))
    devices.follow(np.full(50, -1.7e308), 0)
    assert devices.w.tolist() == [-float(np.finfo(np.float32).max)] * 50


def test_other_vectors_are_refused():
    compressor = downlink.bind_compressor("identity", LAYOUT)
    with pytest.raises(ValueError, match=r"w is float64 of shape \(50,\), expected float32"):
        downlink.DeviceModel(compressor, 0, np.zeros(50))
    delta = downlink.DeviceModel.start(compressor, 0, np.zeros(50)).follow(np.ones(50), 0)
    with pytest.raises(ValueError, match=r"w has shape \(3,\), expected \(50,\)"):
        downlink.repeat(delta, np.zeros(3, dtype=np.float32))


def plan_of(size):
    return RunPlan("large", TensorLayout.flat(size), 5, 5, "ef14", "ef14", "plain", "1", "1", "top-k:0.01", None, 0, 0, 10**6)


def test_a_large_model_is_downloaded_in_pieces():
    size = 5_000_000
    parts = []

    class Server:
        def model(self, run, round, dtype, size, holder, part):
            parts.append((part.start, part.stop, size))
            return np.arange(size // 4, dtype="<f4")[part.start // 4 : part.stop // 4].tobytes()

    lines = []
    model = Downlink(Server(), plan_of(size), False, False, EventNotifier(ProgressListener(lines.append))).result(3)
    assert lines == [f"round 3 of 0: {size} of 19 MiB of the model" for size in (8, 16, 19)]
    assert parts == [(0, 8388608, 20000000), (8388608, 16777216, 20000000), (16777216, 20000000, 20000000)]
    assert model.values.tobytes() == np.arange(size, dtype=np.float32).tobytes()


def test_a_large_model_is_taken_whole_from_a_proxy_that_drops_ranges():
    size = 3_000_000
    values = np.arange(size, dtype="<f4").tobytes()
    asked = []

    class Proxy:
        def exchange(self, request):
            asked.append(request.headers["Range"])
            assert len(values) <= request.most
            return Response(200, {}, values)

    coordinator = Coordinator(Retries(Proxy(), 60, StopSignal(), lambda *_: None))
    coordinator.use(Credentials("c", "secret"))
    model = Downlink(coordinator, plan_of(size), False, False, EventNotifier()).result(3)
    assert asked == ["bytes=0-8388607"]
    assert model.values.tobytes() == values
