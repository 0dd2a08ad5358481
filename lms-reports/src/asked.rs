//! What all reports over facts share: how they ask, the frame of their documents, and the words for people,
//! trainings and figures.

use std::borrow::Cow;

use lms_core::{
    Actor, Audience, ComplianceFigures, Day, FactsOrigin, FactsQuery, PeopleColumns, Result,
    RuleOnDay, RuleStatus, TrainingColumns, UnitColumns,
};

use crate::document::{Chart, Document, Fact, Figure, Revision, Value};
use crate::language::Language;
use crate::report::{Params, Report};
use crate::table::{Cell, Column, Kind, Table};
use crate::words::Words;

/// The question to the library that these parameters stand for.
pub(crate) fn query(params: &Params) -> Result<FactsQuery> {
    let query = FactsQuery::new()
        .audience(audience(params)?)
        .as_of(params.as_of.or(params.to))
        .known_at(params.known_at.or(params.again.as_ref().map(|again| again.at)))
        .from(params.from)
        .at_last_entry(params.reproducible);
    let query = params.trainings.iter().fold(query, |query, one| query.training(one));
    Ok(params.quizzes.iter().fold(query, |query, one| query.quiz(one)))
}

pub(crate) fn audience(params: &Params) -> Result<Audience> {
    params.audience.as_deref().map_or_else(|| Ok(Audience::everybody()), Audience::parse)
}

/// What a report adds to the frame.
pub(crate) struct Parts {
    pub(crate) notes: Vec<Words>,
    pub(crate) figures: Vec<Figure>,
    pub(crate) charts: Vec<Chart>,
    /// The first is the main one.
    pub(crate) tables: Vec<Table>,
    pub(crate) population: Words,
    /// The first day of the period, where the report has one although none was given.
    pub(crate) period_from: Option<Day>,
    pub(crate) provenance: Vec<Fact>,
}

/// The document of a report over facts.
pub(crate) fn document(
    report: Report,
    origin: &FactsOrigin,
    params: &Params,
    actor: &Actor,
    parts: Parts,
) -> Document {
    frame(report.name().into(), report.title().into(), origin, params, actor, parts)
}

pub(crate) fn frame(
    name: Cow<'static, str>,
    title: Words,
    origin: &FactsOrigin,
    params: &Params,
    actor: &Actor,
    parts: Parts,
) -> Document {
    let head = Revision { seq: origin.head.seq, hash: origin.head.hash.clone() };
    let (as_of, revision) = match &params.again {
        Some(again) => (again.at, again.revision.clone()),
        None => (origin.taken_at, head),
    };
    let mut provenance = provenance(origin, params, &revision, parts.population);
    provenance.extend(parts.provenance);
    Document {
        name,
        title,
        language: Language::En,
        organisation: origin.organisation.clone(),
        timezone: origin.timezone.clone(),
        as_of,
        day: Some(origin.as_of),
        asked_by: actor.label(),
        data_revision: revision,
        params: params.clone(),
        filters: filters(origin, params, parts.period_from.or(origin.from)),
        notes: parts.notes,
        figures: parts.figures,
        charts: parts.charts,
        tables: parts.tables,
        provenance,
    }
}

fn filters(origin: &FactsOrigin, params: &Params, from: Option<Day>) -> Vec<Fact> {
    let audience: Words = match params.audience.as_deref().filter(|flags| !flags.is_empty()) {
        Some(flags) => Words::from(flags.to_owned()),
        None => "everybody".into(),
    };
    let mut filters = vec![Fact::new("Audience", audience)];
    if !params.trainings.is_empty() {
        filters.push(Fact::new("Trainings", Words::from(params.trainings.join(", "))));
    }
    if !params.quizzes.is_empty() {
        filters.push(Fact::new("Quizzes", Words::from(params.quizzes.join(", "))));
    }
    if let Some(from) = from {
        let days = [from.to_string(), origin.as_of.to_string()];
        filters.push(Fact::new("Period", Words::with("from {} to {}, both included", days)));
    }
    if let Some(known_at) = params.known_at.and(origin.known_at) {
        filters.push(Fact::new("As known at", Words::from(known_at.to_string())));
    }
    filters
}

fn provenance(
    origin: &FactsOrigin,
    params: &Params,
    revision: &Revision,
    population: Words,
) -> Vec<Fact> {
    let known: Words = match params.known_at.and(origin.known_at) {
        Some(instant) => Words::with(
            "by what had been recorded at {}; it never changes again",
            [instant.to_string()],
        ),
        None => {
            "by what is known now; it may change when something about that day is recorded late"
                .into()
        }
    };
    let today: Words = if params.reproducible {
        "where no day was given, it is that of the last entry (--reproducible)".into()
    } else {
        "where no day was given, it is today in the organisation's time zone".into()
    };
    vec![
        Fact::new(
            "Data revision",
            Words::with(
                "entry {} of the audit chain, hash {}",
                [revision.seq.to_string(), revision.hash.clone()],
            ),
        ),
        Fact::new("One state of the data", "yes: all of it was read in one transaction"),
        Fact::new("As of", Words::with("{}; {}", [Words::from(origin.as_of.to_string()), today])),
        Fact::new("As known at", known),
        Fact::new("Population", population),
        Fact::new("Settings version", Words::from(origin.settings_version)),
        Fact::new("Rule versions", rules(&origin.rules)),
    ]
}

/// The rules that asked for something on the day, by which figures can be understood.
fn rules(rules: &[RuleOnDay]) -> Words {
    let active = rules.iter().filter(|rule| rule.status == RuleStatus::Active);
    let told: Vec<String> = active.map(|rule| format!("{} {}", rule.code, rule.version)).collect();
    if told.is_empty() { "no rule was in force on that day".into() } else { told.join(", ").into() }
}

/// Who is meant where nobody in particular was asked for.
pub(crate) const PRESENT: &str = "people who are active or on leave on that day, as far as the one who asked may see them; or the \
     audience, where one was given";

/// How compliance is counted, for those who want to count again.
pub(crate) fn definitions() -> Vec<Fact> {
    vec![
        Fact::new(
            "What is counted",
            "mandatory obligations: one person and one training, by the latest turn, however often it \
             was done",
        ),
        Fact::new(
            "Met",
            "it was done, and the completion is valid on the day; also while its renewal is open already",
        ),
        Fact::new(
            "Missed",
            "overdue: past the due day and the days of grace; or expired: it was done, and is valid no \
             longer",
        ),
        Fact::new(
            "Not measured",
            "open: not done, and in time; in grace: past the due day, within the days of grace",
        ),
        Fact::new(
            "Left out",
            "exempt: the person need not; on leave: away while the clock stands still; cancelled: nobody \
             wants it any more",
        ),
        Fact::new(
            "Departments",
            "each counts with all below it, by the organisation of the day; level 0 is at the top",
        ),
    ]
}

/// Two sums that have to be the same, in words.
pub(crate) fn reconciled(listed: i64, counted: i64) -> Words {
    let numbers = [listed.to_string(), counted.to_string()];
    if listed == counted {
        Words::with("yes: {} listed, {} counted", numbers)
    } else {
        Words::with("NO: {} listed, {} counted", numbers)
    }
}

/// The figures of compliance of the first sheet.
pub(crate) fn compliance_figures(total: &ComplianceFigures) -> Vec<Figure> {
    let left_out = total.exempt + total.on_leave + total.cancelled;
    vec![
        Figure::new(
            "met_percent",
            "Obligations met",
            Value::Share { numerator: total.met, denominator: total.measured },
            Words::with(
                "{} with a valid completion, of {} that are met or missed; {} that are open or in grace \
                 are not measured, {} that are exempt, on leave or cancelled are left out",
                [total.met, total.measured, total.open + total.in_grace, left_out],
            ),
        ),
        Figure::new(
            "compliant_people_percent",
            "Compliant people",
            Value::Share { numerator: total.compliant_people, denominator: total.measured_people },
            Words::with(
                "{} people who have missed nothing, of {} with obligations; {} without any are left out",
                [total.compliant_people, total.measured_people, total.people_without_obligations],
            ),
        ),
        Figure::new(
            "missed",
            "Obligations missed",
            Value::Count(total.missed),
            Words::with(
                "{} overdue: past the due day and the days of grace; {} expired: done once, and valid no \
                 longer",
                [total.overdue, total.expired],
            ),
        ),
        Figure::new(
            "not_compliant_people",
            "People who missed something",
            Value::Count(total.not_compliant_people),
            "People with at least one obligation that is overdue or expired",
        ),
        Figure::new(
            "open",
            "Open, in time",
            Value::Count(total.open),
            "Obligations that are not done, and not past their due day",
        ),
        Figure::new(
            "in_grace",
            "In grace",
            Value::Count(total.in_grace),
            "Obligations past the due day, within the days of grace: they are missed next",
        ),
        Figure::new(
            "people",
            "People asked about",
            Value::Count(total.people),
            "Everybody in this report, also those who have to do nothing",
        ),
    ]
}

/// Columns of figures of compliance, for departments and for trainings.
pub(crate) fn figure_columns() -> Vec<Column> {
    vec![
        Column::new("met_percent", "Met %", Kind::Share, 10)
            .about("Met, of those that are met or missed"),
        Column::new("met", "Met", Kind::Integer, 10),
        Column::new("missed", "Missed", Kind::Integer, 10).about("Overdue and expired"),
        Column::new("overdue", "Overdue", Kind::Integer, 10),
        Column::new("expired", "Expired", Kind::Integer, 10),
        Column::new("in_grace", "In grace", Kind::Integer, 10),
        Column::new("open", "Open", Kind::Integer, 10),
        Column::new("left_out", "Left out", Kind::Integer, 10)
            .about("Exempt, on leave or cancelled"),
    ]
}

/// The cells of [`figure_columns`].
pub(crate) fn figure_cells(figures: &ComplianceFigures) -> Vec<Cell<'static>> {
    vec![
        Cell::Share { numerator: figures.met, denominator: figures.measured },
        Cell::Integer(figures.met),
        Cell::Integer(figures.missed),
        Cell::Integer(figures.overdue),
        Cell::Integer(figures.expired),
        Cell::Integer(figures.in_grace),
        Cell::Integer(figures.open),
        Cell::Integer(figures.exempt + figures.on_leave + figures.cancelled),
    ]
}

/// Columns that say who somebody is.
pub(crate) fn person_columns() -> Vec<Column> {
    vec![
        Column::new("person", "Person", Kind::Text, 28),
        Column::new("employee_number", "Employee no.", Kind::Text, 14),
        Column::new("department", "Department", Kind::Text, 26),
    ]
}

/// The cells of [`person_columns`].
pub(crate) fn person_cells<'a>(
    people: &'a PeopleColumns,
    units: &'a UnitColumns,
    place: u32,
) -> Vec<Cell<'a>> {
    let at = place as usize;
    vec![
        Cell::Text(&people.name[at]),
        people.employee_number[at].as_deref().into(),
        unit(units, people.department[at]),
    ]
}

/// Columns that say which training it is.
pub(crate) fn training_columns() -> Vec<Column> {
    vec![
        Column::new("training", "Training", Kind::Text, 16),
        Column::new("title", "Title", Kind::Text, 34),
    ]
}

/// The cells of [`training_columns`].
pub(crate) fn training_cells(trainings: &TrainingColumns, place: u32) -> Vec<Cell<'_>> {
    let at = place as usize;
    vec![Cell::Text(&trainings.code[at]), Cell::Text(&trainings.title[at])]
}

/// What a unit is called.
pub(crate) fn unit(units: &UnitColumns, place: Option<u32>) -> Cell<'_> {
    place.map_or(Cell::Nothing, |place| Cell::Text(&units.name[place as usize]))
}

pub(crate) fn day(day: Option<Day>) -> Cell<'static> {
    day.map_or(Cell::Nothing, Cell::Day)
}

pub(crate) fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// From tenths.
pub(crate) fn tenths(count: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "shares and days of one life")]
    let number = count as f64 / 10.0;
    number
}

/// From hundredths of a per cent.
pub(crate) fn percent(score: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "at most ten thousand")]
    let percent = score as f64 / 100.0;
    percent
}

/// From seconds.
pub(crate) fn in_hours(seconds: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "hours of a life")]
    let hours = seconds as f64 / 3_600.0;
    hours
}

/// For how many days something goes on from one day to another.
pub(crate) fn days_until(from: Day, to: Day) -> i64 {
    i64::from((to.inner() - from.inner()).get_days())
}
