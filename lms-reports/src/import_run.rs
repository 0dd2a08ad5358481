//! `import-run`: what an import did: how many of what, each field that it changed, and the rows that did not
//! simply land.

use std::collections::{BTreeMap, HashMap, HashSet};

use lms_core::{Actor, ImportFacts, ImportRun, Lms, Result, error_codes};

use crate::asked::{Parts, document, query, reconciled, whole};
use crate::document::{Document, Fact, Figure, Value};
use crate::report::{Params, Report};
use crate::table::{Cell, Column, Kind, Table};
use crate::words::Words;

pub(crate) async fn run(lms: &Lms, actor: &Actor, params: &Params) -> Result<Document> {
    let facts = lms.imports().facts(actor, params.import.as_deref(), query(params)?).await?;
    let mut provenance = vec![
        Fact::new(
            "Rows that did not land",
            "rejected, in conflict, or with something that was kept, noted or is pending; what stood in \
             them is kept nowhere: the import wrote it into a file of rejected rows",
        ),
        Fact::new(
            "Fields",
            "what the transaction of the import changed, also what followed from it by rules; values that \
             were erased since are blank",
        ),
        Fact::new(
            "Guards",
            "an import that looks like an accident changes nothing and is no run, unless somebody accepts its \
             very number: those that were accepted stand among the filters",
        ),
    ];
    provenance.push(Fact::new(
        "Fields reconcile",
        reconciled(whole(facts.changes.len()), sum(&by_field(&facts))),
    ));
    let notes = match &facts.run {
        None => vec!["Nothing was imported.".into()],
        Some(run) if run.undone_by.is_some() => vec!["This import was taken back since.".into()],
        Some(run) if run.operation.is_none() => {
            vec!["All was so already: it changed nothing.".into()]
        }
        Some(_) => Vec::new(),
    };
    let parts = Parts {
        notes,
        figures: figures(&facts),
        charts: Vec::new(),
        tables: vec![fields(&facts), rows(&facts), counts(&facts), by_field_table(&facts)],
        population: "one import, with all that it was about".into(),
        period_from: None,
        provenance,
    };
    let mut document = document(Report::ImportRun, &facts.origin, params, actor, parts);
    // Whom it is about follows from the file, and from nothing that was asked.
    document.filters.clear();
    if let Some(run) = &facts.run {
        document.filters = about(&document, run);
    }
    Ok(document)
}

fn about(document: &Document, run: &ImportRun) -> Vec<Fact> {
    let local = |at: lms_core::Timestamp| {
        let local = at.inner().to_zoned(document.timezone.zone());
        local.strftime("%Y-%m-%d %H:%M:%S").to_string()
    };
    let data = |text: &str| Words::from(text.to_owned());
    let mut facts = vec![
        Fact::new("Import", Words::from(run.id.to_string())),
        Fact::new("Source", data(&run.source)),
        Fact::new("What was imported", data(&run.kind)),
        Fact::new("Mode", data(run.mode.as_str())),
        Fact::new("File", data(&run.file)),
        Fact::new("By whom", data(&run.actor)),
        Fact::new("Begun", Words::from(local(run.started_at))),
        Fact::new("Recorded at", Words::from(local(run.finished_at))),
    ];
    if !run.fingerprint.is_empty() {
        facts.push(Fact::new("SHA-256 of the file", data(&run.fingerprint)));
    }
    let accepted = match run.accepted.as_slice() {
        [] => "none".into(),
        accepted => data(&accepted.join(", ")),
    };
    facts.push(Fact::new("Guards let through", accepted));
    if let Some(operation) = run.operation {
        facts.push(Fact::new("Operation", Words::from(operation.to_string())));
    }
    facts
}

fn sum(counts: &BTreeMap<String, i64>) -> i64 {
    counts.values().sum()
}

fn by_field(facts: &ImportFacts) -> BTreeMap<String, i64> {
    let mut counts = BTreeMap::new();
    for change in &facts.changes {
        *counts.entry(format!("{}.{}", change.what, change.field)).or_default() += 1;
    }
    counts
}

fn figures(facts: &ImportFacts) -> Vec<Figure> {
    let run = facts.run.as_ref();
    let rows = run.map_or(0, |run| i64::try_from(run.n_rows).unwrap_or(i64::MAX));
    let counted = |key: &str| run.and_then(|run| run.counts.get(key)).copied().unwrap_or_default();
    let changed = ["create", "update", "reactivate", "deactivate", "move", "link", "restored"];
    let aside = counted("rejected") + counted("conflict");
    let things: HashSet<_> = facts.changes.iter().map(|one| (&one.what, one.id)).collect();
    vec![
        Figure::new("rows", "Rows", Value::Count(rows), "Rows of the file"),
        Figure::new(
            "changed",
            "Rows that changed something",
            Value::Count(changed.iter().map(|key| counted(key)).sum()),
            "Created, updated, moved, linked, reactivated or deactivated; also what was restored",
        ),
        Figure::new(
            "unchanged",
            "Rows that changed nothing",
            Value::Count(counted("unchanged")),
            "All that they say was so already",
        ),
        Figure::new(
            "put_aside",
            "Rows put aside",
            Value::Count(aside),
            Words::with(
                "{} rejected, {} in conflict: they changed nothing, and wait for somebody",
                [counted("rejected"), counted("conflict")],
            ),
        ),
        Figure::new(
            "fields",
            "Fields changed",
            Value::Count(whole(facts.changes.len())),
            Words::with("Of {} people and things; also what followed by rules", [things.len()]),
        ),
    ]
}

fn fields(facts: &ImportFacts) -> Table {
    let columns = [
        Column::new("what", "What", Kind::Status, 16),
        Column::new("name", "Name", Kind::Text, 30),
        Column::new("new", "New", Kind::Status, 8).about("Whether it was not there before"),
        Column::new("field", "Field", Kind::Text, 24),
        Column::new("before", "Before", Kind::Text, 34),
        Column::new("after", "After", Kind::Text, 34),
        Column::new("id", "Id", Kind::Id, 38),
    ];
    let mut table = Table::new("fields", "Fields", "No field was changed.", columns).grouped_by(2);
    for change in &facts.changes {
        let id = change.id.map(|id| id.to_string());
        table.push([
            Cell::Text(&change.what),
            change.name.as_deref().into(),
            Cell::Text(if change.is_new { "yes" } else { "no" }),
            Cell::Text(&change.field),
            change.before.as_deref().into(),
            change.after.as_deref().into(),
            id.as_deref().into(),
        ]);
    }
    table
}

fn rows(facts: &ImportFacts) -> Table {
    let columns = [
        Column::new("row", "Row", Kind::Integer, 8).about("As the file counts"),
        Column::new("person", "Person", Kind::Text, 28),
        Column::new("effect", "What became of it", Kind::Status, 16),
        Column::new("field", "Field", Kind::Text, 22),
        Column::new("why", "Why", Kind::Text, 56),
        Column::new("code", "Code", Kind::Text, 34),
    ];
    let mut table = Table::new("rows", "Rows", "Every row landed.", columns);
    let codes: HashMap<&str, &str> =
        error_codes().into_iter().map(|code| (code.code, code.summary)).collect();
    for line in &facts.lines {
        let why = line.code.as_deref().and_then(|code| codes.get(code).copied());
        table.push([
            line.row
                .map_or(Cell::Nothing, |row| Cell::Integer(i64::try_from(row).unwrap_or(i64::MAX))),
            line.name.as_deref().into(),
            Cell::Text(&line.effect),
            line.field.as_deref().into(),
            why.into(),
            line.code.as_deref().into(),
        ]);
    }
    table
}

fn counts(facts: &ImportFacts) -> Table {
    let columns = [
        Column::new("of", "Of", Kind::Status, 18)
            .about("Rows of the file, or what rules did about what they changed"),
        Column::new("what", "What became of it", Kind::Status, 24),
        Column::new("count", "Count", Kind::Integer, 10),
    ];
    let mut table = Table::new("counts", "Counts", "Nothing was counted.", columns).grouped_by(1);
    if let Some(run) = &facts.run {
        for (of, counts) in [("rows", &run.counts), ("consequences", &run.consequences)] {
            for (what, count) in counts.iter().filter(|(what, n)| **n != 0 && *what != "rows") {
                table.push([Cell::Text(of), Cell::Text(what), Cell::Integer(*count)]);
            }
        }
    }
    table
}

fn by_field_table(facts: &ImportFacts) -> Table {
    let columns = [
        Column::new("field", "Field", Kind::Text, 34),
        Column::new("count", "Changes", Kind::Integer, 10),
    ];
    let mut table = Table::new("by_field", "By field", "No field was changed.", columns);
    for (field, count) in &by_field(facts) {
        table.push([Cell::Text(field), Cell::Integer(*count)]);
    }
    table
}
