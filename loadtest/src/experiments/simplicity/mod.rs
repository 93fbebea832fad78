//! Which server is the simpler one?
//!
//! Nothing is started: the program carries the sources that it was built beside, and counts them. Lines are what a reader
//! has to get through; types, settings and tasks are what there is to keep in mind.

mod count;
mod masked;

use std::collections::BTreeMap;

use async_trait::async_trait;
use report::recording::{Event, Owner, Source, Sources, Twin};
use serde::Deserialize;
use similar::{Algorithm, DiffOp};

use crate::experiments::bench::{Bench, Halt};
use crate::experiments::section::{Needs, Section};

/// Whose, the file's name, and all of it.
const SOURCES: &[(Owner, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/sources.rs"));

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Simplicity {}

#[async_trait(?Send)]
impl Section for Simplicity {
    fn check(&self) -> anyhow::Result<()> {
        Ok(())
    }

    fn needs(&self) -> Needs {
        Needs::default()
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        bench.recorder.say("simplicity: counting");
        bench.recorder.record(&Event::Sources(sources()))?;
        Ok(())
    }
}

fn sources() -> Sources {
    let files = SOURCES.iter().map(|(owner, file, text)| source(*owner, file, text)).collect();
    let of = |wanted: Owner| -> BTreeMap<&str, &str> {
        SOURCES.iter().filter(|(owner, ..)| *owner == wanted).map(|(_, file, text)| (*file, *text)).collect()
    };
    let (stateless, stateful) = (of(Owner::Stateless), of(Owner::Stateful));
    let both = stateless.iter().filter_map(|(file, text)| Some((file, text, stateful.get(file)?)));
    Sources { files, twins: both.map(|(file, stateless, stateful)| twin(file, stateless, stateful)).collect() }
}

fn source(owner: Owner, file: &str, text: &str) -> Source {
    let lines = count::lines(file, text);
    let of = |kind: count::Kind| lines.iter().filter(|line| line.kind == kind).count() as u64;
    let declared = count::declared(&lines);
    Source {
        owner,
        file: file.into(),
        code: of(count::Kind::Code),
        comments: of(count::Kind::Comment),
        tests: of(count::Kind::Test),
        types: declared.types,
        traits: declared.traits,
        settings: declared.settings,
        tasks: declared.tasks,
    }
}

/// By the shortest way from one to the other (Myers, *An O(ND) Difference Algorithm and Its Variations*, 1986).
fn twin(file: &str, stateless: &str, stateful: &str) -> Twin {
    let (a, b) = (code(file, stateless), code(file, stateful));
    let mut twin = Twin { file: file.into(), same: 0, only_stateless: 0, only_stateful: 0 };
    for step in similar::capture_diff_slices(Algorithm::Myers, &a, &b) {
        let (_, old, new) = step.as_tag_tuple();
        match step {
            DiffOp::Equal { len, .. } => twin.same += len as u64,
            _ => {
                twin.only_stateless += old.len() as u64;
                twin.only_stateful += new.len() as u64;
            }
        }
    }
    twin
}

fn code<'a>(file: &str, text: &'a str) -> Vec<&'a str> {
    count::lines(file, text)
        .iter()
        .zip(text.lines())
        .filter(|(line, _)| line.kind == count::Kind::Code)
        .map(|(_, text)| text.trim())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twins_are_held_against_each_other_line_by_line_whatever_their_comments_say() {
        let (here, there) = ("// One.\nuse a;\nuse b;\n\nfn c() {}\n", "use a;\nuse d;\nuse e;\nfn c() {}\n// Two.\n");
        let expected = Twin { file: "x.rs".into(), same: 2, only_stateless: 1, only_stateful: 2 };
        assert_eq!(twin("x.rs", here, there), expected);
    }

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
        let users = |of: Owner, what: &str| SOURCES.iter().any(|(owner, _, text)| *owner == of && text.contains(what));
        assert!(users(Owner::Stateless, "store::families") && !users(Owner::Stateful, "store::families"));
        assert!(users(Owner::Stateless, "server::redis") && users(Owner::Stateful, "server::redis"));
    }
}
