"""The text form of compressors, ``<selection>[+<value coding>]``, the same as in a run's plan and in the Java SDK."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING, TypeAlias, Union

from .._decimal import number_text, parse_number
from ..vector import MAX_DIMENSION, TensorLayout
from ._coding import ValueCoding

if TYPE_CHECKING:
    from ._compressor import Compressor

_AMOUNT = "a count of at least 1 such as 100, or a share above 0 and up to 1 with a decimal point such as 0.01"
_SELECTIONS = "identity, top-k:<amount>, rand-k:<amount>, block-top-k:<length>:<amount>, layer-top-k:<amount>, threshold:<lambda>"


@dataclass(frozen=True)
class Amount:
    """How many items are sent: an int is a count of at least 1, a float a share in (0, 1]."""

    value: int | float

    def __post_init__(self) -> None:
        if not (self.value >= 1 if isinstance(self.value, int) else 0 < self.value <= 1):
            raise ValueError(f"the amount is {self.value}, expected {_AMOUNT}")

    def of(self, total: int, what: str) -> int:
        """Returns the amount as a count, 1 to ``total``; a share of d is max(1, floor(share * d + 0.5))."""
        if isinstance(self.value, int):
            if self.value > total:
                raise ValueError(
                    f"the amount is {self.value}, but there are only {total} {what}: "
                    f"give a count up to {total}, or a share such as 0.01"
                )
            return self.value
        return max(1, _round(self.value * total))

    def __str__(self) -> str:
        return str(self.value) if isinstance(self.value, int) else number_text(self.value)


def _round(value: float) -> int:
    """Rounds half up, exactly: ``value + 0.5`` could round itself."""
    whole = floor(value)
    return whole + (value - whole >= 0.5)


@dataclass(frozen=True)
class Identity:
    """Every coordinate."""

    def __str__(self) -> str:
        return "identity"


@dataclass(frozen=True)
class TopK:
    """The K largest magnitudes, ties to the lower index."""

    amount: Amount

    def __str__(self) -> str:
        return f"top-k:{self.amount}"


@dataclass(frozen=True)
class RandK:
    """K coordinates drawn from a seed; values are not scaled up."""

    amount: Amount

    def __str__(self) -> str:
        return f"rand-k:{self.amount}"


@dataclass(frozen=True)
class BlockTopK:
    """The blocks of ``length`` consecutive coordinates with the largest norms, ties to the lower block."""

    length: int
    amount: Amount

    def __post_init__(self) -> None:
        if self.length < 1:
            raise ValueError(f"the block length is {self.length}, expected an integer of at least 1 such as 64")

    def __str__(self) -> str:
        return f"block-top-k:{self.length}:{self.amount}"


@dataclass(frozen=True)
class LayerTopK:
    """The largest magnitudes of each tensor."""

    amount: Amount

    def __str__(self) -> str:
        return f"layer-top-k:{self.amount}"


@dataclass(frozen=True)
class Threshold:
    """Every magnitude of at least ``bound``."""

    bound: float

    def __post_init__(self) -> None:
        if not 0 < self.bound < float("inf"):
            raise ValueError(
                f"the threshold is {self.bound}, expected a positive finite number such as 0.001; "
                "to send everything use identity"
            )

    def __str__(self) -> str:
        return f"threshold:{number_text(self.bound)}"


Selection: TypeAlias = Union[Identity, TopK, RandK, BlockTopK, LayerTopK, Threshold]


@dataclass(frozen=True)
class CompressorSpec:
    """A compressor without its model. ``str`` gives the canonical text.

    Attributes:
        selection: the coordinates to send.
        coding: the coding of their values.
    """

    selection: Selection
    coding: ValueCoding = ValueCoding.FLOAT32

    def bind(self, layout: TensorLayout | int) -> Compressor:
        """Binds this specification to a model.

        Args:
            layout: the model's tensors, or only the number of coordinates d.

        Raises:
            ValueError: if a count or a block length is larger than the model.
        """
        from ._compressor import Compressor

        return Compressor(self, TensorLayout.flat(layout) if isinstance(layout, int) else layout)

    def __str__(self) -> str:
        text = str(self.selection)
        return text if self.coding is ValueCoding.FLOAT32 else f"{text}+{self.coding.text}"


def parse(text: str) -> CompressorSpec:
    """Parses a compressor's text, such as ``top-k:0.01+natural``.

    The selections are ``identity``, ``top-k:<amount>``, ``rand-k:<amount>``, ``block-top-k:<length>:<amount>``,
    ``layer-top-k:<amount>`` and ``threshold:<lambda>``. An amount is a count if it is an integer, and a share in (0, 1] if it
    has a decimal point. The value codings are ``float32`` (if none is named), ``float64``, ``bf16``, ``natural``, ``sign`` and
    ``log:4`` to ``log:8``; ``natural``, ``sign`` and ``log:4`` to ``log:8`` alone are short for ``identity+natural`` and so on.

    Raises:
        ValueError: if the text is not a compressor; the message names the wrong part and what is expected.
    """
    try:
        selection, plus, coding = text.partition("+")
        if not plus and (text in ("natural", "sign") or text.startswith("log:")):
            return CompressorSpec(Identity(), ValueCoding.parse(text))
        return CompressorSpec(_selection(selection), ValueCoding.parse(coding) if plus else ValueCoding.FLOAT32)
    except ValueError as e:
        raise ValueError(f"compressor '{text}': {e}") from None


def _selection(text: str) -> Selection:
    parts = text.split(":")
    forms: dict[str, tuple[str, Callable[[], Selection]]] = {
        "identity": ("identity", Identity),
        "top-k": ("top-k:<amount>", lambda: TopK(_amount(parts[-1]))),
        "rand-k": ("rand-k:<amount>", lambda: RandK(_amount(parts[-1]))),
        "layer-top-k": ("layer-top-k:<amount>", lambda: LayerTopK(_amount(parts[-1]))),
        "block-top-k": (
            "block-top-k:<length>:<amount>",
            lambda: BlockTopK(_integer(parts[1], "block length", "an integer such as 64"), _amount(parts[-1])),
        ),
        "threshold": ("threshold:<lambda>", lambda: Threshold(_bound(parts[1]))),
    }
    if parts[0] not in forms:
        raise ValueError(f"the selection is '{parts[0]}', expected one of {_SELECTIONS}")
    form, make = forms[parts[0]]
    if len(parts) != form.count(":") + 1:
        raise ValueError(f"the selection is '{text}', expected the form {form}")
    return make()


def _amount(text: str) -> Amount:
    share = parse_number(text) if "." in text else None
    return Amount(_integer(text, "amount", _AMOUNT) if share is None else share)


def _integer(text: str, part: str, expected: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"the {part} is '{text}', expected {expected}")
    value = int(text) if len(text.lstrip("0")) <= 10 else MAX_DIMENSION + 1
    if value > MAX_DIMENSION:
        raise ValueError(f"the {part} is {text}, expected at most {MAX_DIMENSION}")
    return value


def _bound(text: str) -> float:
    value = parse_number(text)
    if value is None:
        raise ValueError(f"the threshold is '{text}', expected a positive finite number such as 0.001")
    return value
