"""The versioned binary wire format of client-sdk/FORMAT.md: frames, messages, round updates, replicas and model deltas.

>>> import numpy as np
>>> from evenkeel import compress, wire
>>> vector = compress.parse("top-k:2").bind(4).compress(np.array([0.5, -2.0, 0.0, 3.25]))
>>> frame = wire.encode_frame(vector)
>>> wire.decode_frame(frame, wire.Limits(4)).to_dense()
array([ 0.  , -2.  ,  0.  ,  3.25])
"""

from ._crc32c import crc32c
from ._delta import ModelDelta, decode_deltas
from ._frame import decode_frame, encode_frame
from ._layout import Limits
from ._message import Message, Report, digest, digest_text
from ._replica import Replica
from ._update import RoundUpdate, decode_updates

__all__ = [
    "Limits",
    "Message",
    "ModelDelta",
    "Replica",
    "Report",
    "RoundUpdate",
    "crc32c",
    "decode_deltas",
    "decode_frame",
    "decode_updates",
    "digest",
    "digest_text",
    "encode_frame",
]
