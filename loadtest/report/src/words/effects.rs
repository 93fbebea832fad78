//! Effects in words: how is what decided a claim said?

use crate::evidence::claims::{Cases, Pair, Share, Strength, Unit};
use crate::evidence::interval::{Estimate, Interval};
use crate::words::{count, micros, number, percent};

/// In one line.
pub fn strength(strength: &Strength) -> String {
    match strength {
        Strength::Ratio(effect) => format!("{} {}", effect.ratio, effect.reads),
        Strength::Share(of) => format!("{} {}", share(of), of.reads),
        Strength::Cases(Cases { reads, cases }) => {
            let told = cases.iter().map(|case| format!("{} {}", counted(case.hits, case.of), case.label));
            format!("{}: {reads}", told.collect::<Vec<_>>().join(", "))
        }
        Strength::Pair(Pair { reads, unit, stateless, stateful }) => {
            format!("{} stateless, {} stateful: {reads}", amount(*unit, stateless), amount(*unit, stateful))
        }
    }
}

/// "3 of 200".
pub fn counted(hits: u64, of: u64) -> String {
    format!("{} of {}", count(hits), count(of))
}

/// "3 of 200 (0.5 %–4.3 %)".
pub fn share(share: &Share) -> String {
    let told = counted(share.hits, share.of);
    match share.interval() {
        Some(Interval { low, high }) => format!("{told} ({}–{})", percent(low), percent(high)),
        None => told,
    }
}

/// With its unit, and its interval where there is more than one value in it.
pub fn amount(unit: Unit, estimate: &Estimate) -> String {
    let told = |value: f64| match unit {
        _ if value == 0.0 => "0".to_owned(),
        Unit::Seconds => micros(value * 1e6),
        Unit::Bytes => format!("{}\u{a0}bytes", number(value)),
        Unit::Count if value.fract() == 0.0 => count(value as u64),
        Unit::Count => number(value),
        Unit::Share => percent(value),
    };
    estimate.told(told)
}

/// What may be below nothing: −12.3 (−40.0–15.2).
pub fn growth(estimate: &Estimate) -> String {
    let told = |value: f64| if value < 0.0 { format!("−{}", number(-value)) } else { number(value) };
    match estimate.interval {
        Some(Interval { low, high }) if low < high => {
            format!("{} ({} to {})", told(estimate.value), told(low), told(high))
        }
        _ => told(estimate.value),
    }
}
