"""What the guide says: each statement with its source, and collections by field.

A statement is taken from the paper it names, or was measured on the examples that come along and stands with its table
in docs/experiments.md or docs/examples.md.
"""

from dataclasses import dataclass

SURVEY = "Raghu and Schmidt 2020, arXiv:2003.11755"
EXPERIMENTS, EXAMPLES = "docs/experiments.md of this app", "docs/examples.md of this app"

# ---- topics, in the order of the filter --------------------------------------------------------------------------

START = "Where to begin"
NOT_DEEP = "When not deep learning"
PRETRAINED = "Pretrained networks"
VIEWS = "Augmentation"
POOL = "Unlabelled images"
SELF = "Self-supervision"
NOISE = "Denoising"
JUDGING = "Judging fairly"
TOPICS = (START, NOT_DEEP, PRETRAINED, VIEWS, POOL, SELF, NOISE, JUDGING)


@dataclass(frozen=True)
class Advice:
    """A statement for a situation, and where it comes from.

    situation    when it is of use, in a few words
    measured     whether it was measured on this app's examples
    """

    topics: tuple[str, ...]
    situation: str
    text: str
    source: str
    measured: bool = False


ADVICE = (
    Advice(
        (START, PRETRAINED),
        "A new problem, a few labels",
        "Begin with transfer learning: the survey calls it “an excellent way to start work on a new problem”. In this "
        "app that is a linear model on features of a network that has learnt from photographs.",
        SURVEY,
    ),
    Advice(
        (START,),
        "Before any network",
        "Learn from data to model to validation, again and again, and begin each turn with the simplest thing that "
        "could work. The order of the pages follows that loop.",
        SURVEY,
    ),
    Advice(
        (START, PRETRAINED),
        "One to five labels a class",
        "On Galaxies, 5 labels a class took ImageNet features to 80.6 % balanced accuracy and the small CNN from "
        "scratch to 50.4 %; on Fluorescent cells it was 94.0 and 82.9 % (mean of 5 seeds).",
        f"{EXAMPLES}; method: Razavian et al. 2014, arXiv:1403.6382",
        measured=True,
    ),
    Advice(
        (NOT_DEEP,),
        "The signal is texture",
        "On Material textures, texture numbers and trees reached 97.3 % with one label a class, the small CNN 67.7 %, "
        "though ImageNet features had 99.3 %. On Ising phases at 10 labels a class they had 93.6 %, the small CNN "
        "88.9 %, ImageNet features 91.0 % (mean of 5 seeds).",
        f"{EXAMPLES}; method: Haralick et al. 1973, doi:10.1109/TSMC.1973.4309314",
        measured=True,
    ),
    Advice(
        (NOT_DEEP,),
        "Small centred objects",
        "On Handwritten digits at 10 labels a class, the small CNN had 96.6 %, a scattering transform 95.2 %, a "
        "support vector machine on edge directions 94.4 %, ImageNet features 92.0 % and raw pixels 89.3 % (mean of 5 "
        "seeds). The second takes a fraction of a second.",
        f"{EXAMPLES}; method: Dalal and Triggs 2005, doi:10.1109/CVPR.2005.177",
        measured=True,
    ),
    Advice(
        (NOT_DEEP, JUDGING),
        "A simple cue tells the class",
        "Where brightness, size or the border of an image gives the class away, a network learns that cue instead of "
        "what you mean, and fails where the cue is gone. Test trivial cues first; mend the data, not the model.",
        "Geirhos et al. 2020, arXiv:2004.07780",
    ),
    Advice(
        (NOT_DEEP, JUDGING),
        "A specialised method for few labels tempts you",
        "With 50 to 80 images a class and no pretraining, a tuned plain network was better than 10 of 11 methods made "
        "for small data. Tune the plain one first.",
        "Brigato et al. 2022, arXiv:2212.12478",
    ),
    Advice(
        (PRETRAINED,),
        "New images come from another instrument",
        "Fine-tuning gained 2 % over a linear probe on images like those learnt from, and lost 7 % on images of "
        "another kind. Where microscope, scanner or site will change, keep the features frozen.",
        "Kumar et al. 2022, arXiv:2202.10054",
    ),
    Advice(
        (PRETRAINED,),
        "You want to fine-tune all the same",
        "Fit the linear head first and fine-tune from there: that gained 1 % on like images and 10 % on unlike ones "
        "over plain fine-tuning. This app's fine-tuning begins that way.",
        "Kumar et al. 2022, arXiv:2202.10054",
    ),
    Advice(
        (PRETRAINED,),
        "More than five labels a class, medical images",
        "In a comparison on 19 medical data sets, simply fine-tuning a ResNet-18 did about as well as the best large "
        "models from five labels a class on.",
        "Woerner and Baumgartner 2024, arXiv:2408.08058",
    ),
    Advice(
        (PRETRAINED,),
        "Many labels, and images unlike photographs",
        "On two large medical tasks transfer from photographs “offers little benefit”. Keep a network from scratch in "
        "the comparison.",
        "Raghu et al. 2019, arXiv:1902.07208",
    ),
    Advice(
        (PRETRAINED,),
        "Classes that look alike across instruments",
        "Features of large pretrained networks were good within a set of electron micrographs and bad across sets that "
        "look alike.",
        "Fuster-Barceló and Uhlmann 2026, arXiv:2602.08505",
    ),
    Advice(
        (PRETRAINED,),
        "Fine-tune or not?",
        "On Handwritten digits at 10 labels a class fine-tuning had 94.7 % and frozen features 92.0 %; on Ising phases "
        "91.6 and 91.0 % (mean of 5 seeds). What it gains depends on the images: run both.",
        f"{EXAMPLES}; method: Kumar et al. 2022, arXiv:2202.10054",
        measured=True,
    ),
    Advice(
        (VIEWS,),
        "Which augmentation?",
        "With 4 to 100 images a class, RandAugment with preset strengths and no tuning did well; mixup and CutMix were "
        "moderately effective.",
        "Ravindran and Tomasi 2023, arXiv:2311.16508",
    ),
    Advice(
        (VIEWS,),
        "A network from scratch, ten labels a class",
        "In the mean of five examples gentle views gained the small CNN 6.2 points and standard ones 9.5; mixup added "
        "nothing to gentle views. It was one seed, so that single sets tell little.",
        f"{EXPERIMENTS}; review: Shorten and Khoshgoftaar 2019, doi:10.1186/s40537-019-0197-0",
        measured=True,
    ),
    Advice(
        (VIEWS,),
        "Orientation carries no meaning",
        "On Galaxies, whose orientation says nothing, standard views took the small CNN from 50.4 to 74.1 % at 5 "
        "labels a class (mean of 5 seeds).",
        f"{EXAMPLES}; review: Shorten and Khoshgoftaar 2019, doi:10.1186/s40537-019-0197-0",
        measured=True,
    ),
    Advice(
        (VIEWS,),
        "Averaging answers over views of a judging image",
        "Test-time augmentation can hurt. Take it for a choice to be tested, not for a free gain.",
        "Nobrega Medeiros 2026, arXiv:2604.09697",
    ),
    Advice(
        (POOL,),
        "One label a class and a large pool",
        "Over 18 variants of the examples, self-training that counts by doubt gained 3.4 points in the mean at one "
        "label a class, 1.1 at 5, 0.7 at 10 and 0.2 at 20. Its worst set lost 4.0 points, at one label.",
        f"{EXPERIMENTS}; method: Zou et al. 2018, arXiv:1810.07911",
        measured=True,
    ),
    Advice(
        (POOL,),
        "Classes rare in the pool, or steps of one property",
        "There the pool cost most: with classes that are degrees of a severity, self-training lost 2.9 points at one "
        "label a class and 2.8 at five. Look at the class shares of its pseudo-labels first.",
        f"{EXPERIMENTS}; method: Zou et al. 2018, arXiv:1810.07911",
        measured=True,
    ),
    Advice(
        (POOL,),
        "Will semi-supervised learning help here?",
        "It depends on the set: with a pretrained network and few labels, 13 of 17 methods clearly cut the error on "
        "satellite images (EuroSAT, 20 labels), and 3 of 17 on tissue (TissueMNIST, 80 labels).",
        "Wang et al. 2022 (USB), arXiv:2208.07204",
    ),
    Advice(
        (POOL, PRETRAINED),
        "You already have good features",
        "On pretrained features, tuning on the labels alone “often matches” semi-supervised learning. Compare with the "
        "same features without the pool.",
        "Zhang et al. 2025, arXiv:2503.09707",
    ),
    Advice(
        (POOL,),
        "Label propagation on features",
        "Its gains are “limited, dataset-dependent”.",
        "Gupte et al. 2024, arXiv:2401.14555",
    ),
    Advice(
        (POOL,),
        "You have read of FixMatch's results",
        "From scratch with 40 labels on CIFAR-10 it brought the error from 78 to 8 %, in about a million steps. A run "
        "here has about a thousand; do not expect those figures.",
        "Sohn et al. 2020, arXiv:2001.07685; Wang et al. 2022, arXiv:2208.07204",
    ),
    Advice(
        (POOL, JUDGING),
        "Comparing ways to use a pool",
        "Give the plain model the same tuning, put a transfer baseline beside it, and vary how many unlabelled images "
        "there are and whether they are of your classes.",
        "Oliver et al. 2018, arXiv:1804.09170",
    ),
    Advice(
        (POOL, JUDGING),
        "Tuning with few labels",
        "A validation set larger than the labels themselves is not what you will have. Labels that choose settings are "
        "part of the budget.",
        "Oliver et al. 2018, arXiv:1804.09170; Huang et al. 2024, arXiv:2307.08919",
    ),
    Advice(
        (SELF,),
        "Many unlabelled images, unlike photographs",
        "On Galaxies and cells, a contrastively taught network was no better than the same network from scratch on "
        "gentle views: 67.2 and 89.2 % against 68.8 and 88.0 % at 5 labels a class (one seed). Try views first.",
        f"{EXPERIMENTS}; method: Chen et al. 2020, arXiv:2002.05709",
        measured=True,
    ),
    Advice(
        (NOISE,),
        "Noisy images, and you want classes",
        "No denoiser showed a clear gain for the small CNN on Galaxies and cells, with or without noise added (one "
        "seed). Believe only the paired difference on your own images.",
        f"{EXPERIMENTS}; calibration: Batson and Royer 2019, arXiv:1901.11365",
        measured=True,
    ),
    Advice(
        (NOISE,),
        "Noisy images, and you want outlines",
        "Learning to denoise beside learning to segment helps where annotations are few.",
        "Buchholz et al. 2020 (DenoiSeg), arXiv:2005.02987",
    ),
    Advice(
        (JUDGING,),
        "How many seeds?",
        "Draw everything anew for each seed (split, labels, start of the network), not one thing at a time: for the "
        "same quality that was 51 times cheaper.",
        "Bouthillier et al. 2021, arXiv:2103.03098",
    ),
    Advice(
        (JUDGING,),
        "Copies of images",
        "3.3 % of the test images of CIFAR-10 and 10 % of CIFAR-100 had a near-copy in the data. This app keeps copies "
        "on one side of the split.",
        "Barz and Denzler 2020, doi:10.3390/jimaging6060041",
    ),
    Advice(
        (JUDGING,),
        "How many more labels will it take?",
        "Curves fitted to very few labels do not carry far: power laws fail near five labels a class. Ask for the "
        "error of the forecast on your own curve.",
        "Jain et al. 2023, arXiv:2303.01598",
    ),
    Advice(
        (JUDGING,),
        "What did it look at?",
        "Some maps look the same whether or not the network has learnt anything: guided backpropagation does not "
        "depend on the weights of the upper layers. Randomise the network and look again.",
        "Adebayo et al. 2018, arXiv:1810.03292",
    ),
    Advice(
        (START, POOL),
        "Which images to label next",
        "From almost no labels, choose typical images, not uncertain ones: on CIFAR-10, 10 typical labels with "
        "semi-supervised learning were 39.4 points better than 10 random ones.",
        "Hacohen et al. 2022, arXiv:2202.02794",
    ),
)

# ---- the loop ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    """A part of the survey's design loop, and what is done in it."""

    title: str
    text: str


DATA_STAGE = Stage(
    "1 · Data", "Look at the images, count the classes, find copies, groups and cues that should not matter."
)
LEARNING_STAGE = Stage(
    "2 · Learning", "Simple models first; then one technique at a time, each seen at work on your own images."
)
VALIDATION_STAGE = Stage(
    "3 · Validation", "Compare on images that nobody learnt from, over several seeds; look at errors; go back to 1."
)

# ---- collections -------------------------------------------------------------------------------------------------

TUTORIAL, MODELS, DATA = "Tutorials", "Model collections", "Data sets"
KINDS = (TUTORIAL, MODELS, DATA)


@dataclass(frozen=True)
class Collection:
    """Something to learn from or to start with: what it is for and where it is, as text."""

    name: str
    kind: str
    field: str
    use: str
    where: str


COLLECTIONS = (
    Collection(
        "scikit-learn user guide", TUTORIAL, "Any field",
        "Simple models, cross-validation and how to judge; the first thing to read.", "scikit-learn.org",
    ),
    Collection(
        "PyTorch tutorials", TUTORIAL, "Any field",
        "Training and fine-tuning networks, step by step; the one on transfer learning comes closest to this app.",
        "pytorch.org/tutorials",
    ),
    Collection(
        "CS231n course notes", TUTORIAL, "Any field",
        "How convolutional networks see, how they are trained, and what to look at when training fails.",
        "cs231n.github.io",
    ),
    Collection(
        "fast.ai, Practical Deep Learning", TUTORIAL, "Any field",
        "A course that begins with fine-tuning on one's own images.", "course.fast.ai",
    ),
    Collection(
        "timm", MODELS, "Any field",
        "Hundreds of pretrained image networks under one interface; this app reads their weights from a file.",
        "github.com/huggingface/pytorch-image-models",
    ),
    Collection(
        "torchvision models", MODELS, "Any field",
        "Well-known networks with documented weights; this app takes them by name.", "pytorch.org/vision",
    ),
    Collection(
        "Hugging Face Hub", MODELS, "Any field",
        "Weights with a page each: read what a network was trained on, and its licence, before using it.",
        "huggingface.co/models",
    ),
    Collection(
        "BioImage Model Zoo", MODELS, "Cells and tissue",
        "Networks for microscopy, above all for segmentation, that run in several programs.", "bioimage.io",
    ),
    Collection(
        "MedMNIST", DATA, "Medicine",
        "Small standard sets of medical images with fixed splits; opens in this app as it is (.npz).",
        "medmnist.com; Yang et al. 2023, doi:10.1038/s41597-022-01721-8",
    ),
    Collection(
        "HAM10000", DATA, "Medicine",
        "Skin lesions in seven classes, several images of one lesion: a set on which groups matter.",
        "Tschandl et al. 2018, doi:10.1038/sdata.2018.161",
    ),
    Collection(
        "PatchCamelyon", DATA, "Medicine",
        "Patches of lymph nodes with and without tumour: many labels, to see where a curve ends.",
        "Veeling et al. 2018, arXiv:1806.03962",
    ),
    Collection(
        "Broad Bioimage Benchmark Collection (BBBC)", DATA, "Cells and tissue",
        "Microscopy of cells with truth: classes of phenotypes, counts and outlines.",
        "bbbc.broadinstitute.org; Ljosa et al. 2012, doi:10.1038/nmeth.2083",
    ),
    Collection(
        "BioImage Archive", DATA, "Cells and tissue",
        "Images behind publications, to look for a set like yours.", "ebi.ac.uk/bioimage-archive",
    ),
    Collection(
        "EMPIAR", DATA, "Cells and tissue",
        "Raw electron micrographs: noise as it really is.", "ebi.ac.uk/empiar",
    ),
    Collection(
        "EuroSAT", DATA, "Earth",
        "Satellite images in ten kinds of land use: a quick test of transfer and of pseudo-labels.",
        "Helber et al. 2019, arXiv:1709.00029",
    ),
    Collection(
        "WILDS", DATA, "Any field",
        "Sets in which the judging images come from other hospitals, cameras or places: a test of what carries over.",
        "wilds.stanford.edu; Koh et al. 2021, arXiv:2012.07421",
    ),
    Collection(
        "Galaxy Zoo 2", DATA, "Sky",
        "Shapes of galaxies as many volunteers voted: labels with disagreement.",
        "Willett et al. 2013, doi:10.1093/mnras/stt1458",
    ),
    Collection(
        "UHCSDB", DATA, "Materials",
        "Micrographs of ultrahigh carbon steel with how it was treated: a small set of real microstructures.",
        "DeCost et al. 2017, doi:10.1007/s40192-017-0097-0",
    ),
    Collection(
        "Materials Project", DATA, "Materials",
        "Computed structures and properties of materials; no images, but what to predict from them.",
        "materialsproject.org; Jain et al. 2013, doi:10.1063/1.4812323",
    ),
    Collection(
        "PlantCLEF", DATA, "Plants and animals",
        "Plants photographed in the field, thousands of species: many classes with few images each.",
        "imageclef.org",
    ),
    Collection(
        "iNaturalist", DATA, "Plants and animals",
        "Species as observers met them, common ones often and rare ones seldom.",
        "Van Horn et al. 2018, arXiv:1707.06642",
    ),
)  # fmt: skip
FIELDS = tuple(dict.fromkeys(each.field for each in COLLECTIONS))
