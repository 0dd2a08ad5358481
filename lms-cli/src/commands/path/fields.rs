//! The fields of a path as options, for `add` and `edit`.

use clap::Args;
use lms_core::PathField;

/// Every field that is one value. An empty value clears one.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct FieldArgs {
    /// What it is about and for whom, in Markdown
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Heading of the catalog under which it stands
    #[arg(long)]
    category: Option<String>,
    /// Words to find it by, with commas between them
    #[arg(long, value_name = "TAG,…")]
    tags: Option<String>,
}

impl FieldArgs {
    /// The fields that were given.
    pub(crate) fn given(&self) -> impl Iterator<Item = (PathField, &str)> {
        [
            (PathField::Description, &self.description),
            (PathField::Category, &self.category),
            (PathField::Tags, &self.tags),
        ]
        .into_iter()
        .filter_map(|(field, text)| text.as_deref().map(|text| (field, text)))
    }
}
