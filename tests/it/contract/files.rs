//! No test file is forgotten, and documents name what is there.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::sources::{files, text, top, without_comments};

/// The files that `mod` lines lead to from here; `below` is where the modules of the file lie.
fn reach(file: &str, below: &Path, reached: &mut BTreeSet<String>) {
    reached.insert(file.to_owned());
    let source = without_comments(&text(file));
    let mut inline: Vec<String> = Vec::new();
    for line in source.lines().map(str::trim) {
        let declared = line.trim_start_matches("pub ").trim_start_matches("pub(crate) ");
        match declared.strip_prefix("mod ") {
            Some(name) if name.ends_with('{') => {
                inline.push(name.trim_end_matches('{').trim().to_owned());
            }
            Some(name) if name.ends_with(';') => {
                let folder = inline.iter().fold(below.to_owned(), |path, name| path.join(name));
                let name = name.trim_end_matches(';');
                let candidates =
                    [folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs")];
                let found = candidates.iter().find(|path| top().join(path).is_file());
                let found =
                    found.unwrap_or_else(|| panic!("{file} names `{name}`, which is nowhere"));
                reach(&found.to_string_lossy(), &folder.join(name), reached);
            }
            _ if line == "}" => drop(inline.pop()),
            _ => {}
        }
    }
}

#[test]
fn no_test_file_is_forgotten() {
    let mut reached = BTreeSet::new();
    reach("tests/it/main.rs", Path::new("tests/it"), &mut reached);
    let there: BTreeSet<String> = files("tests/it", ".rs").into_iter().collect();
    let forgotten: Vec<&String> = there.difference(&reached).collect();
    assert!(forgotten.is_empty(), "no `mod` line leads to {forgotten:?}");
    assert!(reached.contains("tests/it/contexts/audit/tampering.rs"), "{reached:?}");
}

/// The documents that people read.
fn documents() -> Vec<String> {
    let at_the_top = std::fs::read_dir(top()).unwrap();
    let at_the_top = at_the_top
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".md"));
    at_the_top.chain(files("docs", ".md")).chain(files("migrations", ".md")).collect()
}

/// Whether a path from the top names a file, or a folder with a file in it: what a version control
/// system keeps.
fn is_there(path: &Path) -> bool {
    let path = top().join(path);
    if !path.is_dir() {
        return path.is_file();
    }
    std::fs::read_dir(path).unwrap().any(|entry| {
        let entry = entry.unwrap().path();
        is_there(entry.strip_prefix(top()).unwrap())
    })
}

/// Without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, component| {
        match component {
            Component::ParentDir => drop(plain.pop()),
            Component::Normal(name) => plain.push(name),
            _ => {}
        }
        plain
    })
}

/// Paths in backticks: what has a folder in it that is ours, ends like a file of ours, or is a
/// document.
fn paths_in_backticks(document: &str) -> Vec<String> {
    let source = text(document);
    let prose = source.split("```").step_by(2).collect::<String>();
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    prose
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|span| !span.is_empty() && !span.starts_with('/') && span.chars().all(plain))
        .filter(|span| {
            let folder = span.split_once('/').map(|(folder, _)| folder);
            let file = [".rs", ".md", ".sql", ".toml", ".json", ".yml"]
                .iter()
                .any(|end| span.ends_with(end));
            let ours = folder.is_some_and(|folder| top().join(folder).is_dir());
            ours || (folder.is_some() && (file || span.ends_with('/'))) || span.ends_with(".md")
        })
        .map(str::to_owned)
        .collect()
}

/// The targets of links within the repository.
fn links(document: &str) -> Vec<String> {
    text(document)
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
        .map(|target| target.split('#').next().unwrap_or_default().to_owned())
        .filter(|target| !target.is_empty() && !target.contains("://"))
        .collect()
}

#[test]
fn documents_name_what_is_there() {
    let (mut missing, mut n_paths) = (Vec::new(), 0);
    for document in documents() {
        let folder = Path::new(&document).parent().unwrap().to_owned();
        for path in paths_in_backticks(&document) {
            n_paths += 1;
            // A path may be told from the top, from the document, or within a crate.
            let roots = [Path::new(""), &folder, "lms-core/src".as_ref(), "lms-cli/src".as_ref()];
            if !roots.iter().any(|root| is_there(&plain(&root.join(&path)))) {
                missing.push(format!("{document}: `{path}`"));
            }
        }
        for target in links(&document) {
            n_paths += 1;
            if !is_there(&plain(&folder.join(&target))) {
                missing.push(format!("{document}: ({target})"));
            }
        }
    }
    assert!(missing.is_empty(), "these do not exist:\n{}", missing.join("\n"));
    assert!(n_paths > 30, "{n_paths}");
}
