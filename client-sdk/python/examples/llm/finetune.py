"""Fine-tunes a model with low-rank adapters: the run's model is only the adapter, and workers check the SHA-256 of the base.

    python3 finetune.py adapter --model gpt/model.safetensors --text notes
    python3 finetune.py adapter --model SmolLM2-135M-Instruct.Q4_1.gguf --text notes --megabytes 1 --batch 1 --steps 10

The base is a model from pretrain.py with the same --size, or a GGUF file as smollm.py explains. Each worker has a different part of
the text. The adapter is FOLDER/model.safetensors.
"""

from pathlib import Path

import gpt
import smollm
from fleet import Job, load, main, options

from evenkeel.torch import base_sha256


def module(given):
    """Returns the base with adapters."""
    if given.model.endswith(".gguf"):
        base = smollm.Llama(given.model, gpt.SIZES[given.size][0])
    else:
        base = load(gpt.GPT(given.size), Path(given.model).read_bytes())
    return gpt.with_adapters(base, given.rank)


def data(given):
    """Returns the workers' texts and the held-out one."""
    text = gpt.read_text(given.text, given.megabytes * 1_000_000)
    if given.model.endswith(".gguf"):
        return gpt.split(smollm.tokens(given.model, text.decode(errors="replace")), given.workers)
    return gpt.shares(text, given.workers)


if __name__ == "__main__":
    parser = options(__doc__, run="finetune", rounds=10, lr=1e-3, gamma="constant:1", compressor="layer-top-k:0.05+log:4")
    parser.add_argument("--model", required=True, help="the base model")
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--base", help="the SHA-256 that the base must have; default: that of --model")
    given = parser.parse_args()
    given.base = given.base or base_sha256(module(given))
    main(Job(module, data), given)
