//! Questions for quizzes: a row of a table each, or a question of a file of Moodle's.
//!
//! What a file does not say of a question that is there stays as it is. What it says and no question here
//! holds is noted.

use serde_json::Value as Json;

use super::Landing;
use super::fates::Fates;
use super::options::StagedRecords;
use super::twice::clash;
use crate::imports::NOT_KEPT;
use crate::imports::plan::RowEffect;
use crate::imports::row::FileRow;
use crate::kernel::error::{Error, Result};
use crate::operations::{FieldChange, Write};
use crate::quizzes::{QuestionFate, SaidQuestion, StepAction, deliver, of_row};

/// Characters of a new question's text that are told.
const TEXT_SHOWN: usize = 80;

pub(super) async fn land(
    write: &mut Write,
    staged: &StagedRecords,
    fates: &mut Fates<'_>,
) -> Result<Landing> {
    let rows = staged.rows.as_slice();
    let (mut said, mut places) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for (at, row) in rows.iter().enumerate() {
        match question(row)? {
            Ok(question) => {
                places.push(at);
                said.push(question);
            }
            Err(errors) => {
                fates.thing(at, label(row), RowEffect::Rejected, Vec::new(), errors);
            }
        }
    }
    let (landed, operation) = deliver(write, &said).await?;
    for ((at, said), fate) in places.iter().copied().zip(&said).zip(landed) {
        let row = &rows[at];
        match fate {
            QuestionFate::Lands(step) => {
                let effect = match step.action {
                    StepAction::Create => RowEffect::Create,
                    StepAction::Change => RowEffect::Update,
                    StepAction::Keep => RowEffect::Unchanged,
                };
                let noted = if effect == RowEffect::Unchanged { None } else { row.text("beside") };
                let noted = noted.map(|what| NOT_KEPT.error(format!("the file also has {what}")));
                let changed = match effect {
                    RowEffect::Create => told(said),
                    _ => step.changed,
                };
                fates.thing(at, step.code, effect, changed, noted.into_iter().collect());
            }
            QuestionFate::Clashes(with) => {
                let numbers: Vec<u64> = with.iter().map(|one| rows[places[*one]].number).collect();
                let aside = clash(&numbers);
                fates.thing(at, label(row), aside.effect, Vec::new(), aside.errors);
            }
            QuestionFate::Refused(errors) => {
                fates.thing(at, label(row), RowEffect::Rejected, Vec::new(), errors);
            }
        }
    }
    Ok(Landing { recorded: operation, ..Landing::default() })
}

/// What a row says of a question, or everything that is wrong with it.
fn question(row: &FileRow) -> Result<std::result::Result<SaidQuestion, Vec<Error>>> {
    if let Some(text) = row.text("definition") {
        let document: Json = serde_json::from_str(text).map_err(|cause| {
            Error::internal(format!("a question was staged as no document: {cause}"))
        })?;
        let Json::Object(said) = document else {
            return Err(Error::internal("a question was staged as no document"));
        };
        return Ok(Ok(said));
    }
    Ok(of_row(&row.values).map(|said| said.document).map_err(|wrong| {
        let error = |(field, unfit): (&'static str, crate::quizzes::Unfit)| {
            Error::invalid(field, unfit.message).with_hint(unfit.hint)
        };
        wrong.into_iter().map(error).collect()
    }))
}

/// What a new question is: its kind and its text.
fn told(said: &SaidQuestion) -> Vec<FieldChange> {
    let value = |field: &str| {
        let text = said.get(field)?.as_str()?.chars().take(TEXT_SHOWN).collect();
        Some(FieldChange { field: field.to_owned(), before: None, after: Some(text) })
    };
    ["kind", "text"].into_iter().filter_map(value).collect()
}

/// What a row calls the question.
fn label(row: &FileRow) -> String {
    row.text("code").or_else(|| row.text("text")).unwrap_or_default().chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;
    use crate::imports::reading::{Kind, ReadOptions, Source, survey};
    use crate::quizzes::{Problems, QuestionFormat, Wanted, documents, landed, write};

    /// What stands in texts and steers something in one of the formats.
    const STEERING: &[&str] = &[
        "",
        " ~=#:\\",
        " %50% of",
        " -> b",
        " \"q\" 'r' <b>s</b> & t",
        " a, b; c",
        " a|b",
        " *",
        "\nsecond line",
        " [html] ####",
        " \\* \\n",
        " {braces}",
    ];

    /// The same question, with these signs behind its texts.
    fn steered(value: &Json, signs: &str, is_filled_in: bool) -> Json {
        let texts =
            ["text", "feedback", "left", "right", "guide", "accepted", "items", "distractors"];
        match value {
            Json::Object(fields) => fields
                .iter()
                .map(|(name, value)| match value {
                    Json::String(text) if texts.contains(&name.as_str()) => {
                        let signs = if is_filled_in && name == "text" {
                            signs.replace('{', "{{").replace('}', "}}")
                        } else {
                            signs.to_owned()
                        };
                        (name.clone(), format!("{text}{signs}").into())
                    }
                    Json::Array(items) if texts.contains(&name.as_str()) => {
                        let text = |item: &Json| format!("{}{signs}", item.as_str().unwrap());
                        (name.clone(), items.iter().map(text).collect())
                    }
                    Json::Array(items) if name != "tags" => (
                        name.clone(),
                        items.iter().map(|item| steered(item, signs, false)).collect(),
                    ),
                    other => (name.clone(), other.clone()),
                })
                .collect(),
            other => other.clone(),
        }
    }

    fn read(text: &str, name: &str) -> Vec<SaidQuestion> {
        let source = Source::bytes(name, text.as_bytes().to_vec());
        let survey = survey(&source, Kind::Questions, &ReadOptions::new()).unwrap();
        let rows = survey.records().unwrap().map(|row| {
            let row = row.unwrap();
            let record = row.outcome.unwrap_or_else(|wrong| panic!("{wrong:?}: {text}"));
            let row = FileRow::of(&record);
            question(&row).unwrap().unwrap_or_else(|wrong| panic!("{wrong:?}: {text}"))
        });
        rows.collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

        /// Whatever is written is read as it was, and whatever is not is told.
        #[test]
        fn what_is_exported_is_imported_as_it_was(
            written in vec((documents(), any::<Index>()), 1..5), flags in vec(any::<bool>(), 5),
        ) {
            let documents: Vec<Json> = written
                .iter()
                .zip(0..)
                .map(|((document, signs), n)| {
                    let mut document =
                        steered(document, STEERING[signs.index(STEERING.len())], document["kind"] == "fill_in");
                    document["code"] = format!("Q-{n}.x").into();
                    document["tags"] = if flags[0] { serde_json::json!(["fire", "exits"]) } else { Json::Null };
                    let is_typed = ["short_text", "fill_in"].iter().any(|kind| document["kind"] == *kind);
                    if is_typed {
                        document["exact"] = flags[1].into();
                    }
                    if ["single", "multiple", "matching"].iter().any(|kind| document["kind"] == *kind) {
                        document["shuffle"] = flags[2].into();
                    }
                    document
                })
                .collect();
            let problems = Problems::default();
            let wanted = Wanted::read(&documents, &[], &problems);
            // Some signs make texts the same, which no question may have.
            prop_assume!(problems.into_vec().is_empty());
            let questions: Vec<_> = wanted.questions.into_values().collect();
            for format in QuestionFormat::ALL {
                let export = write(&questions, *format);
                let left_out: Vec<&str> =
                    export.unsaid.iter().filter(|one| one.left_out).map(|one| one.code.as_str()).collect();
                let there: Vec<_> =
                    questions.iter().filter(|one| !left_out.contains(&one.code.as_str())).collect();
                prop_assert_eq!(export.n_questions, there.len() as u64);
                if there.is_empty() {
                    continue;
                }
                let said = read(&export.text, &format!("bank.{}", format.as_str()));
                prop_assert_eq!(said.len(), there.len(), "{}", export.text);
                for (there, said) in there.into_iter().zip(said) {
                    let landed = landed(Some(there), &said);
                    prop_assert_eq!(landed.as_ref(), Ok(there), "{}", export.text);
                    // Where nothing was lost, a bank that is empty gets the same.
                    if !export.unsaid.iter().any(|one| one.code == there.code) {
                        let anew = crate::quizzes::landed(None, &said);
                        prop_assert_eq!(anew.as_ref(), Ok(there), "{}", export.text);
                    }
                }
            }
        }
    }
}
