"""What answers to "Which class is this?" say about an augmentation.

Every image is asked about twice, as the augmentation makes it and as it is, so that an image that is hard by itself is
not held against the augmentation. Only images that were named rightly as they are can have lost their class.
"""

from collections.abc import Sequence
from dataclasses import dataclass

#: Images named rightly as they are, below which nothing is concluded.
LEAST = 5
#: Probability of so many losses by chance below which they are called more than chance.
CHANCE = 0.05


@dataclass(frozen=True)
class Score:
    """What was named rightly of n images.

    n               images that were answered both ways
    plain           of them named rightly as they are
    augmented       of them named rightly as the augmentation makes them
    lost, gained    named rightly as they are alone, and as augmented alone
    """

    n: int
    plain: int
    augmented: int
    lost: int
    gained: int

    @classmethod
    def of(cls, plain: Sequence[bool], augmented: Sequence[bool]) -> "Score":
        """Return the score of the same images, as they are and augmented: whether each was named rightly."""
        both = list(zip(plain, augmented, strict=True))
        lost, gained = sum(one and not two for one, two in both), sum(two and not one for one, two in both)
        return cls(len(both), sum(plain), sum(augmented), lost, gained)

    @property
    def chance(self) -> float:
        """Probability of so many losses among all differences if the augmentation made none (exact sign test)."""
        from scipy.special import bdtrc  # scipy.stats has it by name, but takes a second to import

        return float(bdtrc(self.lost - 1, self.lost + self.gained, 0.5)) if self.lost else 1.0

    @property
    def most(self) -> float:
        """Largest share of images losing their class that the answers allow: the 95 % limit of Clopper and Pearson."""
        from scipy.special import betaincinv

        return float(betaincinv(self.lost + 1, self.plain - self.lost, 0.95)) if self.lost < self.plain else 1.0

    @property
    def verdict(self) -> str:
        """One of "hard" (too few named rightly as they are), "destroys", "perhaps" and "safe"."""
        if self.plain < LEAST:
            return "hard"
        if self.chance < CHANCE:
            return "destroys"
        return "perhaps" if self.lost > self.gained else "safe"
