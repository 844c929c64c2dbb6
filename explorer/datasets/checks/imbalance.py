"""Classes of very different sizes."""

from collections.abc import Iterator

from explorer.datasets.checking import Subject
from explorer.records import Finding

NOTABLE, STRONG = 3.0, 10.0


def check(subject: Subject) -> Iterator[Finding]:
    """Yield a note where the largest class has three times the images of the smallest, a warning from ten times on."""
    dataset = subject.dataset
    counts = dataset.class_counts
    most, least = int(counts.argmax()), int(counts.argmin())
    ratio = counts[most] / counts[least]
    if ratio < NOTABLE:
        return
    sizes = (
        f"'{dataset.class_names[most]}' has {counts[most]:,} images, '{dataset.class_names[least]}' {counts[least]:,}"
    )
    advice = "Balanced accuracy and macro F1 count every class alike; plain accuracy does not."
    severity = "warning" if ratio >= STRONG else "note"
    yield Finding("class-imbalance", f"The classes differ {ratio:.3g} : 1 in size: {sizes}. {advice}", severity)
