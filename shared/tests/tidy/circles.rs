//! Circular dependencies: does any room of a crate need, in the end, itself?
//!
//! A room is a module with everything inside it. A crate's root file and its rooms need each other one way; so do the
//! rooms inside a room, where its own file does not count: a child may use what that file defines. Tests do not count.

use std::collections::{BTreeMap, BTreeSet};

use crate::paths::paths;
use crate::source::{Source, below, members, none};
use crate::tokens::end_of_group;

type Module = Vec<String>;
/// Which module names which.
type Arrows = BTreeSet<(Module, Module)>;
/// Which room needs which, inside one room.
type Needs = BTreeMap<String, BTreeSet<String>>;

#[test]
fn there_are_no_circles_between_rooms() {
    let found: Vec<String> = members().iter().flat_map(|member| circles(member, &sources(member))).collect();
    none(&found, "these rooms need themselves");
}

fn sources(member: &str) -> Vec<Source> {
    below(&format!("{member}/src"), ".rs")
}

/// The shortest circle of each room that needs itself, after the place where it is; each is told from its first room on.
fn circles(member: &str, sources: &[Source]) -> BTreeSet<String> {
    let arrows = arrows(sources);
    let parents: BTreeSet<&[String]> = arrows.iter().flat_map(|(from, to)| above(from).chain(above(to))).collect();
    let inside = |parent: &[String]| {
        let place = [member].into_iter().chain(parent.iter().map(String::as_str)).collect::<Vec<_>>().join("::");
        let needs = needs(&arrows, parent);
        let found: Vec<_> =
            needs.keys().filter_map(|room| circle(&needs, room).filter(|way| way.iter().min() == Some(room))).collect();
        found.into_iter().map(move |way| format!("{place}: {}", way.join(" → ")))
    };
    parents.into_iter().flat_map(inside).collect()
}

/// All modules that a module is in; the crate itself is the empty one.
fn above(module: &Module) -> impl Iterator<Item = &[String]> {
    (0..module.len()).map(|length| &module[..length])
}

fn needs(arrows: &Arrows, parent: &[String]) -> Needs {
    let mut needs = Needs::new();
    for (from, to) in arrows {
        if let (Some(from), Some(to)) = (room(parent, from), room(parent, to))
            && from != to
        {
            needs.entry(from).or_default().insert(to);
        }
    }
    needs
}

/// The child of `parent` that `module` is, or is in.
fn room(parent: &[String], module: &[String]) -> Option<String> {
    match module.strip_prefix(parent)?.first() {
        Some(child) => Some(child.clone()),
        None => parent.is_empty().then(|| "the root file".into()),
    }
}

fn arrows(sources: &[Source]) -> Arrows {
    let modules: BTreeSet<Module> = sources.iter().map(|source| module(&source.path)).collect();
    let mut arrows = Arrows::new();
    for source in sources {
        let from = module(&source.path);
        let named = paths(&without_tests(source.tokens())).into_iter().filter_map(|path| named(&modules, &from, &path));
        arrows.extend(named.filter(|to| *to != from).map(|to| (from.clone(), to)));
    }
    let test = |module: &Module| module.iter().any(|name| name == "tests");
    arrows.retain(|(from, to)| !test(from) && !test(to));
    arrows
}

/// Leaves out what `mod tests { … }` holds.
fn without_tests(mut tokens: Vec<String>) -> Vec<String> {
    while let Some(at) = tokens.windows(3).position(|item| item == ["mod", "tests", "{"]) {
        tokens.drain(at..end_of_group(&tokens, at + 2));
    }
    tokens
}

/// `shared/server/src/store/mod.rs` → `store`; the root file is the empty name.
fn module(path: &str) -> Module {
    let inside = path.split_once("/src/").map_or(path, |(_, inside)| inside).trim_end_matches(".rs");
    let mut module: Module = inside.split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|name| ["mod", "lib", "main"].contains(&name.as_str())) {
        module.pop();
    }
    module
}

/// The module that a path leads to, seen from `from`.
fn named(modules: &BTreeSet<Module>, from: &Module, path: &[String]) -> Option<Module> {
    let supers = path.iter().take_while(|name| *name == "super").count();
    let child = || [from.as_slice(), &path[..1]].concat();
    let mut full = match path[0].as_str() {
        _ if path.len() == 1 => return None, // `pub(crate)`, `pub(super)`
        "crate" => path[1..].to_vec(),
        "self" => [from.as_slice(), &path[1..]].concat(),
        "super" => [&from[..from.len().checked_sub(supers)?], &path[supers..]].concat(),
        _ if modules.contains(&child()) => [from.as_slice(), path].concat(),
        _ => return None,
    };
    while !modules.contains(&full) {
        full.pop()?;
    }
    Some(full)
}

/// The shortest way from `start` back to it.
fn circle(needs: &Needs, start: &String) -> Option<Vec<String>> {
    let mut ways = vec![vec![start.clone()]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in &ways {
            for next in way.last().and_then(|last| needs.get(last)).into_iter().flatten() {
                let further = [way.as_slice(), std::slice::from_ref(next)].concat();
                if next == start {
                    return Some(further);
                }
                if seen.insert(next.clone()) {
                    longer.push(further);
                }
            }
        }
        ways = longer;
    }
    None
}

#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let source = |(path, text): &(&str, &str)| Source { path: format!("x/src/{path}"), text: (*text).into() };
    let found = circles("x", &files.iter().map(source).collect::<Vec<_>>());
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn a_circle_between_rooms_is_found_wherever_in_them_it_begins() {
    let three = [
        ("a.rs", "use crate::b::B;"),
        ("b.rs", "use super::c;"),
        ("c/mod.rs", ""),
        ("c/d.rs", "fn f() { crate::a::g() }"),
    ];
    check(&three, &["x: a → b → c → a"]);
    let inside =
        [("a/mod.rs", "mod b; mod c; mod d;"), ("a/b.rs", "use super::c::C;"), ("a/c/e.rs", "use super::super::b;")];
    check(&[&inside[..], &[("a/c/mod.rs", "mod e;")]].concat(), &["x::a: b → c → b"]);
    let root = [("lib.rs", "mod a; pub struct R(a::A);"), ("a.rs", "use crate::R;")];
    check(&root, &["x: a → the root file → a"]);
}

#[test]
fn a_child_may_use_its_parent_and_tests_may_use_anything() {
    check(&[("a/mod.rs", "mod b; fn f() { b::g() }"), ("a/b.rs", "use super::f;")], &[]);
    let tested = "use crate::b::B; mod tests { use crate::c::C; }";
    check(&[("a.rs", tested), ("b.rs", ""), ("c.rs", "use crate::a;"), ("b/tests.rs", "use crate::a;")], &[]);
}
