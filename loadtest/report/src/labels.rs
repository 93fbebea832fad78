//! Labels: what is a thing called?
//!
//! The same word for the same thing, wherever it is named.

use crate::format::{count, duration, number, percent};
use crate::recording::{Fault, Limit, Load, Mode, Quota, Reaction, Role, SharedCache, Way, Workload};

/// The algorithm, as those say it who know that it is a token.
pub fn token(of: Mode) -> String {
    let algorithm = of.entry().key.to_string();
    if of == Mode::JwtEs256Cached { format!("{algorithm} with a verify cache") } else { algorithm }
}

/// Who answered what: "stateless, token", or "control of the stateful fleet".
pub fn arm(of: Mode, what: Workload) -> String {
    match (of, what) {
        (Mode::Bare, _) | (_, Workload::Whoami | Workload::Profile | Workload::Journey) => of.label().to_owned(),
        (one, Workload::Anonymous) if one.is_stateless() => "no credential, stateless server".to_owned(),
        (_, Workload::Anonymous) => "no credential, stateful server".to_owned(),
    }
}

pub fn workload(workload: Workload) -> &'static str {
    match workload {
        Workload::Anonymous => "no credential (control)",
        Workload::Whoami => "who am I",
        Workload::Profile => "profile",
        Workload::Journey => "journey",
    }
}

pub fn role(role: Role) -> String {
    match role {
        Role::Replica(number) => format!("replica {number}"),
        Role::Redis => "Redis".into(),
        Role::Database => "database".into(),
        Role::Generator => "generator".into(),
    }
}

/// "10 % of a core by a control group, version 1".
pub fn limit(limit: Limit) -> String {
    let share = |quota: Quota, by: &str| {
        let (each, period) = (duration(quota.quota), duration(quota.period));
        format!("held to {} of a core ({each} in every {period}) by {by}", percent(quota.share()))
    };
    match limit {
        Limit::CgroupV2(quota) => share(quota, "a control group of version 2 (cpu.max)"),
        Limit::CgroupV1(quota) => share(quota, "a control group of version 1 (cpu.cfs_quota_us)"),
        Limit::Core { .. } => "bound to one core, and capped by nothing".into(),
        Limit::Nothing => "capped by nothing and bound to nothing".into(),
    }
}

pub fn shared_cache(cache: SharedCache) -> &'static str {
    match cache {
        SharedCache::Nginx => "nginx",
        SharedCache::Varnish => "Varnish",
    }
}

/// What came of a stimulus: "refused 401".
pub fn reaction(reaction: &Reaction) -> String {
    match reaction {
        Reaction::Refused { statuses } if statuses.is_empty() => "hung up".into(),
        Reaction::Refused { statuses } => {
            let statuses: Vec<String> = statuses.iter().map(u16::to_string).collect();
            format!("refused {}", statuses.join(", "))
        }
        Reaction::Accepted => "accepted".into(),
        Reaction::Ignored => "ignored".into(),
        Reaction::OnlyWith { words } => format!("passes with {}", words.join(", ")),
        Reaction::Held => "held".into(),
        Reaction::NotApplicable => "–".into(),
        Reaction::Broken { sentence } => format!("BROKEN: {sentence}"),
    }
}

pub fn load(load: Load) -> String {
    match load {
        Load::Open { per_second } => format!("open loop, {}/s", number(per_second)),
        Load::Closed { users } => format!("closed loop, {} visitors", count(users.into())),
    }
}

pub fn fault(fault: Fault) -> &'static str {
    match fault {
        Fault::None => "nothing is broken",
        Fault::KillReplica => "a replica is killed",
        Fault::Freeze => "Redis is frozen",
        Fault::Slow => "Redis answers late",
        Fault::RestartEmpty => "Redis is killed and comes back empty",
        Fault::RestartSnapshot => "Redis is killed before a snapshot was due, and comes back",
        Fault::RestartAof => "Redis is killed and comes back with its log",
        Fault::Deploy => "all replicas are replaced in turn",
        Fault::AddReplica => "a replica joins",
        Fault::Rotate => "the key is changed with care",
        Fault::RotateAtOnce => "the key is changed carelessly",
    }
}

/// The same in a few words, where it is clear that Redis was broken.
pub fn came_back(fault: Fault) -> &'static str {
    match fault {
        Fault::Freeze => "frozen",
        Fault::Slow => "slow",
        Fault::RestartEmpty => "back empty",
        Fault::RestartSnapshot => "back, no snapshot was due yet",
        Fault::RestartAof => "back with its log",
        other => self::fault(other),
    }
}

pub fn way(way: Way) -> &'static str {
    match way {
        Way::RoundRobin => "each request asks the next replica",
        Way::Sticky => "each person stays with a replica",
        Way::Random => "each request asks any replica",
        Way::Balancer => "a balancer decides",
        Way::BalancerCookie => "a balancer decides, by its cookie",
    }
}

/// How a key was changed.
pub fn rotation(fault: Fault) -> &'static str {
    match fault {
        Fault::RotateAtOnce => "carelessly",
        _ => "with care",
    }
}
