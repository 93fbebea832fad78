//! Simplicity: which server is the simpler one?
//!
//! Nothing is started: the sources were counted when the program was built beside them. Lines are what a reader has to
//! get through; types, settings and tasks are what there is to keep in mind.

use async_trait::async_trait;
use report::recording::{Event, Owner, Source, Sources, Twin};
use serde::Deserialize;

use crate::experiments::bench::{Bench, Halt};
use crate::experiments::section::{Needs, Section};

#[cfg(test)]
#[path = "../../build/count.rs"]
mod count;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Simplicity {}

#[async_trait(?Send)]
impl Section for Simplicity {
    fn needs(&self) -> Needs {
        Needs::default()
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        Ok(bench.recorder.record(&Event::Sources(sources()))?)
    }
}

fn sources() -> Sources {
    include!(concat!(env!("OUT_DIR"), "/sources.rs"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_servers_have_four_files_in_common() {
        let sources = sources();
        let names: Vec<&str> = sources.twins.iter().map(|twin| &*twin.file).collect();
        assert_eq!(names, ["config.rs", "credentials.rs", "drafts.rs", "main.rs"]);
        for twin in &sources.twins {
            assert!(twin.same > 0 && twin.only_stateless > 0 && twin.only_stateful > 0, "{twin:?}");
        }
    }

    #[test]
    fn what_is_shared_and_counted_for_one_server_is_used_by_that_one_alone() {
        let users = |server: &str, what: &str| {
            let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(server).join("src");
            let read = |file: &str| std::fs::read_to_string(sources.join(file)).unwrap_or_default();
            super::sources().files.iter().any(|source| read(&source.file).contains(what))
        };
        let (stateless, stateful) = ("stateless-server", "stateful-server");
        assert!(users(stateless, "store::families") && !users(stateful, "store::families"));
        assert!(users(stateful, "store::sessions") && !users(stateless, "store::sessions"));
        assert!(users(stateless, "server::redis") && users(stateful, "server::redis"));
    }
}
