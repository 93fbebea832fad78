//! How thorough shall it be?
//!
//! A plan is a TOML file with a section for each experiment; an experiment without one does not run.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, bail};
use loadtest::recording::{Experiment, Mode};
use loadtest::words;

use crate::experiments;
use crate::experiments::section::Section;
use crate::fleet::balancer::Balancer;

/// The plans that the program carries.
const BUILT_IN: [(&str, &str); 4] = [
    ("tiny", include_str!("../plans/tiny.toml")),
    ("smoke", include_str!("../plans/smoke.toml")),
    ("workshop", include_str!("../plans/workshop.toml")),
    ("full", include_str!("../plans/full.toml")),
];

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
            sections.insert(experiment, section.with_context(|| format!("[{}]", words::experiment(experiment)))?);
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
                bail!("the plan has no section for {}: add it, or take another plan", words::experiment(*wanted));
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

    pub fn takes(&self) -> Duration {
        self.sections.values().map(|section| section.takes()).sum()
    }
}
