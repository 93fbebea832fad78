//! Formats: how are numbers and lists said?
//!
//! Numbers as people read them: three significant digits, units always. Between a number and its unit stands a space that
//! does not break the line.

use std::time::Duration;

/// Three significant digits, thousands in groups: 0.571, 12.3, 1,230.
pub fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".into() } else { "–".into() };
    }
    let magnitude = value.abs().log10().floor() as i32;
    let unit = 10f64.powi(magnitude - 2);
    let rounded = (value / unit).round() * unit;
    match magnitude {
        2.. => count(rounded.round() as u64),
        _ => format!("{rounded:.*}", (2 - magnitude).max(0) as usize),
    }
}

/// All digits, in groups of three.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}

/// "3 of 200".
pub fn counted(hits: u64, of: u64) -> String {
    format!("{} of {}", count(hits), count(of))
}

/// The unit that keeps the number short: 640 µs, 12.3 ms, 1.20 s.
pub fn micros(value: f64) -> String {
    in_its_unit(value, number)
}

/// A round number on an axis, without digits that say nothing: 200 µs, 5 ms.
pub fn tick_micros(value: f64) -> String {
    in_its_unit(value, short)
}

fn in_its_unit(micros: f64, told: fn(f64) -> String) -> String {
    match micros {
        ..1e3 => format!("{}\u{a0}µs", told(micros)),
        ..1e6 => format!("{}\u{a0}ms", told(micros / 1e3)),
        _ => format!("{}\u{a0}s", told(micros / 1e6)),
    }
}

/// A ratio as people say it: 0.571 ×.
pub fn times(value: f64) -> String {
    format!("{}\u{a0}×", number(value))
}

/// A ratio as a change: +10 %, −3.1 %; from twice and half on as a factor.
pub fn change(ratio: f64) -> String {
    match ratio {
        0.5..2.0 if (ratio - 1.0).abs() < 0.00005 => "±0\u{a0}%".into(),
        0.5..2.0 => off(ratio - 1.0),
        _ => times(ratio),
    }
}

/// As few digits as tell it: 0.5, 2, 200.
pub fn short(value: f64) -> String {
    format!("{}", (value * 1e6).round() / 1e6)
}

/// A lifetime in its largest whole unit: 1 s, 15 min, 2 h.
pub fn lifetime(seconds: f64) -> String {
    match seconds {
        hours if hours >= 3600.0 && hours % 3600.0 == 0.0 => format!("{}\u{a0}h", short(hours / 3600.0)),
        minutes if minutes >= 60.0 && minutes % 60.0 == 0.0 => format!("{}\u{a0}min", short(minutes / 60.0)),
        other => tick_micros(other * 1e6),
    }
}

pub fn duration(value: Duration) -> String {
    micros(value.as_secs_f64() * 1e6)
}

pub fn percent(share: f64) -> String {
    match share * 100.0 {
        all @ 9.95.. => format!("{all:.0}\u{a0}%"),
        some @ 0.95.. => format!("{some:.1}\u{a0}%"),
        ..0.005 => "0\u{a0}%".into(),
        little => format!("{little:.2}\u{a0}%"),
    }
}

/// How far off, and whither: +3.2 %, −12 %.
pub fn off(error: f64) -> String {
    let sign = if error < 0.0 { "−" } else { "+" };
    format!("{sign}{}", percent(error.abs()))
}

/// All of them: what is counted is not rounded.
pub fn bytes(value: u64) -> String {
    format!("{}\u{a0}bytes", count(value))
}

/// 1 core, 4 cores.
pub fn several(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// Binary units, as memory is sold: 23.4 GiB.
pub fn memory(bytes: u64) -> String {
    let bytes = bytes as f64;
    match bytes {
        ..1_048_576.0 => format!("{}\u{a0}KiB", number(bytes / 1024.0)),
        ..1_073_741_824.0 => format!("{}\u{a0}MiB", number(bytes / 1_048_576.0)),
        _ => format!("{}\u{a0}GiB", number(bytes / 1_073_741_824.0)),
    }
}

/// As at the beginning of a sentence.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// 0, 1, 5.
pub fn numbers(items: &[u32]) -> String {
    items.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}

/// "a, b and c".
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_significant_digits() {
        let cases = [
            (0.0, "0"),
            (0.005714, "0.00571"),
            (0.5714, "0.571"),
            (0.9999, "1.000"),
            (1.0, "1.00"),
            (12.34, "12.3"),
            (123.4, "123"),
            (1234.0, "1,230"),
            (1_234_567.0, "1,230,000"),
        ];
        for (value, expected) in cases {
            assert_eq!(number(value), expected, "{value}");
        }
    }

    #[test]
    fn a_change_is_a_percentage_until_it_is_a_factor() {
        let cases = [(1.1, "+10 %"), (0.969, "−3.1 %"), (1.0, "±0 %"), (2.5, "2.50 ×"), (0.4, "0.400 ×")];
        for (ratio, expected) in cases {
            assert_eq!(change(ratio).replace('\u{a0}', " "), expected, "{ratio}");
        }
    }

    #[test]
    fn a_lifetime_is_told_in_its_largest_whole_unit() {
        let told = [1.0, 1.5, 90.0, 900.0, 7200.0].map(|seconds| lifetime(seconds).replace('\u{a0}', " "));
        assert_eq!(told, ["1 s", "1.5 s", "90 s", "15 min", "2 h"]);
    }

    #[test]
    fn times_choose_their_unit() {
        assert_eq!(
            (micros(640.0), micros(12_345.0), micros(1_200_000.0)),
            ("640\u{a0}µs".into(), "12.3\u{a0}ms".into(), "1.20\u{a0}s".into())
        );
    }
}
