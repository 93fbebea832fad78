//! Option values: what may be said for an option, and what is said when it is something else?

use std::ops::RangeInclusive;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use http::Uri;
use http::uri::PathAndQuery;
use report::evidence::sides::{STATEFUL, STATELESS};
use report::recording::Experiment;
use shared::modes::Mode;

use crate::cli::Rates;
use load::connection_slot::Balance;
use load::pace::{ArrivalProcess, RateStep};

pub(super) fn experiments() -> impl TypedValueParser<Value = Experiment> {
    let named = |name: String| Experiment::ALL.into_iter().find(|one| one.names().contains(&&*name));
    let value = |one: Experiment| PossibleValue::new(one.name()).aliases(&one.names()[1..]);
    PossibleValuesParser::new(Experiment::ALL.map(value))
        .map(move |name| named(name).expect("only these names are possible"))
}

/// What `--mode` chooses, with the fleets that it means.
#[derive(Debug, Clone)]
pub struct Modes(pub Vec<Mode>);

pub(super) fn modes() -> impl TypedValueParser<Value = Modes> {
    PossibleValuesParser::new(Mode::with_credentials().map(Mode::name).chain(["both"]))
        .map(|name| Modes(name.parse().map_or(vec![STATELESS, STATEFUL], |mode| vec![mode])))
}

pub(super) fn balances() -> impl TypedValueParser<Value = Balance> {
    one_of([
        ("round-robin", "One after the other", Balance::RoundRobin),
        ("sticky", "The same one for the same user", Balance::Sticky),
        ("random", "Any", Balance::Random),
    ])
}

pub(super) fn arrival_processes() -> impl TypedValueParser<Value = ArrivalProcess> {
    one_of([
        ("constant", "All gaps are equal", ArrivalProcess::Constant),
        ("poisson", "Exponential gaps with the same mean, as of independent users", ArrivalProcess::Poisson),
    ])
}

/// A word, what it says in the help, and what it stands for.
fn one_of<T, const N: usize>(words: [(&'static str, &'static str, T); N]) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    let values = words.map(|(word, help, _)| PossibleValue::new(word).help(help));
    let meant = move |said: String| words.into_iter().find(|(word, ..)| *word == said);
    PossibleValuesParser::new(values).map(move |said| meant(said).expect("only these words are possible").2)
}

pub(super) fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number),
        _ => Err("it must be a number above 0".into()),
    }
}

/// `100`, or `100:10s,200:10s`.
pub(super) fn rates(text: &str) -> Result<Rates, String> {
    if !text.contains([':', ',']) {
        return Ok(Rates(vec![RateStep { per_second: rate(text)?, lasts: Duration::ZERO }]));
    }
    let step = |part: &str| {
        let (per_second, lasts) = part.split_once(':').ok_or_else(|| format!("{part:?} is not like 100:10s"))?;
        let lasts = span(lasts).map_err(|why| format!("{lasts:?}: {why}"))?;
        Ok(RateStep { per_second: rate(per_second)?, lasts })
    };
    text.split(',').map(step).collect::<Result<_, String>>().map(Rates)
}

/// And more than nothing.
pub(super) fn span(text: &str) -> Result<Duration, String> {
    duration(text).and_then(|span| if span.is_zero() { Err("it must be longer than nothing".into()) } else { Ok(span) })
}

/// A day at most: nothing here is asked for longer.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let parsed = humantime::parse_duration(text).map_err(|why| format!("{why}; it must be like 10s, 500ms or 2m"))?;
    if parsed > Duration::from_secs(24 * 60 * 60) { Err("it must be no longer than a day".into()) } else { Ok(parsed) }
}

/// Ten years at most: who comes less often is no visitor.
pub(super) fn period(text: &str) -> Result<humantime::Duration, String> {
    let parsed: humantime::Duration = text.parse().map_err(|why| format!("{why}; it must be like 8h, 30m or 7d"))?;
    match parsed.as_secs() {
        1..=315_576_000 => Ok(parsed),
        _ => Err("it must be from a second to ten years".into()),
    }
}

/// More than any machine sends; and none that is so near 0 that its gaps cannot be counted.
const RATES: RangeInclusive<f64> = 0.001..=10_000_000.0;

pub(super) fn rate(text: &str) -> Result<f64, String> {
    positive(text).and_then(|rate| match RATES.contains(&rate) {
        true => Ok(rate),
        false => Err("it must be from 0.001 to 10000000 a second".into()),
    })
}

pub(super) fn number(
    within: RangeInclusive<f64>,
    else_say: &'static str,
) -> impl Fn(&str) -> Result<f64, String> + Clone {
    move |text: &str| text.parse().ok().filter(|number| within.contains(number)).ok_or_else(|| else_say.to_owned())
}

/// As a share: 5 or 5% is 0.05.
pub(super) fn percent(text: &str) -> Result<f64, String> {
    match positive(text.trim_end_matches('%').trim_end()) {
        Ok(number) => Ok(number / 100.0),
        Err(_) => Err("it must be a number of per cent above 0, like 5".into()),
    }
}

pub(super) fn plain_http(text: &str) -> Result<Uri, String> {
    let complete = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let uri = complete.parse::<Uri>().ok().filter(|uri| uri.scheme_str() == Some("http") && text.is_ascii());
    let Some((uri, authority)) = uri.and_then(|uri| Some((uri.clone(), uri.authority()?.clone()))) else {
        return Err("it must be like http://127.0.0.1:8081 (plain http: this generator does not speak TLS)".into());
    };
    let has_port = authority.as_str().rsplit(']').next().is_some_and(|behind| behind.contains(':'));
    match (authority.as_str().contains('@'), has_port && authority.port_u16().is_none()) {
        (true, _) => Err("name and password belong to --login".into()),
        (_, true) => Err("its port must be a number from 1 to 65535".into()),
        _ => Ok(uri),
    }
}

pub(super) fn path(text: &str) -> Result<PathAndQuery, String> {
    match text.parse() {
        Ok(path) if text.starts_with('/') => Ok(path),
        _ => Err("it must begin with / and hold no spaces, like /api/whoami".into()),
    }
}

pub(super) fn name_and_password(text: &str) -> Result<(String, String), String> {
    match text.split_once(':') {
        Some((name, password)) if !name.is_empty() => Ok((name.into(), password.into())),
        _ => Err("it must be NAME:PASSWORD, like john:secret".into()),
    }
}
