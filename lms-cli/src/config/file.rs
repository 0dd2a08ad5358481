//! The configuration file: TOML, every key known, every mistake told with its line.

use std::path::Path;

use lms_core::{Error, suggest};
use toml::de::{DeTable, DeValue};

use super::{KEYS, Key, Setting, Source};
use crate::error::CONFIG;

/// Reads the text of a file; `path` names it in messages, and relative paths start beside it.
pub(super) fn parse(text: &str, path: &Path) -> Result<Vec<Setting>, Error> {
    let line_of = |at: usize| text.as_bytes()[..at.min(text.len())].split(|b| *b == b'\n').count();
    let wrong = |at: usize, what: String| {
        CONFIG.error(format!("{}:{}: {what}", path.display(), line_of(at)))
    };
    let document = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        wrong(at, error.message().lines().next().unwrap_or("this is not TOML").to_lowercase())
    })?;

    let mut settings = Vec::new();
    for (section, values) in document.get_ref() {
        let name = section.get_ref();
        let Some(values) = values.get_ref().as_table() else {
            return Err(unknown(name, |what| wrong(section.span().start, what)));
        };
        if !KEYS.iter().any(|key| key.name.starts_with(&format!("{name}."))) {
            return Err(unknown(name, |what| wrong(section.span().start, what)));
        }
        for (key, value) in values {
            let at = key.span().start;
            let name = format!("{name}.{}", key.get_ref());
            let known = KEYS.iter().find(|known| known.name == name);
            let known = known.ok_or_else(|| unknown(&name, |what| wrong(at, what)))?;
            let value = check(known, value.get_ref())
                .map_err(|(what, hint)| wrong(at, what).with_hint(hint))?;
            settings.push(Setting {
                key: known.name,
                value: Some(from_beside(known.name, value, path)),
                source: Source::File { path: path.to_owned(), line: line_of(at) },
            });
        }
    }
    Ok(settings)
}

fn unknown(name: &str, wrong: impl Fn(String) -> Error) -> Error {
    let error = wrong(format!("unknown key `{}`", name.escape_debug()));
    // A key without its section is as likely as a misspelt one.
    let without_section = KEYS.iter().find(|key| key.name.ends_with(&format!(".{name}")));
    match without_section.and_then(|key| key.name.split_once('.')) {
        Some((section, key)) => error.with_hint(format!("write `{key}` below `[{section}]`")),
        None => error.with_hint(suggest(name, known_names(name)).unwrap_or_else(|| {
            let names: Vec<String> = KEYS.iter().map(|key| format!("`{}`", key.name)).collect();
            format!("the keys are {}", names.join(", "))
        })),
    }
}

/// Sections for what stands alone, whole keys for what stands in a section.
fn known_names(like: &str) -> Vec<&'static str> {
    if like.contains('.') {
        return KEYS.iter().map(|key| key.name).collect();
    }
    let mut sections: Vec<&str> =
        KEYS.iter().filter_map(|key| key.name.split('.').next()).collect();
    sections.dedup();
    sections
}

fn check(key: &Key, value: &DeValue<'_>) -> Result<String, (String, String)> {
    let Some(text) = value.as_str() else {
        return Err((
            format!("`{}` must be a text, but it is of type {}", key.name, value.type_str()),
            "put the value into double quotes".to_owned(),
        ));
    };
    if key.allowed.is_empty() || key.allowed.contains(&text) {
        return Ok(text.to_owned());
    }
    let allowed: Vec<String> = key.allowed.iter().map(|name| format!("`{name}`")).collect();
    Err((
        format!("`{}` cannot be `{}`", key.name, text.escape_debug()),
        suggest(text, key.allowed).unwrap_or_else(|| format!("use {}", allowed.join(", "))),
    ))
}

/// Relative paths in the file start at the file, wherever the command is run.
fn from_beside(key: &str, value: String, file: &Path) -> String {
    let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return value;
    };
    let beside = |path: &str| folder.join(path).display().to_string();
    match key {
        "database.password_file" => beside(&value),
        "files.url" if !value.contains("://") => beside(&value),
        "database.url" => match value.strip_prefix("sqlite:") {
            Some(path) => {
                let path = path.strip_prefix("//").unwrap_or(path);
                if path.is_empty() || path == ":memory:" {
                    value
                } else {
                    format!("sqlite:{}", beside(path))
                }
            }
            None => value,
        },
        _ => value,
    }
}
