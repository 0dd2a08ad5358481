//! Whether a definition can be kept: sizes, forms, names. Pure, and all problems at once.
//!
//! A draft may be unfinished, and is kept all the same; what it must not lack when it is published
//! stands in `publishing.rs`.

use std::collections::HashSet;

use super::definition::{Item, ItemContent, Module, TrainingDefinition};
use super::item_file;
use super::problems::Problem;
use super::teaching;
use crate::kernel::fold::{fold, words};
use crate::kernel::text::{Code, Locale, Name};

pub(super) const DESCRIPTION_CHARS_MAX: usize = 20_000;
const TEXT_CHARS_MAX: usize = 200_000;
const STATEMENT_CHARS_MAX: usize = 1_000;
pub(super) const LABELS_MAX: usize = 50;
const LABEL_CHARS_MAX: usize = 60;
const MODULES_MAX: usize = 200;
const ITEMS_MAX: usize = 100;
const PREREQUISITES_MAX: usize = 50;
const URL_BYTES_MAX: usize = 2_000;
/// A year of full days: what is longer was meant as something else.
const MINUTES_MAX: u32 = 525_600;
const MONTHS_MAX: u32 = 600;
const SEATS_MAX: u32 = 1_000_000;
const AMOUNT_MAX: u64 = 100_000_000_000;
/// What a document may have in all, so that a page of them fits into memory.
const DOCUMENT_BYTES_MAX: usize = 1 << 20;

/// Brings a definition into the one form in which it is kept: blanks trimmed, labels once each,
/// codes of locales as usual, and a key for every module and item that has none.
pub(crate) fn tidy(definition: &mut TrainingDefinition) {
    trim(&mut definition.title);
    trim(&mut definition.description);
    definition.category = definition.category.take().map(trimmed).filter(|text| !text.is_empty());
    once_each(&mut definition.tags);
    for language in &mut definition.languages {
        if let Ok(locale) = Locale::parse(language) {
            *language = locale.to_string();
        }
    }
    once_each(&mut definition.languages);
    once_each(&mut definition.prerequisites);
    if let Some(cost) = &mut definition.cost {
        cost.currency = cost.currency.trim().to_uppercase();
    }
    if let Some(sign) = &mut definition.read_and_sign {
        trim(&mut sign.text);
        trim(&mut sign.statement);
    }
    teaching::tidy(&mut definition.skills);
    for module in &mut definition.modules {
        trim(&mut module.key);
        trim(&mut module.title);
        for item in &mut module.items {
            trim(&mut item.key);
            trim(&mut item.title);
            match &mut item.content {
                ItemContent::Text { text } => trim(text),
                ItemContent::Link { url } => trim(url),
                ItemContent::Quiz { quiz } => trim(quiz),
                ItemContent::Video(file)
                | ItemContent::Document(file)
                | ItemContent::Package(file) => item_file::tidy(file),
            }
        }
        give_keys(&mut module.items, |item| (&mut item.key, &item.title));
    }
    give_keys(&mut definition.modules, |module| (&mut module.key, &module.title));
}

pub(super) fn trimmed(mut text: String) -> String {
    trim(&mut text);
    text
}

pub(super) fn trim(text: &mut String) {
    if text.contains('\r') {
        *text = text.replace("\r\n", "\n");
    }
    if text.trim().len() != text.len() {
        *text = text.trim().to_owned();
    }
}

pub(super) fn once_each(list: &mut Vec<String>) {
    let mut seen = HashSet::new();
    *list = std::mem::take(list)
        .into_iter()
        .map(trimmed)
        .filter(|text| !text.is_empty() && seen.insert(fold(text)))
        .collect();
}

/// Gives those without a key one that is made of their title and free among their siblings.
fn give_keys<T>(siblings: &mut [T], mut parts: impl FnMut(&mut T) -> (&mut String, &String)) {
    let mut taken: HashSet<String> =
        siblings.iter_mut().map(|sibling| parts(sibling).0.clone()).collect();
    for sibling in siblings {
        let (key, title) = parts(sibling);
        if !key.is_empty() {
            continue;
        }
        let mut made: String = words(title).join("-").chars().take(56).collect();
        if made.is_empty() {
            "part".clone_into(&mut made);
        }
        let free = (2_u32..).map(|n| format!("{made}-{n}"));
        let free = std::iter::once(made.clone()).chain(free).find(|name| !taken.contains(name));
        *key = free.unwrap_or(made);
        taken.insert(key.clone());
    }
}

/// All that is wrong with a definition that was tidied.
pub(crate) fn problems_of(definition: &TrainingDefinition) -> Vec<Problem> {
    let mut found = Found(Vec::new());
    found.name("title", &definition.title);
    found.at_most("description", &definition.description, DESCRIPTION_CHARS_MAX);
    if let Some(category) = &definition.category {
        found.label("category", category);
    }
    found.list("tags", &definition.tags, LABELS_MAX, Found::label);
    found.list("languages", &definition.languages, LABELS_MAX, |found, path, language| {
        if Locale::parse(language).is_err() {
            found.add(path, format!("`{language}` is not a language such as `en` or `de-AT`"));
        }
    });
    found.list(
        "prerequisites",
        &definition.prerequisites,
        PREREQUISITES_MAX,
        |found, path, code| {
            if Code::parse(code).is_err() {
                found.add(path, format!("`{code}` cannot be the code of a training"));
            }
        },
    );
    found.within("duration_minutes", definition.duration_minutes, MINUTES_MAX);
    found.within("credit_minutes", definition.credit_minutes, MINUTES_MAX);
    found.within("validity_months", definition.validity_months, MONTHS_MAX);
    found.within("seat_limit", definition.seat_limit, SEATS_MAX);
    found.within("completion.minimum_minutes", definition.completion.minimum_minutes, MINUTES_MAX);
    if let Some(cost) = &definition.cost {
        let letters =
            cost.currency.len() == 3 && cost.currency.chars().all(|c| c.is_ascii_uppercase());
        if !letters {
            let message = format!("`{}` is not a currency such as `EUR`", cost.currency);
            found.add("cost.currency", message);
        }
        if cost.amount_minor > AMOUNT_MAX {
            found.add("cost.amount_minor", format!("it is more than {AMOUNT_MAX}"));
        }
    }
    if let Some(sign) = &definition.read_and_sign {
        found.text("read_and_sign.text", &sign.text);
        found.filled("read_and_sign.statement", &sign.statement);
        found.at_most("read_and_sign.statement", &sign.statement, STATEMENT_CHARS_MAX);
    }
    teaching::problems(&definition.skills, &mut found);
    found.count("modules", definition.modules.len(), MODULES_MAX);
    let keys = |found: &mut Found, path: &str, keys: Vec<&str>| {
        let mut seen = HashSet::new();
        for (at, key) in keys.into_iter().enumerate() {
            let path = format!("{path}[{at}].key");
            if Code::parse(key).is_err() {
                found.add(&path, format!("`{key}` cannot be a key: use letters, digits, `-`, `_`"));
            } else if !seen.insert(key) {
                found.add(&path, format!("`{key}` is there twice"));
            }
        }
    };
    let module_keys = definition.modules.iter().map(|module| module.key.as_str()).collect();
    keys(&mut found, "modules", module_keys);
    for (at, module) in definition.modules.iter().enumerate() {
        let path = format!("modules[{at}]");
        found.module(&path, module);
        let item_keys = module.items.iter().map(|item| item.key.as_str()).collect();
        keys(&mut found, &format!("{path}.items"), item_keys);
    }
    if found.0.is_empty() && definition.document().len() > DOCUMENT_BYTES_MAX {
        found.add("modules", format!("all of it is more than {DOCUMENT_BYTES_MAX} bytes"));
    }
    found.0
}

/// Problems in the making.
pub(super) struct Found(pub(super) Vec<Problem>);

impl Found {
    pub(super) fn add(&mut self, path: &str, message: impl Into<String>) {
        self.0.push(Problem::new(path, message));
    }

    fn filled(&mut self, path: &str, text: &str) {
        if text.is_empty() {
            self.add(path, "it is empty");
        }
    }

    pub(super) fn at_most(&mut self, path: &str, text: &str, chars_max: usize) {
        // Bytes first: they are counted already.
        if text.len() > chars_max && text.chars().count() > chars_max {
            self.add(path, format!("it is longer than {chars_max} characters"));
        }
        let strange = |c: char| c.is_control() && c != '\n' && c != '\t';
        if text.contains(strange) {
            self.add(path, "it has a control character");
        }
    }

    pub(super) fn name(&mut self, path: &str, text: &str) {
        if let Err(error) = Name::parse(text) {
            self.add(path, error.message().replace("the name", "it"));
        }
    }

    fn text(&mut self, path: &str, text: &str) {
        self.filled(path, text);
        self.at_most(path, text, TEXT_CHARS_MAX);
    }

    pub(super) fn label(&mut self, path: &str, label: &str) {
        if label.chars().count() > LABEL_CHARS_MAX {
            self.add(path, format!("it is longer than {LABEL_CHARS_MAX} characters"));
        } else if label.contains(|c: char| c.is_control() || c == ',') {
            self.add(path, "it has a comma or a control character");
        } else if fold(label).is_empty() {
            self.add(path, "it is empty");
        }
    }

    fn within(&mut self, path: &str, number: Option<u32>, max: u32) {
        if let Some(number) = number.filter(|number| !(1..=max).contains(number)) {
            self.add(path, format!("`{number}` is not from 1 to {max}"));
        }
    }

    pub(super) fn count(&mut self, path: &str, count: usize, max: usize) {
        if count > max {
            self.add(path, format!("there are {count} of them, and at most {max} are possible"));
        }
    }

    pub(super) fn list(
        &mut self,
        path: &str,
        list: &[String],
        max: usize,
        check: impl Fn(&mut Self, &str, &str),
    ) {
        self.count(path, list.len(), max);
        for (at, text) in list.iter().enumerate().take(max) {
            check(self, &format!("{path}[{at}]"), text);
        }
    }

    fn module(&mut self, path: &str, module: &Module) {
        self.name(&format!("{path}.title"), &module.title);
        self.within(&format!("{path}.minutes"), module.minutes, MINUTES_MAX);
        self.count(&format!("{path}.items"), module.items.len(), ITEMS_MAX);
        for (at, item) in module.items.iter().enumerate() {
            self.item(&format!("{path}.items[{at}]"), item);
        }
    }

    fn item(&mut self, path: &str, item: &Item) {
        self.name(&format!("{path}.title"), &item.title);
        match &item.content {
            ItemContent::Text { text } => self.text(&format!("{path}.text"), text),
            ItemContent::Link { url } => {
                if let Err(why) = sound_url(url) {
                    self.add(&format!("{path}.url"), format!("`{url}` cannot be linked to: {why}"));
                }
            }
            ItemContent::Quiz { quiz } => {
                if Code::parse(quiz).is_err() {
                    self.add(
                        &format!("{path}.quiz"),
                        format!("`{quiz}` cannot be the code of a quiz"),
                    );
                }
            }
            content => {
                if let Some((field, why)) = item_file::problem(content) {
                    self.add(&format!("{path}.{field}"), why);
                }
            }
        }
    }
}

/// Whether an address can be given to people to click on.
fn sound_url(url: &str) -> Result<(), &'static str> {
    let rest = url.strip_prefix("https://").ok_or("an address begins with `https://`")?;
    if url.len() > URL_BYTES_MAX {
        return Err("it is longer than 2000 bytes");
    }
    if url.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"\\^`{|}".contains(c)) {
        return Err("it has a blank or a character that is not allowed");
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.contains('@') {
        return Err("it has a user name in it");
    }
    let (host, port) = host.split_once(':').unwrap_or((host, "443"));
    let labels = host.split('.');
    let sound = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    if !labels.clone().all(sound) || labels.count() < 2 {
        return Err("it names no host such as `example.com`");
    }
    if port.parse::<u16>().is_err() {
        return Err("its port is not a number");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::definition::Cost;
    use super::*;

    #[test]
    fn all_problems_are_told_at_once_with_their_places() {
        let mut definition = TrainingDefinition::new(" ");
        definition.languages = vec!["english".to_owned(), "DE".to_owned()];
        definition.seat_limit = Some(0);
        definition.cost = Some(Cost { amount_minor: 1, currency: "euro".to_owned() });
        let link = |url: &str| Item::new("L", ItemContent::Link { url: url.to_owned() });
        let mut module = Module::new("One");
        module.items = vec![link("http://example.com"), link("https://example.com/a?b#c")];
        definition.modules = vec![module.clone(), Module { key: "one".to_owned(), ..module }];
        tidy(&mut definition);
        let paths: Vec<String> =
            problems_of(&definition).into_iter().map(|problem| problem.path).collect();
        assert_eq!(
            paths,
            [
                "title",
                "languages[0]",
                "seat_limit",
                "cost.currency",
                "modules[0].items[0].url",
                "modules[1].items[0].url",
            ]
        );
        assert_eq!(definition.languages[1], "de");
        let keys: Vec<&str> = definition.modules.iter().map(|module| &*module.key).collect();
        assert_eq!(keys, ["one-2", "one"], "a key that was given is kept");
    }

    #[test]
    fn tidying_twice_is_tidying_once() {
        let mut definition = TrainingDefinition::new("  Fire  ");
        definition.tags = vec!["Fire".to_owned(), " fire".to_owned(), String::new()];
        definition.modules = vec![Module::new("Über Löscher"), Module::new("!"), Module::new("?")];
        tidy(&mut definition);
        let once = definition.clone();
        tidy(&mut definition);
        assert_eq!(definition, once);
        assert_eq!(once.tags, ["Fire"]);
        let keys: Vec<&str> = once.modules.iter().map(|module| &*module.key).collect();
        assert_eq!(keys, ["uber-loscher", "part", "part-2"]);
    }

    #[test]
    fn only_what_people_can_safely_click_on_is_linked() {
        for good in ["https://example.com", "https://a.b-c.de:8443/x?y=%20#z", "https://müller.de/"]
        {
            assert_eq!(sound_url(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "http://example.com",
            "HTTPS://example.com",
            "https://",
            "https://localhost/",
            "https://ada:secret@example.com",
            "https://example.com:x",
            "https://exa mple.com",
            "javascript:alert(1)",
            "https://-x.de",
            "https://example.com/\"onclick=",
        ] {
            assert!(sound_url(bad).is_err(), "{bad}");
        }
    }
}
