//! How thorough shall it be?
//!
//! A plan is a TOML file with a section for each experiment; an experiment without one does not run.

use std::time::Duration;

use anyhow::{Context, bail};
use loadtest::recording::{Experiment, Mode};
use loadtest::words;
use serde::{Deserialize, Deserializer};

/// The plans that the program carries.
const BUILT_IN: [(&str, &str); 4] = [
    ("tiny", include_str!("../plans/tiny.toml")),
    ("smoke", include_str!("../plans/smoke.toml")),
    ("workshop", include_str!("../plans/workshop.toml")),
    ("full", include_str!("../plans/full.toml")),
];

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Plan {
    pub auth_cost: Option<AuthCost>,
    pub credential_cost: Option<CredentialCost>,
    pub scale_out: Option<ScaleOut>,
    pub wire: Option<Wire>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AuthCost {
    /// Requests per second on every arm, so that only the work behind a request differs.
    pub rate: f64,
    /// The same for the journey, which writes.
    pub journey_rate: f64,
    pub visitors: u32,
    /// At that rate, for the latency.
    pub stretches: Stretches,
    /// And flat out, for the CPU time: visitors who ask again at once leave no core time to fall asleep and be woken,
    /// which costs several times what a request does.
    pub flat_out: FlatOut,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FlatOut {
    pub users: u32,
    #[serde(deserialize_with = "humane")]
    pub measured: Duration,
    #[serde(deserialize_with = "humane")]
    pub warm_up: Duration,
}

/// Visitors who ask again at once, of one fleet after the other.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CredentialCost {
    pub users: u32,
    pub stretches: Stretches,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ScaleOut {
    #[serde(default = "every_way_to_remember")]
    pub modes: Vec<Mode>,
    pub replicas: Vec<u32>,
    /// Of one core, for each replica, and for Redis: 0.15 is 15 %.
    pub share: f64,
    pub users_per_replica: u32,
    pub stretches: Stretches,
}

fn every_way_to_remember() -> Vec<Mode> {
    use Mode::{Jwt, JwtDenylist, JwtEs256, SessionMemory, SessionNearCache, SessionRedis};
    vec![Jwt, SessionRedis, JwtEs256, JwtDenylist, SessionNearCache, SessionMemory]
}

/// How often each arm is measured, and how long.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Stretches {
    pub blocks: u32,
    #[serde(deserialize_with = "humane")]
    pub measured: Duration,
    /// Before each, and thrown away.
    #[serde(deserialize_with = "humane")]
    pub warm_up: Duration,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Wire {
    /// How many products the checkouts hold whose drafts are weighed.
    pub items: Vec<usize>,
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
        let plan: Plan = toml::from_str(&text).with_context(|| format!("the plan {name} cannot be read"))?;
        plan.check().with_context(|| format!("the plan {name} cannot be carried out"))?;
        Ok((plan, text))
    }

    /// Leaves out what is not among `only`, and makes every stretch so many times as long.
    ///
    /// # Errors
    /// When that leaves nothing, or `only` names what the plan does not have.
    pub fn narrowed(mut self, only: &[Experiment], scale: f64) -> anyhow::Result<Plan> {
        for wanted in only {
            if !self.experiments().contains(wanted) {
                bail!("the plan has no section for {}: add it, or take another plan", words::experiment(*wanted));
            }
        }
        let wanted = |name| only.is_empty() || only.contains(&name);
        self.auth_cost = self.auth_cost.filter(|_| wanted(Experiment::AuthCost));
        self.credential_cost = self.credential_cost.filter(|_| wanted(Experiment::CredentialCost));
        self.scale_out = self.scale_out.filter(|_| wanted(Experiment::ScaleOut));
        self.wire = self.wire.filter(|_| wanted(Experiment::Wire));
        for duration in self.durations() {
            *duration = duration.mul_f64(scale);
        }
        Ok(self)
    }

    pub fn experiments(&self) -> Vec<Experiment> {
        let present = [
            self.auth_cost.as_ref().map(|_| Experiment::AuthCost),
            self.credential_cost.as_ref().map(|_| Experiment::CredentialCost),
            self.scale_out.as_ref().map(|_| Experiment::ScaleOut),
            self.wire.as_ref().map(|_| Experiment::Wire),
        ];
        present.into_iter().flatten().collect()
    }

    /// Replicas that a fleet needs for the largest of its experiments.
    pub fn replicas(&self, mode: Mode) -> u32 {
        let takes_part = self.scale_out.iter().filter(|scale_out| scale_out.modes.contains(&mode));
        takes_part.map(ScaleOut::most_replicas).max().unwrap_or(1)
    }

    /// People who must be able to log in.
    pub fn visitors(&self) -> u32 {
        let cost = self.auth_cost.as_ref().map_or(0, |cost| cost.visitors);
        let scale = self.scale_out.as_ref().map_or(0, |scale| scale.users_per_replica * scale.most_replicas());
        let credentials = self.credential_cost.as_ref().map_or(0, |credentials| credentials.users);
        cost.max(scale).max(credentials).max(1)
    }

    fn durations(&mut self) -> impl Iterator<Item = &mut Duration> {
        let flat_out = self.auth_cost.as_mut().map(|cost| {
            let (eased, flat_out) = (&mut cost.stretches, &mut cost.flat_out);
            [&mut eased.measured, &mut eased.warm_up, &mut flat_out.measured, &mut flat_out.warm_up]
        });
        let credentials = self.credential_cost.as_mut().map(|credentials| &mut credentials.stretches);
        let scale_out = self.scale_out.as_mut().map(|scale| &mut scale.stretches);
        let others = credentials.into_iter().chain(scale_out);
        let others = others.flat_map(|stretches| [&mut stretches.measured, &mut stretches.warm_up]);
        flat_out.into_iter().flatten().chain(others)
    }

    fn check(&self) -> anyhow::Result<()> {
        if self.experiments().is_empty() {
            bail!("it has no section: add [auth-cost], [credential-cost], [scale-out] or [wire]");
        }
        self.auth_cost.as_ref().map_or(Ok(()), AuthCost::check)?;
        self.credential_cost.as_ref().map_or(Ok(()), CredentialCost::check)?;
        self.scale_out.as_ref().map_or(Ok(()), ScaleOut::check)?;
        match &self.wire {
            Some(wire) if wire.items.iter().any(|items| !(1..=20).contains(items)) => {
                bail!("items must be numbers from 1 to 20: no checkout holds more")
            }
            _ => Ok(()),
        }
    }
}

impl AuthCost {
    fn check(&self) -> anyhow::Result<()> {
        let FlatOut { users, measured, .. } = self.flat_out;
        if self.rate <= 0.0 || self.journey_rate <= 0.0 || self.visitors == 0 || users == 0 || measured.is_zero() {
            bail!("rate, journey-rate, visitors, users and measured must be above 0");
        }
        self.stretches.check()
    }
}

impl CredentialCost {
    fn check(&self) -> anyhow::Result<()> {
        if self.users == 0 {
            bail!("users must be above 0");
        }
        self.stretches.check()
    }
}

impl ScaleOut {
    fn most_replicas(&self) -> u32 {
        self.replicas.iter().copied().max().unwrap_or(1)
    }

    fn check(&self) -> anyhow::Result<()> {
        if self.modes.is_empty() || self.modes.contains(&Mode::Bare) {
            bail!("modes must name fleets, like [\"jwt\", \"session-redis\"]: without the line it is every kind");
        }
        if self.replicas.is_empty() || self.replicas.iter().any(|count| !(1..=64).contains(count)) {
            bail!("replicas must be numbers from 1 to 64, like [1, 2, 4]");
        }
        if !(0.01..=1.0).contains(&self.share) || self.users_per_replica == 0 {
            bail!("share must be between 0.01 and 1, and users-per-replica above 0");
        }
        self.stretches.check()
    }
}

impl Stretches {
    fn check(&self) -> anyhow::Result<()> {
        if self.blocks == 0 || self.measured.is_zero() {
            bail!("blocks and measured must be above 0");
        }
        Ok(())
    }
}

fn humane<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(from)?;
    humantime::parse_duration(&text).map_err(serde::de::Error::custom)
}
