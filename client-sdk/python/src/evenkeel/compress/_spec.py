"""The text form of compressors, ``<selection>[+<value coding>]``, the same as in a run's plan and in the Java SDK."""

from __future__ import annotations

from collections.abc import Callable

from .._decimal import parse_number
from ..vector import MAX_DIMENSION
from ._coding import ValueCoding
from ._compressor import CompressorSpec
from ._selection import AMOUNT, Amount, BlockTopK, Identity, LayerTopK, RandK, Selection, Threshold, TopK

_SELECTIONS = "identity, top-k:<amount>, rand-k:<amount>, block-top-k:<length>:<amount>, layer-top-k:<amount>, threshold:<lambda>"


def parse(text: str) -> CompressorSpec:
    """Parses a compressor's text, such as ``top-k:0.01+natural``.

    The selections are ``identity``, ``top-k:<amount>``, ``rand-k:<amount>``, ``block-top-k:<length>:<amount>``,
    ``layer-top-k:<amount>`` and ``threshold:<lambda>``. An amount is a count if it is an integer, and a share in (0, 1] if it
    has a decimal point. The value codings are ``float32`` (if none is named), ``float64``, ``bf16``, ``natural``, ``sign`` and
    ``log:4`` to ``log:8``; ``natural``, ``sign`` and ``log:4`` to ``log:8`` alone are short for ``identity+natural`` and so on.

    Raises:
        ValueError: if the text is not a compressor; the message names the invalid part and what is expected.
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
    return Amount(_integer(text, "amount", AMOUNT) if share is None else share)


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
