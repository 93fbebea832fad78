//! JSON summary: what would a program want to know?

use serde_json::{Map, Number, Value, json};

use crate::findings::Findings;
use crate::format;
use crate::recording::Recording;

/// The findings, with floats of four significant digits: the rest of them would be noise that changes with the machine.
pub(crate) fn json(recording: &Recording, findings: &Findings) -> String {
    let header = &recording.header;
    let summary = json!({
        "format": 1,
        "startedAt": header.started_at,
        "ending": recording.footer.as_ref().map(|footer| footer.ending),
        "program": header.program,
        "plan": header.plan.name,
        "seed": header.seed,
        "command": header.command,
        "machine": header.machine,
        "findings": told(findings),
    });
    text(summary)
}

/// The claims, and what each experiment found, by its name.
fn told(findings: &Findings) -> Value {
    let mut told =
        Map::from_iter([("claims".into(), json!(findings.rows)), ("excluded".into(), json!(findings.excluded))]);
    told.extend(findings.studies.iter().map(|study| (camel(study.experiment.name().name()), study.summary.clone())));
    told.into()
}

/// `auth-cost` → `authCost`.
fn camel(name: &str) -> String {
    let mut words = name.split('-');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |told, word| told + &format::capital(word))
}

pub(crate) fn text(value: Value) -> String {
    let mut text = serde_json::to_string_pretty(&rounded(value)).expect("a value without foreign keys is JSON");
    text.push('\n');
    text
}

fn rounded(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => four_digits(&number).map_or(Value::Null, Value::Number),
        Value::Array(items) => items.into_iter().map(rounded).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, rounded(value))).collect(),
        other => other,
    }
}

fn four_digits(number: &Number) -> Option<Number> {
    format!("{:.3e}", number.as_f64()?).parse().ok().and_then(Number::from_f64)
}
