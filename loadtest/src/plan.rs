//! Plan file: which experiments are carried out, and how thoroughly?
//!
//! A plan is a TOML file with a section for each experiment; an experiment without one does not run.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, bail};
use report::recording::{Experiment, Mode};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::StringDeserializer;

use crate::cli::Overrides;
use crate::experiments;
use crate::experiments::section::{Needs, Section};

/// The plans that the program carries.
const BUILT_IN: [(&str, &str); 4] = [
    ("tiny", include_str!("../plans/tiny.toml")),
    ("smoke", include_str!("../plans/smoke.toml")),
    ("workshop", include_str!("../plans/workshop.toml")),
    ("full", include_str!("../plans/full.toml")),
];

/// Of one replica, until it listens.
const REPLICA: Duration = Duration::from_millis(150);
/// Of the contract suite, on one fleet.
const CONTRACT: Duration = Duration::from_secs(1);

/// The durations that `--duration-scale` makes longer, by their names: stretches of load, and the parts of a fault run.
const STRETCHES: [&str; 5] = ["measured", "warm-up", "before", "broken", "after"];

/// In the order of the report.
#[derive(Debug)]
pub struct Plan {
    pub sections: BTreeMap<Experiment, Box<dyn Section>>,
}

impl Plan {
    /// A built-in plan by its name, or a file; with its text.
    ///
    /// # Errors
    /// There is none, or it asks for what cannot be.
    pub fn find(name: &str, overrides: &Overrides) -> anyhow::Result<(Plan, String)> {
        let text = match BUILT_IN.iter().find(|(built_in, _)| *built_in == name) {
            Some((_, text)) => (*text).to_owned(),
            None => std::fs::read_to_string(name).with_context(|| {
                format!("there is no plan {name}: use smoke, workshop, full, or a TOML file like those")
            })?,
        };
        let plan = Plan::parse(&text, overrides).with_context(|| format!("the plan {name} cannot be carried out"))?;
        Ok((plan, text))
    }

    fn parse(text: &str, overrides: &Overrides) -> anyhow::Result<Plan> {
        let written: toml::Table = toml::from_str(text)?;
        let mut sections = BTreeMap::new();
        for (name, mut says) in written {
            let experiment = Experiment::deserialize(name.into_deserializer() as StringDeserializer<toml::de::Error>)?;
            overrides.apply_to(&mut says);
            let section = experiments::section(experiment, says).with_context(|| format!("[{}]", experiment.name()))?;
            if sections.insert(experiment, section).is_some() {
                bail!("it has two sections for {}, one of them by its old name: keep one", experiment.name());
            }
        }
        if sections.is_empty() {
            bail!("it has no section: add one, like [auth-cost] in the built-in plans");
        }
        if let Some(absent) = overrides.only.iter().find(|wanted| !sections.contains_key(wanted)) {
            bail!("it has no section for {}: add it, or take another plan", absent.name());
        }
        sections.retain(|experiment, _| overrides.only.is_empty() || overrides.only.contains(experiment));
        Ok(Plan { sections })
    }

    /// Of all its experiments, with the starts of the fleets that they share.
    pub fn needs(&self) -> Needs {
        let needs = self.sections.values().map(|section| section.needs()).fold(Needs::default(), Needs::and);
        let starts: Duration = needs.fleets.iter().map(|(mode, replicas)| start_takes(*mode, *replicas)).sum();
        Needs { takes: needs.takes + starts, ..needs }
    }
}

impl Overrides {
    /// Wherever it stands in a section.
    fn apply_to(&self, says: &mut toml::Value) {
        match says {
            toml::Value::Array(items) => items.iter_mut().for_each(|item| self.apply_to(item)),
            toml::Value::Table(table) => table.iter_mut().for_each(|(key, value)| match (value, self.balancer) {
                (toml::Value::String(text), _) if STRETCHES.contains(&key.as_str()) => *text = self.stretched(text),
                (toml::Value::Array(all), Some(balancer)) if key == "balancers" => *all = vec![balancer.name().into()],
                (value, _) => self.apply_to(value),
            }),
            _ => {}
        }
    }

    /// What is no duration stays as it is, to be refused.
    fn stretched(&self, text: &str) -> String {
        let stretched = humantime::parse_duration(text).map(|duration| duration.mul_f64(self.duration_scale));
        stretched.map_or_else(|_| text.into(), |duration| humantime::format_duration(duration).to_string())
    }
}

/// Until a fleet listens, and has been held against its contract.
pub fn start_takes(mode: Mode, replicas: u32) -> Duration {
    match mode {
        Mode::Bare => REPLICA,
        _ => REPLICA * replicas + CONTRACT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the time that was promised, with the starts of all fleets. The rest is for the report, and for what is not quiet.
    const PLANNED: f64 = 0.95;

    #[track_caller]
    fn check(name: &str, promised_seconds: u64) {
        let (plan, _) = Plan::find(name, &Overrides::default()).expect("it is built in");
        let (takes, most) = (plan.needs().takes, Duration::from_secs(promised_seconds).mul_f64(PLANNED));
        assert!(takes < most, "{name} takes {takes:?}, and {most:?} is the most");
    }

    fn parse(text: &str) -> anyhow::Result<Plan> {
        Plan::parse(text, &Overrides::default())
    }

    #[test]
    fn each_plan_ends_within_the_time_that_is_promised() {
        check("smoke", 90);
        check("workshop", 5 * 60);
        check("full", 30 * 60);
    }

    /// One experiment that takes a second and a half, and one that takes a second.
    const BOTH: &str =
        "[cost]\nstretches = { blocks = 1, measured = \"500ms\", warm-up = \"230ms\" }\n[wire]\nitems = [1]";

    #[test]
    fn fleets_are_started_once_for_all_and_their_starts_count() {
        let needs = parse(BOTH).expect("it is well-formed").needs();
        assert_eq!(needs.fleets, [(Mode::Jwt, 1), (Mode::SessionRedis, 1)]);
        assert_eq!(needs.takes, Duration::from_millis(2500) + (REPLICA + CONTRACT) * 2);
    }

    #[test]
    fn what_the_command_line_says_comes_before_what_the_plan_says() {
        let overrides = Overrides { duration_scale: 10.0, only: vec![Experiment::Sizing], balancer: None };
        let plan = Plan::parse(BOTH, &overrides).expect("it is well-formed");
        assert_eq!(plan.needs().takes, Duration::from_millis(2 * 7320) + (REPLICA + CONTRACT) * 2);
        let absent = Overrides { only: vec![Experiment::Memory], ..overrides };
        let refused = Plan::parse(BOTH, &absent).expect_err("it has no such section");
        assert!(refused.to_string().starts_with("it has no section for memory"), "{refused}");
    }

    #[test]
    fn a_plan_of_an_earlier_release_is_understood() {
        let times = "rate = 9, before = \"1s\", broken = \"1s\", after = \"1s\", repeats = 1";
        let takes = |section: &str| parse(&format!("[kill-one]\n{section} {times} }}")).map(|plan| plan.needs()).ok();
        assert_eq!(takes("drills = { people = 2,"), takes("runs = { clients = 2,"));
        assert_ne!(takes("runs = { clients = 2,"), None);
    }

    #[test]
    fn what_is_no_plan_is_refused_in_a_sentence_that_names_the_section() {
        let refused = |text: &str| format!("{:#}", parse(text).expect_err("it is no plan"));
        assert!(refused("").contains("it has no section"));
        let items = refused("[wire]\nitems = [21]");
        assert!(items.starts_with("[request-size]: items must be"), "{items}");
        assert!(refused("[cost]\nspeed = 1").contains("[sizing]"));
        assert!(refused("[wire]\nitems = [1]\n[request-size]\nitems = [1]").contains("two sections for request-size"));
    }
}
