//! Documents for tests: one for counting rows, and one with everything that a report can have.

use std::sync::LazyLock;

use lms_core::{Day, TimeZoneName, Timestamp};

use crate::document::{Chart, ChartKind, Document, Fact, Figure, Revision, Series, Value};
use crate::language::Language;
use crate::report::Params;
use crate::table::{Cell, Column, Kind, Table};
use crate::tone::Tone;
use crate::words::Words;

/// What somebody may be called, or call themselves.
pub(crate) static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let long: &'static str = "x".repeat(400).leak();
    vec![
        r#"=HYPERLINK("http://example.com","click")"#,
        "+1",
        "-2+3",
        "@SUM(1)",
        "\ttab first",
        "'=1",
        "naïve 👩‍🚒 emoji",
        "שלום עולם من اليمين",
        "</script><script>alert(1)</script>",
        "<b>&amp;</b>",
        "00123",
        "a, \"b\"\nand c",
        long,
    ]
});

pub(crate) fn codes(n_rows: i64) -> Document {
    let columns = [
        Column::new("number", "Number".to_owned(), Kind::Integer, 10),
        Column::new("code", "Code".to_owned(), Kind::Text, 10),
    ];
    let if_empty = "There are no codes.".to_owned();
    let mut table = Table::new("codes", "Codes".to_owned(), if_empty, columns);
    for number in 1..=n_rows {
        table.push([Cell::Integer(number), Cell::Text(&format!("{number:05}"))]);
    }
    document(vec![table])
}

#[expect(clippy::too_many_lines, reason = "a column and a chart of each kind, one after the other")]
pub(crate) fn training_matrix() -> Document {
    let day = Day::parse("2026-02-01").unwrap();
    let training =
        |key: &'static str, title: &str| Column::new(key, title.to_owned(), Kind::StatusOn, 24);
    let columns = [
        Column::new("manager", words("Manager"), Kind::Text, 20),
        Column::new("person", words("Person"), Kind::Text, 30),
        training("fire", "Fire safety"),
        training("fire_2", "FIRE SAFETY").about(words("As it was called before 2025")),
    ];
    let mut matrix = Table::new("matrix", words("Matrix"), words("Nobody."), columns).grouped_by(1);
    for (at, name) in NAMES.iter().enumerate() {
        matrix.push([
            Cell::Text(if at < 4 { "Ada" } else { "Bo & Söhne" }),
            Cell::Text(name),
            Cell::StatusOn("completed_late", Some(day)),
            if at % 2 == 0 { Cell::StatusOn("overdue", None) } else { Cell::Nothing },
        ]);
    }
    let columns = [
        Column::new("department", words("Department"), Kind::Text, 30),
        Column::new("met", words("Met"), Kind::Share, 10),
        Column::new("days", words("Days"), Kind::Decimal, 10),
        Column::new("change", words("Change"), Kind::Change, 10),
        Column::new("completed", words("Completed"), Kind::Integer, 10),
        Column::new("late", words("Late"), Kind::Integer, 10),
        Column::new("overdue", words("Overdue"), Kind::Integer, 10),
        Column::new("chain", words("State"), Kind::Status, 10),
    ];
    let mut departments = Table::new("departments", words("Departments"), words("None."), columns);
    for (at, name) in (0..).zip(["Production", "A department with a very long name", "Sales", "IT"])
    {
        departments.push([
            Cell::Text(name),
            Cell::Share { numerator: 3, denominator: if at == 1 { 0 } else { 4 } },
            Cell::Decimal(12.5 + f64::from(at)),
            Cell::Decimal(f64::from(at) - 1.5),
            Cell::Integer(1_200 - i64::from(at) * 100),
            Cell::Integer(20 * i64::from(at)),
            Cell::Integer(35),
            Cell::Text("overdue"),
        ]);
    }
    let columns = [
        Column::new("month", words("Month"), Kind::Month, 10),
        Column::new("completed", words("Completed"), Kind::Integer, 10),
        Column::new("planned", words("Planned"), Kind::Integer, 10),
        Column::new("share", words("Cumulative"), Kind::Share, 10),
    ];
    let mut months = Table::new("months", words("Months"), words("None."), columns).aside();
    for month in 1..=9_i8 {
        months.push([
            Cell::Day(Day::new(jiff::civil::date(2026, month, 1))),
            Cell::Integer(i64::from(month) * 7 % 11),
            Cell::Integer(4),
            Cell::Share { numerator: i64::from(month), denominator: 10 },
        ]);
    }
    let columns = [
        Column::new("what", words("What"), Kind::Text, 20),
        Column::new("below", words("Below"), Kind::Integer, 10),
        Column::new("total", words("Total"), Kind::Integer, 10),
        Column::new("more", words("More"), Kind::Integer, 10),
        Column::new("less", words("Less"), Kind::Integer, 10),
    ];
    let mut changes = Table::new("changes", words("Changes"), words("None."), columns).aside();
    for (what, numbers) in [
        ("Opening", [0, 94, 0, 0]),
        ("Joined", [90, 0, 0, 4]),
        ("Completed", [90, 0, 6, 0]),
        ("Expired", [91, 0, 0, 5]),
        ("Closing", [0, 91, 0, 0]),
    ] {
        changes.push(std::iter::once(Cell::Text(what)).chain(numbers.map(Cell::Integer)));
    }

    let mut document = document(vec![matrix, departments, months, changes]);
    let parts = || {
        [
            Series::new(4).tone(Tone::Good),
            Series::new(5).tone(Tone::Warn),
            Series::new(6).tone(Tone::Bad),
        ]
    };
    let drawn = |kind, title: &str, table: &'static str, rows, series: Vec<Series>| {
        Chart::new(kind, words(title), table, rows, series)
    };
    let columns = |all: &[usize]| all.iter().copied().map(Series::new).collect::<Vec<_>>();
    document.charts = vec![
        drawn(ChartKind::StackedBar, "Obligations by department", "departments", 0, parts().into())
            .axes(words("Obligations"), words("Department")),
        drawn(ChartKind::Bar, "Met", "departments", 0, columns(&[1])),
        drawn(ChartKind::Column, "Completed in each month", "months", 0, columns(&[1, 2])),
        drawn(ChartKind::StackedColumn, "Stacked", "months", 0, columns(&[1, 2])),
        drawn(ChartKind::LineOverColumns, "How it went", "months", 0, columns(&[1, 3])),
        drawn(ChartKind::Line, "Line", "months", 0, columns(&[1, 2])),
        drawn(ChartKind::Area, "Hours to come", "months", 0, columns(&[1, 2]))
            .axes(words("Month"), words("Hours")),
        drawn(ChartKind::Scatter, "Questions", "departments", 2, columns(&[1]))
            .axes(words("Days"), words("Share")),
        drawn(
            ChartKind::Waterfall,
            "Why 94 became 91",
            "changes",
            0,
            vec![
                Series::new(1),
                Series::new(2),
                Series::new(3).tone(Tone::Good),
                Series::new(4).tone(Tone::Bad),
            ],
        ),
    ];
    document.notes = vec![words("The numbers <are> invented.")];
    document.figures = vec![
        Figure::new(
            "met",
            words("Met"),
            Value::Share { numerator: 1_234, denominator: 1_300 },
            words("1234 obligations that are met, of 1300 that count"),
        ),
        Figure::new("n", words("People"), Value::Count(1_234_567), words("Everybody")),
        Figure::new("days", words("Days"), Value::Decimal(Some(12.34)), words("In the mean")),
        Figure::new("last", words("Last day"), Value::Day(Some(day)), words("The last")),
        Figure::new("chain", words("Chain"), Value::Status("holds"), words("Whether it holds")),
    ];
    document
}

fn words(text: &str) -> Words {
    Words::from(text.to_owned())
}

fn document(tables: Vec<Table>) -> Document {
    Document {
        name: "codes".into(),
        title: words("Codes & <trainings>"),
        language: Language::En,
        organisation: "Müller & Söhne".to_owned(),
        timezone: TimeZoneName::parse("Europe/Berlin").unwrap(),
        as_of: Timestamp::parse("2026-03-31T12:00:00Z").unwrap(),
        day: None,
        asked_by: "os:ada".to_owned(),
        data_revision: Revision { seq: 1, hash: "00".to_owned() },
        params: Params::new(),
        filters: vec![Fact::new("Period", "since the beginning")],
        notes: Vec::new(),
        figures: Vec::new(),
        charts: Vec::new(),
        tables,
        provenance: vec![Fact::new("Population", words("all"))],
    }
}
