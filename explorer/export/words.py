"""The sentences that are computed from a study's curves: the same on pages, in terminals and in files."""

AHEAD = "With {n} labelled images, {winner} reached {score} {metric}{sure}{tied}"
TIED = "; no clear difference to {others} at {n}"
SURE_INTERVAL = " (95\u00a0% interval {interval})"
SURE_INTERVALS = " (95\u00a0% intervals within {interval})"
MORE_LEADERS = "{n} more"
SURE_ALL = ", all judging images right {sure}"
SHORTCUT = "{winner} alone reaches {score} {metric}: look for a shortcut before trusting any curve"
CAUTION = (
    "With {n} labelled images, {winner} alone reached {score} {metric}, the best of the others {best}: brightness or "
    "colour may explain most of this. Check how the images were taken."
)
NOT_ABOVE_GUESSING = "With {n} labelled images, no technique did better than guessing, {score} {metric}"
NOT_ABOVE_FREQUENT = (
    "With {n} labelled images, no technique did better than always answering the most frequent class, {score} {metric}"
)
NOT_CLEARLY_ABOVE = (
    "With {n} labelled images, no technique was clearly better than guessing ({chance}): {winner} came furthest, "
    "{score} {metric}{sure}"
)
ONLY_GUESSING = "Only guessing was run; add a technique to compare"
NOT_YET = "The first results are coming in"
NOT_STARTED = "This study waits to start; its curves will appear here"
JUST_STARTED = "The study has started; its first results come in a moment"
TOO_FEW = "Too few trials finished to compare the techniques"
FOOTING = "{name} · {metric} · {seeds} · band: 95\u00a0% interval"
SEEDS_SO_FAR = "{done} of {seeds}"
NOTHING_RUN = "Your curves will be drawn here"
AXIS_LABELS = "Across: the images whose labels a technique was given to learn from."
AXIS_LABELLING = (
    "Across: the time that somebody takes to label the images that a technique is given, at {seconds:g} s each. "
    "Computing is not counted; an arrow is labelling that is saved."
)
AXIS_COMPUTING = (
    "Across: the time of one fit and its answers on one core with its share of what was prepared for it, the median "
    "over the seeds of a point; less than 0.1 s stands at 0.1 s. Prepared are cleaned images, features and their "
    "views, and what was learnt from images without labels; that time, whenever it was spent, is shared evenly by the "
    "{fits} of a technique at a seed."
)
AXIS_COMPUTING_BARE = (
    "Across: the time of one fit and its answers on one core, the median over the seeds of a point; less than 0.1 s "
    "stands at 0.1 s. Not contained is what was prepared once and then kept, such as the features of a pretrained "
    "network: of some trials it is not known how long that took."
)
AXIS_FORECAST = (
    "Dashed lines are forecasts and no measurements, with their nominal 90\u00a0% bands: in full up to twice the most "
    "labels that were tried, faded up to four times."
)
FORECAST_REFUSED = "No forecast for {arm}: {reason}"
FOOTING_COMPUTING = "computing: median fit with its share of what was prepared"
FOOTING_COMPUTING_BARE = "computing: median fit, without what was prepared"
FOOTING_FORECAST = "dashed: forecast, nominal 90\u00a0% band"
