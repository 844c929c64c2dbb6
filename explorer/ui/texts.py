"""Every sentence that the pages say, by page; written for someone who has never trained a network.

What is said of curves, on pages as in terminals and files, stands in `explorer.export.words`.
"""

PRODUCT = "Data-Efficiency Explorer"

# ---- navigation and the quiet line -----------------------------------------------------------------------------

START, DATA, COMPARE = "Start", "Data", "Compare"
START_TIP = "What this is, with a finished example"
DATA_TIP = "Choose images, see what they hold and what was noticed"
COMPARE_TIP = "Draw the curves of several techniques on your images"
LINE_NO_DATA = "No data set chosen yet"
LINE_DATA = "Data set **{name}** · {n:,} images · {k} classes"
LINE_STUDY = "Study **{state}**, {done} of {trials}"
STATE_WORDS = {
    "queued": "waiting",
    "running": "running",
    "done": "finished",
    "cancelled": "cancelled",
    "failed": "failed",
}

# ---- start -----------------------------------------------------------------------------------------------------

PROMISE = "How many labelled images do you need?"
LEAD = (
    "Bring a small set of images sorted into classes. Several ways of learning are each given one label per class, "
    "then two, then five, and judged on images they never saw. You see which one makes the most of every label."
)
ANSWERS = (
    "**How many labels** it takes, and where more of them stop paying",
    "**Which technique** gets there with the fewest",
    "**How sure** that is: repeated draws and a 95 % interval on every curve",
)
STAYS_LOCAL = "Everything runs on this machine; no image leaves it."
STAYS_HOSTED = "Uploads are kept on this server; whoever has the address of your page can open it."
OPEN_FINISHED = "Try it on {title}"
OPEN_FINISHED_TIP = "Opens this example's images on the Compare page with everything filled in; one more press runs it."
USE_OWN = "Use my own images"
USE_OWN_TIP = "A zip or folder with one sub-folder per class, or images with a table of labels."
MORE_EXAMPLES = "Examples to start from"
FINISHED_HEADLINE = "Measured on {n:,} images ({name}): {finding}"
FINISHED_CAPTION = (
    "Finished example: {name}, {n:,} images in {k} classes; {arms} techniques, {budgets} label budgets, {seeds} seeds."
)
SEE_FINISHED = "See the finished study of this example"
SHIPPED_ZIP = "Its files as zip"
NO_FINISHED = "The finished example is not installed. The examples below open all the same."

# ---- data: choosing --------------------------------------------------------------------------------------------

CHOOSE_TITLE = "Choose your images"
CHOOSE_LEAD = "Open an example, or bring your own: images sorted into classes, or images with a table of labels."
EXAMPLES = "Examples"
OPEN_EXAMPLE = "Open"
OPEN_EXAMPLE_TIP = "Opens {title}: {teaches}"
ABOUT_EXAMPLE = "About"
ABOUT_TIP = "Where {title} comes from, its licence, how it was made and what it teaches"
OWN = "Your own images"
UPLOAD = "Files"
UPLOAD_TIP = (
    "A zip with one sub-folder per class. Or several images with one CSV that has the columns filename and label "
    "(and group, if you like). Or an .npz with images and labels. Or a multi-page TIFF with a CSV. "
    "An empty label, or a sub-folder named unlabeled, means: not labelled yet."
)
UPLOAD_OF = "Upload of {n} files"
READ = "Read these images"
READ_NOTE = "Checks the files and shows what was found. Nothing is trained yet."
READ_NOTHING = "No files have arrived yet. Drop them above, or type the path of a folder on this machine."
READ_NOTHING_HOSTED = "No files have arrived yet. Drop them above."
READ_BOTH = "Files are chosen and a folder is typed. Take away one of them, so that it is clear which to read."
FOLDER = "Folder on this machine"
FOLDER_TIP = "Full path of a folder or file. It is read where it is and not changed."
FOLDER_EXAMPLE = "/home/me/images"
OPTIONS = "Reading options"
SIZE = "Image side in pixels"
SIZE_TIP = (
    "Every image is brought to this side length. Empty: the side of the median image, at most 128. "
    "Larger sides keep more detail and take longer."
)
SIZE_AUTO = "automatic"
FIT = "Images that are not square"
FIT_TIP = "Pad keeps the proportions and fills the rest evenly. Stretch fills the square and changes proportions."
FIT_WORDS = {"pad": "Pad", "stretch": "Stretch"}
VALUES = "Brightness"
VALUES_TIP = (
    "In proportion, twice the value is twice as bright. Spread by asinh, faint things can be seen beside very bright "
    "ones, as in images of the sky, by techniques as well; added noise and counts are then no longer the camera's."
)
VALUES_WORDS = {"linear": "In proportion", "asinh": "Spread by asinh"}
GROUPS = "Table of groups"
GROUPS_TIP = (
    "A CSV with the columns filename and group, where a group is what belongs together: a patient, a plate, a slide. "
    "A group is never split between learning and judging."
)
EARLIER = "Earlier data sets"
SHOW_ALL = "Show all {n}"
EARLIER_TIP = "Data sets that were read before; opening one takes no time."
UNKNOWN_DATA = "There is no data set under this address; it was deleted or never existed. Choose one below."
READING = "Reading and checking the images"
HOSTED_LIMITS = "On this server: at most {images:,} files and {megabytes} MB in one upload."
TOO_LARGE = "The files have {megabytes:.0f} MB, and this server takes {most} MB. Choose fewer or smaller images."

#: What stands in a coloured bracket of a button is read out alone: the list shows it beside the button.
DELETE, DELETE_YES, DELETE_NO = "Delete :gray[{name}]", "Delete for good", "Keep"
DELETE_STUDY, DELETE_DATA = "Delete this study?", "Delete this data set?"
DELETE_STUDY_TIP = "Deletes “{name}”, once you have confirmed it."
DELETE_DATA_TIP = "Deletes {name} and the studies on it, once you have confirmed it."
DELETE_STUDY_WORDS = (
    "**{name}** goes for good: {trials}, its curves, notes and predictions. The images stay. This cannot be undone."
)
DELETE_DATA_WORDS = (
    "**{name}** goes for good: this app's copy of its {n:,} images{studies}. This cannot be undone. The files that it "
    "was read from stay as they are. What was computed from the images, such as features, stays in {cache}, which may "
    "be emptied whenever nothing runs."
)
DELETE_WITH, DELETE_MORE = ", and {studies} on them: {names}", "{n} more"
DELETE_ACTIVE = "The study **{name}** is {state}. Cancel it on the Compare page first; nothing was deleted."
DELETE_BEGUN = (
    "A study was begun on this data set meanwhile, so nothing was deleted. Press Delete again to see all that goes."
)

# ---- data: looking ---------------------------------------------------------------------------------------------

GO_COMPARE = "Compare techniques"
GO_COMPARE_TIP = "Choose techniques and label budgets for this data set."
OTHER_DATA = "Other images"
OTHER_DATA_TIP = "Back to the examples and the upload. This data set stays under Earlier data sets."
FACT_CLASSES = "Classes"
FACT_LABELED = "Labelled"
FACT_UNLABELED = "Unlabelled"
FACT_SIZE = "Image size"
FACT_CHANNELS = {1: "1 channel", 2: "2 channels (shown in magenta and green)", 3: "3 channels"}
FACT_MANY_CHANNELS = "{n} channels (shown as their mean)"
FACT_GROUPS = "Groups"
FACT_NO_GROUPS = "none"
FACT_TEST = "Test images"
FACT_TEST_DRAWN = "drawn anew for each seed"
FACT_SCALING = "Scaling"
FACT_SOURCE = "Source"
FACT_LICENCE = "Licence"
FACTS = "Facts"
NOTICED = "What was noticed"
NOTHING_NOTICED = "Nothing to worry about: every file was read, and no check raised a hand."
MORE_NAMES = "… and {n} more"
GALLERY = "The images, class by class"
GALLERY_SCROLL = "Scroll the images to see all {n} classes."
GALLERY_UNLABELED = "unlabelled"
GALLERY_NEXT = "Show other images"
GALLERY_NEXT_TIP = "The next images of each class, in the order of the data set."
COUNTS = "Images of each class"
BRIGHTNESS = "Mean brightness of each image"
COUNTS_ALT = "Images of each class: {told}."
BRIGHTNESS_ALT = "Median brightness by class, from 0 to 1: {told}."
BRIGHTNESS_NOTE = "Where classes part by brightness alone, a model can be right for the wrong reason."

# ---- compare: planning -----------------------------------------------------------------------------------------

COMPARE_EMPTY = "No data set yet. Here the curves of several techniques will be drawn on your images."
COMPARE_EMPTY_GO = "Choose a data set"
PLAN = "What to compare"
BUDGETS = "Labels per class"
BUDGETS_TIP = (
    "How many labels of each class a technique may use, separated by commas. The curve has one point for each. "
    "A class with fewer images gives all it has."
)
MEANING = {
    "orientation": "Does it matter which way up an image is?",
    "intensity": "Does brightness or colour carry the class?",
    "position": "Do place or size carry the class?",
}
MEANING_ANSWERS = {"yes": "Yes", "no": "No", "unsure": "Not sure"}
MEANING_TIPS = {
    "orientation": "No: techniques may turn and mirror your images, so that every label counts for more. "
    "Yes or not sure: they leave this alone.",
    "intensity": "No: techniques may change brightness, contrast and colours. Yes or not sure: they leave this alone.",
    "position": "No: techniques may shift and resize what your images show. Yes or not sure: they leave this alone.",
}
MEANING_LOOKING = "Looking at your images to answer these; whatever is begun meanwhile takes open ones as not sure."
MEANING_FOUND = "Answered from your images, never from their labels. You know better: correct what is wrong."
MEANING_CORRECTED = "Corrected by you; the rest is answered from your images."
MEANING_SAID = "All answered by you."
MEANING_AGAINST = "Techniques may now change brightness and colour, but a check of the data says: {finding}"
MEANING_DOUBTED = {
    "orientation": "A probe tells your images from turned or mirrored copies, so they seem to have an upright way; "
    "answer No only where you know that this says nothing of the class.",
    "position": "A probe tells your images from shifted ones, so that things seem to have their place in them; answer "
    "No only where you know that this says nothing of the class.",
}
MEANING_UNJUDGED = "Your images could not tell; answer what you know."
SEEDS = "Seeds"
SEEDS_TIP = (
    "How often everything is repeated with other labels drawn and other images judging. "
    "More seeds make the bands narrower and more honest; five are a good start."
)
REPEATS, REPEATS_FIXED, REPEATS_UNTIL = "How many seeds", "A fixed number", "Until verdicts settle"
REPEATS_TIP = (
    "A seed repeats everything with other labels drawn and other images judging. A fixed number of seeds: you know "
    "before what it costs. Until the verdicts settle: seeds are added until it is clear of every technique whether it "
    "helps, or your limits are reached. The verdicts are looked at a few times only, and more strictly than a single "
    "time, so that looking often does not make a false claim more likely."
)
MOST_SEEDS, MOST_MINUTES = "Seeds at most", "Minutes at most"
MOST_SEEDS_TIP = (
    "More seeds than this are never run, even if some verdict is not clear by then. The more you allow, the stricter "
    "the early looks are; twenty are a good start."
)
MOST_MINUTES_TIP = (
    "After so many minutes of work the study ends with a last look at the seeds that are done. Minutes in which it "
    "waits or is cancelled do not count."
)
SHARE = "Judging images, %"
SHARE_TIP = "Share of the labelled images that is kept back to judge. They are never learnt from."
OUT_OF_RANGE = "{label}: {value}. Choose a number from {low} to {high}."
SHARE_GIVEN = "This data set brings its own test images, so nothing is drawn."
METRIC = "Score"
METRIC_TIP = "- **{title}**: {told}."
METRIC_TIP_GUESS = (
    "- **Dotted line**: what answers reach that take no look at the images; of accuracy, those that always name the "
    "most frequent class among the judging images."
)
AGAINST_AXIS = "Drawn against"
AGAINST_AXIS_TIP = (
    "The same curves against what they cost: how many labels, how long it takes to make them, or how long one fit "
    "computes on one core, with what was prepared for it."
)
AGAINST_NAMES = {"labels": "Labelled examples", "labelling": "Time of labelling", "computing": "Time of computing"}
LABEL_SECONDS = "Seconds per label"
LABEL_SECONDS_TIP = "What somebody who knows the images takes to label one of them, with all that belongs to it."
FORECAST_SWITCH = "Forecast"
FORECAST_SWITCH_TIP = (
    "Draws what the technique that ends best, and the one that others are compared with, may reach with up to four "
    "times the labels. Why one of them has no forecast is said below the figure."
)
RUN = "Run the comparison"
RUN_TIP = "Starts at once. You can close this page and come back; nothing is lost."
BILL = "{arms} × {budgets} × {seeds} = **{trials}**, {time} here"
BILL_UNTIL = "{arms} × {budgets} × at most {seeds} = at most **{trials}**, at most {time} here"
SEEDS_AT_MOST = "up to {seeds}"
RESOLVING = "{images} at {seeds} tell the difference of two techniques to about {parts}."
RESOLVING_TIP = (
    "Nobody knows before a run how often techniques will be right, and how far trainings will differ. Of five finished "
    "studies the half-widths were off from such a plan by a factor of 1.6 as a rule, and of 2.0 at worst; intervals of "
    "a finished study do not rest on it."
)
RESOLVING_PART = "± {apart} points{where}, {told}"
RESOLVING_WHOLE, RESOLVING_BUDGET, RESOLVING_AND = " over the whole curve", " at a single budget", "; to about "
RESOLVING_FOUND = "and as a rule find one above about {reliable} points{among}"
RESOLVING_AMONG = " among {n} comparisons"
RESOLVING_NONE = "where finding one takes more seeds"
RESOLVING_ONE = (
    "{images} at {seeds} tell a point to about ± {half} points; to tell techniques apart, more seeds are needed."
)
BILL_LONG = "Shorter: {hints}."
HINT_SEEDS = "3 seeds, {time}"
HINT_ARM = "without {title}, {time}"
HINT_BUDGET = "up to {budget} per class, {time}"
SHORT_CLASS = "Class '{name}' has only {labels} to give; at {budgets} per class it gives what it has."
SHORT_OTHERS = "The same holds for {n}."
MORE_ARMS = "More techniques"
MORE_SETTINGS = "How they are judged"
NO_ARMS = "Choose at least one technique."
PLAN_ALT = "An empty figure: its axis already shows {n}; the curves appear when the study runs."
TOO_MANY_TRIALS = "On this server a study may have at most {most} trials; this one has {trials}. Take fewer seeds."

# ---- compare: a study ------------------------------------------------------------------------------------------

TRIALS = "{done} of {trials}"
TRIAL = "{title}, {budget}, seed {seed}"
TIME_RUNNING = "{elapsed} so far, {left} left"
TIME_UNTIL = "{elapsed} so far, at most {left} left"
TIME_STARTING = "{elapsed} so far"
TIME_LATE = "{elapsed} so far, later than planned: the machine may be busy"
TIME_DONE = "took {elapsed}"
TIME_QUEUED = "waiting for the engine to start"
TIME_NEXT = "waiting for what the engine is doing"
TIME_BEHIND = "waiting; {ahead} ahead of it"
CANCEL = "Cancel"
CANCEL_TIP = "Stops within seconds. Finished trials are kept, and the study can be resumed."
RESUME = "Resume"
RESUME_TIP = "Runs what is missing or failed. Finished trials are kept and not run again."
RETRY = "Run the failed again"
NEW_STUDY = "New study"
NEW_STUDY_TIP = "Back to the plan, filled in as for this study, which stays in the list of earlier studies."
KEPT = "Cancelled; the {done} finished trials are kept."
KEPT_ONE = "Cancelled; the one finished trial is kept."
KEPT_NONE = "Cancelled before a trial was finished."
FINISHED_TOAST = "The study is finished."
AT_WORK = "Trials at work, and how far each is"
FAILED_SOME = "{n} of {trials} failed; the rest counts."
FAILED_ALL = "Every trial failed. What went wrong stands below; press Resume when it is mended."
FAILURES = "Failed trials ({n})"
FAILURE_GROUP = "**{n} × {message}**  \n{where}"
HOLLOW = "Hollow marks: fewer seeds than planned."
NOTES = "Notes ({n})"
NOTE_TRIALS = "{trials}: {where}"
NUMBERS = "Numbers"
DATA_WARNINGS = "Warnings about the data ({n})"
NUMBERS_NOTE = "{metric}: mean (95 % interval) at each number of labelled images."
CSV_TRIALS, CSV_CURVES = "Trials (CSV)", "Curves (CSV)"
CSV_TRIALS_TIP = "One row per trial, with every score."
CSV_CURVES_TIP = "The means and intervals of the figure, under the score chosen above, with the seconds of a fit."
ZIP = "Everything (zip)"
ZIP_TIP = (
    "What the command line writes: the figure, the curves and every trial as tables, what was noticed, the class "
    "probabilities of every judging image, and a README that explains all of it and how to run the study again."
)
PICTURE_NOTE = "PNG and SVG, with the finding on them: move over the figure and use its upper right corner."
SHARE_LINK = "Share: link, files, how to cite"
STUDY_FACTS = "How it was run"
FACT_DATA, FACT_ARMS, FACT_BUDGETS, FACT_SEEDS = "Data set", "Techniques", "Budgets", "Seeds"
FACT_SEEDS_MOST = "at most {n}, until the verdicts settle"
FACT_WEIGHTS = "Pretrained weights"
VERDICTS = "Which technique helps, and how sure is that?"
VERDICTS_NONE = "There is nothing to compare yet: two techniques need a finished trial at one seed."
VERDICTS_NOTE = (
    "Difference at the same seeds, labels and judging images, with its {confidence} % interval. “Helps” or “hurts” is "
    "said so that one technique under two names is told apart in at most 5 % of whole studies; “no practical "
    "difference” where the interval lies within ± {practical} {unit}, the grey strip. A hollow mark is not clear yet."
)
AGAINST, AGAINST_TIP = "Compared with", "Every other technique is held against this one."
PRACTICAL = "Not worth acting on, {unit}"
PRACTICAL_TIP = "A difference this small would not make you choose one technique over the other."
VERDICT_AT, VERDICT_WHOLE = "At", "Whole curve"
VERDICT_AT_TIP = "The whole curve is the mean difference over all budgets, every doubling of labels counting alike."
POINTS, HUNDREDTHS = "points", "hundredths"
GAINS_AXIS = "{metric} less that of {against}, {unit}"
GAINS_ALT = "{axis}: {told}."
GAIN_TOLD = "{title} {told}, {verdict}"
FORECASTS = "What more labels may bring"
FORECASTS_NOTE = (
    "A forecast is no measurement. Rules of growth are fitted to the curve, moved to its last point, and weighed by "
    "how well each foretold its last budgets. There is none beyond four times the labels, and none where a curve is "
    "too short or falls."
)
CLASSES = "Which class lacks labels?"
CLASSES_NONE = "No trial of {title} has finished that judged a class."
CLASSES_ARM, CLASSES_ARM_TIP = "Technique", "At first the one that came furthest."
CLASSES_AXIS = "Share of each class that {title} recognises"
CLASSES_LEAD = "With {n} labelled images, {title} recognises {least} least, {most} most."
CLASSES_ALIKE = "With {n} labelled images, {title} shows no class that it recognises less: {score} of each."
CLASSES_ALT = "{axis}, the least first. {told}."
CLASSES_SAVED = "{name} · recall of each class · dotted: mean over the classes · band: 95\u00a0% interval"
CLASSES_NOTE = (
    "Share of the judging images of a class that are recognised (recall); the class that is recognised least comes "
    "first. Line and band as in the figure above, from the images of that class alone: where few of them judge, the "
    "band is wide. Dotted: the mean over the classes, which is balanced accuracy. A class that lies below it and still "
    "rises is where more labels may bring most; one that is flat needs something else, such as better images."
)
CLASS_TOLD = "“{name}” {score} ({interval})"
CLASS_POINT = "{n} labelled images: {score} (95\u00a0% interval {interval}), {seeds}"
CLASS_SHORT = "had no more labels"
CLASS_UNJUDGED = "no judging image"
SCORE_NEEDED = "Score that you need"
SCORE_NEEDED_PERCENT = "Score that you need, %"
SCORE_NEEDED_TIP = "How many labels each technique is likely to take for it."
FACT_FREE, FACT_FREE_NONE = "Carries no meaning", "nothing, as far as was said"
FACT_SHARE, FACT_LIMIT, FACT_VERSIONS = "Judging images", "Time limit of a trial", "Made with"
FACT_SHARE_GIVEN = "the data set's own test images"
FACT_SHARE_DRAWN = "{share:.0f} % of each class, drawn anew for each seed"
FACT_SHARE_GROUPS = "whole groups, about {share:.0f} % of each class, all about equally often over the seeds"
FACT_SHARE_NAMED = "{share}: {seeds}"
FACT_SHARE_SEED = "seed {seed} {groups}"
FACT_FINGERPRINT = "{name}, fingerprint {fingerprint}"
EARLIER_STUDIES = "Earlier studies"
OPEN_EARLIER_TIP = "Opens this study; the address of the page then links to it."
NO_EARLIER = "Studies that you run are listed here."
UNKNOWN_STUDY = "There is no study under this address; it was deleted or never existed."
CURVES_ALT = "Score against the number of labelled images. {headline}."
CURVES_ALTS = {
    "labels": CURVES_ALT,
    "labelling": "Score against the time of labelling. {headline}.",
    "computing": "Score against the time of computing one fit. {headline}.",
}
GRID_ALT = "Grid of trials: {told}."
GRID_KEY = "□ waiting · ◆ running · ■ done · ✕ failed · ╱ not run"
GRID_COLUMNS = "columns: {first} to {last}, not the axis above"

# ---- techniques: what their pages share ------------------------------------------------------------------------

SECTION_DATA, SECTION_TECHNIQUES, SECTION_COMPARE, SECTION_SHARE = "Your data", "Techniques", "Compare", "Share"
TECHNIQUE = "Technique"
TECHNIQUE_TIP = "What it does stands below; when it fails, and whose work it follows, under {more}."
TECHNIQUE_MORE = "More about it"
FAILS = "Its limits: {when}"
FOLLOWS = "After {paper}"
DEFAULTS = "Back to the defaults"
DEFAULTS_TIP = "Every setting of this technique as it was at the start."
PREVIEW_FIRST = "The engine starts and makes the first pictures; this takes some seconds once."
PREVIEW_NEXT = "The engine is at work; these pictures come next."
PREVIEW_WAITING = "Drawing …"
PREVIEW_PROGRESS = "{share:.0f} % done"
PREVIEW_CANCEL_TIP = "Stops within seconds; what was kept before stays."
PREVIEW_AGAIN = "Try again"
TRY_TITLE = "Does it help here?"
TRY_LEAD = "A small study on your images: **{arm}** against **{against}**, {budgets}, {seeds}."
TRY = "Try it ({time})"
TRY_TIP = "Starts when the engine is free; you may leave this page. The study stays in the list of earlier studies."
TRIED_NAME = "{data}: {arm}"
ADD = "Add to the comparison"
ADD_TIP = "Puts it among the techniques of the Compare page, with these settings."
ADDED = "{arm} is now among the techniques of the Compare page."
OPEN_STUDY = "Open on the Compare page"
OPEN_STUDY_TIP = "The same study with its grid, notes, numbers and downloads."
NAME_TAKEN = "There is a ready-made arm '{name}'. Give this one another name."
OWN_ARMS = "Composed by you"
OWN_ARM_TIP = "Made on the pages of the techniques: {spelled}"
REMOVE = "✕ :gray[{title}]"
REMOVE_TIP = "Takes {title} out of the list."

# ---- augment ---------------------------------------------------------------------------------------------------

AUGMENT = "Augment"
AUGMENT_TIP = "See on your images what turning, shifting and other changes do, and whether they are safe"
AUGMENT_EMPTY = "No data set yet. Here you will see on your own images what augmentation does, and whether it is safe."
AUGMENT_NO_IMAGES = "No labelled image is left that does not judge, so there is none to show."

# ---- transfer --------------------------------------------------------------------------------------------------

TRANSFER = "Transfer"
TRANSFER_TIP = "See your images as a network sees them that has learnt from photographs, and which layers serve you"
TRANSFER_EMPTY = (
    "No data set yet. Here you will see a map of your own images, as a network that knows photographs sees them."
)
TRANSFER_LEAD = (
    "A network that has learnt from a million photographs describes each of your images by some thousand numbers. "
    "Images that it finds alike lie close together here. Where your classes part by themselves, few labels may suffice."
)
TRANSFER_POOL = (
    "Shown is what techniques may learn from at seed 0: {shown} of the pool. Images that judge at this seed are left "
    "out, here and in every number below."
)
SHOWN_ALL, SHOWN_SOME = "all {n:,} images", "{m:,} of the {n:,} images, evenly taken,"
MAP_TITLE = "Your images, as the network sees them"
MAP_KIND = "Map"
MAP_KIND_TIP = (
    "Widest plane: a straight look at the features from the side from which they lie widest apart (PCA). Neighbours: "
    "a bent map that keeps images together which are most alike (t-SNE); it takes up to a minute."
)
MAP_KINDS = {"plane": "Widest plane", "neighborhoods": "Neighbours"}
MAP_DEPTH = "Layers"
MAP_DEPTH_TIP = "Early layers know edges and texture, middle ones know parts, the last one knows objects."
DEPTHS = {"early": "Early", "middle": "Middle", "last": "Last", "all": "All"}
MAP_COLOR = "Colour"
MAP_COLOR_TIP = (
    "Class: what your labels say. Group: patient, plate or slide; if the map parts by group, the network sees how the "
    "images were made. Errors: which images a classifier got wrong that had not learnt from them."
)
MAP_COLORS = {"class": "Class", "group": "Group", "error": "Errors"}
MAP_PLANE = "These two directions hold {share} of the variance of the features."
MAP_NEIGHBORHOODS = (
    "t-SNE, {perplexity:.0f} neighbours: who lies beside whom means something. Distances between clusters, and their "
    "sizes, are not meaningful."
)
MAP_KEYS = "Move over a point to see its image, click it to see its neighbours; arrow keys and Enter do the same."
MAP_AXIS = "direction {number}, {share} of the variance"
MAP_ALT = "Map of {n:,} images by features of the layers: {depth}, coloured by {color}. {told}"
MAP_UNLABELED = "not labelled"
MAP_NO_GROUP = "no group"
MAP_OTHERS = "{n} others"
MAP_RIGHT, MAP_WRONG, MAP_UNASKED = "answered right", "answered wrong", "not asked"
MAP_SAID = "said to be {name}"
MAP_DESCRIBING = "The network looks at every image, once; whatever a comparison has described is taken from there."
MAP_DESCRIBE = "Describe the images ({time})"
MAP_DESCRIBE_TIP = "The network looks at every image. What it sees is kept, for this page and for comparisons."
DEPTH_TITLE = "Which layers tell your classes?"
DEPTH_NOTE = (
    "Balanced accuracy of logistic regression, with its 95 % interval over {units}. {n:,} labelled images of the pool "
    "were each answered by what the others teach, in {folds} parts; {together}none of them judges at seed 0. "
    "Dotted: guessing. Intervals do not contain the luck of which images taught."
)
DEPTH_TOGETHER = "groups and copies stay together, "
UNITS_COPIES = "{n:,} different images (copies count once)"
DEPTH_ALT = "Balanced accuracy by layers: {told}."
DEPTH_ONE = "{name} {score:.0f} % ({low:.0f} to {high:.0f} %)"
NEIGHBORS_TITLE = "Most alike"
NEIGHBORS_ITEM = "Image"
NEIGHBORS_ITEM_TIP = "Its nearest neighbours in the pool are shown. A click on the map chooses one, too."
NEIGHBORS_NOTE = (
    "{same} of {n} neighbours with a label are of the same class. Likeness is the cosine of the features, 1 at most."
)
NEIGHBORS_NO_CLASS = "Likeness is the cosine of the features, 1 at most. This image has no label."
NEIGHBORS_KIN = "{n} of them are copies of this image or of its group, and tell little."
NEIGHBORS_ONE_KIN = "1 of them is a copy of this image or of its group, and tells little."
NEIGHBORS_ALIKE = "likeness {cosine:.2f}"
NETWORKS_TITLE = "Networks that can describe images: licence, size, and which are here"
NETWORKS_NOTE = "Weights are files on this machine; nothing is downloaded by itself."
NETWORK_USE, NETWORK_USED = "Use", "In use"
NETWORK_USE_TIP = "Describes your images by {name}; what it sees is computed once."
NETWORK_SIZE = "{size:.0f} MB"
NETWORK_OWN = "Your own network"
NETWORK_OWN_NOTE = "Any architecture of timm with a file of its weights: name both in the settings."
NEIGHBORS_SELF = "chosen"
DEPTH_ASK = "Ask the layers"
DEPTH_ASK_TIP = "Fits a classifier on each depth, inside the pool; takes some seconds."
COMPOSED = "{title} ({settings})"

# ---- self-supervised -------------------------------------------------------------------------------------------

SELF = "Self-supervised"
SELF_TIP = "Let your unlabelled images teach a network to see, and look at what it has learnt"
SELF_EMPTY = "No data set yet. Here you will see what your own images can teach a network without labels."
SELF_TASKS = {
    "contrastive": "The task: which two pictures are of the same image?",
    "autoencoder": "The task: restore what is blanked",
    "rotation": "The task: how was it turned?",
}
SELF_TASK_NOTES = {
    "contrastive": "In each row an image and the views of it that the network meets: it learns to tell them from those "
    "of all other images. Whatever differs between views of one image, it learns to overlook; if that is what tells "
    "your classes apart, correct the answers above.",
    "autoencoder": "In each row an image and what the network is given: squares are blanked anew each time, and it "
    "learns to fill them in from what is left.",
    "rotation": "In each row the four turns that the network meets; it learns to tell which one it sees.",
}
SELF_IMAGE = "image"
SELF_SHOWN = {
    "contrastive": "view {number}",
    "autoencoder": "given {number}",
    "rotation": "turn {number}",
}
SELF_SIZE = "Shown as large as the network takes them: {height} × {width} px. All are of the pool of seed 0."
SELF_TEACH_TITLE = "What the pool teaches"
SELF_STEPS = "Teach for"
SELF_STEPS_TIP = (
    "A comparison teaches for all steps that are set, once for each seed. A few of them show which way it goes; a "
    "network that was taught less may look worse than it becomes."
)
SELF_STEPS_FEW = "{steps} steps, a first look ({time})"
SELF_STEPS_ALL = "{steps} steps, as in a comparison ({time})"
SELF_TEACH = "Teach the network ({time})"
SELF_KEPT = "kept from before"
SELF_TEACH_TIP = "The images of the pool teach, no label does. What was taught is kept, for comparisons too."
SELF_TEACH_NOTE = (
    "Nothing was taught with these settings yet. Here you will see how the loss fell, and the map of what the network "
    "sees before and after. A comparison teaches one network for each seed ({time})."
)
SELF_LOSS = {
    "contrastive": "loss, nats",
    "autoencoder": "squared error",
    "rotation": "loss, nats",
}
SELF_NAMES = {"contrastive": "Views", "autoencoder": "Blanks", "rotation": "Turns"}
SELF_LOSS_TITLE = "{task}: the loss over {steps:,} steps"
SELF_LOSS_NOTES = {
    "contrastive": "Guessing would stay near the first value; the lower, the surer views of one image are found.",
    "autoencoder": "In units of the variance of the images: 1 is what the mean of all images would reach.",
    "rotation": "Guessing among four turns gives 1.39.",
}
SELF_LOSS_ALT = "The loss went from {first:.2f} to {last:.2f} in {steps:,} steps."
SELF_SPREAD = "Its descriptions spread over {spread:.0f} % of the range; near 0 it would see all images alike."
SELF_RESTORED = "What it restores"
SELF_RESTORED_NOTE = "Image, what the network was given, and what it made of it; images of the pool, blanked anew."
SELF_MAPS = {"before": "Before teaching", "after": "After teaching"}
SELF_MAP_ALT = "{title}: map of {n:,} images by what the network sees, coloured by class. {told}"
SELF_MAP_SCORE = (
    "Logistic regression on it: balanced accuracy **{score:.0f}\u00a0%**, 95\u00a0% interval {low:.0f} to "
    "{high:.0f}\u00a0%. The plane holds {share:.0f} % of the variance."
)
SELF_MAP_NOTE = (
    "Both are of seed 0. {n:,} labelled images of the pool were each answered by what the others teach, in {folds} "
    "parts; intervals are over {units}, and no image that judges at that seed is among them."
)
SELF_LABELS_NOTE = "Colours are your labels; the network has not seen them."
# ---- denoise ---------------------------------------------------------------------------------------------------

DENOISE = "Denoise"
DENOISE_TIP = "See on your images what each denoiser takes away, and whether cleaner images need fewer labels"
DENOISE_EMPTY = "No data set yet. Here you will see one of your own images under every denoiser, side by side."
IMAGE_CLASS, IMAGE_NUMBER = "Image of class", "Number"
IMAGE_CLASS_TIP = "Images that judge at seed 0 are not shown here, and no denoiser learns from them."
IMAGE_NUMBER_TIP = "Which of the {n} images of this class that do not judge at the first seed."
WALL = "One image under every denoiser"
WALL_LABEL = (
    "The same image under every denoiser. Arrow keys move all pictures, plus and minus zoom, 0 shows everything."
)
WALL_HINT = "All pictures move together: drag, double click, Ctrl + wheel, or the keys + − 0 and arrows."
WALL_CHOOSE = "Look at this one below, with its settings on the left"
WALL_COMING = "being made …"
WALL_WORDS = "What a denoiser chooses or learns by itself, it takes from images that do not judge at the same seed."
WALL_PSNR = "PSNR says how near this one image is to the one without noise; higher is nearer."
ZOOM_IN, ZOOM_OUT, ZOOM_ALL = "Zoom in", "Zoom out", "Show all"
AS_GIVEN, NOISY, CLEAN = "As it is", "With added noise", "Without noise"
PSNR = "PSNR {value:.1f} dB"
CLEAN_NOTES = {
    "the clean images beside the data": "from the data set",
    "the images before noise was added": "before it was added",
}
TO_LEARN = "It has to learn from your images first: press its button."
LEARN_LEAD = "**{title}** learns from the pool before it can clean."
LEARN = "Let it learn ({time})"
LEARN_TIP = (
    "Runs beside everything else, and you may leave the page. A comparison with these settings uses what it has learnt."
)
CLOSEUP = "A closer look: {title}"
CLOSEUP_FIRST = "Before and after, what was taken away, and how much noise is left."
BEFORE, AFTER = "Before", "After"
BEFORE_AFTER_LABEL = "Where the picture before ends and the picture after begins, in percent of the width"
RESIDUAL = "What was taken away"
RESIDUAL_NOTE = "Grey: nothing; white and black: {percent:.1f}\u00a0% of white or more. Noise has no shapes."
RESIDUAL_NOTHING = "Nothing: the image was left as it is."
NOISE_ROW = "Noise, % of white"
PSNR_ROW = "PSNR"
SSIM_ROW = "SSIM"
FIGURES_OF = (
    "Mean over {n} images of the pool of seed 0, which do not judge there. The noise is estimated from the finest "
    "details, so fine texture counts as noise."
)
TRUTH_OF = "PSNR and SSIM compare with {what}, values from 0 to 1."
HIDDEN = "Error at hidden pixels {loss:.2g}, against {neighbours:.2g} for the mean of their four neighbours."
HIDDEN_TIP = (
    "Some pixels are hidden and predicted from the rest; the mean squared error is told, for values from 0 to 1. Noise "
    "cannot be predicted, so a good denoiser reaches about the variance of the noise."
)
RESIDUAL_IS_NOISE = (
    "What was taken away is hardly alike at pixels near each other (correlation {value:.2f} at most). A few bright "
    "places hardly count in that: look at its picture."
)
HIDDEN_WORSE = "It predicts hidden pixels worse than the mean of their four neighbours does."
AUTOCORRELATION = "Is what was taken away alike nearby?"
AUTOCORRELATION_DISTANCE, AUTOCORRELATION_VALUE = "distance, pixels", "correlation"
AUTOCORRELATION_BAND = "too little to be told"
AUTOCORRELATION_ALT = (
    "Correlation of what was taken away with itself; the strongest is {value:.2f}, {lag} pixels along the {direction}."
)
DIRECTIONS = {"columns": "along the columns", "rows": "along the rows"}
CALIBRATION = "How the strength was chosen"
CALIBRATION_LOSS = "error at hidden pixels"
CALIBRATION_CHOSEN = "chosen"
CALIBRATION_FLOOR = "the noise alone"
CALIBRATION_CHANNEL = "channel {n}"
CALIBRATION_FIRST = ", the first {shown} of {n} channels"
CALIBRATION_ALT = "Error at hidden pixels against the strength; chosen: {chosen} (0 = left as it is)."
NOT_CALIBRATED = (
    "No strength was chosen on the images: it is set on the left, or this technique has none. Set it to 'auto' to see "
    "here how each strength predicts hidden pixels."
)
SAME_NOISE = "The same noise is added on both sides, to the images that teach and to those that judge."
NOISE_WORDS = "{kind} noise, {strength}"
CLEANED_ARM = "CNN + {title}"
NOISY_ARM = "CNN, noise not cleaned"
PAIRED = "What cleaning did to {metric}: {arm} minus {against}"
PAIRED_BUDGET, PAIRED_POINTS, PAIRED_INTERVAL = "Labels", "Difference, points", "95 % interval"
PAIRED_VERDICT, PAIRED_ITEMS = "Cleaning", "Seeds × judging images"
PAIRED_NOTE = (
    "At each seed both learnt from the same labels and were judged by the same images. Where cleaning changes nothing, "
    "“helps” or “hurts” stands in at most 5 % of such tables (Holm); “no practical difference” says that the interval "
    "lies within one point. The whole curve is the mean over all doublings of labels."
)
CHANGED = {
    "orientation": "if not: may be turned and mirrored",
    "intensity": "if not: may change brightness and contrast",
    "position": "if not: may be shifted and resized",
}
AUGMENT_VIEWS = "One image of each class, and twelve views of it as a network in training would see them."
AUGMENT_BLENDED = "One image of each class, and six blends of it with the others, with the share of each class."
AUGMENT_ORIGINAL = "original"
AUGMENT_ALT = "An image of {name} and {n} views of it."
AUGMENT_IDLE = (
    "This changes nothing here: all that it would change may carry the class. Answer one of the questions above "
    "with No where you know better, or choose another technique."
)
AUGMENT_CLASSES = "Classes"
AUGMENT_CLASSES_TIP = "Which classes are shown; all of them are learnt from."
AUGMENT_RANGE = "{first} to {last} of {n}"
AUGMENT_IMAGES = "Other images"
AUGMENT_IMAGES_TIP = "The next image of every class. A class by its name takes the next image of this class alone."
AUGMENT_DRAW = "Draw again"
AUGMENT_DRAW_TIP = "Other views of the same images: each of them is drawn by chance."
AUGMENT_NEXT_TIP = "The next image of {name}"
TRY_ON = "Try it on"
TRY_ON_TIP = (
    "The small CNN sees new views in every step of its training. A network with fixed features sees a few views of "
    "each image, and its answers about them are averaged."
)
TRY_ON_ONE_TIP = "Only a network that is trained can learn from blended images; fixed features are of single ones."
SAFETY = "Does a network still know them?"
SETTINGS_IDLE = (
    "No effect here: {settings}. By the answers above, what would change may carry the class. Answer “No” there if it "
    "does not; until then it is left out."
)
SAFETY_LEAD = (
    "A frozen network names images as they are. Then each change is made to them by itself, always. One that turns "
    "more than a fifth of its sure answers into others may take the class away."
)
SAFETY_WAITS = "Judged when the views are drawn."
SAFETY_BLENDS = (
    "Blends have shares of several classes and no one right answer, so this is about the views beneath them. Each "
    "change is made by itself, always; one that turns more than a fifth of a frozen network's sure answers into others "
    "may take the class away."
)
SAFETY_UNSURE = (
    "The network was sure of only {sure} of {asked} images, and it takes {least} to judge. It learnt from {taught} "
    "labelled images; bring more labels, or judge by your own eyes."
)
SAFETY_FLAGGED = (
    "Look closely: {names} changed more than a fifth of these sure answers. Make the change weaker, choose a technique "
    "without it, or answer Yes above to what it changes."
)
SAFETY_FINE = "No change by itself turned more than a fifth of the {n} sure answers into others."
SAFETY_FIGURE = "{changed} of {n} answers changed ({share:.0f} %)<br>95 % interval {low:.0f} to {high:.0f} %"
SAFETY_EXAMPLE = "here: {was}, then {became}"
SAFETY_KEPT = "here: {was}, as before"
SAFETY_N = (
    "The network learnt from {taught} labelled images and was asked about {asked} others of the pool of seed 0, one "
    "view of each. It was sure of {sure} (80 % and more), and right about {right} of these."
)
BLIND = "Do you still know them?"
BLIND_LEAD = (
    "Name {n} images by yourself, each once as the augmentation makes it and once as it is, in a mixed order. What you "
    "name as it is but not when it is augmented has lost its class; what you never name is merely hard."
)
BLIND_START = "Start the check"
BLIND_START_TIP = "Nothing is kept beyond this visit; your answers stay in this browser tab."
BLIND_AGAIN = "Start again"
BLIND_AGAIN_TIP = "Other images, with the settings as they are now."
BLIND_OTHER = "These images were drawn with other settings; start again to check those of now."
BLIND_BLENDS = "Blends belong to several classes at once; here only the views beneath them are asked about."
BLIND_QUESTION = "Which class is this?"
BLIND_PROGRESS = "Question {now} of {n}"
BLIND_ALT = "The image to be named"
BLIND_CANNOT = "I cannot tell"
BLIND_CANNOT_TIP = "Counts as not named."
BLIND_PLAIN, BLIND_AUGMENTED = "As they are", "Augmented"
BLIND_PLAIN_TIP = "Images that you named rightly as they are: the control."
BLIND_AUGMENTED_TIP = "The same images, named rightly as the augmentation makes them."
BLIND_OF = "{right} of {n}"
BLIND_VERDICTS = {
    "hard": (
        "You named {plain} of {n} images rightly as they are. That is too few to judge the augmentation by: these "
        "images are hard for the eye alone."
    ),
    "destroys": (
        "The augmentation takes the class away: {lost} of the {plain} images that you know as they are were lost by "
        "it, more than chance would do (p = {chance:.2g}, sign test). Choose weaker settings, or answer Yes above to "
        "what it changes."
    ),
    "perhaps": (
        "{lost} of the {plain} images that you know as they are were lost when augmented. That may be chance "
        "(p = {chance:.2g}, sign test), but up to {most:.0f} % may be lost (95 % limit). Start again for more images."
    ),
    "safe": (
        "Nothing speaks against it: {lost} of the {plain} images that you know as they are were lost when augmented. "
        "So few images still allow that up to {most:.0f} % lose their class (95 % limit)."
    ),
}
CODE = "Take it elsewhere"
CODE_LEAD = "The same pipeline in Python, for your own training; it needs the package albumentations."
CODE_BLENDS = "The views beneath the blends in Python; blending itself is done on whole batches, after them."
CODE_SERIALISED = "The same in one line, as the technique {title} takes it; change it there as you like."
CODE_NONE = "There is no pipeline of albumentations here, so there is nothing to show."
# ---- pseudo-label ----------------------------------------------------------------------------------------------

PSEUDO_LABEL = "Pseudo-label"
PSEUDO_LABEL_TIP = "See what a model believed of your unlabelled images, round by round, and where it was wrong"
PSEUDO_EMPTY = "No data set yet. Here you will see what a model believes of your unlabelled images, round by round."
PSEUDO_LEAD = (
    "A model guesses labels of the images that nobody labelled, keeps those it is surest of, and learns from them. "
    "Here you see what it believed, and what that was worth."
)
POOL_MODEL = "Model that it stands on"
POOL_MODEL_TIP = "What learns from the labels, and then from the pool. Combinations that cannot work say why."
POOL_MODEL_SETTINGS = "Settings of the model"
POOL_BUDGET = "Labels per class"
POOL_TOTAL = "Labels in all"
POOL_BUDGET_TIP = "How many labels are given; all other images that may teach are the unlabelled pool."
POOL_SEED = "Seed"
POOL_SEED_TIP = "Which draw of labels and of judging images; the same number draws the same images for every technique."
POOL_FACTS = "What carries the class in these images"
POOL_SOURCE = "What to look at"
POOL_SOURCE_TIP = (
    "One fit with the settings of this page, or a trial of a study that has run. Both are made by the same code, with "
    "the same images."
)
POOL_SOURCES = {"fit": "One fit with these settings", "study": "A trial of a study"}
POOL_STUDY, POOL_ARM = "Study", "Technique"
POOL_STUDY_TIP = "Studies on these images in which a technique learnt from the unlabelled pool, newest first."
POOL_ARM_TIP = "Techniques of this study that learnt from the pool and have a finished trial."
POOL_NO_STUDY = "No study on these images has a finished trial of a technique that learns from the pool. Try one below."
POOL_MAKE = "Make this fit ({time})"
POOL_MAKE_TIP = "One fit, as a trial of a study makes it, without the judging. You can stop it."
POOL_MAKE_LEAD = "This fit takes a while on this machine, so it is made when you ask for it."
POOL_OLD = "The fit that you chose is being made; until then the one before is shown."
POOL_SO_FAR = (
    "**{share}** of the {m} unlabelled images were believed in round {round}, the last one so far. Whether they are "
    "right is looked up after the last round."
)
POOL_RAILS_LATER = "It tells this after the last round."
POOL_BELIEVED = "**{share}** of the {m} unlabelled images were believed in the last round"
POOL_RIGHT = ", and of those whose truth is known **{accuracy}** were right{sure}."
POOL_RIGHT_SURE = " (95\u00a0% interval {low} to {high}, n\u00a0=\u00a0{n:,})"
POOL_TRUTH_NONE = "; what they truly are is known of none."
POOL_NOTHING = "Nothing was believed of the {m} unlabelled images."
POOL_TRUTH = (
    "Right or wrong is looked up after the last fit, for this display alone: no technique sees these labels, and no "
    "image that judges is used here. The interval takes images for independent of each other."
)
POOL_ROUNDS = "Round by round"
POOL_ROUNDS_TIP = (
    "How much of the pool was believed, and how much of that was right. A share of right ones that falls while more is "
    "believed means that wrong labels begin to teach."
)
POOL_ROUNDS_ALT = "Round by round, believed share of the pool and share of right labels: {told}."
POOL_UNKNOWN = "unknown"
POOL_CLASSES = "Class shares in the last round"
POOL_CLASSES_TIP = (
    "Where the filled dot is far from the open one, the pool is of another mixture than your labels, or one class is "
    "forced upon images of another. The tick shows the truth, where it is known."
)
POOL_CLASSES_ALT = "Share of each class among labelled images and among what is believed of the pool: {told}."
POOL_THRESHOLD = "How sure the network had to be"
POOL_THRESHOLD_TIP = (
    "The threshold starts at chance and follows how sure the network is. Images over it teach; where few are, the pool "
    "is hardly used."
)
POOL_THRESHOLD_ALT = "Threshold and share of images over it during training; in the end {threshold} and {used}."
POOL_RAILS = "What the technique says of itself"
POOL_RAILS_NONE = "It noticed nothing that speaks against the pool."
POOL_FACT_LABELED, POOL_FACT_POOL = "Labelled images", "Unlabelled pool"
POOL_FACT_PART, POOL_FACT_FOREIGN = "The pool's part of each answer", "Pool unlike every labelled image"
POOL_FACT_IMAGES = "{n:,} images"
POOL_MISTAKES = "The most confident mistakes"
POOL_MISTAKES_TIP = "Images of the pool whose believed label is wrong, the surest first."
POOL_MISTAKES_ROUND = "Round"
POOL_MISTAKES_ROUND_TIP = "Which round's beliefs are looked at."
POOL_MISTAKES_COUNT = (
    "Of {n:,} labels believed in round {round} whose truth is known, {wrong:,} are wrong, {shown} of them shown."
)
POOL_MISTAKES_NONE = "All {n:,} labels believed in round {round} whose truth is known are right."
POOL_MISTAKES_UNKNOWN = "Of no image believed in round {round} is the truth known."
POOL_MISTAKES_ASK = "Pictures need the fit once more: a study keeps figures, not which image was believed to be what."
POOL_CARD = "believed <b>{believed}</b>{sure}<br>is <b>{truth}</b>"
POOL_CARD_ALT = "{item}: believed {believed}{sure}, is {truth}"

# ---- guide -----------------------------------------------------------------------------------------------------

GUIDE = "Guide"
GUIDE_TIP = "Which technique for which situation, the survey's checks on your images, and where to learn more"
GUIDE_TITLE = "Guide"
GUIDE_PART = "Part of the guide"
GUIDE_PARTS = {
    "which": "Which technique",
    "order": "Order of work",
    "checks": "Checks of your images",
    "more": "Data, models, tutorials",
}
GUIDE_PART_TIP = "The guide follows A Survey of Deep Learning for Scientific Discovery (Raghu and Schmidt 2020)."
GUIDE_SEARCH = "Search"
GUIDE_SEARCH_TIP = "Words that must all occur, such as: few labels satellite"
GUIDE_SEARCH_EXAMPLE = "for example: one label"
GUIDE_TOPICS = "Topic"
GUIDE_TOPICS_TIP = "Only statements on these topics; none chosen means all."
GUIDE_MEASURED = "Only what was measured with this app"
GUIDE_MEASURED_TIP = "Statements that rest on this app's own tables, which you can reproduce."
GUIDE_COUNT = "{n} of {total} statements"
GUIDE_NONE = "No statement has all these words. Take a word away, or another topic."
GUIDE_SOURCE = "Source: {source}"
GUIDE_ORDER_LEAD = (
    "The survey draws deep learning in science as a loop of data, learning and validation (Raghu and Schmidt 2020, "
    "arXiv:2003.11755). The pages of this app stand in that order; go round more than once."
)
GUIDE_KIND, GUIDE_FIELD = "Kind", "Field"
GUIDE_KIND_TIP = "Only collections of these kinds; none chosen means all."
GUIDE_FIELD_TIP = "Only collections of these fields; none chosen means all."
GUIDE_MORE_COUNT = (
    "{n} of {total} collections. Addresses are text: this app opens none of them, and nothing is fetched."
)
GUIDE_NO_DATA = "No data set yet. Here the survey's checks will be run on your images."
CHECKS_LEAD = (
    "What the survey asks you to check before you believe a curve, on **{name}**. A check finds fault or not; it "
    "cannot tell that all is well."
)
CHECKS_RUN = "Run the checks ({time})"
CHECKS_RUN_TIP = "Four small computations on this machine, one after the other. Their results are kept."
CHECKS_STOP = "Stop"
CHECKS_STOP_TIP = "Gives up what is being computed; what is finished stays."
CHECKS_DONE = "All {n} computations are done."
CHECKS_ENDED = "{n} of {of} computations are done; the process that made the others ended."
CHECKS_NOW = "{done} of {n} done; now: {title}"
CHECKS_COMPARE = "Run a comparison"
CHECKS_COMPARE_TIP = "This check reads what a study found; the Compare page starts one."
NOT_RUN = "Not yet run."
NOT_RUN_STUDY = "Not yet run: it needs a study on these images."
STATE_GOOD, STATE_TOLD, STATE_LOOK, STATE_OPEN = "nothing found", "good to know", "look here", "not yet run"
HEART_TITLE = "Can it learn anything?"
HEART_WHY = "A network that cannot learn a few images by heart has a fault in data or training."
HEART_GOOD = "The small CNN calls all {n} labelled images that it was trained on by their right class: it can learn."
HEART_LOOK = (
    "The small CNN gets only {right} of {n} labelled images right that it was trained on. Look for wrong labels, for "
    "copies with different labels, and for details that are lost at 48 px."
)
SHIFT_TITLE = "Do judging images look different?"
SHIFT_WHY = "If a classifier tells the judging images from the others, a score on them means something else."
SHIFT_TOLD = (
    "A classifier tells judging images from those of the pool with an AUC of **{auc}** (95 % interval {low} to {high}; "
    "0.50 is guessing), n = {test} and {pool} images, {split}."
)
SHIFT_GIVEN, SHIFT_DRAWN = "the data set's own split", "the split of seed 0"
SHIFT_GOOD = "No difference that this could see."
SHIFT_SLIGHT = "They differ a little."
SHIFT_LOOK = "They differ: look for another instrument, day or site among the judging images."
FLOORS_TITLE = "What do simple answers reach?"
FLOORS_WHY = "What cannot beat these has learnt nothing that is worth a network."
FLOORS_TOLD = "{title}: **{mean} %**{sure}"
FLOORS_SURE = " (95 % interval {low} to {high} %)"
FLOORS_AT = "Balanced accuracy at {labels}; {seeds}, {n} judging images each."
GAP_TITLE = "Learnt or remembered?"
GAP_WHY = "A score that is far better on the images learnt from shows what was merely remembered."
GAP_TOLD = (
    "{title}, {labels}: **{learnt} %** on the {n_labeled} images learnt from, **{judged} %** on {n} judging "
    "images (balanced accuracy, mean of {seeds} seeds, which reach {low} to {high} %). The gap is {gap}."
)
GAP_GOOD = "That is small."
GAP_LOOK = "Whether more labels or augmentation would close it, a comparison tells."
SEEDS_TITLE = "How much is luck?"
SEEDS_WHY = (
    "The same technique with other labels drawn. Techniques that were run apart must differ by more than this spread; "
    "a comparison runs them on the same labels and judging images, and can tell less apart."
)
SEEDS_TOLD = (
    "{title}, {n:.0f} labelled images: {seeds} seeds reach {low} to {high} %, **{spread} points** apart "
    "(balanced accuracy; study “{study}”)."
)
SEEDS_BELOW = "The best two techniques are {gap} points apart, so that their order may be luck."
SEEDS_ABOVE = "The best two techniques are {gap} points apart, which is more."
SEEDS_ONE = "The study “{study}” has finished one seed; a spread takes two."
ERRORS_TITLE = "Have you seen the worst errors?"
ERRORS_WHY = "The surest wrong answers show wrong labels, doubtful classes and cues that should not count."
ERRORS_TOLD = (
    "{title}, {n:.0f} labelled images, seed {seed}: {wrong} of {m} judging images are wrong. The surest wrong answer "
    "of each class:"
)
ERRORS_NONE = "{title}, {n:.0f} labelled images, seed {seed}: all {m} judging images are right."
ERROR_CARD = "said <b>{said}</b>, {sure}\u00a0%<br>is <b>{truth}</b>"
ERROR_CARD_ALT = "{item}: said {said} with {sure} %, is {truth}"
COPIES_TITLE = "Are there copies?"
COPIES_WHY = "A copy on both sides of a split is judged by heart. Here copies stay on one side."
COPIES_GOOD = "No copies and no near copies were found among {n:,} images."
CUES_TITLE = "Does a trivial cue tell the class?"
CUES_WHY = "Size, brightness or border should not give the answer away."
CUES_GOOD = "Neither size nor brightness nor border tells the class well, as far as {n:,} images show."
MORE_FINDINGS = "All that was noticed stands on the Data page."

# ---- share -----------------------------------------------------------------------------------------------------

SHARE_TITLE = "Share"
SHARE_PAGE_TIP = "The figure, the link, the files and the words with which others can see, check and cite a study"
SHARE_EMPTY = (
    "No study is open. Once one has run, its figure, its link, its files and a paragraph for your paper will be here."
)
SHARE_EMPTY_GO = "Compare techniques"
SHARE_ADDRESS = "Link"
SHARE_HOSTED = "Opens this study, with all controls. Whoever has the link can open it, and nobody else finds it."
SHARE_ITSELF = (
    "Opens this study on this computer, not on another one: for somebody else, send the files, or start the app on a "
    "computer that others reach."
)
SHARE_NETWORK = "Opens this study, with all controls, for everybody who reaches this computer."
SHARE_FILES = "Files"
SHARE_NOT_YET = "The files come here when the study is over, and so does a paragraph for your paper."
SHARE_NOTHING = "No trial has finished, so that there is nothing to hand on but the link."
SHARE_SVG, SHARE_SVG_TIP = (
    "Figure (SVG)",
    "Drawn for white paper, as sharp at any size; opens in any browser or editor.",
)
SHARE_ZIP_SCORE = "The zip is under the score that the study was run with, {score}; its tables hold every score."
SHARE_CONTENTS = "What is in the zip"
SHARE_PAPER = "For your paper"
SHARE_PAPER_NOTE = (
    "How this study was run, and the works that its techniques and its statistics follow. Copy it with the button in "
    "its corner and check it against what you did: whether you tried settings on these images before, it cannot know."
)
SHARE_AGAIN = "Run it again"
SHARE_AGAIN_NOTE = (
    "In the folder of this program. FOLDER is where the results go; where it says PATH, it is that of your images. "
    "They are the same data where `{check}` tells the fingerprint `{fingerprint}`. If they were read with a table of "
    "groups of its own, add it with `--groups`; images that were stretched cannot be read so there. Techniques that "
    "were composed on a page go by their short names there."
)

# ---- label next ------------------------------------------------------------------------------------------------

LABEL_NEXT = "Label next"
LABEL_NEXT_TIP = "Which of your unlabelled images to label next, and what that order would have been worth"
LABEL_EMPTY = "No data set yet. Here you will see which of your unlabelled images to label next."
LABEL_LEAD = (
    "Labels cost your time. Here your unlabelled images stand in an order in which each new label may teach most, and "
    "the order is held against chance on the labels you have."
)
LABEL_MODEL = (
    "Images are compared, and classes guessed, as on the Transfer page: a network that has learnt from photographs, "
    "and logistic regression. Up to {few} labels per class, images come first that are typical of many others; from "
    "then on those between two classes."
)
LABEL_NONE = (
    "Every image that may be asked for has a label, so there is nothing to list. To bring images without labels, put "
    "them in a folder named `unlabeled` beside those of the classes, or leave their label empty in the CSV. What such "
    "a list would have been worth can be told from your labels alone, as follows."
)
LABEL_COUNT = "Images to list"
LABEL_COUNT_TIP = (
    "Label these, read the data again and come back: what is asked for next depends on the new labels. At most 1,000."
)
LABEL_DESCRIBING = "To choose among {n:,} images, each of them has to be described."
LABEL_TITLE = "Label these next"
LABEL_CSV = "List as CSV"
LABEL_CSV_TIP = "{images} in order, with the reason and the two most probable classes of each."
LABEL_WAYS = {
    "typical": "With {labeled}, images come first that are typical of a group in which few have one.",
    "undecided": "With {labeled}, images come first about which the model is undecided, spread over different looks.",
}
LABEL_SHOWN = "The first {shown} of {listed:,} are shown; {unlabeled:,} images have no label."
LABEL_LEFT_OUT = "{n:,} of these are not asked for, as they are copies or belong to images that judge."
LABEL_CONSIDERED = "To be quick, the list is chosen from {considered:,} of them, evenly taken."
LABEL_CARD = "{place} · {item}"
LABEL_ALT = "Number {place} to label: {item}, {reason}"
REPLAY_TITLE = "What this order would have been worth"
REPLAY_FEW = (
    "This takes at least {needs} labelled images that do not judge, copies not counted; this data set has {labeled} in "
    "all. Until then nothing tells whether this order is better here than a random one."
)
REPLAY_MAKE = "Hold it against random order ({time})"
REPLAY_MAKE_TIP = "Runs beside everything else, and you may leave the page. It can be cancelled and is kept."
REPLAY_NOTE = (
    "Your labelled images are treated as if they had no labels, which are then asked for in this order and in a random "
    "one, up to {last}. What a model learns from either is judged by images that the order has never seen; {seeds} "
    "times, with other images judging."
)
REPLAY_SO_FAR = "{done} of {seeds} seeds are done; what they say is told at the end."
REPLAY_JUDGES = "Judged by {n:,} different labelled images over {seeds}, at each by those that its orders never saw."
REPLAY_ALT = "Accuracy against the number of labels, asked for in this order and at random. {sentence}"
REPLAY_FAIR = (
    "Images that are labelled in this order are no fair sample of all. Let images judge that were drawn at random: "
    "keep a test split of your own (`split` in the CSV), or label some at random beside these."
)

# ---- understand ------------------------------------------------------------------------------------------------

UNDERSTAND = "Understand"
UNDERSTAND_TIP = "Where a technique of a study is wrong, how sure it is, and what it looks at"
UNDERSTAND_EMPTY = (
    "No study yet. Here you will see which images a technique takes for what, how far its confidence can be believed, "
    "and which labels deserve a second look."
)
UNDERSTAND_EMPTY_GO = "Compare techniques first"
UNDERSTAND_RUNS = (
    "The study **{name}** is {state}: {done} of {trials}. Of its finished trials you will see here which images a "
    "technique takes for what, how far its confidence can be believed, and which labels deserve a second look."
)
UNDERSTAND_RUNS_GO = "Look into this study"
UNDERSTAND_NONE_DONE = (
    "No trial of this study has finished yet ({state}, {done} of {trials}). Its answers appear here with the first one."
)
UNDERSTAND_ENDED = "No trial of this study has finished, so there are no answers to look at."
UNDERSTAND_WATCH = "Watch it on the Compare page"
LOOKED_ARM = "Technique"
LOOKED_FITTING = "The best of those techniques that this view can look into."
LOOKED_ARM_TIP = (
    "The techniques of this study that have finished trials. At first, the one of the best mean score; for maps and "
    "layers, of those that can be looked into."
)
LOOKED_BUDGET = "Labelled images"
LOOKED_BUDGET_TIP = "How many labels it was given. With more of them other mistakes remain."
LOOKED_SEED = "Seed"
LOOKED_SEED_TIP = (
    "A seed is one repetition, with other labels drawn and other images judging. All of them together show more images "
    "and say how often a mistake is repeated."
)
LOOKED_ALL, LOOKED_ONE = "all {n} together", "seed {seed}"
LOOKED_SCORE = "{metric}: **{score}**, mean of {seeds}."
LOOKED_AT = (
    "{answers:,} answers to {images:,} different images. Each was given by a model that had not learnt from that image."
)
LOOK = "What to look at"
LOOK_TIP = "All of it is about the one technique, the one number of labels and the seeds chosen on the left."
LOOKS = {
    "mistakes": "Mistakes",
    "confidence": "Confidence",
    "labels": "Labels to check",
    "maps": "Maps",
    "alike": "Layers",
}

CELL_WORST = "Most often mistaken: {label} answered as {answered}, {n} of {of} ({share})"
CELL_NONE = "Not one mistake among {n:,} answers"
MATRIX_ALT = (
    "Confusion matrix, a row per class and a column per answer. {headline}. "
    "Arrow keys move from cell to cell, Enter shows its images."
)
MATRIX_NOTE = (
    "Rows: the class an image has, with its number of answers. Each cell is a share of its row, right answers in blue. "
    "Press a cell to see its images."
)
CELL = "Images of one cell"
CELL_TIP = "The same as a press on the cell: the images of one class that were answered as one class."
CELL_WRONG = "{label} answered as {answered} ({n})"
CELL_RIGHT = "{label}, answered rightly ({n})"
CELL_SHOWN = "{shown:,} of {n:,} images, the surest answers first."
CELL_IMAGES = "Images: {cell}"
WORST = "Worst mistakes of each class"
WORST_TIP = "The images that were answered wrongly with the highest confidence. Wrong labels often come first here."
WORST_NONE = "no mistake"
WORST_COUNT = "{n} wrong"
CARD_AS = "as {answered}"
CARD_SURE = "{confidence} sure"
CARD_SEEDS = "{seeds} of {judged} seeds"
CARD_ONE_SEED = "1 of 1 seed"
CARD_ALT = "{item}: {label}, answered as {answered}, {confidence} sure"

SURE_EVEN = "On average as sure as it is right: {confidence} stated, {right} right"
SURE_TOO = "Too sure: {confidence} stated, {right} right"
SURE_LESS = "Less sure than it could be: {confidence} stated, {right} right"
SURE_ALT = "Share of right answers against stated confidence, in {bins}. {headline}."
SURE_HOW = (
    "Answers are sorted by their confidence into {bins} of equally many. On the dotted line, 80 % sure means 80 % "
    "right; below it, answers are too sure. Upright lines are 95 % intervals. Bars show how often each confidence "
    "was stated."
)
SURE_ERROR = "Expected calibration error"
SURE_ERROR_SAID = "{error} points, {told}"
SURE_BEYOND, SURE_WITHIN = "more than chance explains", "no more than chance may explain"
SURE_CHANCE = "By chance alone"
SURE_CHANCE_SAID = "{error} points were every confidence exactly right, and in 95 % of such cases {most} at most"
SURE_GAP = "Confidence above right answers"
SURE_GAP_SAID = "{gap} points (95 % interval {low} to {high})"
SURE_N = "Judged by"
SURE_N_SAID = "{answers:,} answers to {images:,} images at {seeds}; about {each:,} in a bin"
SURE_WHY = (
    "The error is the mean distance of the points from the dotted line, each counting by its answers. Intervals draw "
    "seeds and judging images anew 2,000 times, {unit}; the bins stay. Of a bin that is all right or all wrong this "
    "tells nothing; its interval is Wilson's, each {one} counted once. With few answers some error is left even where "
    "every confidence is right: how much, the line below it tells, as if an image were hard at all seeds or at none."
)
SURE_UNITS = {
    "groups": "whole groups at once",
    "copies": "all copies of an image at once",
    "images": "within each class",
}
SURE_ONE = {"groups": "group", "copies": "different image", "images": "image"}
SURE_PAPERS = (
    "Guo et al. 2017, arXiv:1706.04599; bins of equally many: Nguyen and O'Connor 2015, arXiv:1508.05154; "
    "by chance: Bröcker and Smith 2007, doi:10.1175/WAF993.1"
)

DOUBTS = "Please look at these labels again"
COPIES_DIFFER = (
    "**Copies of one image with different labels: {sets}.** At least one label of each is wrong, or the image holds no "
    "answer; no technique is needed to see it."
)
COPIES_SHOWN = "{shown} of {n} sets are shown; the list has all of them."
COPIES_EXACT, COPIES_NEAR = "{images}, the same to the last pixel", "{images}, nearly the same or turned"
COPY_LABEL = "label {label}"
COPY_ALT = "{item}: labelled {label}, its copies {others}"
DOUBTS_NONE = "No label is doubted: of every judging image, the label is what is believed most"
DOUBTS_NOTE = (
    "A ranked list, not a verdict: of these images another class is believed more than the label, by models that had "
    "not learnt from them. With few labels many of them are the model's own mistakes; trust your eyes. The rank is the "
    "mean probability of the label less that of the likeliest other class, over the seeds at which an image judged "
    "(normalized margin: Northcutt et al. 2021, arXiv:1911.00068)."
)
DOUBTS_MORE = "More labels give a better list: choose the largest number on the left."
DOUBTS_UNASKED = "{images} judged at none of these seeds and cannot be in this list; more seeds bring them in."
DOUBT_LABEL = "label {label} {confidence}"
DOUBT_BELIEVED = "seems {believed} {confidence}"
DOUBT_ALT = "{item}: labelled {label}, believed {believed}"
DOUBTS_CSV, DOUBTS_CSV_TIP = (
    "List (CSV)",
    "All of these images with file name, label, believed class, probabilities, and the labels of their copies.",
)
DOUBTS_SHOWN = "The {shown:,} most doubted of {n:,} judging images."

MAPS_TITLE = "Where it found its answers"
MAPS_METHOD = "Map"
MAPS_METHODS = {
    "class_activation": "Class activation",
    "grad_cam": "Grad-CAM",
    "smooth_gradients": "SmoothGrad",
    "occlusion": "Occlusion",
}
MAPS_METHOD_TIP = "How the map is made. What stands under each choice says how, and which technique can have it."
MAPS_ABOUT = {
    "class_activation": (
        "What each place of the network's last layer adds to the answer. Exact for the part of the technique that "
        "learns from the last layer: all places and a constant add up to its answer. Orange speaks for the answer, "
        "blue against it. Coarse: that layer has few places. (Zhou et al. 2016, arXiv:1512.04150)"
    ),
    "grad_cam": (
        "Which places of the last convolution speak for the answer, by the gradient of each channel; what speaks "
        "against it is left out. Coarse: that layer has few places. (Selvaraju et al. 2017, arXiv:1610.02391)"
    ),
    "smooth_gradients": (
        "Which pixels would change the answer most, averaged over 25 copies of the image with noise of a tenth of its "
        "range. It says how much a pixel counts, not for or against. (Smilkov et al. 2017, arXiv:1706.03825)"
    ),
    "occlusion": (
        "By how much the probability of the answer falls when a square is covered with the mean colour; blue where it "
        "rises. It asks the technique alone and needs no look inside. (Zeiler and Fergus 2014, arXiv:1311.2901)"
    ),
}
MAPS_IMAGES = "Images"
MAPS_IMAGES_TIP = "Judging images of one seed: the model of that seed is the one that is looked into."
MAPS_SETS = {"wrong": "surest mistakes", "right": "surest right answers", "unsure": "least sure answers"}
MAPS_NO_IMAGES = "There is no such image at seed {seed}. Choose others."
MAPS_WAIT = "The technique is fitted again for these maps, exactly as in the study; that took {seconds} there."
MAPS_OTHER = "This technique has no {wanted}; shown is {shown}."
MAPS_SEED = "Maps are of one fitted model: here that of seed {seed}."
MAPS_ANSWER = "answered {answered}"
MAPS_TRUE = "is {label}"
MAPS_CHECK = "head {head}, block {block}"
MAPS_NONE = "–"
MAPS_ALT = "{item}, answered as {answered}, and the map of that answer"
MAPS_SAME = "Its answers to all {n:,} judging images are the stored ones, to the last bit."
MAPS_SANE = "The maps depend on what was learnt: with its head drawn anew they are alike by {head} only"
MAPS_HALF = "The maps depend in part on what was learnt: with its head drawn anew they are alike by {head}"
MAPS_VAIN = "Do not trust these maps: with its head drawn anew they are still alike by {head}"
MAPS_UNCHECKED = "These maps could not be checked: the model that has forgotten gives none"
MAPS_HOW = (
    "The check under each map (Adebayo et al. 2018, arXiv:1810.03292): the head of the model is drawn anew, then also "
    "its last block, and the map is made again. The number is the rank correlation of the absolute values of both "
    "maps: near 1, the map does not depend on what was learnt and shows the image, not the model; near 0, it does."
)

ALIKE_WITH = "Compared with"
ALIKE_WITH_TIP = (
    "Another seed of the same technique, or another technique at the same seed and number of labels. Both are fitted "
    "again as in the study."
)
ALIKE_SEED = "the same technique, seed {seed}"
ALIKE_NOTHING = "There is no other finished trial at {budget} labels to compare with."
ALIKE_TITLE = "How alike the layers see the images"
ALIKE_SAID = "Most alike: {one} of the first and {other} of the second, {value}"
ALIKE_ALT = "Likeness of layers, a row per layer of {one}, a column per layer of {other}. {headline}."
ALIKE_WAIT = "Both are fitted again, exactly as in the study; that took {seconds} there."
ALIKE_N = "Compared on {n:,} images {which}."
ALIKE_BOTH = {True: "that judged at both", False: "that judged at the first"}
ALIKE_HOW = (
    "1 means that two layers see the same likenesses among the images, whatever their channels are; 0 that they have "
    "nothing in common. Blocks and stages count from the image on; each is described by mean and spread of its "
    "channels over an image. A frozen network is the same at every seed; its layers are then alike by 1. A few unusual "
    "images can move these numbers (Davari et al. 2022, arXiv:2210.16156), and alike does not mean equally good."
)
ALIKE_PAPERS = (
    "Linear centred kernel alignment: Kornblith et al. 2019, arXiv:1905.00414, with the unbiased estimate of Song et "
    "al. 2012, J. Mach. Learn. Res. 13, 1393-1434, as in Nguyen et al. 2021, arXiv:2010.15327."
)
