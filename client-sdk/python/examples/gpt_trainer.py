"""A device that trains the adapter of a small language model with Hugging Face's Trainer.

    python3 -m evenkeel run gpt_trainer.py:model --name gpt --rounds 20 --algorithm ef14 --gamma constant:1 --compressor top-k:0.1
    python3 gpt_trainer.py http://localhost:8080 gpt 0 4 device-0

The arguments are the coordinator's address, the run, this device's number, the number of devices, and the folder for its state.
EVENKEEL_ENROLMENT_TOKEN is the token to enrol with. The model is a tiny GPT-2 with random weights, and the text consists of
counting sequences: nothing is downloaded. With a checkpoint from the hub, model() is AutoModelForCausalLM.from_pretrained(...).
"""

import os
import sys

import torch
from peft import LoraConfig, get_peft_model
from torch.utils.data import Dataset
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments

from evenkeel import Client
from evenkeel.torch import base_sha256
from evenkeel.transformers import train

WORDS, LENGTH = 32, 16


def model() -> torch.nn.Module:
    torch.manual_seed(1)
    sizes = {"vocab_size": WORDS, "n_positions": LENGTH, "n_embd": 32, "n_layer": 2, "n_head": 2}
    gpt = GPT2LMHeadModel(GPT2Config(**sizes, bos_token_id=None, eos_token_id=None, tie_word_embeddings=False))
    lora = LoraConfig(r=4, target_modules=["c_attn", "c_proj", "c_fc"], modules_to_save=["lm_head"], fan_in_fan_out=True)
    return get_peft_model(gpt, lora)


class Counting(Dataset):
    """Sequences that count upwards, each with its own start and step."""

    def __init__(self, first: int, each: int) -> None:
        self._numbers = range(first, 256, each)

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, place: int) -> dict[str, torch.Tensor]:
        number = self._numbers[place]
        words = (number + torch.arange(LENGTH) * (1 + number % 3)) % WORDS
        return {"input_ids": words, "labels": words}


def main(url: str, run: str, number: str, devices: str, folder: str) -> None:
    adapted = model()
    trainer = Trainer(
        model=adapted,
        args=TrainingArguments(
            output_dir=f"{folder}-trainer",
            max_steps=1000,
            per_device_train_batch_size=8,
            learning_rate=0.02,
            seed=int(number),
            use_cpu=True,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
        ),
        train_dataset=Counting(int(number), int(devices)),
        eval_dataset=Counting(0, 1),
    )
    token = os.environ.get("EVENKEEL_ENROLMENT_TOKEN")
    with Client(url, run=run, enrolment_token=token, state_dir=folder) as client:
        outcome = train(trainer, client, local_steps=5, base=base_sha256(model()))
    print(f"{outcome.end.value} after {outcome.round} rounds, {outcome.accepted} messages accepted")
    print(f"loss {trainer.evaluate()['eval_loss']:.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
