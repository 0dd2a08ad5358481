//! From what managers are called to people: those of this file first, then those who are there.

use std::collections::HashMap;

use uuid::Uuid;

use super::row::ManagerName;
use crate::imports::row::FileRow;
use crate::people::delivery::Known;

/// People of this file by each of their names, in lower case. A name that two of them have means nobody.
#[derive(Debug, Default)]
#[expect(clippy::struct_field_names, reason = "each is by a name")]
pub(crate) struct OfFile {
    by_key: HashMap<String, Option<Uuid>>,
    by_number: HashMap<String, Option<Uuid>>,
    by_email: HashMap<String, Option<Uuid>>,
    by_username: HashMap<String, Option<Uuid>>,
}

impl OfFile {
    pub(crate) fn add(&mut self, row: &FileRow, person: Uuid) {
        let number = row.text("employee_number").map(str::to_lowercase);
        for (names, name) in [
            (&mut self.by_key, row.key().map(str::to_lowercase)),
            (&mut self.by_number, number),
            (&mut self.by_email, row.email()),
            (&mut self.by_username, row.username()),
        ] {
            let Some(name) = name else { continue };
            let known = names.entry(name).or_insert(Some(person));
            if *known != Some(person) {
                *known = None;
            }
        }
    }

    /// Who is meant, where it is one of this file or somebody who is there.
    pub(crate) fn resolve(&self, name: &ManagerName, known: &Known) -> Option<Uuid> {
        let text = name.text();
        let lower = text.to_lowercase();
        let is_any = matches!(name, ManagerName::Any(_));
        let ways = [
            (matches!(name, ManagerName::Key(_)), &self.by_key, known.by_key.get(text)),
            (matches!(name, ManagerName::Number(_)), &self.by_number, known.by_number.get(text)),
            (
                matches!(name, ManagerName::Email(_)),
                &self.by_email,
                known.by_email.get(&lower).copied(),
            ),
            (false, &self.by_username, known.by_username.get(&lower).copied()),
        ];
        let meant: Vec<_> = ways.into_iter().filter(|(is_it, ..)| *is_it || is_any).collect();
        meant
            .iter()
            .find_map(|(_, here, _)| here.get(&lower).copied().flatten())
            .or_else(|| meant.iter().find_map(|(_, _, there)| *there))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(values: &[(&str, &str)]) -> FileRow {
        let values =
            values.iter().map(|(name, text)| ((*name).to_owned(), Some((*text).to_owned())));
        FileRow { number: 2, values: values.collect() }
    }

    #[test]
    fn those_of_the_file_come_first_and_two_are_nobody() {
        let (ada, bo, cy) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let mut file = OfFile::default();
        file.add(&row(&[("employee_number", "7"), ("email", "ada@x.org")]), ada);
        file.add(&row(&[("employee_number", "8"), ("email", "same@x.org")]), bo);
        file.add(&row(&[("employee_number", "9"), ("email", "same@x.org")]), cy);
        let mut known = Known::default();
        known.by_number.insert("7".to_owned(), cy);
        known.by_number.insert("10".to_owned(), cy);
        let any = |text: &str| file.resolve(&ManagerName::Any(text.to_owned()), &known);
        assert_eq!(any("7"), Some(ada));
        assert_eq!(any("ADA@x.org"), Some(ada));
        assert_eq!(any("10"), Some(cy));
        assert_eq!(any("same@x.org"), None);
        assert_eq!(file.resolve(&ManagerName::Email("7".to_owned()), &known), None);
    }
}
