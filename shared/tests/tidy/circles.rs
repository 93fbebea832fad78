//! Does any module need, in the end, itself?

use std::collections::{BTreeMap, BTreeSet};

use crate::paths::paths;
use crate::source::{PACKAGES, Source, below, none};

type Module = Vec<String>;
type Needs = BTreeMap<Module, BTreeSet<Module>>;

#[test]
fn there_are_no_circles_between_modules() {
    let mut found = Vec::new();
    for package in PACKAGES {
        let needs = needs(&below(&format!("{package}/src"), ".rs"));
        let circles = needs.keys().filter_map(|module| circle(&needs, module));
        found.extend(circles.map(|circle| format!("{package}: {}", circle.join(" → "))));
    }
    none(&found, "these modules need themselves");
}

/// Which module names which; what a module has to do with its own parents and children does not count.
fn needs(sources: &[Source]) -> Needs {
    let modules: BTreeSet<Module> = sources.iter().map(|source| module(&source.path)).collect();
    let mut needs = Needs::new();
    for source in sources {
        let from = module(&source.path);
        let named = paths(&source.tokens()).into_iter().filter_map(|path| named(&modules, &from, &path));
        let others = named.filter(|to| !to.starts_with(&from) && !from.starts_with(to));
        needs.entry(from.clone()).or_default().extend(others);
    }
    needs
}

/// `shared/server/src/store/mod.rs` → `server::store`.
fn module(path: &str) -> Module {
    let inside = path.split_once("/src/").map_or(path, |(_, inside)| inside).trim_end_matches(".rs");
    let mut module: Module = inside.split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|name| ["mod", "lib"].contains(&name.as_str())) {
        module.pop();
    }
    module
}

/// The module that a path leads to, seen from `from`.
fn named(modules: &BTreeSet<Module>, from: &Module, path: &[String]) -> Option<Module> {
    let supers = path.iter().take_while(|name| *name == "super").count();
    let mut full = match path[0].as_str() {
        "crate" => path[1..].to_vec(),
        "super" => [&from[..from.len().checked_sub(supers)?], &path[supers..]].concat(),
        _ => return None,
    };
    while !modules.contains(&full) {
        full.pop()?;
    }
    Some(full)
}

/// The shortest way from `start` back to it.
fn circle(needs: &Needs, start: &Module) -> Option<Vec<String>> {
    let mut ways = vec![vec![start]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in &ways {
            for next in way.last().and_then(|last| needs.get(*last)).into_iter().flatten() {
                let further = [way.as_slice(), &[next]].concat();
                if next == start {
                    return Some(further.iter().map(|module| module.join("::")).collect());
                }
                if seen.insert(next) {
                    longer.push(further);
                }
            }
        }
        ways = longer;
    }
    None
}

#[test]
fn a_circle_of_three_is_found() {
    let source = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
    let sources = [
        source("x/src/a.rs", "use crate::b::B;"),
        source("x/src/b.rs", "use super::c;"),
        source("x/src/c/mod.rs", "mod d; fn f() { crate::a::g() }"),
        source("x/src/c/d.rs", "use super::f;"),
    ];
    let needs = needs(&sources);
    assert_eq!(circle(&needs, &module("x/src/a.rs")).unwrap().join(" "), "a b c a");
    assert_eq!(circle(&needs, &module("x/src/c/d.rs")), None);
}
