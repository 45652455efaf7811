"""A whole SDXL of few random weights, in diffusers' layout: every part is the real one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

LONGEST_PROMPT = 77
_HIDDEN = 32


def _tokenizer() -> Any:
    import transformers

    letters = [*"abcdefghijklmnopqrstuvwxyz0123456789,.-'"]
    words = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    return transformers.CLIPTokenizer(
        vocab={word: number for number, word in enumerate(words)},
        merges=[],
        model_max_length=LONGEST_PROMPT,
    )


def _text(kind: Any, words: int) -> Any:
    import transformers

    return kind(
        transformers.CLIPTextConfig(
            bos_token_id=words - 2,
            eos_token_id=words - 1,
            pad_token_id=words - 1,
            hidden_size=_HIDDEN,
            intermediate_size=37,
            num_attention_heads=4,
            num_hidden_layers=2,
            vocab_size=words,
            projection_dim=_HIDDEN,
            hidden_act="gelu",
        )
    )


def save(folder: Path, seed: int = 0) -> Path:
    """Build it with random weights and save it; the same seed gives the same weights."""
    import diffusers
    import torch
    import transformers

    torch.manual_seed(seed)
    tokenizer = _tokenizer()
    words = len(tokenizer)
    unet = diffusers.UNet2DConditionModel(
        block_out_channels=(32, 64),
        layers_per_block=1,
        sample_size=32,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(2, 4),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        transformer_layers_per_block=(1, 1),
        projection_class_embeddings_input_dim=6 * 8 + _HIDDEN,
        cross_attention_dim=2 * _HIDDEN,
        norm_num_groups=8,
    )
    vae = diffusers.AutoencoderKL(
        # Six blocks enlarge by 32, not by 8: a picture of full size takes a second on a CPU.
        block_out_channels=(4, 4, 4, 8, 8, 8),
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * 6,
        up_block_types=("UpDecoderBlock2D",) * 6,
        latent_channels=4,
        norm_num_groups=4,
        layers_per_block=1,
        sample_size=128,
    )
    pipe = diffusers.StableDiffusionXLPipeline(
        vae=vae,
        text_encoder=_text(transformers.CLIPTextModel, words),
        text_encoder_2=_text(transformers.CLIPTextModelWithProjection, words),
        tokenizer=tokenizer,
        tokenizer_2=_tokenizer(),
        unet=unet,
        scheduler=diffusers.EulerDiscreteScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear"
        ),
        add_watermarker=False,
    )
    pipe.save_pretrained(folder)
    return folder
