//! What may come in as a dependency: licences, refused crates, single versions and sources as
//! `deny.toml` lists them, held with nothing but cargo, without a network.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

#[test]
fn dependencies_keep_to_deny_toml() {
    let rules: toml::Table = include_str!("../../../deny.toml").parse().unwrap();
    let allowed: BTreeSet<&str> = rules["licenses"]["allow"]
        .as_array()
        .unwrap()
        .iter()
        .map(|licence| licence.as_str().unwrap())
        .collect();
    let metadata = cargo_metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut findings = Vec::new();

    for package in packages.iter().filter(|package| !package["source"].is_null()) {
        let (name, version) = (text(package, "name"), text(package, "version"));
        versions.entry(name).or_default().push(version);
        let licence = text(package, "license");
        if !is_permitted(licence, &allowed) {
            findings.push(format!("{name} {version}: licence `{licence}` is not allowed"));
        }
        let source = text(package, "source");
        if !source.starts_with("registry+") {
            findings.push(format!("{name} {version}: `{source}` is not the package registry"));
        }
    }
    for ban in rules["bans"]["deny"].as_array().unwrap() {
        let name = ban["crate"].as_str().unwrap();
        let found = versions.get(name).map_or(&[][..], Vec::as_slice);
        let single = ban.get("deny-multiple-versions").is_some();
        if single && found.len() > 1 {
            findings
                .push(format!("{name}: only one version may be in, found {}", found.join(", ")));
        } else if !single && !found.is_empty() {
            let wrappers = ban.get("wrappers").and_then(toml::Value::as_array);
            let may = |by: &str| {
                wrappers.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(by)))
            };
            let reason = ban["reason"].as_str().unwrap();
            let others = dependents(&metadata, name).into_iter().filter(|by| !may(by));
            findings.extend(others.map(|by| format!("{by}: `{name}` is refused, {reason}")));
        }
    }
    assert!(findings.is_empty(), "deny.toml does not hold:\n{}", findings.join("\n"));
}

/// The packages that need another one when they are built or run, not only for tests of their own.
fn dependents<'a>(metadata: &'a Value, name: &str) -> Vec<&'a str> {
    let packages = metadata["packages"].as_array().unwrap();
    let name_of = |id: &Value| {
        let package = packages.iter().find(|package| package["id"] == *id);
        package.map(|package| text(package, "name")).unwrap()
    };
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap().iter();
    let needs = |node: &&Value| {
        node["deps"].as_array().unwrap().iter().any(|dep| {
            let kinds = dep["dep_kinds"].as_array().unwrap();
            name_of(&dep["pkg"]) == name && kinds.iter().any(|of| of["kind"] != "dev")
        })
    };
    nodes.filter(needs).map(|node| name_of(&node["id"])).collect()
}

#[test]
fn licence_expressions_are_understood() {
    let allowed = BTreeSet::from(["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"]);
    for good in ["MIT", "MIT/GPL-2.0", "GPL-2.0 OR (MIT AND ISC)", "Apache-2.0 WITH LLVM-exception"]
    {
        assert!(is_permitted(good, &allowed), "{good}");
    }
    for bad in ["", "GPL-2.0", "MIT AND GPL-2.0", "(MIT OR ISC) AND GPL-2.0", "Apache-2.0"] {
        assert!(!is_permitted(bad, &allowed), "{bad}");
    }
}

/// The packages that a build on this machine takes, which are the ones that are here.
fn cargo_metadata() -> Value {
    let version = Command::new("rustc").arg("-vV").output().expect("rustc runs").stdout;
    let version = String::from_utf8(version).expect("rustc writes UTF-8");
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline"])
        .args(["--filter-platform", host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo writes JSON")
}

fn text<'a>(package: &'a Value, key: &str) -> &'a str {
    package[key].as_str().unwrap_or_default()
}

/// Whether an SPDX expression can be met with the allowed licences. `AND` binds tighter than `OR`;
/// the old `A/B` means `A OR B`.
fn is_permitted(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    any_of(&mut tokens.as_slice(), allowed)
}

fn any_of(tokens: &mut &[&str], allowed: &BTreeSet<&str>) -> bool {
    let (mut any, mut all) = (false, true);
    loop {
        all &= one(tokens, allowed);
        match **tokens {
            ["AND", ref rest @ ..] => *tokens = rest,
            ["OR", ref rest @ ..] => {
                any |= all;
                all = true;
                *tokens = rest;
            }
            _ => return any || all,
        }
    }
}

fn one(tokens: &mut &[&str], allowed: &BTreeSet<&str>) -> bool {
    match **tokens {
        ["(", ref rest @ ..] => {
            *tokens = rest;
            let permitted = any_of(tokens, allowed);
            *tokens = tokens.strip_prefix(&[")"]).expect("parentheses are closed");
            permitted
        }
        [licence, "WITH", exception, ref rest @ ..] => {
            *tokens = rest;
            allowed.contains(format!("{licence} WITH {exception}").as_str())
        }
        [licence, ref rest @ ..] => {
            *tokens = rest;
            allowed.contains(licence)
        }
        [] => false,
    }
}
