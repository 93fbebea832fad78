//! What does each experiment ask, and what do people expect?

use crate::recording::Experiment;

/// As it is called on the command line.
pub fn experiment(experiment: Experiment) -> &'static str {
    match experiment {
        Experiment::AuthCost => "auth-cost",
        Experiment::CredentialCost => "credential-cost",
        Experiment::Crossover => "crossover",
        Experiment::ScaleOut => "scale-out",
        Experiment::AnyServer => "any-server",
        Experiment::KillOne => "kill-one",
        Experiment::LoseRedis => "lose-redis",
        Experiment::RollingDeploy => "rolling-deploy",
        Experiment::Memory => "memory",
        Experiment::Wire => "wire",
        Experiment::Caching => "caching",
        Experiment::Revocation => "revocation",
        Experiment::StolenCredential => "stolen-credential",
        Experiment::TwoTabs => "two-tabs",
        Experiment::RotateKey => "rotate-key",
        Experiment::Cost => "cost",
        Experiment::Simplicity => "simplicity",
    }
}

/// What it asks.
pub fn question(experiment: Experiment) -> &'static str {
    match experiment {
        Experiment::AuthCost => "What does it cost to know who is calling?",
        Experiment::CredentialCost => "What does each kind of credential cost?",
        Experiment::Crossover => "How near must Redis be for a session to be the faster one?",
        Experiment::ScaleOut => "What does one more replica bring?",
        Experiment::AnyServer => "Can any replica answer any request?",
        Experiment::KillOne => "What is lost when a replica is killed?",
        Experiment::LoseRedis => "What is lost when Redis is?",
        Experiment::RollingDeploy => "Does anybody notice a new version?",
        Experiment::Memory => "What does a login cost while nobody asks?",
        Experiment::Wire => "What travels with every request?",
        Experiment::Caching => "Can a shared cache answer instead?",
        Experiment::Revocation => "How long does a credential outlive its logout?",
        Experiment::StolenCredential => "What is a stolen or forged credential worth?",
        Experiment::TwoTabs => "What happens to two tabs of one person?",
        Experiment::RotateKey => "Does anybody notice a new key?",
        Experiment::Cost => "What does that mean for my own numbers?",
        Experiment::Simplicity => "Which server is the simpler one?",
    }
}

/// What people usually expect.
pub fn prediction(experiment: Experiment) -> &'static str {
    match experiment {
        Experiment::AuthCost => {
            "A token is checked on the spot, and a session has to be looked up over the network: the token must \
             be faster."
        }
        Experiment::CredentialCost => {
            "A signature is only arithmetic, so any token is cheaper than any session; and a denylist costs what \
             a session costs."
        }
        Experiment::Crossover => {
            "Arithmetic always beats a question over the network, so a token is faster wherever Redis is."
        }
        Experiment::ScaleOut => {
            "Stateless replicas share nothing, so each brings as much as the first. Stateful ones share their \
             session store, and that becomes the limit."
        }
        Experiment::AnyServer => {
            "With tokens any replica will do; with sessions a client must come back to the one that knows it."
        }
        Experiment::KillOne => {
            "Nothing with tokens, for nothing was there; with sessions, whoever was logged in on it."
        }
        Experiment::LoseRedis => {
            "Everybody is logged out, and until it is back nobody gets in; with tokens nobody notices."
        }
        Experiment::RollingDeploy => {
            "Stateless servers are replaced at will, and nobody notices; stateful ones log people out."
        }
        Experiment::Memory => {
            "A token costs its server nothing at all, and a session costs memory for as long as it lasts."
        }
        Experiment::Wire => "A token holds what the server would otherwise remember, so every request is longer.",
        Experiment::Caching => "What a stateless server answers can be cached; what depends on a session cannot.",
        Experiment::Revocation => "A session ends at once. A token cannot be taken back before it expires.",
        Experiment::StolenCredential => "A signed token cannot be forged, and a session can be fixed on its victim.",
        Experiment::TwoTabs => {
            "A session is the one place where both meet, so it is safe; a client that carries its own state loses \
             some."
        }
        Experiment::RotateKey => "A new signing key logs everybody out, and sessions have no key that could change.",
        Experiment::Cost => "Without a session store there is one machine less to pay for.",
        Experiment::Simplicity => "The one that remembers nothing has less to do, so there is less of it.",
    }
}
