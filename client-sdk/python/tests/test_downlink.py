"""The lossy downlink's model w."""

import numpy as np
import pytest

from evenkeel import downlink
from evenkeel.client._coordinator import Coordinator
from evenkeel.client._downlink import Downlink
from evenkeel.client._listener import EventNotifier
from evenkeel.client._plan import RunPlan
from evenkeel.client._progress import ProgressListener
from evenkeel.client._protocol import Credentials, Work
from evenkeel.client._retries import Retries
from evenkeel.client._stop import StopSignal
from evenkeel.client._transport import Response
from evenkeel.vector import Tensor, TensorLayout
from evenkeel.wire import Replica

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
        def model(self, run, round, dtype, size, holder, part, history):
            parts.append((part.start, part.stop, size))
            return np.arange(size // 4, dtype="<f4")[part.start // 4 : part.stop // 4].tobytes()

    lines = []
    model = Downlink(Server(), plan_of(size), False, False, EventNotifier(ProgressListener(lines.append))).result(3)
    assert lines == [f"round 3 of 0: {size} of 19 MiB of the model" for size in (8, 16, 19)]
    assert parts == [(0, 8388608, 20000000), (8388608, 16777216, 20000000), (16777216, 20000000, 20000000)]
    assert model.values.tobytes() == np.arange(size, dtype=np.float32).tobytes()


class Awake(StopSignal):
    def sleep(self, seconds):
        pass


@pytest.mark.parametrize("ranges", [True, False])
def test_a_large_replica_is_downloaded_in_pieces_unless_a_proxy_drops_ranges(ranges):
    size = 5_000_000
    x = np.arange(size, dtype=np.float64)
    data = Replica(0, x, np.zeros(size)).encode()
    asked, lines = [], []

    class Server:
        def exchange(self, request):
            asked.append(request.headers["Range"])
            if len(asked) == 2:
                raise OSError("broken off")
            first, last = map(int, request.headers["Range"].removeprefix("bytes=").split("-"))
            if not ranges:
                return Response(200, {}, data)
            part = data[first : last + 1]
            return Response(206, {"Content-Range": f"bytes {first}-{first + len(part) - 1}/{len(data)}"}, part)

    coordinator = Coordinator(Retries(Server(), 60, Awake(), lambda *_: None))
    coordinator.use(Credentials("c", "secret"))
    fetched = Downlink(coordinator, plan_of(size), False, True, EventNotifier(ProgressListener(lines.append)))
    model = fetched.fetch(Work(0, 4 * size, None, len(data), None))
    assert model.values.tobytes() == x.astype(np.float32).tobytes()
    pieces = ["bytes=0-8388607", "bytes=8388608-16777215", "bytes=8388608-16777215", "bytes=16777216-25165823"]
    assert asked == (pieces if ranges else pieces[:1])
    assert lines == ([f"round 0 of 0: {count} of 19 MiB of the model" for count in (8, 16, 19)] if ranges else [])


def test_a_large_model_is_read_whole_from_a_proxy_that_drops_ranges():
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
