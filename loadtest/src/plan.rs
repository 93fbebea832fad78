//! How thorough shall it be?
//!
//! A plan is a TOML file with a section for each experiment; an experiment without one does not run.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, bail};
use report::recording::{Experiment, Mode};

use crate::experiments;
use crate::experiments::section::Section;
use crate::fleet::balancer::Balancer;
use crate::progress::Takes;

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
    pub fn find(name: &str) -> anyhow::Result<(Plan, String)> {
        let text = match BUILT_IN.iter().find(|(built_in, _)| *built_in == name) {
            Some((_, text)) => (*text).to_owned(),
            None => std::fs::read_to_string(name).with_context(|| {
                format!("there is no plan {name}: use smoke, workshop, full, or a TOML file like those")
            })?,
        };
        let plan = Plan::parse(&text).with_context(|| format!("the plan {name} cannot be carried out"))?;
        Ok((plan, text))
    }

    fn parse(text: &str) -> anyhow::Result<Plan> {
        let written: BTreeMap<Experiment, toml::Value> = toml::from_str(text)?;
        let mut sections = BTreeMap::new();
        for (experiment, value) in written {
            let section = experiments::section(experiment, value).map_err(anyhow::Error::from);
            let section = section.and_then(|section| section.check().map(|()| section));
            sections.insert(experiment, section.with_context(|| format!("[{}]", experiment.name()))?);
        }
        if sections.is_empty() {
            bail!("it has no section: add one, like [auth-cost] in the built-in plans");
        }
        Ok(Plan { sections })
    }

    /// Leaves out what is not among `only`, and makes every stretch so many times as long.
    ///
    /// # Errors
    /// When `only` names what the plan does not have.
    pub fn narrowed(mut self, only: &[Experiment], scale: f64) -> anyhow::Result<Plan> {
        for wanted in only {
            if !self.sections.contains_key(wanted) {
                bail!("the plan has no section for {}: add it, or take another plan", wanted.name());
            }
        }
        self.sections.retain(|experiment, _| only.is_empty() || only.contains(experiment));
        for duration in self.sections.values_mut().flat_map(|section| section.stretches()) {
            *duration = duration.mul_f64(scale);
        }
        Ok(self)
    }

    /// Puts this balancer before replicas, in place of those that the plan names.
    pub fn behind(mut self, balancer: Option<Balancer>) -> Plan {
        if let Some(balancer) = balancer {
            self.sections.values_mut().for_each(|section| section.put_behind(balancer));
        }
        self
    }

    /// The fleets that its experiments share, each with as many replicas as the largest of them needs.
    pub fn fleets(&self) -> Vec<(Mode, u32)> {
        let mut fleets: Vec<(Mode, u32)> = Vec::new();
        for (mode, replicas) in self.sections.values().flat_map(|section| section.fleets()) {
            match fleets.iter_mut().find(|(known, _)| *known == mode) {
                Some((_, most)) => *most = replicas.max(*most),
                None => fleets.push((mode, replicas)),
            }
        }
        fleets
    }

    /// People who must be able to log in there.
    pub fn visitors(&self) -> u32 {
        self.sections.values().map(|section| section.visitors()).max().unwrap_or(1)
    }

    /// The share of a core that replicas and Redis are held to, when they are.
    pub fn cap(&self) -> Option<f64> {
        self.sections.values().find_map(|section| section.cap())
    }

    /// On a quiet machine; the progress corrects it as it goes.
    pub fn takes(&self) -> Takes {
        Takes {
            starts: self.fleets().into_iter().map(|(mode, replicas)| start_takes(mode, replicas)).sum(),
            experiments: self.sections.values().map(|section| section.takes()).sum(),
        }
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
        let (plan, _) = Plan::find(name).expect("it is built in");
        let takes = plan.takes();
        let most = Duration::from_secs(promised_seconds).mul_f64(PLANNED);
        assert!(takes.all() < most, "{name} takes {takes:?}, and {most:?} is the most");
    }

    #[test]
    fn each_plan_ends_within_the_time_that_is_promised() {
        check("smoke", 90);
        check("workshop", 5 * 60);
        check("full", 30 * 60);
    }

    #[test]
    fn fleets_are_started_once_for_all_and_their_starts_count() {
        let both = "[wire]\nitems = [1]\n[cost]\nstretches = { blocks = 1, measured = \"1s\", warm-up = \"0s\" }";
        let plan = Plan::parse(both).expect("it is well-formed");
        assert_eq!(plan.takes().starts, (REPLICA + CONTRACT) * 2);
    }

    #[test]
    fn what_is_no_plan_is_refused_in_a_sentence_that_names_the_section() {
        let refused = |text: &str| format!("{:#}", Plan::parse(text).expect_err("it is no plan"));
        assert!(refused("").contains("it has no section"));
        assert!(
            refused("[wire]\nitems = [21]").starts_with("[wire]: items must be"),
            "{}",
            refused("[wire]\nitems = [21]")
        );
        assert!(refused("[cost]\nspeed = 1").contains("[cost]"));
    }
}
