"""An operator's client: creates, controls and watches the runs of a coordinator."""

from ._operator import Operator
from ._run import Run
from ._runs import Runs
from ._status import RunStatus

__all__ = ["Operator", "Run", "RunStatus", "Runs"]
