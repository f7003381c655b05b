"""Contractive compressors: which coordinates are sent, and how their values are rounded.

>>> import numpy as np
>>> from evenkeel.compress import parse
>>> compressor = parse("top-k:2+bf16").bind(5)
>>> compressor.compress(np.array([1.0, -3.0, 0.5, 2.0, 0.0])).to_dense()
array([ 0., -3.,  0.,  2.,  0.])
>>> round(compressor.alpha, 6)
0.399994
"""

from ._coding import ValueCoding
from ._compressed import CompressedVector
from ._compressor import Compressor, CompressorSpec, require_finite
from ._selection import Amount, BlockTopK, Identity, LayerTopK, RandK, Selection, Threshold, TopK
from ._spec import parse
from ._support import All, Blocks, Listed, Seeded, Support

__all__ = [
    "All",
    "Amount",
    "BlockTopK",
    "Blocks",
    "CompressedVector",
    "Compressor",
    "CompressorSpec",
    "Identity",
    "LayerTopK",
    "Listed",
    "RandK",
    "Seeded",
    "Selection",
    "Support",
    "Threshold",
    "TopK",
    "ValueCoding",
    "parse",
    "require_finite",
]
