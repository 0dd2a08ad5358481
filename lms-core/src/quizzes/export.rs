//! Questions of the bank on their way to another program.

use super::exchange::{self, QuestionExport, QuestionFormat};
use super::find::{self, QuestionFilter};
use super::wanted::{WantedQuestion, stored_definition};
use crate::kernel::core::Core;
use crate::kernel::error::Result;

pub(super) async fn questions(
    core: &Core,
    filter: QuestionFilter,
    format: QuestionFormat,
) -> Result<QuestionExport> {
    let mut tx = core.db().begin_read().await?;
    let bank = find::bank(&mut tx).await?;
    let rows = filter.rows(&mut tx).await?;
    let mut questions = Vec::with_capacity(rows.len());
    for row in rows {
        questions.push(WantedQuestion {
            definition: stored_definition(&row.code, &row.definition)?,
            tags: bank
                .entries
                .get(&row.code_key)
                .map(|entry| entry.tags.clone())
                .unwrap_or_default(),
            archived: row.archived_at.is_some(),
            code: row.code,
        });
    }
    Ok(exchange::write(&questions, format))
}
