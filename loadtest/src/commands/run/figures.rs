//! Figures of a load test: what did one stretch of load come to, for people and for programs?

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use report::recording::{Latency, Outcomes, SendLag};
use serde::Serialize;

use load::measured::Measured;
use load::pace::Arrivals;

/// The JSON object of `loadtest run`. Times that end in `Ms` are milliseconds.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    #[serde(flatten)]
    outcomes: Outcomes,
    /// How many of them were of which kind.
    connection_error_kinds: BTreeMap<&'static str, u64>,
    duration_seconds: f64,
    goodput_per_second: f64,
    model: &'static str,
    /// Of good answers; from the intended send time when the model is open.
    latency_ms: LatencyMs,
    /// The same in an open loop, had the clock been started when a request left and not when it was due.
    since_sent_ms: Option<LatencyMs>,
    /// How many requests were under way on the average, by Little's law.
    concurrency: f64,
    send_lag_ms: SendLagMs,
    bytes_sent: u64,
    bytes_received: u64,
    connections_opened: u64,
    generator_cpu_seconds: f64,
    valid: bool,
    why_invalid: Option<String>,
}

#[derive(Debug, Serialize)]
struct LatencyMs {
    mean: f64,
    p50: f64,
    p90: f64,
    p95: f64,
    p99: f64,
    p999: f64,
    max: f64,
}

#[derive(Debug, Serialize)]
struct SendLagMs {
    p50: f64,
    p99: f64,
    max: f64,
}

impl Figures {
    pub fn of(measured: &Measured, arrivals: &Arrivals) -> Figures {
        let why_invalid = measured.invalid_reasons(arrivals.aim());
        let SendLag { p50, p99, max } = measured.stats.send_lag();
        Figures {
            outcomes: measured.stats.outcomes.clone(),
            connection_error_kinds: measured.stats.kinds.clone(),
            duration_seconds: measured.elapsed.as_secs_f64(),
            goodput_per_second: measured.goodput_per_second(),
            model: if arrivals.is_open() { "open" } else { "closed" },
            latency_ms: LatencyMs::of(&measured.stats.ok),
            since_sent_ms: measured.stats.since_sent.as_ref().map(LatencyMs::of),
            concurrency: measured.concurrency(),
            send_lag_ms: SendLagMs { p50: milliseconds(p50), p99: milliseconds(p99), max: milliseconds(max) },
            bytes_sent: measured.bytes_sent,
            bytes_received: measured.bytes_received,
            connections_opened: measured.connections,
            generator_cpu_seconds: measured.cpu.as_secs_f64(),
            valid: why_invalid.is_empty(),
            why_invalid: (!why_invalid.is_empty()).then(|| why_invalid.join("; ")),
        }
    }

    /// The same, for one more reason about something else than the server.
    pub fn void(self, why: String) -> Figures {
        Figures {
            valid: false,
            why_invalid: Some(self.why_invalid.map_or(why.clone(), |other| format!("{why}; {other}"))),
            ..self
        }
    }
}

impl LatencyMs {
    fn of(latency: &Latency) -> LatencyMs {
        let at = |share| milliseconds(latency.quantile(share));
        LatencyMs {
            mean: milliseconds(latency.mean()),
            p50: at(0.5),
            p90: at(0.9),
            p95: at(0.95),
            p99: at(0.99),
            p999: at(0.999),
            max: milliseconds(latency.max()),
        }
    }
}

/// To the nanosecond, without the digits that a binary fraction adds.
fn milliseconds(duration: Duration) -> f64 {
    duration.as_nanos() as f64 / 1e6
}

impl fmt::Display for Figures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcomes = &self.outcomes;
        let errors =
            outcomes.http_errors.iter().map(|(status, count)| format!(", {count} × {status}")).collect::<String>();
        let kinds = self.connection_error_kinds.iter().map(|(kind, count)| format!("{count} {kind}"));
        let kinds = kinds.collect::<Vec<_>>().join(", ");
        let kinds = if kinds.is_empty() { kinds } else { format!(" ({kinds})") };
        let latency = &self.latency_ms;
        writeln!(
            out,
            "{} loop, {:.1} s, {:.1} good answers a second",
            self.model, self.duration_seconds, self.goodput_per_second
        )?;
        writeln!(
            out,
            "{} sent: {} ok{errors}, {} timeouts, {} connection errors{kinds}, {} in flight",
            outcomes.sent, outcomes.ok, outcomes.timeouts, outcomes.connection_errors, outcomes.in_flight
        )?;
        if outcomes.never_sent > 0 {
            writeln!(out, "{} more were due, and given up before a connection was free", outcomes.never_sent)?;
        }
        if outcomes.ok == 0 {
            writeln!(out, "not one good answer, so no latency")?;
        } else {
            writeln!(
                out,
                "latency in ms: mean {:.3}, p50 {:.3}, p90 {:.3}, p99 {:.3}, p99.9 {:.3}, max {:.3}",
                latency.mean, latency.p50, latency.p90, latency.p99, latency.p999, latency.max
            )?;
        }
        let lag = &self.send_lag_ms;
        write!(out, "send lag p99 {:.3} ms, generator CPU {:.2} s", lag.p99, self.generator_cpu_seconds)?;
        match &self.why_invalid {
            Some(why) => write!(out, "\nnot valid: {why}"),
            None => Ok(()),
        }
    }
}
