"""What a user would write: the plain loops that the benchmarks of throughput compare with."""

from collections.abc import Callable
from typing import Any

import numpy as np
import timm
import torch
from PIL import Image
from torch import nn

from explorer.techniques.models.small_cnn import SMOOTHING, WIDTHS, SmallCnn
from explorer.training.lite0 import read_weights
from explorer.training.loop import averaging
from explorer.training.weights import weights_file


def features_loop() -> Callable[[Any], Any]:
    """Return the loop that a user would write with Pillow, torch and timm."""
    model = timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()
    model.load_state_dict(dict(zip(model.state_dict(), read_weights(weights_file()), strict=True)))
    model.reset_classifier(0)

    def features(images: Any, batch: int = 32) -> Any:
        parts = []
        with torch.no_grad():
            for start in range(0, len(images), batch):
                resized = [
                    Image.fromarray(each).resize((128, 128), Image.Resampling.BICUBIC)
                    for each in images[start : start + batch]
                ]
                tensors = [torch.from_numpy(np.asarray(each)).permute(2, 0, 1).float() / 255 for each in resized]
                parts.append(model((torch.stack(tensors) - 0.5) / 0.5).numpy())
        return np.concatenate(parts)

    return features


def fit(images: Any, labels: Any, seen: Any, seed: int, steps: int) -> Any:
    """Fit the same network in as many steps with torch's own modules and AdamW: torch has Muon for matrices only."""
    torch.manual_seed(seed)
    technique = SmallCnn()
    model, average = _network(int(labels.max()) + 1), _network(int(labels.max()) + 1)
    average.load_state_dict(model.state_dict())
    ready, later = _prepared(images, images), _prepared(seen, images)
    truth = torch.from_numpy(labels)
    decayed = [each for each in model.parameters() if each.ndim > 1]
    others = [each for each in model.parameters() if each.ndim == 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": technique.weight_decay}, {"params": others, "weight_decay": 0.0}],
        lr=technique.learning_rate,
    )
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, technique.learning_rate, total_steps=steps)
    loss = nn.CrossEntropyLoss(label_smoothing=SMOOTHING)
    order = torch.cat([torch.randperm(len(labels)) for _ in range(steps * technique.batch // len(labels) + 1)])
    for rows in order[: steps * technique.batch].split(technique.batch):
        optimizer.zero_grad()
        loss(model(ready[rows]), truth[rows]).backward()
        optimizer.step()
        cycle.step()
        with torch.no_grad():
            for old, new in zip(average.parameters(), model.parameters(), strict=True):
                old.lerp_(new, 1 - averaging(steps))
    with torch.no_grad():
        return average(later).numpy()


def _network(n_classes: int) -> Any:
    layers, channels = [], 3
    for index, width in enumerate(WIDTHS):
        layers += [nn.Conv2d(channels, width, 3, padding=1, bias=False)]
        layers += [nn.AvgPool2d(2)] if index < len(WIDTHS) - 1 else []
        layers += [nn.GroupNorm(8, width), nn.ReLU()]
        channels = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, n_classes))


def _prepared(images: Any, labeled: Any) -> Any:
    resized = [np.asarray(Image.fromarray(each).resize((48, 48), Image.Resampling.BICUBIC)) for each in images]
    mean, spread = labeled.mean((0, 1, 2)) / 255, labeled.std((0, 1, 2)) / 255
    return (
        torch.from_numpy(((np.stack(resized) / 255 - mean) / spread).astype(np.float32))
        .permute(0, 3, 1, 2)
        .contiguous()
    )
