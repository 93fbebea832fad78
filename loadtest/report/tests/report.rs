//! Report snapshots: does a recording become the report that it deserves?

mod synthetic;

use report::evidence::component::Component;
use report::evidence::interval::Estimate;
use report::evidence::verdict::Verdict;
use report::experiments::scale_out::ScaleOut;
use report::wanted::Wanted;

use report::Report;
use report::recording::{Ending, Event, Limit, Load, Mode, Recording};
use synthetic::Run;

/// For the numbers that are taken when nobody names any.
fn render(recording: &Recording) -> Report {
    report::render(recording, &Wanted::default())
}

fn complete() -> Run {
    Run::default()
}

fn one_block() -> Run {
    Run { blocks: 1, ..Run::default() }
}

fn all_invalid() -> Run {
    Run {
        why_invalid: vec!["the generator sent 31 ms late at p99, and 5 ms are allowed".into()],
        blocks: 2,
        ..Run::default()
    }
}

fn interrupted() -> Run {
    Run { ending: Some(Ending::Interrupted), blocks: 3, ..Run::default() }
}

fn inside_the_noise() -> Run {
    Run { session_costs: 1.0, ..Run::default() }
}

fn broken_contract() -> Run {
    let failures = vec!["a logged-out session answered 200".into()];
    Run { contract_failures: failures, blocks: 3, ..Run::default() }
}

#[test]
fn the_report_as_text() {
    let runs = [
        ("complete", complete()),
        ("one_block", one_block()),
        ("all_invalid", all_invalid()),
        ("interrupted", interrupted()),
        ("inside_the_noise", inside_the_noise()),
        ("broken_contract", broken_contract()),
    ];
    for (name, run) in runs {
        insta::assert_snapshot!(name, render(&run.recording()).markdown);
    }
}

#[test]
fn the_report_for_programs() {
    insta::assert_snapshot!("summary", render(&interrupted().recording()).summary);
}

/// The verdict on the claim of this key.
#[track_caller]
fn check(report: &Report, key: &str, expected: Verdict, because: &str) {
    let found = report.findings.claims().find(|claim| claim.key == key).expect("the table has this claim");
    let decision = found.decision.as_ref().expect("it was measured");
    assert_eq!(decision.verdict, expected, "{key}: {}", decision.because);
    assert!(decision.because.contains(because), "{}", decision.because);
}

#[test]
fn a_clear_effect_is_a_verdict() {
    let report = render(&complete().recording());
    check(&report, "token-needs-no-lookup", Verdict::Supported, "0 calls");
    check(&report, "stateless-fleet-grows", Verdict::Supported, "8 replicas reached 0.9");
    check(&report, "token-makes-requests-larger", Verdict::Supported, "412 bytes");
}

#[test]
fn a_cost_that_drowns_in_a_long_request_makes_the_claim_depend() {
    let report = render(&complete().recording());
    check(&report, "token-costs-less-cpu", Verdict::Depends, "“who am I”");
}

#[test]
fn an_effect_inside_the_noise_has_no_winner_and_the_sentence_says_so() {
    let report = render(&inside_the_noise().recording());
    check(&report, "token-costs-less-cpu", Verdict::Inconclusive, "No winner");
}

#[test]
fn one_block_decides_nothing() {
    let report = render(&one_block().recording());
    check(&report, "token-costs-less-cpu", Verdict::Inconclusive, "No interval, which takes 3 blocks");
    check(&report, "stateless-fleet-grows", Verdict::Inconclusive, "No interval, which takes 3 blocks");
}

#[test]
fn invalid_samples_decide_nothing_and_are_listed() {
    let report = render(&all_invalid().recording());
    check(&report, "token-costs-less-cpu", Verdict::Inconclusive, "can be trusted");
    assert_eq!(report.findings.excluded.len(), all_invalid().recording().samples().count());
    assert!(report.html.contains("the generator sent 31 ms late"));
}

#[test]
fn a_fleet_that_broke_its_contract_is_compared_with_nobody() {
    let report = render(&broken_contract().recording());
    check(&report, "token-costs-less-cpu", Verdict::Inconclusive, "can be trusted");
    assert!(report.markdown.contains("a logged-out session answered 200"));
}

#[test]
fn a_fleet_that_often_refuses_is_not_the_faster_one() {
    let mut recording = complete().recording();
    for event in &mut recording.events {
        if let Event::Sample(sample) = event {
            let refused = sample.outcomes.ok / 20;
            sample.outcomes.ok -= refused;
            sample.outcomes.http_errors.insert(503, refused);
        }
    }
    let report = render(&recording);
    check(&report, "token-costs-less-cpu", Verdict::Inconclusive, "can be trusted");
    assert!(report.markdown.contains("of the requests failed"), "{}", report.markdown);
}

#[test]
fn replicas_that_share_too_few_cores_say_nothing_of_their_fleet() {
    let mut recording = complete().recording();
    recording.header.caps.clear();
    let processes = recording.events.iter_mut().flat_map(|event| match event {
        Event::Sample(sample) => sample.processes.as_mut_slice(),
        _ => &mut [],
    });
    processes.for_each(|process| process.limit = Some(Limit::Nothing));
    let report = render(&recording);
    check(&report, "stateless-fleet-grows", Verdict::Inconclusive, "the cores that the replicas share");
    check(
        &report,
        "stateful-fleet-is-limited-by-its-store",
        Verdict::Inconclusive,
        "the cores that the replicas share",
    );
}

#[test]
fn the_limit_of_each_fleet_is_told_as_it_was_made() {
    let report = render(&complete().recording());
    let curves = &report.findings.of::<ScaleOut>().expect("it was run").curves;
    let limit = |mode: Mode| {
        let curve = curves.iter().find(|curve| curve.mode == mode).expect("it was run");
        curve.steps.last().and_then(|step| step.saturated())
    };
    assert_eq!(limit(Mode::Jwt), Some(Component::Replicas));
    assert_eq!(limit(Mode::SessionRedis), Some(Component::Redis));
    assert_eq!(limit(Mode::JwtDenylist), Some(Component::Redis));
    assert_eq!(limit(Mode::SessionMemory), Some(Component::Replicas));
    assert!(report.markdown.contains("held to 10\u{a0}% of a core (1.00\u{a0}ms in every 10.0\u{a0}ms)"));
}

#[test]
fn the_law_that_a_fleet_was_made_to_follow_is_found_again() {
    let report = render(&complete().recording());
    let curves = &report.findings.of::<ScaleOut>().expect("it was run").curves;
    let memory = curves.iter().find(|curve| curve.mode == Mode::SessionMemory).expect("it was run");
    let fit = memory.fit.as_ref().expect("there are six sizes");
    let holds = |found: &Estimate, truth: f64| {
        found.interval.is_some_and(|interval| (interval.low..=interval.high).contains(&truth))
    };
    assert!(holds(&fit.lambda, 8_300.0) && holds(&fit.sigma, 0.012) && holds(&fit.kappa, 0.0), "{fit:?}");
    assert!(memory.left_out.iter().all(|told| told.error.abs() < 0.05), "{:?}", memory.left_out);
}

#[test]
fn a_wall_that_the_law_cannot_see_is_told_by_counting() {
    let report = render(&complete().recording());
    let curves = &report.findings.of::<ScaleOut>().expect("it was run").curves;
    let denylist = curves.iter().find(|curve| curve.mode == Mode::JwtDenylist).expect("it was run");
    let (law, counting) = (denylist.left_out.last().expect("8"), denylist.forecasts.last().expect("8"));
    assert!(law.error > 0.1 && counting.error.abs() < 0.05, "{law:?} {counting:?}");
    assert_eq!(counting.by, Some(Component::Redis));
}

#[test]
fn a_closed_loop_that_misses_littles_law_does_not_count() {
    let mut recording = complete().recording();
    for event in &mut recording.events {
        if let Event::Sample(sample) = event
            && let Load::Closed { users } = &mut sample.load
        {
            *users *= 2;
        }
    }
    let report = render(&recording);
    check(&report, "stateless-fleet-grows", Verdict::Inconclusive, "can be trusted");
    assert!(report.markdown.contains("account for 50\u{a0}% of the users, and by Little's law"), "{}", report.markdown);
}

#[test]
fn what_was_not_run_is_said_to_be_not_measured() {
    let report = render(&interrupted().recording());
    let of = |aspect| report.findings.rows.iter().find(|row| row.aspect == aspect).expect("the table has this row");
    for aspect in ["Scalability", "Caching"] {
        assert!(of(aspect).claims.iter().all(|claim| claim.decision.is_none()), "{aspect}");
    }
}

/// The book's page of the claims, which says which experiment decides which.
#[test]
fn the_book_names_each_claim_by_its_key() {
    let page = include_str!("../../../docs/src/claims.md");
    for claim in render(&complete().recording()).findings.claims() {
        let row = format!("| `{}` |", claim.experiment.name());
        let row = page.lines().find(|line| line.starts_with(&row)).unwrap_or_else(|| panic!("{row} is missing"));
        assert!(row.contains(&format!("`{}`", claim.key)), "{}", claim.key);
    }
}

#[test]
fn the_page_needs_nothing_but_itself() {
    let page = render(&complete().recording()).html;
    for foreign in ["<script", "src=", "@import", "url(", "http://", "https://"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
}

#[test]
fn nothing_on_the_page_is_no_number() {
    for run in [complete(), one_block(), all_invalid(), interrupted(), inside_the_noise(), broken_contract()] {
        let Report { html, markdown, summary, .. } = render(&run.recording());
        for text in [html, markdown, summary] {
            assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
        }
    }
}

#[test]
fn a_recording_without_events_is_a_report_without_verdicts() {
    let Recording { header, .. } = complete().recording();
    let report = render(&Recording { header, events: Vec::new(), footer: None });
    assert!(report.markdown.contains("None was measured in this run"), "{}", report.markdown);
}
