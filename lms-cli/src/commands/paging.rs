//! The options of every list, and reading its pages until there are enough rows.

use clap::Args;
use lms_core::Page;

use crate::error::Result;
use crate::output::Listing;

/// The library's own bound of a page.
const PAGE_ROWS_MAX: u32 = 500;

/// How much of a list to show.
#[derive(Debug, Clone, Args)]
pub(crate) struct PageArgs {
    /// Show at most this many
    #[arg(long, value_name = "N", default_value_t = 50, conflicts_with = "all")]
    #[arg(value_parser = at_least_one)]
    pub(crate) limit: u32,
    /// Show all
    #[arg(long)]
    pub(crate) all: bool,
    /// Go on where the list before ended
    #[arg(long, value_name = "CURSOR")]
    pub(crate) cursor: Option<String>,
    #[command(flatten)]
    pub(crate) fields: FieldsArgs,
}

/// Which columns of a list to show.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct FieldsArgs {
    /// Show these columns, such as code,name, in this order
    #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
    pub(crate) fields: Vec<String>,
}

impl PageArgs {
    /// Everything, for a picker or a document.
    pub(crate) fn everything() -> Self {
        Self { limit: 50, all: true, cursor: None, fields: FieldsArgs::default() }
    }

    /// Reads pages until the list is long enough or at its end.
    pub(crate) async fn read<T>(
        &self,
        mut page: impl AsyncFnMut(u32, Option<&str>) -> lms_core::Result<Page<T>>,
    ) -> Result<Listing<T>> {
        let mut list = Listing::all(Vec::new()).fields(self.fields.fields.clone());
        list.next.clone_from(&self.cursor);
        loop {
            let wanted = if self.all {
                PAGE_ROWS_MAX
            } else {
                let missing = (self.limit as usize).saturating_sub(list.items.len());
                u32::try_from(missing).unwrap_or(PAGE_ROWS_MAX).min(PAGE_ROWS_MAX)
            };
            if wanted == 0 {
                return Ok(list);
            }
            let read = page(wanted, list.next.as_deref()).await?;
            list.items.extend(read.items);
            list.next = read.next;
            if list.next.is_none() {
                return Ok(list);
            }
        }
    }
}

fn at_least_one(text: &str) -> std::result::Result<u32, &'static str> {
    text.parse().ok().filter(|n| *n > 0).ok_or("expected a whole number from 1 on")
}
