//! Trainings with their modules: a row for each training, or one for each of its modules.
//!
//! Whatever changes becomes the draft; what is published stays as it is until somebody publishes it. A training
//! is one document, so that all of its rows land or none does. Modules are added and changed, never taken away:
//! progress refers to them.

use std::collections::BTreeMap;

use super::Landing;
use super::fates::Fates;
use super::options::StagedRecords;
use crate::catalog::sql::Stored;
use crate::catalog::{
    self, ImportAction, Item, ItemContent, Module, TrainingDefinition, TrainingField, TrainingFile,
};
use crate::imports::plan::RowEffect;
use crate::imports::row::FileRow;
use crate::imports::{CONFLICT_ROWS, OTHER_ROW};
use crate::kernel::db::IdList;
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::text::Code;
use crate::operations::Write;

/// Fields that hold several texts.
const LISTS: [TrainingField; 4] = [
    TrainingField::Tags,
    TrainingField::Languages,
    TrainingField::Prerequisites,
    TrainingField::Skills,
];

/// What is wrong with which rows of a training.
type Wrong = Vec<(usize, Error)>;

pub(super) async fn land(
    write: &mut Write,
    staged: &StagedRecords,
    fates: &mut Fates<'_>,
) -> Result<Landing> {
    let rows = staged.rows.as_slice();
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        groups.entry(fold(row.text("code").unwrap_or_default())).or_default().push(at);
    }
    let codes: Vec<String> = groups.keys().cloned().collect();
    let ids = catalog::sql::ids_by_code(&mut write.tx, &codes).await?;
    let stored = catalog::sql::load(&mut write.tx, &IdList::new(ids.values().copied())).await?;
    let (mut files, mut landing) = (Vec::new(), Vec::new());
    for (key, places) in groups {
        let known = ids.get(&key).and_then(|id| stored.get(id));
        match file(rows, &places, known) {
            Ok(file) => {
                landing.push(places);
                files.push(file);
            }
            Err(wrong) => put_aside(fates, rows, &places, wrong),
        }
    }
    let (planned, operation) = catalog::deliver(write, files).await?;
    for (places, mut training) in landing.into_iter().zip(planned) {
        if !training.problems.is_empty() {
            let error = |problem: catalog::Problem| Error::invalid(&problem.path, problem.message);
            let wrong = training.problems.into_iter().map(|one| (places[0], error(one)));
            put_aside(fates, rows, &places, wrong.collect());
            continue;
        }
        let effect = match training.action {
            ImportAction::Create => RowEffect::Create,
            ImportAction::Change => RowEffect::Update,
            ImportAction::Keep => RowEffect::Unchanged,
        };
        for at in places {
            let changed = std::mem::take(&mut training.changed);
            fates.thing(at, label(&rows[at]), effect, changed, Vec::new());
        }
    }
    Ok(Landing { recorded: operation, ..Landing::default() })
}

/// Of the rows of one training none lands where one of them is wrong.
fn put_aside(fates: &mut Fates<'_>, rows: &[FileRow], places: &[usize], wrong: Wrong) {
    let first = wrong.iter().map(|(at, _)| *at).min().unwrap_or_default();
    let mut errors: BTreeMap<usize, Vec<Error>> = BTreeMap::new();
    for (at, error) in wrong {
        errors.entry(at).or_default().extend(error.into_parts());
    }
    for at in places {
        let told = errors.remove(at).unwrap_or_else(|| {
            let number = rows[first].number;
            vec![OTHER_ROW.error(format!("row {number} is about the same training, and wrong"))]
        });
        fates.thing(*at, label(&rows[*at]), RowEffect::Rejected, Vec::new(), told);
    }
}

/// The training as the rows have it, over what is there.
fn file(
    rows: &[FileRow],
    places: &[usize],
    known: Option<&Stored>,
) -> std::result::Result<TrainingFile, Wrong> {
    let first = places[0];
    let said = rows[first].text("code").unwrap_or_default();
    let code = match known {
        Some(stored) => stored.code.clone(),
        None => match Code::parse(said) {
            Ok(code) => code.to_string(),
            Err(error) => return Err(vec![(first, error.with_field("code"))]),
        },
    };
    let working = known.and_then(Stored::working);
    let mut definition = working
        .map_or_else(|| TrainingDefinition::new(&code), |version| version.definition.clone());
    let mut wrong = Wrong::new();
    let mut told: BTreeMap<TrainingField, (usize, String)> = BTreeMap::new();
    for at in places {
        for field in TrainingField::ALL {
            let Some(value) = rows[*at].values.get(field.as_str()) else { continue };
            let text = value.as_deref().unwrap_or_default();
            let text = if LISTS.contains(field) { text.replace('|', ",") } else { text.to_owned() };
            match told.get(field) {
                Some((_, earlier)) if *earlier == text => {}
                Some((earlier, _)) => {
                    let number = rows[*earlier].number;
                    let error = CONFLICT_ROWS
                        .error(format!(
                            "row {number} says something different of the same training"
                        ))
                        .with_field(field.as_str())
                        .with_hint("say it once, or the same in all of its rows");
                    wrong.push((*at, error));
                }
                None => {
                    if let Err(error) = field.set(&mut definition, &text) {
                        wrong.push((*at, error.with_field(field.as_str())));
                    }
                    told.insert(*field, (*at, text));
                }
            }
        }
        if let Err(error) = module(&mut definition, &rows[*at]) {
            wrong.push((*at, error));
        }
    }
    if wrong.is_empty() {
        match catalog::checked(&code, definition) {
            Ok(definition) => {
                let mut file = TrainingFile::new(&code, definition);
                file.template = known.is_some_and(|stored| stored.template);
                return Ok(file);
            }
            Err(error) => wrong.push((first, error)),
        }
    }
    Err(wrong)
}

/// The module that a row has, by its code or title: changed where it is there, and put at the end where not.
fn module(definition: &mut TrainingDefinition, row: &FileRow) -> Result<()> {
    let (key, title) = (row.text("module_code"), row.text("module"));
    let Some(called) = title.or(key) else {
        let of_module = ["module_minutes", "module_link", "module_required"];
        return match of_module.into_iter().find(|field| row.text(field).is_some()) {
            None => Ok(()),
            Some(field) => Err(Error::invalid(field, "it says of which module by no name")
                .with_hint("give the title of the module, or its code")),
        };
    };
    let is_it = |module: &Module| match key {
        Some(key) => module.key == key,
        None => fold(&module.title) == fold(called),
    };
    let at = definition.modules.iter().position(is_it).unwrap_or_else(|| {
        let mut module = Module::new(called);
        key.unwrap_or_default().clone_into(&mut module.key);
        definition.modules.push(module);
        definition.modules.len() - 1
    });
    let module = &mut definition.modules[at];
    if let Some(title) = title {
        title.clone_into(&mut module.title);
    }
    if let Some(minutes) = row.text("module_minutes") {
        let wrong =
            |_| Error::invalid("module_minutes", format!("`{minutes}` is not a whole number"));
        module.minutes = Some(minutes.parse().map_err(wrong)?);
    }
    if let Some(required) = row.text("module_required") {
        module.required = required == "yes";
    }
    if let Some(url) = row.text("module_link") {
        let link = ItemContent::Link { url: url.to_owned() };
        if !module.items.iter().any(|item| item.content == link) {
            module.items.push(Item::new(&module.title.clone(), link));
        }
    }
    Ok(())
}

fn label(row: &FileRow) -> String {
    let parts = [row.text("code"), row.text("title").or_else(|| row.text("module"))];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
