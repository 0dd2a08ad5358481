//! The files of the repository, for tests that look at the code itself.

use std::path::{Path, PathBuf};

/// The top of the repository.
pub fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A file by its path from the top.
pub fn text(path: &str) -> String {
    std::fs::read_to_string(top().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All files with this ending below a folder, by their paths from the top, sorted.
pub fn files(folder: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![top().join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path.strip_prefix(top()).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

/// A source text without comments, line by line, so that numbers of lines stay.
pub fn without_comments(source: &str) -> String {
    let code = |line: &str| -> String {
        let is_comment = line.trim_start().starts_with("//");
        let end = line.find(" // ").unwrap_or(line.len());
        if is_comment { String::new() } else { line[..end].to_owned() }
    };
    source.lines().map(code).collect::<Vec<_>>().join("\n")
}
