//! Diff of two recordings: does it find what changed, and nothing else?

mod synthetic;

use std::time::Duration;

use report::diff::judge::{Change, Why};
use report::diff::page::compare;
use report::diff::{Diff, Named, Row, diff, figures};
use report::evidence::metric::Metric;
use report::recording::{Ending, Event, Experiment, Mode, Recording, Role, Sample, Workload};
use synthetic::{Run, grounds};

const THRESHOLD: f64 = 0.05;

/// So much alike that only chance differs.
fn another(seed: u64) -> Run {
    Run { seed, ..Run::default() }
}

fn samples(recording: &mut Recording) -> impl Iterator<Item = &mut Sample> {
    recording.events.iter_mut().filter_map(|event| match event {
        Event::Sample(sample) => Some(&mut **sample),
        _ => None,
    })
}

#[track_caller]
fn held(a: &Recording, b: &Recording) -> Diff {
    let named = |name, recording| Named { name, recording };
    let diff = figures(named("before", a), named("after", b), THRESHOLD);
    assert!(!diff.is_empty(), "they have figures in common");
    diff
}

/// What was found about a token and one metric, in `auth-cost`.
#[track_caller]
fn row(diff: &Diff, mode: Mode, workload: Workload, metric: Metric) -> &Row {
    let arm =
        |row: &&Row| (row.arm.experiment, row.arm.mode, row.arm.workload) == (Experiment::AuthCost, mode, workload);
    diff.rows.iter().filter(arm).find(|row| row.metric == metric).expect("both recordings have it")
}

#[track_caller]
fn check(diff: &Diff, (mode, workload, metric): (Mode, Workload, Metric), change: Change, why: Why) {
    let row = row(diff, mode, workload, metric);
    assert_eq!((row.change, row.why), (change, why), "{row:#?}");
}

const TOKEN: (Mode, Workload, Metric) = (Mode::Jwt, Workload::Whoami, Metric::ServerCpu);

#[test]
fn a_server_that_takes_a_tenth_more_is_a_regression() {
    let heavier = Run { heavier: 1.1, ..another(11) };
    let diff = held(&another(10).recording(), &heavier.recording());
    check(&diff, TOKEN, Change::Worse, Why::BeyondNoise);
    assert!(diff.is_regression());
    insta::assert_snapshot!("heavier", compare(&diff).markdown);
}

#[test]
fn a_server_that_takes_a_tenth_less_is_better() {
    let lighter = Run { heavier: 0.9, ..another(11) };
    let diff = held(&another(10).recording(), &lighter.recording());
    check(&diff, TOKEN, Change::Better, Why::BeyondNoise);
    assert!(!diff.is_regression(), "{}", compare(&diff).markdown);
}

#[test]
fn the_same_server_on_a_slower_machine_is_no_worse_and_the_sentence_says_so() {
    let slower = Run { machine: |_| 1.1, ..another(11) };
    let diff = held(&another(10).recording(), &slower.recording());
    check(&diff, TOKEN, Change::Same, Why::TheMachine);
    assert!(!diff.is_regression(), "{}", compare(&diff).markdown);
    insta::assert_snapshot!("slower_machine", compare(&diff).markdown);
}

#[test]
fn a_faster_machine_does_not_hide_a_heavier_server() {
    let hidden = Run { machine: |_| 1.0 / 1.1, heavier: 1.1, ..another(11) };
    let diff = held(&another(10).recording(), &hidden.recording());
    check(&diff, TOKEN, Change::Worse, Why::HiddenByTheMachine);
    assert!(diff.is_regression());
}

#[test]
fn what_all_gain_by_the_same_time_makes_no_server_worse_though_its_control_gained_more() {
    let (a, mut b) = (another(10).recording(), another(11).recording());
    for sample in samples(&mut b).filter(|sample| sample.experiment == Experiment::AuthCost) {
        let gained = Duration::from_micros(3 * sample.outcomes.sent);
        sample.processes.iter_mut().filter(|one| one.role == Role::Replica(1)).for_each(|one| one.cpu -= gained);
    }
    let diff = held(&a, &b);
    check(&diff, TOKEN, Change::Unclear, Why::OnlyNet);
    assert!(!row(&diff, TOKEN.0, TOKEN.1, TOKEN.2).regression);
}

#[test]
fn what_is_worse_by_less_than_the_threshold_is_told_and_is_no_regression() {
    let calm = |seed| Run { restless: 0.5, ..another(seed) };
    let heavier = Run { heavier: 1.04, ..calm(11) };
    let diff = held(&calm(10).recording(), &heavier.recording());
    check(&diff, TOKEN, Change::Worse, Why::BeyondNoise);
    assert!(!diff.is_regression(), "{}", compare(&diff).markdown);
}

#[test]
fn a_recording_is_no_different_from_itself() {
    let recording = another(10).recording();
    let diff = held(&recording, &recording);
    let moved = diff.rows.iter().any(|row| matches!(row.change, Change::Better | Change::Worse));
    assert!(!moved && diff.rows.iter().all(|row| row.a == row.b), "{}", compare(&diff).markdown);
    insta::assert_snapshot!("itself", compare(&diff).markdown);
}

#[test]
fn few_blocks_decide_nothing() {
    let short = |seed| Run { blocks: 2, ..another(seed) }.recording();
    let heavier = Run { heavier: 1.5, blocks: 2, ..another(11) }.recording();
    check(&held(&short(10), &heavier), TOKEN, Change::Unclear, Why::FewBlocks);
}

#[test]
fn what_only_one_of_them_has_is_listed() {
    let interrupted = Run { ending: Some(Ending::Interrupted), ..another(11) };
    let told = compare(&held(&another(10).recording(), &interrupted.recording()));
    assert!(told.markdown.contains("only in A"), "{}", told.markdown);
    assert!(told.warnings.iter().any(|warning| warning.starts_with("B was interrupted")), "{:?}", told.warnings);
}

#[test]
fn a_contract_that_only_b_breaks_is_a_regression_whatever_the_speed() {
    let broken = Run { contract_failures: vec!["a logged-out session answered 200".into()], ..another(11) };
    let diff = held(&another(10).recording(), &broken.recording());
    assert!(diff.is_regression());
    assert!(compare(&diff).warnings.iter().any(|warning| warning.contains("broke its contract")));
}

#[test]
fn a_contract_that_both_break_is_no_news_and_another_failure_is_a_warning() {
    let breaks = |seed, failure: &str| Run { contract_failures: vec![failure.into()], ..another(seed) }.recording();
    let diff = held(&breaks(10, "a logged-out session answered 200"), &breaks(11, "no cookie was set"));
    assert!(!diff.is_regression(), "{}", compare(&diff).markdown);
    let warnings = compare(&diff).warnings.join("\n");
    assert!(warnings.contains("broke its contract in A too, and not by this: no cookie was set"), "{warnings}");
}

#[test]
fn requests_that_fail_are_a_regression_though_no_price_is_told_for_them() {
    let a = another(10).recording();
    let mut b = another(11).recording();
    for sample in samples(&mut b) {
        let refused = sample.outcomes.ok / 20;
        sample.outcomes.ok -= refused;
        sample.outcomes.http_errors.insert(503, refused);
    }
    let diff = held(&a, &b);
    check(&diff, (Mode::Jwt, Workload::Whoami, Metric::AnsweredWell), Change::Worse, Why::BeyondNoise);
    assert!(diff.is_regression());
    check(&diff, TOKEN, Change::CannotBeTold, Why::NothingCounts);
}

#[test]
fn arrivals_that_nobody_was_free_to_send_have_failed_and_nonsense_does_not_panic() {
    let a = another(10).recording();
    let mut away = another(11).recording();
    samples(&mut away).for_each(|sample| sample.outcomes.never_sent = sample.outcomes.ok / 20);
    let diff = held(&a, &away);
    check(&diff, (Mode::Jwt, Workload::Whoami, Metric::AnsweredWell), Change::Worse, Why::BeyondNoise);

    samples(&mut away).for_each(|sample| sample.outcomes.in_flight = sample.outcomes.sent + 1);
    samples(&mut away).for_each(|sample| sample.outcomes.never_sent = u64::MAX);
    assert!(held(&a, &away).is_regression());
}

/// The arm of the token in one block of `auth-cost`.
fn once(recording: &mut Recording) -> &mut Sample {
    let of_token = |sample: &&mut Sample| (sample.mode, sample.workload) == (Mode::Jwt, Workload::Whoami);
    samples(recording).filter(of_token).find(|sample| sample.block == 2).expect("it has one")
}

#[test]
fn a_server_that_was_down_for_one_block_is_a_regression_though_zero_has_no_ratio() {
    let (a, mut b) = (another(10).recording(), another(11).recording());
    let down = &mut once(&mut b).outcomes;
    (down.connection_errors, down.ok) = (down.ok, 0);
    let of_token = (Mode::Jwt, Workload::Whoami, Metric::AnsweredWell);
    let diff = held(&a, &b);
    check(&diff, of_token, Change::Worse, Why::NoneInABlock);
    assert!(diff.is_regression());
    check(&held(&b, &a), of_token, Change::Better, Why::NoneInABlock);
    check(&held(&b, &b), of_token, Change::Same, Why::NoneInABlock);
}

#[test]
fn a_store_that_nobody_asked_for_one_block_does_not_hide_that_all_others_ask_it_twice() {
    let (mut a, mut b) = (another(10).recording(), another(11).recording());
    let of_session = |sample: &&mut Sample| sample.mode == Mode::SessionRedis && sample.workload == Workload::Whoami;
    let as_promised =
        |sample: &mut Sample, calls| (sample.store_calls.promised, sample.store_calls.seen) = (calls, calls);
    samples(&mut b).filter(of_session).for_each(|sample| as_promised(sample, sample.store_calls.seen * 2));
    for recording in [&mut a, &mut b] {
        samples(recording).filter(of_session).filter(|one| one.block == 2).for_each(|one| as_promised(one, 0));
    }
    let diff = held(&a, &b);
    check(&diff, (Mode::SessionRedis, Workload::Whoami, Metric::StoreCalls), Change::Worse, Why::NoneInABlock);
    assert!(diff.is_regression());
}

#[test]
fn throughput_is_that_of_a_fleet_which_the_generator_could_have_asked_for_more() {
    let (a, mut b) = (another(10).recording(), another(11).recording());
    for sample in samples(&mut b).filter(|sample| sample.experiment == Experiment::ScaleOut && sample.replicas == 8) {
        let generator = sample.processes.iter_mut().find(|one| one.role == Role::Generator);
        generator.expect("it was measured").cpu = sample.duration.mul_f64(0.95);
    }
    let diff = held(&a, &b);
    let told: Vec<&Row> = diff.compared().filter(|row| row.metric == Metric::Throughput).collect();
    assert!(!told.is_empty());
    assert!(told.iter().all(|row| row.arm.experiment == Experiment::ScaleOut && row.arm.replicas < 8), "{told:#?}");
}

#[test]
fn what_voids_its_own_samples_cannot_be_told_and_does_not_pass() {
    let (a, mut b) = (another(10).recording(), another(11).recording());
    let late = |sample: &&mut Sample| (sample.mode, sample.experiment) == (Mode::Jwt, Experiment::AuthCost);
    for sample in samples(&mut b).filter(late).filter(|sample| sample.workload == Workload::Whoami) {
        sample.grounds = grounds(&["the generator sent late".into()]);
    }
    let diff = held(&a, &b);
    check(&diff, TOKEN, Change::CannotBeTold, Why::NothingCounts);
    assert!(!diff.is_regression() && !diff.passes(), "{:#?}", diff.regressions().collect::<Vec<_>>());
    let told = compare(&diff);
    assert_eq!(told.title, "Part of B cannot be told");
    assert!(told.answer.contains("auth-cost, “who am I”, stateless, token, at a fixed rate."), "{}", told.answer);
    assert!(told.rows.iter().any(|row| row.moved && row.verdict == "cannot be told"));
    assert!(held(&b, &a).passes(), "what A cannot tell is no fault of B");
}

#[test]
fn another_machine_plan_or_option_is_said_first() {
    let a = another(10).recording();
    let mut b = another(11).recording();
    b.header.machine.kernel = "6.8.0-invented".into();
    b.header.plan.text = "# invented\nblocks = 7\n".into();
    b.header.format = 1;
    b.header.pinning.insert("servers".into(), vec![0, 1]);
    let warnings = compare(&held(&a, &b)).warnings.join("\n");
    for part in [
        "Not the same machine: cores of servers 0 in A, 0, 1 in B; kernel 6.6.0-invented in A, 6.8.0-invented in B.",
        "Not the same plan: a line of the plan nothing in A, blocks = 7 in B.",
        "Older than format 3, which this program writes: B (format 1). What older runs",
    ] {
        assert!(warnings.contains(part), "{part} is not in:\n{warnings}");
    }
}

#[test]
fn recordings_with_nothing_in_common_are_not_compared() {
    let a = another(10).recording();
    let b = Recording { header: a.header.clone(), events: Vec::new(), footer: None };
    let named = |recording| Named { name: "x", recording };
    assert_eq!(diff(named(&a), named(&b), THRESHOLD), None);
}

#[test]
fn nothing_on_the_pages_is_no_number_and_nothing_is_fetched() {
    let heavier = Run { heavier: 1.1, ..another(11) }.recording();
    let told = compare(&held(&another(10).recording(), &heavier));
    for text in [&told.html, &told.markdown, &told.json] {
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }
    for foreign in ["<script", "src=", "@import", "url(", "http://", "https://"] {
        assert!(!told.html.contains(foreign), "{foreign}");
    }
}

#[test]
fn the_textbook_marked_twice_shows_where_the_marks_differ() {
    let (a, b) = (another(10).recording(), Run { session_costs: 1.0, ..another(11) }.recording());
    let named = |recording| Named { name: "one", recording };
    let diff = diff(named(&a), named(&b), THRESHOLD).expect("they have verdicts in common");
    let differing: Vec<_> = diff.verdicts.iter().filter(|marked| marked.agrees() == Some(false)).collect();
    assert!(differing.iter().any(|marked| marked.says.contains("costs less CPU")), "{differing:?}");
    assert!(differing.len() < diff.verdicts.len(), "the others are the same");
    let told = compare(&diff).markdown;
    assert!(
        told.contains("| A request with a token costs less CPU | depends | inconclusive | ≠ | auth-cost |"),
        "{told}"
    );
}
