"""Where SDXL's weights are, and whether a channel may earn money with what they make."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ytempire.config import SDXL, settings
from ytempire.errors import NotConfigured, ProviderUnavailable

#: Names of weights that their licence keeps from commerce without an agreement with the maker.
_NON_COMMERCIAL = ("turbo",)
_SET = "Set YTEMPIRE_SDXL__WEIGHTS to a folder in diffusers' layout, or unset it."


def folder_of(chosen: SDXL) -> Path:
    """The folder of the weights, fetched first where a hub is configured.

    Raises:
        NotConfigured: no weights, no such folder, or a licence that forbids commerce.
        ProviderUnavailable: the hub did not give them.
    """
    if not chosen.weights:
        raise NotConfigured("No weights of SDXL are configured.", _SET)
    _require_commercial(chosen.weights)
    folder = Path(chosen.weights).expanduser()
    if not folder.is_dir():
        if not chosen.hub:
            raise NotConfigured(
                f"There is no folder {chosen.weights} with weights of SDXL.",
                f"{_SET} A model's id also needs YTEMPIRE_SDXL__HUB.",
            )
        folder = _fetched(chosen.weights, chosen.hub)
    return _checked(folder)


def _checked(folder: Path) -> Path:
    try:
        index = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotConfigured(f"{folder} has no model_index.json that can be read.", _SET) from error
    kind = str(index.get("_class_name"))
    if kind != "StableDiffusionXLPipeline":
        raise NotConfigured(f"{folder} holds a {kind}, not SDXL.", _SET)
    _require_commercial(str(index.get("_name_or_path", "")))
    return folder


def _require_commercial(name: str) -> None:
    # The last part only: a folder above may be called anything.
    last = Path(name).name.lower()
    if any(word in last for word in _NON_COMMERCIAL):
        raise NotConfigured(
            f"The weights {Path(name).name} may not be used to earn money: SDXL Turbo's licence is "
            "non-commercial.",
            "Take SDXL base 1.0, or SDXL-Lightning for few steps (both CreativeML Open RAIL++-M).",
        )


def _fetched(model: str, hub: str) -> Path:
    from huggingface_hub import HfApi, constants
    from huggingface_hub.errors import HFValidationError

    constants.HF_HUB_DISABLE_TELEMETRY = True
    try:
        api = HfApi(endpoint=hub, token=False)
        wanted = wanted_files(api.list_repo_files(model))
        models = settings().home / "models"
        return Path(api.snapshot_download(model, cache_dir=models, allow_patterns=wanted))
    except HFValidationError as error:
        raise NotConfigured(f"{model} is neither a folder nor a model's id.", _SET) from error
    except Exception as error:  # its errors, and those of the HTTP library that it uses this year
        raise ProviderUnavailable(
            f"The hub did not give {model}: {type(error).__name__}.",
            "Look at YTEMPIRE_SDXL__HUB and the model's id, or fetch the folder yourself.",
        ) from error


def wanted_files(files: Sequence[str]) -> list[str]:
    """What a pipeline is loaded from: the half-size weights where both are there, no pickles."""
    weights = [name for name in files if "/" in name and name.endswith(".safetensors")]
    halves = [name for name in weights if ".fp16." in name]
    described = [name for name in files if name.endswith((".json", ".txt"))]
    return [*described, *(halves or weights)]
