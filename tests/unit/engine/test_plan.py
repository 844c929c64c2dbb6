"""The order of work, without workers."""

import pytest

from explorer.engine.plan import Batch, Plan, Preparation
from explorer.records import Trial
from explorer.techniques.base import Cost

COSTS = {
    "cheap": Cost(0, 0.01),
    "fixed": Cost(30, 0.02),
    "dear": Cost(0, 40),
    "dearer": Cost(0, 50),
    "other": Cost(60, 0.03),
}


def plan_of(*arms, budgets=(1, 5), seeds=2, ready=()):
    trials = [Trial(arm, budget, seed) for arm in arms for budget in reversed(budgets) for seed in range(seeds)]
    keys = {"fixed": "F", "other": "O", "cheap": "C"}
    return Plan(trials, lambda t: COSTS[t.arm], lambda t: keys.get(t.arm), lambda key: key in ready)


def drained(plan, workers=2):
    """Return the trials in the order in which they are handed out, all preparations succeeding at once."""
    order = []
    while (job := plan.next(workers)) is not None:
        if isinstance(job, Preparation):
            order.append(job.key)
            plan.prepared(job.key)
        else:
            order += [(trial.seed, trial.budget, trial.arm) for trial in job.trials]
    return order


def test_whether_any_work_is_long_is_known_before_the_first():
    assert not plan_of("cheap").has_long_work
    assert plan_of("cheap", "dear").has_long_work
    assert plan_of("cheap", "fixed").has_long_work  # its features take long


def test_seeds_are_outermost_then_cheap_before_dear_then_budgets():
    order = drained(plan_of("dear", "cheap", "fixed", ready="F", seeds=3))
    assert order[:12] == [(s, b, a) for s in range(2) for a in ("cheap", "fixed", "dear") for b in (1, 5)]


def test_the_last_of_several_seeds_begins_with_what_takes_longest_so_that_no_worker_ends_alone_with_it():
    order = drained(plan_of("dear", "cheap", "fixed", ready="F", seeds=2))
    assert order[6:] == [(1, b, a) for a in ("dear", "fixed", "cheap") for b in (5, 1)]
    assert drained(plan_of("dear", "cheap", seeds=1)) == [(0, b, a) for a in ("cheap", "dear") for b in (1, 5)]


def test_long_trials_come_budget_by_budget_so_that_every_curve_can_soon_be_read():
    order = drained(plan_of("dear", "dearer", "cheap", budgets=(1, 2, 5), seeds=2))
    assert [(b, a) for s, b, a in order[3:9]] == [(b, a) for b in (1, 2, 5) for a in ("dear", "dearer")]


def test_features_are_prepared_before_a_trial_that_takes_longer_than_that():
    order = drained(plan_of("fixed", "dear", "other"))
    assert order[:4] == ["F", (0, 1, "fixed"), (0, 5, "fixed"), (0, 1, "dear")]


def test_features_are_prepared_before_other_arms_go_on_to_larger_budgets():
    order = drained(plan_of("fixed", "dear", "other"))
    assert order[4] == "O"
    assert order.index((0, 1, "other")) < order.index((0, 5, "dear"))


def test_trials_whose_features_are_there_go_first_and_cheap_preparations_before_dear_ones():
    order = drained(plan_of("other", "cheap", "fixed"))
    assert order[:3] == [(0, 1, "cheap"), (0, 5, "cheap"), "F"]
    assert order.index("O") == 5
    assert len(order) == 14


def test_all_workers_prepare_together_and_none_waits_while_there_is_work():
    plan = plan_of("fixed", "cheap", seeds=3)
    assert [plan.next(2).trials[0].arm for _ in range(2)] == ["cheap", "cheap"]
    jobs = [plan.next(2) for _ in range(3)]
    assert [job.key for job in jobs[:2]] == ["F", "F"]
    assert jobs[2].trials == (Trial("cheap", 1, 1),)
    for _ in range(3):
        plan.next(2)
    assert plan.next(2) is None
    plan.prepared("F")
    assert plan.next(2).trials == (Trial("fixed", 1, 0),)


def test_short_trials_travel_together_once_it_is_known_that_they_are_short():
    plan = plan_of("cheap", budgets=(1, 2, 5), seeds=20)
    assert plan.next(2) == Batch((Trial("cheap", 1, 0),), None)
    plan.took(Trial("cheap", 1, 0), 0.01)
    job = plan.next(2)
    assert 1 < len(job.trials) <= 15
    assert job.seconds <= 0.25
    assert len(set(job.trials)) == len(job.trials)


def test_the_last_trials_are_dealt_out_evenly():
    plan = plan_of("cheap", budgets=(1,), seeds=9)
    plan.next(2)
    plan.took(Trial("cheap", 1, 0), 0.001)
    assert [len(plan.next(2).trials) for _ in range(3)] == [2, 1, 1]


def test_long_trials_travel_alone():
    plan = plan_of("dear", seeds=9)
    plan.took(Trial("dear", 1, 0), 30)
    assert len(plan.next(2).trials) == 1


def test_trials_of_a_preparation_that_failed_are_given_up():
    plan = plan_of("fixed", "cheap", seeds=1)
    assert {trial.arm for trial in plan.drop("F")} == {"fixed"}
    assert [each[2] for each in drained(plan)] == ["cheap", "cheap"]


@pytest.mark.parametrize("arm", ["cheap", "fixed"])
def test_lost_work_is_handed_out_again_alone(arm):
    plan = plan_of(arm, seeds=8)
    plan.took(Trial(arm, 1, 0), 0.001)
    job = plan.next(1)
    plan.again(job)
    if isinstance(job, Preparation):
        assert plan.next(1) == job
    else:
        assert plan.next(1) == Batch(job.trials[:1], None)
        assert len(drained(plan, 1)) == 15
