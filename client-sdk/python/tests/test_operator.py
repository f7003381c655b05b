"""The operator's client, against an API with scripted answers."""

import sys

import numpy as np
import pytest

from evenkeel import Operator
from evenkeel.errors import (
    ArgumentError,
    BusyError,
    CoordinatorError,
    DeadlineError,
    MissingPackageError,
    Problem,
    ProtocolError,
    TooFewMembersError,
    UnreachableError,
    UntrustedError,
)
from evenkeel.operator import Run, Runs
from evenkeel.operator._api import OperatorApi

from .answering_server import says


class Api:
    """Returns the scripted responses for a method and path one after another, and repeats the last one. Raises answers that are
    errors."""

    def __init__(self, **answers):
        self.answers = {name: list(given) for name, given in answers.items()}
        self.sent = []

    def _answer(self, method, path, body=None):
        self.sent.append((method, path, body))
        given = self.answers.get(method, [{}])
        answer = given.pop(0) if len(given) > 1 else given[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def get(self, path):
        return self._answer("get", path)

    def post(self, path, body=None):
        return self._answer("post", path, body)

    def delete(self, path):
        self._answer("delete", path)

    def upload(self, path, content_type, body):
        self._answer("upload", path, content_type)


class Time:
    """A clock that advances only during waits."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.now += seconds


def run_of(api):
    time = Time()
    return Run(api, "points", time, time.wait)


def refusal(kind, slug, status):
    return kind(Problem(f"urn:evenkeel:problem:{slug}", slug, status))


def status(state, round=0):
    return {"name": "points", "state": state, "round": round, "rounds": 9, "members": 2}


def test_a_definition_is_sent_unchanged_with_the_additional_fields():
    api = Api()
    assert Runs(api).create({"name": "points", "dimension": 3}, local_steps=5, devices=4, rounds=9).name == "points"
    body = {"name": "points", "dimension": 3, "localSteps": 5, "participants": {"min": 4}, "rounds": 9}
    assert api.sent == [("post", "runs", body)]


def test_arrays_are_the_initial_model_of_the_usual_algorithm():
    api = Api()
    Runs(api).create("points", {"w": np.zeros((2, 3), np.float32)}, rounds=9, compressor="top-k:0.1")
    (_, path, body), (method, upload, kind) = api.sent
    assert path == "runs" and body["tensors"] == [{"name": "w", "shape": [2, 3]}] and body["initialModel"] == "uploaded"
    assert (body["algorithm"], body["gamma"]) == ("ef14", "constant:1")
    assert (method, upload, kind) == ("upload", "runs/points/model", "application/x-safetensors")


def test_a_chosen_algorithm_does_not_get_the_default_step_size():
    api = Api()
    Runs(api).create("points", [np.zeros(3)], rounds=9, algorithm="ef21-norm")
    assert "gamma" not in api.sent[0][2]


def test_a_module_s_parameters_are_the_initial_model():
    torch = pytest.importorskip("torch")
    api = Api()
    Runs(api).create("points", torch.nn.Linear(3, 2), rounds=9)
    body = api.sent[0][2]
    assert body["tensors"] == [{"name": "weight", "shape": [2, 3]}, {"name": "bias", "shape": [2]}]
    assert body["algorithm"] == "ef21-storm-norm"


def test_a_run_whose_model_is_refused_is_not_left_behind():
    api = Api(upload=[refusal(CoordinatorError, "too-large", 413)])
    with pytest.raises(CoordinatorError):
        Runs(api).create("points", [np.zeros(3)], rounds=9)
    assert api.sent[-1][:2] == ("delete", "runs/points")


@pytest.mark.parametrize("model", [{"w": np.array([np.nan])}, {"w": np.array(["a"])}, {"w": 3}, 3])
def test_a_wrong_model_is_refused_before_anything_is_sent(model):
    api = Api()
    with pytest.raises(ArgumentError, match="tensor 'w'|array 'w'|model is "):
        Runs(api).create("points", model, rounds=9)
    assert api.sent == []


@pytest.mark.parametrize("name", ["", "Points", "a/b", "a?b", 3, "a" * 65])
def test_a_wrong_name_is_refused_before_anything_is_sent(name):
    api = Api()
    for wrong in (lambda: Runs(api).create(name, rounds=1), lambda: Runs(api)[name], lambda: Runs(api).create({"name": name})):
        with pytest.raises(ArgumentError, match="the run's name is .*expected 1 to 64 of a to z"):
            wrong()
    assert api.sent == []


def test_a_wrong_token_or_address_is_refused():
    with pytest.raises(ArgumentError, match="token is not an operator's or viewer's token"):
        Operator("http://localhost:1", "a b\n")
    with pytest.raises(ArgumentError, match="expected the coordinator's address without /api"):
        Operator("http://localhost:1/api/v1", "evk_op_x")


def test_an_absent_coordinator_is_named():
    with (
        Operator("http://127.0.0.1:9", "evk_op_x") as operator,
        pytest.raises(UnreachableError, match="a coordinator runs at http://127"),
    ):
        operator.runs.list()


def test_the_authority_of_a_certificate_can_be_given(serving, certificates, server_context):
    server = serving(says(200, b"[]", Content_Type="application/json"), context=server_context)
    with Operator(server.url, "evk_op_x", ca_file=certificates / "cert.pem") as operator:
        assert operator.runs.list() == []
    (method, path, headers, _), *_ = server.requests
    assert (method, path, headers["Authorization"]) == ("GET", "/api/v1/runs?limit=1000", "Bearer evk_op_x")
    with Operator(server.url, "evk_op_x") as operator, pytest.raises(UntrustedError, match="check the TLS certificates"):
        operator.runs.list()


def test_a_response_from_another_server_is_named(serving):
    with Operator(serving(says(200, b"<html>", Content_Type="text/html")).url, "evk_op_x") as operator:
        with pytest.raises(ProtocolError, match="is not JSON: check that http://localhost:.* is an Evenkeel coordinator"):
            operator.runs.list()


def test_a_start_waits_for_devices():
    few = refusal(TooFewMembersError, "too-few-members", 409)
    api = Api(post=[few, few, {}])
    run_of(api).start(wait=10)
    assert len(api.sent) == 3
    with pytest.raises(TooFewMembersError):
        run_of(Api(post=[few])).start()
    time_out = Api(post=[few])
    with pytest.raises(TooFewMembersError):
        run_of(time_out).start(wait=1)
    assert len(time_out.sent) == 5


@pytest.mark.parametrize("end", ["finished", "cancelled", "failed", "paused"])
def test_waiting_ends_with_the_run(end):
    assert run_of(Api(get=[status("created"), status("running", 3), status(end, 9)])).wait(progress=False).state == end


def test_waiting_has_a_deadline_that_says_how_far_the_run_is():
    with pytest.raises(DeadlineError, match="run points is running, at round 3 of 9 with 2 members after 5 s"):
        run_of(Api(get=[status("running", 3)])).wait(5, progress=False)


def test_waiting_survives_a_restart_but_no_lasting_outage():
    away = UnreachableError("away")
    busy = refusal(BusyError, "busy", 503)
    assert run_of(Api(get=[status("running"), away, busy, away, status("finished", 9)])).wait(progress=False).state == "finished"
    with pytest.raises(UnreachableError):
        run_of(Api(get=[status("running"), away])).wait(progress=False)


def test_waiting_shows_a_line_of_tqdm(capsys):
    pytest.importorskip("tqdm")
    run_of(Api(get=[status("running", 3), status("finished", 9)])).wait()
    shown = capsys.readouterr().err
    assert "points: 100%" in shown and "9/9" in shown


class Notebook:
    """Stands for IPython in a kernel."""

    def __init__(self, monkeypatch):
        self.shown = []
        monkeypatch.setitem(sys.modules, "IPython", self)
        monkeypatch.setitem(sys.modules, "IPython.display", self)

    def get_ipython(self):
        return type("Shell", (), {"kernel": None})

    def HTML(self, text):
        return text

    def display(self, picture, display_id):
        self.shown.append(picture)
        return self

    def update(self, picture):
        self.shown.append(picture)


def test_waiting_in_a_notebook_updates_one_picture(monkeypatch):
    notebook = Notebook(monkeypatch)
    series = {"round": [0, 1], "loss": [2.0, 1.0], "uplinkBytes": [1, 2], "denseUplinkBytes": [10, 20]}
    run_of(Api(get=[status("running", 2), series, status("running", 2), status("finished", 9), series])).wait()
    assert len(notebook.shown) == 2
    assert all("<svg" in picture for picture in notebook.shown) and "9 of 9" in notebook.shown[1]


def test_rounds_come_in_pages():
    api = Api(get=[[{"round": 0}, {"round": 1}], [{"round": 2}], []])
    assert [record["round"] for record in run_of(api).rounds()] == [0, 1, 2]
    assert [path for _, path, _ in api.sent] == [f"runs/points/rounds?from={first}&limit=1000" for first in (0, 2, 3)]


def test_members_come_in_pages(monkeypatch):
    api = OperatorApi("http://localhost:1", "evk_op_x", 1.0, 1.0, None)
    pages, asked = iter([[{"ordinal": 0}, {"ordinal": 1}], [{"ordinal": 5}], []]), []
    monkeypatch.setattr(api, "get", lambda path: asked.append(path) or next(pages))
    assert [member["ordinal"] for member in run_of(api).members()] == [0, 1, 5]
    assert asked == [f"runs/points/members?limit=1000{after}" for after in ("", "&after=1", "&after=5")]


RECORDS = [
    {"round": 0, "loss": 2.0, "uplinkBytes": 10, "closedAt": "2026-01-01T00:00:01.5Z", "metrics": {"accuracy": 0.5}},
    {"round": 1, "uplinkBytes": 20, "closedAt": "2026-01-01T00:00:02Z"},
]


def test_a_history_is_a_table_by_round():
    pytest.importorskip("pandas")
    frame = run_of(Api(get=[RECORDS, []])).history()
    assert frame.loc[0, "metrics/accuracy"] == 0.5 and np.isnan(frame.loc[1, "loss"])
    assert list(frame["uplink_bytes"]) == [10, 20] and frame.loc[1, "closed_at"].second == 2
    assert len(run_of(Api(get=[[]])).history()) == 0


def test_a_history_is_drawn_over_the_bytes_so_far():
    pytest.importorskip("pandas")
    pytest.importorskip("matplotlib")
    records = [{"round": i, "loss": 1.0 / (i + 1), "uplinkBytes": 10} for i in range(3)]
    figure = run_of(Api(get=[records, []])).plot(x="uplink_bytes")
    assert list(figure.axes[0].lines[0].get_xdata()) == [10, 20, 30]
    with pytest.raises(ArgumentError, match="y is 'losses', expected one of round, loss"):
        run_of(Api(get=[records, []])).plot("losses")


def test_without_pandas_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'evenkeel\[notebook\]', or use rounds\(\)"):
        run_of(Api(get=[RECORDS, []])).history()
