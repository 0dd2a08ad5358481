//! Workbooks and archives as people have them.

use super::{Zip, ods, read, refused, says, sheet, source, text_cell, workbook, wrong};
use crate::imports::reading::{Kind, ReadOptions, ReadRow, Source, inspect, survey};

const MESSY: &[u8] = include_bytes!("../../../../../tests/fixtures/imports/people_messy.xlsx");
const OF_1904: &[u8] = include_bytes!("../../../../../tests/fixtures/imports/dates_1904.xlsx");
const OLD: &[u8] = include_bytes!("../../../../../tests/fixtures/imports/people.xls");

#[test]
fn a_messy_workbook_is_read_from_its_best_sheet() {
    let survey =
        survey(&source("people_messy.xlsx", MESSY), Kind::People, &ReadOptions::new()).unwrap();
    let layout = survey.layout();
    assert_eq!((layout.sheet.as_deref(), layout.header_row, layout.rows), (Some("Staff"), 4, 5));
    assert_eq!(layout.sheets, ["Info", "Staff", "Hidden"]);
    assert!(
        layout.warnings.iter().any(|warning| warning.contains("may have lost zeros")),
        "{layout:#?}"
    );
    let rows: Vec<ReadRow> = survey.records().unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [6, 7, 8, 9, 10]);
    let fields =
        ["employee_number", "first_name", "department", "hired_on", "status", "terminated_on"];
    assert_eq!(says(&rows[0], &fields), ["00123", "Jörg", "Sales", "2019-04-03", "active", "-"]);
    assert_eq!(
        says(&rows[1], &fields),
        ["124", "Zoë", "Sales", "2021-12-17", "active", "2026-12-31"]
    );
    // What comes of a formula was never stored; nobody knows what it would be.
    assert_eq!(wrong(&rows[2]), [("E", "import.row_formula")]);
    assert_eq!(wrong(&rows[3]), [("E", "import.row_formula")]);
    // The cell shows zeros before the number, and its status is a number.
    assert_eq!(
        says(&rows[4], &fields),
        [
            "00127",
            "Ann",
            "R&amp;D".replace("&amp;", "&").as_str(),
            "2022-05-12",
            "active",
            "2026-06-05"
        ]
    );

    let hidden = ReadOptions::new().sheet("hidden");
    assert_eq!(read(&source("x.xlsx", MESSY), Kind::People, &hidden).unwrap().len(), 1);
    let third = ReadOptions::new().sheet("3");
    assert_eq!(read(&source("x.xlsx", MESSY), Kind::People, &third).unwrap().len(), 1);
    let none = inspect(&source("x.xlsx", MESSY), Kind::People, &ReadOptions::new().sheet("Staf"))
        .unwrap_err();
    assert!(none.hints()[0].contains("`Staff`"), "{none:?}");
}

#[test]
fn days_are_days_whenever_a_workbook_begins_to_count() {
    let rows = read(&source("x.xlsx", OF_1904), Kind::People, &ReadOptions::new()).unwrap();
    let days: Vec<Vec<String>> = rows.iter().map(|row| says(row, &["hired_on"])).collect();
    assert_eq!(days, [["2024-02-29"], ["2024-03-01"]]);
}

#[test]
fn old_workbooks_are_read_as_well() {
    let rows = read(&source("people.xls", OLD), Kind::People, &ReadOptions::new()).unwrap();
    let fields = ["employee_number", "last_name", "hired_on"];
    assert_eq!(says(&rows[0], &fields), ["00123", "Müller", "2019-04-03"]);
    assert_eq!(says(&rows[1], &fields), ["00124", "Ōta", "2021-12-17"]);
}

#[test]
fn a_formula_that_was_never_calculated_is_an_error_and_an_empty_cell_is_none() {
    let cells = |row: u32, email: &str| {
        let key = text_cell(&format!("A{row}"), &format!("k{row}"));
        format!("<row r=\"{row}\">{key}{email}{}</row>", text_cell(&format!("C{row}"), "Ann"))
    };
    let header = ["employee number", "email", "first name"];
    let header: String =
        ["A1", "B1", "C1"].iter().zip(header).map(|(at, text)| text_cell(at, text)).collect();
    let rows = format!(
        "<row r=\"1\">{header}</row>{}{}{}",
        cells(2, r#"<c r="B2"><f>LOWER("A@X.ORG")</f><v></v></c>"#),
        cells(3, r#"<c r="B3" s="0"/>"#),
        cells(4, r#"<c r="B4" t="str"><f>LOWER("A@X.ORG")</f><v>a@x.org</v></c>"#),
    );
    let bytes = workbook(&sheet(&rows)).bytes();
    let rows = read(&source("x.xlsx", bytes), Kind::People, &ReadOptions::new()).unwrap();
    assert_eq!(wrong(&rows[0]), [("B", "import.row_formula")]);
    assert_eq!(rows[0].raw[1], "#N/A", "so that it is no value when it comes back");
    assert_eq!(says(&rows[1], &["employee_number", "email"]), ["k3", "-"]);
    assert_eq!(says(&rows[2], &["email"]), ["a@x.org"]);
}

#[test]
fn sheets_of_open_document_are_read_as_well() {
    let cell = |text: &str| {
        format!(
            r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#
        )
    };
    let header: String = ["Employee number", "E-Mail", "Hire date", "Active"]
        .iter()
        .map(|text| cell(text))
        .collect();
    let rows = format!(
        r#"<table:table-row>{header}<table:table-cell table:number-columns-repeated="16380"/></table:table-row>
        <table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
        <table:table-row><table:table-cell office:value-type="float" office:value="123"><text:p>00123</text:p></table:table-cell>{}<table:table-cell office:value-type="date" office:date-value="2026-03-04T10:00:00"><text:p>04.03.26</text:p></table:table-cell><table:table-cell office:value-type="boolean" office:boolean-value="false"><text:p>FALSCH</text:p></table:table-cell></table:table-row>
        <table:table-row>{}<table:table-cell office:value-type="string"><office:annotation><text:p>no</text:p></office:annotation><text:p>b&amp;<text:s text:c="2"/>c@x.org</text:p></table:table-cell></table:table-row>
        <table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>"#,
        cell("a@x.org"),
        cell("7"),
    );
    let rows = read(&source("x.ods", ods(&rows)), Kind::People, &ReadOptions::new()).unwrap();
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [5, 6]);
    let fields = ["employee_number", "email", "hired_on", "status"];
    assert_eq!(says(&rows[0], &fields), ["00123", "a@x.org", "2026-03-04", "inactive"]);
    assert_eq!(rows[1].raw[1], "b&  c@x.org");
}

#[test]
fn a_workbook_may_lack_what_others_have() {
    let row = |number: u32, texts: &[&str]| {
        let cells: String = texts
            .iter()
            .zip('A'..)
            .map(|(text, column)| text_cell(&format!("{column}{number}"), text))
            .collect();
        format!(r#"<row r="{number}">{cells}</row>"#)
    };
    let rows = row(1, &["email", "first name"]) + &row(1000, &["a@x.org", "Ann"]);
    let read =
        read(&source("x.xlsx", workbook(&sheet(&rows)).bytes()), Kind::People, &ReadOptions::new());
    let rows = read.unwrap();
    assert_eq!((rows.len(), rows[0].number), (1, 1000));
}

#[test]
fn one_roster_says_by_itself_whether_it_is_everybody() {
    let users = "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,identifier,email,primaryOrgSourcedId\n\
                 u1,active,,true,ann,,Ann,Lee,00104,ann@x.org,o1\nu2,tobedeleted,,true,bo,,Bo,Fox,,bo@x.org,o1\n";
    let orgs = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\no1,,,Sales,district,,\n";
    let archive = |mode: &str| -> Source {
        let manifest = format!(
            "propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\nfile.users,{mode}\nfile.orgs,bulk\n"
        );
        let zip = Zip::new()
            .with("manifest.csv", manifest.as_bytes())
            .with("users.csv", users.as_bytes());
        source(
            "roster.zip",
            zip.with("orgs.csv", orgs.as_bytes()).with("demographics.csv", b"sourcedId\n").bytes(),
        )
    };
    let survey = survey(&archive("bulk"), Kind::People, &ReadOptions::new()).unwrap();
    let layout = survey.layout();
    assert_eq!(
        (layout.system, layout.full, layout.sheet.as_deref()),
        (Some("OneRoster users"), Some(true), Some("users.csv"))
    );
    let rows: Vec<ReadRow> = survey.records().unwrap().collect::<Result<_, _>>().unwrap();
    let fields = ["source_key", "employee_number", "status", "department"];
    assert_eq!(says(&rows[0], &fields), ["u1", "00104", "active", "o1"]);
    assert_eq!(says(&rows[1], &fields), ["u2", "-", "inactive", "o1"]);
    let delta = super::survey(&archive("delta"), Kind::People, &ReadOptions::new()).unwrap();
    assert_eq!(delta.layout().full, Some(false));
    let units = read(&archive("bulk"), Kind::Departments, &ReadOptions::new()).unwrap();
    assert_eq!(says(&units[0], &["code", "name"]), ["o1", "Sales"]);
    let error =
        refused(&source("x.zip", Zip::new().with("a.csv", b"x").with("b.csv", b"x").bytes()));
    assert!(error.hints().concat().contains("a.csv, b.csv"), "{error:?}");
}
