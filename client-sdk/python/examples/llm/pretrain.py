"""Pretrains a byte-level GPT on text from this machine, with SparseLoCo on a few workers.

    python3 pretrain.py gpt                                       # some minutes on two cores
    python3 pretrain.py gpt-10m --size 10m --workers 8 --rounds 200 --batch 16 --bf16

The first start creates the folder; the same command continues after Ctrl-C or a kill. The final model is FOLDER/model.safetensors.
"""

import gpt
from fleet import Job, main, options

if __name__ == "__main__":
    parser = options(__doc__, run="pretrain", rounds=20, lr=2e-3, gamma="constant:4", compressor="layer-top-k:0.02+log:4")
    parser.set_defaults(base=None, eta="constant:0.9")
    job = Job(
        lambda given: gpt.GPT(given.size),
        lambda given: gpt.shares(gpt.read_text(given.text, given.megabytes * 1_000_000), given.workers),
    )
    main(job, parser.parse_args())
