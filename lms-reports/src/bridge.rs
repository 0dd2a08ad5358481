//! `bridge`: why a share became another one: from the figures of one day to those of another, step by step.

use lms_core::{Actor, BridgeFacts, BridgeStep, BridgeSum, Counted, Lms, Percent, Result};

use crate::asked::{
    PRESENT, Parts, compliance_figures, definitions, document, person_cells, person_columns, query,
    reconciled, training_cells, training_columns, whole,
};
use crate::document::{Chart, ChartKind, Document, Fact, Figure, Series, Value};
use crate::report::{Params, Report};
use crate::shape::{SortKey, crossed, ordered};
use crate::table::{Cell, Column, Kind, Table};
use crate::tone::Tone;
use crate::words::Words;

pub(crate) async fn run(lms: &Lms, actor: &Actor, params: &Params) -> Result<Document> {
    let facts = lms.analytics().bridge(actor, query(params)?).await?;
    let mut provenance = definitions();
    provenance.extend(defined(&facts));
    let (aside, chart) = drawn(&facts);
    let parts = Parts {
        notes: notes(&facts),
        figures: figures(&facts),
        charts: vec![chart],
        tables: vec![bridge(&facts), movements(&facts)?, by_training(&facts)?, aside],
        population: PRESENT.into(),
        period_from: Some(facts.opens_on.next()),
        provenance,
    };
    Ok(document(Report::Bridge, &facts.origin, params, actor, parts))
}

fn notes(facts: &BridgeFacts) -> Vec<Words> {
    let mut notes = Vec::new();
    if facts.opens_as_known_at.is_none() {
        notes.push(Words::with(
            "Nothing was on record when {} was over: the bridge opens with what is known of that day now.",
            [facts.opens_on.to_string()],
        ));
    }
    if facts.movements.is_empty() {
        notes.push("Every obligation counts as it did before.".into());
    }
    notes
}

/// What each step means, in the order in which they come.
fn meaning(step: BridgeStep) -> &'static str {
    match step {
        BridgeStep::Corrected => {
            "recorded about the opening day after it was over: what was told of it then was other than \
             what is known now"
        }
        BridgeStep::Joined => {
            "of people who were not in the report on the opening day: hired since, back, or moved here"
        }
        BridgeStep::Left => {
            "of people who are no longer in the report: they have left, or moved elsewhere"
        }
        BridgeStep::Completed => "not met before, and met now",
        BridgeStep::Expired => "done before, and the completion is valid no longer",
        BridgeStep::Overdue => "open or in grace before, and past the due day and the grace now",
        BridgeStep::InTimeAgain => {
            "missed before, and in time again: the due day was moved, or it is asked for anew"
        }
        BridgeStep::Assigned => "mandatory now, and not on the opening day",
        BridgeStep::Withdrawn => "mandatory on the opening day, and not any more",
        BridgeStep::Exempted => "an exemption began or ended",
        _ => "a leave began or ended",
    }
}

/// The label of a step where its meaning is told.
fn label(step: BridgeStep) -> &'static str {
    match step {
        BridgeStep::Corrected => "Step: corrected",
        BridgeStep::Joined => "Step: joined",
        BridgeStep::Left => "Step: left",
        BridgeStep::Completed => "Step: completed",
        BridgeStep::Expired => "Step: expired",
        BridgeStep::Overdue => "Step: overdue",
        BridgeStep::InTimeAgain => "Step: in time again",
        BridgeStep::Assigned => "Step: newly assigned",
        BridgeStep::Withdrawn => "Step: no longer required",
        BridgeStep::Exempted => "Step: exempted",
        _ => "Step: on leave",
    }
}

fn defined(facts: &BridgeFacts) -> Vec<Fact> {
    let day = facts.opens_on.to_string();
    let opening = match facts.opens_as_known_at {
        Some(instant) => Words::with(
            "{}, the day before the period, by what was known at {}, when it was over",
            [day, instant.to_string()],
        ),
        None => Words::with("{}, the day before the period, by what is known of it now", [day]),
    };
    let mut all = vec![
        Fact::new("Opening", opening),
        Fact::new(
            "Steps",
            "an obligation counts in a step if it adds otherwise to what is met, or to what is measured, \
             than before; which step follows from how it counts on both days",
        ),
        Fact::new(
            "Change",
            "points of percent by which Met % is more or less after a step than before it, in the order \
             of the steps: in another order they would share the change out otherwise",
        ),
    ];
    all.extend(BridgeStep::ALL.map(|step| Fact::new(label(step), meaning(step))));
    let sum = |part: fn(&BridgeSum) -> i64| facts.steps.iter().map(part).sum::<i64>();
    let (opening, closing) = (&facts.opening, &facts.closing);
    all.extend([
        Fact::new(
            "Obligations met reconcile",
            reconciled(opening.met + sum(|step| step.met), closing.met),
        ),
        Fact::new(
            "Obligations measured reconcile",
            reconciled(opening.measured + sum(|step| step.measured), closing.measured),
        ),
        Fact::new(
            "Movements reconcile",
            reconciled(whole(facts.movements.len()), sum(|step| step.obligations)),
        ),
    ]);
    all
}

fn figures(facts: &BridgeFacts) -> Vec<Figure> {
    let mut figures = vec![Figure::new(
        "met_percent_before",
        "Obligations met before",
        Value::Share { numerator: facts.opening.met, denominator: facts.opening.measured },
        Words::with(
            "{} with a valid completion, of {} that were met or missed on {}, as it was told then",
            [
                facts.opening.met.to_string(),
                facts.opening.measured.to_string(),
                facts.opens_on.to_string(),
            ],
        ),
    )];
    figures.extend(compliance_figures(&facts.closing));
    figures.push(Figure::new(
        "movements",
        "Obligations that moved",
        Value::Count(whole(facts.movements.len())),
        "Obligations that count otherwise than before; sheet Movements has each of them",
    ));
    figures
}

fn bridge(facts: &BridgeFacts) -> Table {
    let columns = [
        Column::new("step", "Step", Kind::Status, 24),
        Column::new("obligations", "Obligations", Kind::Integer, 12)
            .about("Those that count otherwise by this step"),
        Column::new("people", "People", Kind::Integer, 10).about("Who has them"),
        Column::new("met_change", "Met more or less", Kind::Integer, 12),
        Column::new("measured_change", "Measured more or less", Kind::Integer, 12)
            .about("Measured is what is met or missed"),
        Column::new("met", "Met", Kind::Integer, 10).about("After this step"),
        Column::new("measured", "Met or missed", Kind::Integer, 10).about("After this step"),
        Column::new("met_percent", "Met %", Kind::Share, 10)
            .about("Met, of those that are met or missed"),
        Column::new("change", "Change", Kind::Change, 10)
            .about("Points of percent of Met % more or less than before this step"),
    ];
    let mut table = Table::new("bridge", "Bridge", "There are no steps.", columns);
    let day = |table: &mut Table, word, met, measured| {
        table.push([
            Cell::Text(word),
            Cell::Nothing,
            Cell::Nothing,
            Cell::Nothing,
            Cell::Nothing,
            Cell::Integer(met),
            Cell::Integer(measured),
            Cell::Share { numerator: met, denominator: measured },
            Cell::Nothing,
        ]);
    };
    day(&mut table, OPENING, facts.opening.met, facts.opening.measured);
    for step in &facts.steps {
        table.push([
            Cell::Text(step.step.as_str()),
            Cell::Integer(step.obligations),
            Cell::Integer(step.people),
            Cell::Integer(step.met),
            Cell::Integer(step.measured),
            Cell::Integer(step.met_after),
            Cell::Integer(step.measured_after),
            Cell::Share { numerator: step.met_after, denominator: step.measured_after },
            step.change_tenths.map_or(Cell::Nothing, |tenths| Cell::Decimal(points(tenths))),
        ]);
    }
    day(&mut table, CLOSING, facts.closing.met, facts.closing.measured);
    table
}

const OPENING: &str = "opening";
const CLOSING: &str = "closing";

fn points(tenths: i32) -> f64 {
    f64::from(tenths) / 10.0
}

fn movements(facts: &BridgeFacts) -> Result<Table> {
    let mut columns = vec![Column::new("step", "Step", Kind::Status, 22)];
    columns.extend(person_columns());
    columns.extend(training_columns());
    columns.extend([
        Column::new("before", "Counted as", Kind::Status, 14)
            .about("Before; blank where the person was not there, or did not have to do it"),
        Column::new("after", "Counts as", Kind::Status, 14)
            .about("After; blank where the person is not there, or does not have to do it"),
        Column::new("met_change", "Met more or less", Kind::Integer, 12),
        Column::new("measured_change", "Measured more or less", Kind::Integer, 12),
    ]);
    let if_empty = "Every obligation counts as it did before.";
    let mut table = Table::new("movements", "Movements", if_empty, columns).grouped_by(1);
    let own = &facts.movements;
    let places = |all: &[u32]| SortKey::Number(all.iter().copied().map(i64::from).collect());
    let keys = vec![places(&steps(facts)), places(&own.person), places(&own.training)];
    let word = |counted: Option<Counted>| Cell::from(counted.map(Counted::as_str));
    for at in ordered(own.len(), keys)? {
        let mut row = vec![Cell::Text(own.step[at].as_str())];
        row.extend(person_cells(&facts.people, &facts.units, own.person[at]));
        row.extend(training_cells(&facts.trainings, own.training[at]));
        row.extend([
            word(own.before[at]),
            word(own.after[at]),
            Cell::Integer(own.met[at]),
            Cell::Integer(own.measured[at]),
        ]);
        table.push(row);
    }
    Ok(table)
}

/// Of each movement the place of its step.
fn steps(facts: &BridgeFacts) -> Vec<u32> {
    let place = |step: &BridgeStep| (0..).zip(BridgeStep::ALL).find(|(_, one)| one == step);
    facts.movements.step.iter().filter_map(|step| place(step).map(|(at, _)| at)).collect()
}

fn by_training(facts: &BridgeFacts) -> Result<Table> {
    let titles = [
        "Corrected",
        "Joined",
        "Left",
        "Completed",
        "Expired",
        "Overdue",
        "In time again",
        "Newly assigned",
        "No longer required",
        "Exempted",
        "On leave",
    ];
    let mut columns = training_columns();
    columns.push(
        Column::new("movements", "Obligations", Kind::Integer, 12)
            .about("Those that count otherwise than before"),
    );
    let of_step = |(step, title): (BridgeStep, &'static str)| {
        Column::new(step.as_str(), title, Kind::Integer, 11)
    };
    columns.extend(BridgeStep::ALL.into_iter().zip(titles).map(of_step));
    let if_empty = "Every obligation counts as it did before.";
    let mut table = Table::new("by_training", "By training", if_empty, columns);
    let counts = crossed(&facts.movements.training, &steps(facts), BridgeStep::ALL.len())?;
    for (training, counts) in counts {
        let mut row = training_cells(&facts.trainings, training);
        row.push(Cell::Integer(counts.iter().sum()));
        row.extend(counts.into_iter().map(Cell::Integer));
        table.push(row);
    }
    Ok(table)
}

/// From the opening share to the closing one, over the steps that change it.
fn drawn(facts: &BridgeFacts) -> (Table, Chart) {
    let columns = [
        Column::new("step", "Step", Kind::Status, 24),
        Column::new("below", "Below", Kind::Decimal, 10),
        Column::new("total", "Met %", Kind::Decimal, 10),
        Column::new("more", "More", Kind::Decimal, 10),
        Column::new("less", "Less", Kind::Decimal, 10),
    ];
    let title = "From opening to closing";
    let mut table = Table::new("bridge_chart", title, "There are no steps.", columns).aside();
    let mut push = |word, tenths: [i32; 4]| {
        let numbers = tenths.map(|tenths| Cell::Decimal(points(tenths)));
        table.push(std::iter::once(Cell::Text(word)).chain(numbers));
    };
    let percent = |share: Option<Percent>| share.map_or(0, Percent::tenths);
    let mut level = percent(facts.opening.met_percent);
    push(OPENING, [0, level, 0, 0]);
    for step in facts.steps.iter().filter(|step| step.obligations > 0) {
        let next = percent(step.percent_after);
        let (more, less) = ((next - level).max(0), (level - next).max(0));
        push(step.step.as_str(), [level.min(next), 0, more, less]);
        level = next;
    }
    push(CLOSING, [0, percent(facts.closing.met_percent), 0, 0]);
    let series = [
        Series::new(1),
        Series::new(2),
        Series::new(3).tone(Tone::Good),
        Series::new(4).tone(Tone::Bad),
    ];
    let chart = Chart::new(ChartKind::Waterfall, "Why Met % changed", "bridge_chart", 0, series)
        .axes("Step", "Met %, the axis need not begin at 0");
    (table, chart)
}
