//! Does a recording become the report that it deserves?

mod synthetic;

use loadtest::analyse::claims::{Decision, Ruling};
use loadtest::analyse::verdict::Verdict;
use loadtest::recording::{Ending, Event, Recording};
use loadtest::report::{Report, render};
use synthetic::Run;

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

/// The verdict on the claim that begins like this.
#[track_caller]
fn check(report: &Report, claim: &str, expected: Verdict, because: &str) {
    let claims = report.findings.claims.iter().flat_map(|row| &row.claims);
    let found = claims.into_iter().find(|one| one.says.starts_with(claim)).expect("the table has this claim");
    let Ruling::Decided(Decision { verdict, because: told, .. }) = &found.ruling else {
        panic!("{claim}: not measured");
    };
    assert_eq!(*verdict, expected, "{claim}: {told}");
    assert!(told.contains(because), "{told}");
}

#[test]
fn a_clear_effect_is_a_verdict() {
    let report = render(&complete().recording());
    check(&report, "A token needs no session lookup", Verdict::Supported, "0 calls");
    check(&report, "A stateless fleet grows", Verdict::Supported, "4 replicas reached 0.9");
    check(&report, "A request with a token is larger", Verdict::Supported, "412 bytes");
}

#[test]
fn a_cost_that_drowns_in_a_long_request_makes_the_claim_depend() {
    let report = render(&complete().recording());
    check(&report, "A request with a token costs less CPU", Verdict::Depends, "“who am I”");
}

#[test]
fn an_effect_inside_the_noise_has_no_winner_and_the_sentence_says_so() {
    let report = render(&inside_the_noise().recording());
    check(&report, "A request with a token costs less CPU", Verdict::Inconclusive, "No winner");
}

#[test]
fn one_block_decides_nothing() {
    let report = render(&one_block().recording());
    check(&report, "A request with a token costs less CPU", Verdict::Inconclusive, "No interval, which takes 3 blocks");
    check(&report, "A stateless fleet grows", Verdict::Inconclusive, "No interval, which takes 3 blocks");
}

#[test]
fn invalid_samples_decide_nothing_and_are_listed() {
    let report = render(&all_invalid().recording());
    check(&report, "A request with a token costs less CPU", Verdict::Inconclusive, "can be trusted");
    assert_eq!(report.findings.excluded.len(), all_invalid().recording().samples().count());
    assert!(report.html.contains("the generator sent 31 ms late"));
}

#[test]
fn a_fleet_that_broke_its_contract_is_compared_with_nobody() {
    let report = render(&broken_contract().recording());
    check(&report, "A request with a token costs less CPU", Verdict::Inconclusive, "can be trusted");
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
    check(&report, "A request with a token costs less CPU", Verdict::Inconclusive, "can be trusted");
    assert!(report.markdown.contains("of the requests failed"), "{}", report.markdown);
}

#[test]
fn replicas_that_share_too_few_cores_say_nothing_of_their_fleet() {
    let mut recording = complete().recording();
    recording.header.caps.clear();
    let report = render(&recording);
    check(&report, "A stateless fleet grows", Verdict::Inconclusive, "the cores that the replicas share");
    check(&report, "A stateful fleet is limited", Verdict::Inconclusive, "the cores that the replicas share");
}

#[test]
fn what_was_not_run_is_said_to_be_not_measured() {
    let report = render(&interrupted().recording());
    let of =
        |aspect: &str| report.findings.claims.iter().find(|row| row.aspect == aspect).expect("the table has this row");
    assert!(matches!(of("Scalability").claims[0].ruling, Ruling::NotMeasured { experiment: "scale-out" }));
    assert!(matches!(of("Caching").claims[0].ruling, Ruling::NotMeasured { .. }));
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
    assert!(report.markdown.contains("none was measured in this run"), "{}", report.markdown);
}
