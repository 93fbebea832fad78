//! Figures of a calibration: what does it come to, for people and for programs?

use std::fmt::{self, Display, Formatter};

use report::evidence::noise::Band;
use report::format;
use serde::Serialize;

/// What `--json` writes. Noise is a factor: 1.02 is ±2 %.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Calibration {
    pub cores: usize,
    pub clock_nanos: f64,
    pub wakes_late_micros: Quantiles,
    /// µs of CPU.
    pub generator_cpu_a_request: f64,
    /// On one core, in a closed loop.
    pub most_requests_a_second: f64,
    /// The highest rate that was tried and kept, in an open loop on the generator's cores.
    pub on_schedule_up_to: f64,
    pub rounds: u32,
    pub noise: Noise,
    /// By other programs while it was measured, in cores.
    pub others_used: f64,
    /// Of all cores, by whoever runs this machine as a virtual one.
    pub stolen_share: f64,
}

#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Quantiles {
    pub p50: f64,
    pub p99: f64,
}

/// The A/A band of each metric over all rounds.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Noise {
    pub cpu: Option<Band>,
    pub median: Option<Band>,
    pub p99: Option<Band>,
    pub throughput: Option<Band>,
}

impl Display for Calibration {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        let Quantiles { p50, p99 } = self.wakes_late_micros;
        writeln!(to, "clock: a look costs {:.0} ns; a sleep ends {p50:.0} µs late, p99 {p99:.0} µs", self.clock_nanos)?;
        let (cpu, most) = (self.generator_cpu_a_request, format::count(self.most_requests_a_second as u64));
        let kept = format::count(self.on_schedule_up_to as u64);
        writeln!(
            to,
            "generator: {cpu:.1} µs of CPU a request, so a core sends {most} a second at most in a closed loop"
        )?;
        writeln!(to, "  and kept the schedule of an open loop up to {kept} a second")?;
        let (others, stolen) = (self.others_used, format::percent(self.stolen_share));
        writeln!(
            to,
            "machine: {} cores, of which other programs used {others:.2}, and {stolen} was stolen",
            self.cores
        )?;
        writeln!(to, "noise: a server against itself in {} rounds", self.rounds)?;
        for (name, band) in self.noise.each() {
            writeln!(to, "  {name}: {}", band.map_or("unknown".into(), |band| band.to_string()))?;
        }
        write!(to, "{}", self.sentence())
    }
}

impl Noise {
    fn each(&self) -> [(&'static str, Option<Band>); 4] {
        let Noise { cpu, median, p99, throughput } = *self;
        [("CPU a request", cpu), ("median latency", median), ("p99 latency", p99), ("throughput", throughput)]
    }
}

impl Calibration {
    /// An effect is seen when its whole interval lies outside the band, and that is about as wide as the band.
    fn sentence(&self) -> String {
        let smallest =
            |band: Option<Band>| band.map_or("nothing".into(), |band| format::percent(band.factor.powi(2) - 1.0));
        let Noise { cpu, median, p99, throughput } = self.noise;
        let calm = if self.others_used + self.stolen_share < 0.1 {
            "It is quiet enough."
        } else {
            "It is not quiet: close other programs and ask again."
        };
        format!(
            "With {} rounds this machine can show differences from about {} on in CPU time, {} in throughput, {} in the median and {} in \
             p99; four times as many rounds halve that. {calm}",
            self.rounds,
            smallest(cpu),
            smallest(throughput),
            smallest(median),
            smallest(p99)
        )
    }
}
