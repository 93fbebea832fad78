//! What may be said for an option, and what is said when it is something else?

use http::Uri;
use http::uri::PathAndQuery;

use super::Rates;
use crate::load::pace::Step;

pub(super) fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number),
        _ => Err("it must be a number above 0".into()),
    }
}

/// `100`, or `100:10s,200:10s`.
pub(super) fn rates(text: &str) -> Result<Rates, String> {
    if !text.contains(':') {
        return positive(text).map(Rates::Steady);
    }
    let step = |part: &str| {
        let (rate, lasts) = part.split_once(':').ok_or_else(|| format!("{part:?} is not like 100:10s"))?;
        let lasts = humantime::parse_duration(lasts).map_err(|why| format!("{lasts:?}: {why}"))?;
        Ok(Step { per_second: positive(rate)?, lasts })
    };
    text.split(',').map(step).collect::<Result<Vec<_>, String>>().map(Rates::Steps)
}

pub(super) fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if (0.0..=1.0).contains(&number) => Ok(number),
        _ => Err("it must be a number from 0 to 1".into()),
    }
}

pub(super) fn exponent(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if (0.0..=10.0).contains(&number) => Ok(number),
        _ => Err("it must be a number from 0 to 10; about 1 is usual".into()),
    }
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
    match complete.parse::<Uri>() {
        Ok(uri) if uri.scheme_str() == Some("http") && uri.host().is_some() => Ok(uri),
        _ => Err("it must be like http://127.0.0.1:8081 (plain http: this generator does not speak TLS)".into()),
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
