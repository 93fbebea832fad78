//! Recording file: does a recording come back from disk as it was?

use std::collections::BTreeSet;
use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use report::recording::{Ending, Event, Experiment, FORMAT, Latency, Recording, Unreadable, Writer};

const COMPLETE: &str = include_str!("fixtures/complete.jsonl");

#[test]
fn what_is_written_is_read_back_without_loss() {
    let first = Recording::parse(COMPLETE).unwrap();
    let mut writer = Writer::new(Vec::new(), &first.header).unwrap();
    for event in &first.events {
        writer.write(event).unwrap();
    }
    let footer = first.footer.clone().unwrap();
    let file = writer.finish(footer.ended_at, footer.ending).unwrap();

    assert_eq!(Recording::read(&file).unwrap(), first);
    assert_eq!(String::from_utf8(file).unwrap(), COMPLETE, "the same recording is the same file");
    assert_eq!(footer.ending, Ending::Complete);
}

#[test]
fn a_last_line_that_was_cut_off_costs_no_other_line() {
    let whole = Recording::parse(COMPLETE).unwrap();
    let without_footer = &COMPLETE[..COMPLETE.trim_end().rfind('\n').unwrap() + 1];
    let cut = Recording::parse(&without_footer[..without_footer.len() - 20]).unwrap();
    assert_eq!(cut.footer, None);
    assert_eq!(cut.events[..], whole.events[..whole.events.len() - 1]);
}

#[test]
fn what_is_called_otherwise_by_now_is_still_read() {
    let sample = Recording::read(include_bytes!("../../../docs/sample/recording.jsonl.gz")).unwrap();
    let (mut seen, old) =
        (BTreeSet::new(), [("faultRun", "drill"), ("memorySample", "held"), ("attackAttempt", "stimulus")]);
    for event in &sample.events {
        let text = serde_json::to_string(event).unwrap();
        let Some((new, old)) = old.iter().find(|(new, _)| text.starts_with(&format!("{{\"{new}\":"))) else { continue };
        let older = text.replacen(new, old, 1).replace("\"recovered\"", "\"mended\"");
        assert_eq!(serde_json::from_str::<Event>(&older).unwrap(), *event, "{old}");
        seen.insert(*old);
    }
    assert_eq!(seen.len(), old.len(), "{seen:?}");
    for (experiment, old) in [(Experiment::RequestSize, "\"wire\""), (Experiment::Sizing, "\"cost\"")] {
        assert_eq!(serde_json::from_str::<Experiment>(old).unwrap(), experiment);
    }
}

#[test]
fn an_unreadable_line_is_named_by_its_number() {
    let mut lines: Vec<&str> = COMPLETE.lines().collect();
    lines[3] = r#"{"event": {"earthquake": {}}}"#;
    let error = Recording::parse(&(lines.join("\n") + "\n")).unwrap_err();
    assert!(error.to_string().starts_with("line 4 of the recording cannot be read: unknown variant"), "{error}");
}

#[test]
fn a_file_from_the_future_says_so() {
    let newer = COMPLETE.replacen("\"format\":1", "\"format\":9,\"mood\":\"new\"", 1);
    let error = Recording::parse(&newer).unwrap_err();
    let said = format!("the recording has format 9, and this program reads up to {FORMAT}: use a newer loadtest");
    assert_eq!(error.to_string(), said);
}

#[test]
fn what_is_no_recording_is_refused_with_a_reason() {
    assert!(matches!(Recording::parse(""), Err(Unreadable::Empty)));
    assert!(matches!(Recording::parse("hello\n"), Err(Unreadable::Line { number: 1, .. })));
    let headless = COMPLETE.split_once('\n').unwrap().1;
    assert!(matches!(Recording::parse(headless), Err(Unreadable::Line { number: 1, .. })));
}

#[test]
fn a_compressed_recording_is_read_as_it_was() {
    let mut to = GzEncoder::new(Vec::new(), Compression::best());
    to.write_all(COMPLETE.as_bytes()).unwrap();
    let file = to.finish().unwrap();
    assert_eq!(Recording::read(&file).unwrap(), Recording::parse(COMPLETE).unwrap());
}

#[test]
fn a_histogram_survives_the_file() {
    let mut latency = Latency::default();
    for micros in 1..=10_000 {
        latency.record(Duration::from_micros(micros));
    }
    latency.record(Duration::from_secs(600));
    let again: Latency = serde_json::from_str(&serde_json::to_string(&latency).unwrap()).unwrap();
    assert_eq!(again, latency);
    assert_eq!(again.count(), 10_001);
    assert!(again.quantile(0.5).abs_diff(Duration::from_millis(5)) < Duration::from_micros(10));
    assert!(again.max() >= Duration::from_secs(59), "longer than a minute counts as a minute");
}

#[test]
fn every_sample_accounts_for_every_request() {
    for event in Recording::parse(COMPLETE).unwrap().events {
        if let Event::Sample(sample) = event {
            assert_eq!(sample.outcomes.unaccounted(), 0, "{:?}", sample.outcomes);
        }
    }
}
