//! Text as payrolls, directories and learning systems deliver it.

use super::{inspected, people, read, refused, says, source, wrong};
use crate::imports::reading::{
    DateDecision, EmptyMeans, HowKnown, Kind, Mapping, ReadOptions, ReadRow, inspect,
    inspect_whatever, survey,
};

const MESSY: &[u8] = include_bytes!("../../../../../tests/fixtures/imports/people_messy.csv");

#[test]
fn a_messy_csv_is_read_row_by_row_and_what_is_wrong_with_it_is_told() {
    let source = source("people_messy.csv", MESSY);
    let survey = survey(&source, Kind::People, &ReadOptions::new()).unwrap();
    let layout = survey.layout();
    assert_eq!(layout.encoding.as_deref(), Some("windows-1252"));
    assert_eq!((layout.delimiter, layout.header_row, layout.rows), (Some(';'), 3, 6));
    let fields: Vec<String> = layout
        .columns
        .iter()
        .map(|column| column.field.as_ref().map_or("-".into(), ToString::to_string))
        .collect();
    assert_eq!(
        fields,
        [
            "employee_number",
            "first_name",
            "last_name",
            "email",
            "department",
            "manager",
            "hired_on",
            "terminated_on",
            "status",
            "-",
            "-"
        ]
    );
    assert_eq!(layout.unknown, ["Kostenstelle"]);
    let skipped: Vec<(u64, &str)> = layout.skipped.iter().map(|row| (row.row, row.why)).collect();
    assert_eq!(skipped, [(1, "it stands above the header"), (12, "it is a total")]);

    let rows: Vec<ReadRow> = survey.records().unwrap().collect::<Result<_, _>>().unwrap();
    let numbers: Vec<u64> = rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, [4, 5, 6, 7, 9, 11]);
    let named = [
        "employee_number",
        "first_name",
        "last_name",
        "department",
        "hired_on",
        "terminated_on",
        "status",
    ];
    assert_eq!(
        says(&rows[0], &named),
        ["00123", "Jörg", "Müller", "Vertrieb", "2019-04-03", "-", "active"]
    );
    assert_eq!(
        says(&rows[1], &named),
        ["00124", "Zoë", "O’Neill", "R&D; Labor", "2021-12-17", "-", "active"]
    );
    assert_eq!(
        says(&rows[2], &named),
        ["00125", "François", "Dœuff", "Vertrieb", "2020-02-01", "-", "inactive"]
    );
    assert_eq!(
        says(&rows[3], &["email", "department", "terminated_on"]),
        ["jose@acme.example", "Größe & Co", "-"]
    );
    assert_eq!(
        wrong(&rows[4]),
        [("E", "import.row_formula"), ("G", "import.row_date"), ("I", "import.row_status")]
    );
    assert_eq!(rows[4].raw[2], "Smith");
    assert_eq!(wrong(&rows[5]), [("D", "import.row_value")]);
}

#[test]
fn a_cell_is_absent_empty_or_a_value() {
    let text = "email,department,location\na@x.org,,BER\nb@x.org,IT\n";
    let rows = people(text);
    assert_eq!(says(&rows[0], &["department", "location", "job_title"]), ["-", "BER", "-"]);
    assert_eq!(says(&rows[1], &["department", "location"]), ["IT", "-"]);
    let options = ReadOptions::new().empty(EmptyMeans::Clear);
    let rows = read(&source("x.csv", text), Kind::People, &options).unwrap();
    assert_eq!(says(&rows[0], &["department", "location", "job_title"]), ["=", "BER", "-"]);
    // What a short row lacks was not delivered, and clears nothing.
    assert_eq!(says(&rows[1], &["department", "location"]), ["IT", "-"]);
    let layout = inspected(text).layout;
    assert!(layout.never_delivered.contains(&"job_title"));
    assert!(
        layout.warnings.iter().any(|warning| warning.contains("shorter than the header (row 3)"))
    );
}

#[test]
fn a_row_that_cannot_be_read_is_rejected_and_never_dropped() {
    let rows = people(
        "email,first name,last name\na@x.org,Ann,Lee\nb@x.org,Lee, Bo,x\n,Cy,Dee\nd@x.org,\"Di\u{1}\",E",
    );
    assert_eq!(wrong(&rows[1]), [("", "import.row_ragged")]);
    assert_eq!(wrong(&rows[2]), [("", "import.row_no_key")]);
    assert_eq!(wrong(&rows[3]), [("B", "import.row_characters")]);
    let cut = people("email,first name,last name\na@x.org,Ann,Lee\nb@x.org,B");
    assert_eq!(wrong(&cut[1]), [("", "import.row_cut")]);
    let long = people(&format!("email,first name\na@x.org,{}\nb@x.org,Bo\n", "x".repeat(2000)));
    assert_eq!(wrong(&long[0]), [("B", "import.row_long")]);
    let shortened = people("email,employee number\na@x.org,1.23457E+15\n");
    assert_eq!(wrong(&shortened[0]), [("B", "import.row_shortened")]);
    let missing = people("email,first name,last name\na@x.org,\"Ann,Lee\nb@x.org,Bo\",Fox\n");
    assert_eq!(wrong(&missing[0]), [("B", "import.row_value")]);
}

#[test]
fn two_columns_for_one_field_are_named_and_a_mapping_decides() {
    let text = "E-Mail,Work email,Name\na@x.org,b@x.org,Ann Lee\n";
    let error = refused(&source("x.csv", text));
    assert_eq!(error.message(), "columns A (`E-Mail`) and B (`Work email`) are both `email`");
    let map = Mapping::parse("format = 1\n[columns]\n\"Work email\" = \"\"", Kind::People).unwrap();
    let rows = read(&source("x.csv", text), Kind::People, &ReadOptions::new().map(map)).unwrap();
    assert_eq!(says(&rows[0], &["email", "first_name", "last_name"]), ["a@x.org", "Ann", "Lee"]);
}

#[test]
fn names_are_told_apart_where_that_is_no_guess() {
    let rows = people(
        "email,name\na@x.org,\"Lee, Ann Marie\"\nb@x.org,Bo Fox\nc@x.org,Maria del Carmen Ruiz\n",
    );
    assert_eq!(says(&rows[0], &["first_name", "last_name"]), ["Ann Marie", "Lee"]);
    assert_eq!(says(&rows[1], &["first_name", "last_name"]), ["Bo", "Fox"]);
    assert_eq!(wrong(&rows[2]), [("B", "import.row_name")]);
}

#[test]
fn a_mapping_file_splits_translates_and_adds() {
    let map = "format = 1\nkind = \"people\"\n[columns]\n\
               \"Wer\" = { split = \"/\", into = [\"last_name\", \"first_name\"] }\n\
               \"OE\" = { field = \"department\", values = { \"Eng.\" = \"Engineering\" } }\n\
               \"Raum\" = \"attr:room\"\n\"Ende\" = { field = \"terminated_on\", date_format = \"MM/DD/YYYY\", empty = \"clear\" }\n\
               [values.location]\nB = \"Berlin\"\n[constants]\nlocation = \"BER\"\nstatus = \"aktiv\"\n";
    let map = Mapping::parse(map, Kind::People).unwrap();
    let text = "Mail;Wer;OE;Raum;Ende\na@x.org;Lee/Ann;eng.;7;03/04/2026\nb@x.org;Fox;IT;;\nc@x.org;Ray/Cy;IT;;\n";
    let options = ReadOptions::new().map(map);
    let rows = read(&source("x.csv", text), Kind::People, &options).unwrap();
    let fields = [
        "first_name",
        "last_name",
        "department",
        "attr:room",
        "terminated_on",
        "location",
        "status",
    ];
    assert_eq!(
        says(&rows[0], &fields),
        ["Ann", "Lee", "Engineering", "7", "2026-03-04", "BER", "active"]
    );
    assert_eq!(wrong(&rows[1]), [("B", "import.row_split")]);
    assert_eq!(says(&rows[2], &["attr:room", "terminated_on"]), ["-", "="]);

    let saved = survey(&source("x.csv", text), Kind::People, &options).unwrap().mapping();
    let again = Mapping::parse(&saved.to_toml().unwrap(), Kind::People).unwrap();
    let rows = read(&source("x.csv", text), Kind::People, &ReadOptions::new().map(again)).unwrap();
    assert_eq!(
        says(&rows[0], &fields),
        ["Ann", "Lee", "Engineering", "7", "2026-03-04", "BER", "active"]
    );
}

#[test]
fn days_are_decided_by_all_rows_and_a_column_that_nobody_can_tell_is_refused() {
    let text = "email,hire date,leave date\na@x.org,03/04/2026,2026-01-31\nb@x.org,25/04/2026,\n";
    let layout = inspected(text).layout;
    let dates = layout.columns[1].dates.clone().unwrap();
    assert_eq!(
        (&*dates.format, dates.decided_by, dates.row),
        ("DD/MM/YYYY", DateDecision::AllRowsAgree, Some(3))
    );
    let unclear = source("x.csv", "email,hire date\na@x.org,03/04/2026\n");
    assert!(refused(&unclear).message().contains("no row tells which"));
    let options = ReadOptions::new().date_format("MM/DD/YYYY");
    assert_eq!(
        says(&read(&unclear, Kind::People, &options).unwrap()[0], &["hired_on"]),
        ["2026-03-04"]
    );
}

#[test]
fn what_stands_around_a_list_is_skipped_and_said() {
    let text = "version:v1.0,,\nName [displayName] Required,User name [userPrincipalName] Required,Department [department]\n\
                Ann Lee,ann@x.org,IT\n\nName [displayName] Required,User name [userPrincipalName] Required,Department [department]\n\
                Bo Fox,bo@x.org,IT\nexported by the directory on 2026-11-21,,\n";
    let survey = survey(&source("x.csv", text), Kind::People, &ReadOptions::new()).unwrap();
    let skipped: Vec<(u64, &str)> =
        survey.layout().skipped.iter().map(|row| (row.row, row.why)).collect();
    assert_eq!(
        skipped,
        [
            (1, "it stands above the header"),
            (5, "it is the header again"),
            (7, "it is a remark below the list")
        ]
    );
    let rows: Vec<ReadRow> = survey.records().unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [3, 6]);
    assert_eq!(
        says(&rows[0], &["first_name", "username", "department"]),
        ["Ann", "ann@x.org", "IT"]
    );
}

#[test]
fn a_file_without_headers_says_which_are_known() {
    let error = refused(&source("x.csv", "1,2,3\n4,5,6\n"));
    assert!(error.message().contains("row 1 begins with `1`, `2`, `3`"), "{error}");
    assert!(error.hints().concat().contains("employee_number"), "{error:?}");
    assert_eq!(refused(&source("x.csv", "\n\n")).message(), "there is nothing in it");
    let near = refused(&source("x.csv", "depratment,x\n"));
    assert!(near.hints()[0].contains("`department`"), "{near:?}");
    let keyless = refused(&source("x.csv", "first name,last name,department\nAnn,Lee,IT\n"));
    assert!(keyless.message().contains("one of `employee_number`"), "{keyless}");
}

#[test]
fn unknown_columns_are_kept_as_attributes_where_somebody_wants_them() {
    let text = "email,Cost Centre,Password\na@x.org,4711,secret\n";
    let options = ReadOptions::new().keep_attributes();
    let inspection = inspect(&source("x.csv", text), Kind::People, &options).unwrap();
    let columns = &inspection.layout.columns;
    assert_eq!(columns[1].field.as_ref().unwrap().name(), "attr:cost_centre");
    assert_eq!((columns[2].how, columns[2].samples.len()), (HowKnown::Ignored, 0));
    let rows = read(&source("x.csv", text), Kind::People, &options).unwrap();
    assert_eq!(says(&rows[0], &["attr:cost_centre"]), ["4711"]);
}

#[test]
fn other_systems_are_known_and_read_without_a_mapping() {
    let moodle = people(
        "username,firstname,lastname,email,suspended,deleted,country,lang,course1,profile_field_room,cohort1\n\
         ann,Ann,Lee,ann@x.org,0,0,DE,de,GDPR,7,all\nbo,Bo,Fox,bo@x.org,1,0,AT,de_AT,,,\ncy,Cy,Ray,cy@x.org,1,1,,,,,\n",
    );
    let fields = ["username", "status", "country", "locale", "attr:room"];
    assert_eq!(says(&moodle[0], &fields), ["ann", "active", "DE", "de", "7"]);
    assert_eq!(says(&moodle[1], &fields), ["bo", "suspended", "AT", "de-AT", "-"]);
    assert_eq!(says(&moodle[2], &["status"]), ["inactive"]);

    let learning = people(
        "STUD_ID|FNAME|LNAME|EMAIL_ADDR|NOTACTIVE|SUPER|HIRE_DTE!##!\n00007|Ann|Lee|ann@x.org|N|NO_MANAGER|2020-01-31!##!\n",
    );
    let fields = ["source_key", "status", "manager_key", "hired_on"];
    assert_eq!(says(&learning[0], &fields), ["00007", "active", "-", "2020-01-31"]);

    let labelled = people(
        "STATUS,USERID,USERNAME,FIRSTNAME,LASTNAME,EMAIL,MANAGER,HR\nStatus,User ID,Username,First Name,Last Name,E-Mail,Manager,HR\n\
         active,7,ann,Ann,Lee,ann@x.org,NO_MANAGER,8\n",
    );
    assert_eq!(labelled.len(), 1);
    assert_eq!(says(&labelled[0], &["source_key", "email"]), ["7", "ann@x.org"]);
    let system = |text: &str| inspected(text).layout.system;
    assert_eq!(
        system("user_id,login_id,full_name,email,status\n7,ann,Ann Lee,a@x.org,active\n"),
        Some("Canvas SIS users")
    );
    assert_eq!(system("email,first name\na@x.org,Ann\n"), None);
}

#[test]
fn of_a_path_the_end_counts_where_no_column_says_the_department() {
    let google = people(
        "First Name [Required],Last Name [Required],Email Address [Required],Org Unit Path [Required],Department\n\
         Ann,Lee,a@x.org,/Europe/Sales,Marketing\nBo,Fox,b@x.org,/Europe/Sales,\nCy,Ray,c@x.org,/,\n",
    );
    let departments: Vec<_> = google.iter().map(|row| says(row, &["department"])).collect();
    assert_eq!(departments, [["Marketing"], ["Sales"], ["-"]]);
}

#[test]
fn enrolments_are_no_people() {
    let text = "course_id,user_id,role,section_id,status\nFIRE,7,student,,deleted\n";
    let error = refused(&source("enrollments.csv", text));
    assert_eq!(error.code(), "import.not_a_table");
    assert!(error.hints()[0].contains("import assignments"), "{:?}", error.hints());
}

#[test]
fn what_was_found_is_told_where_no_column_says_whom_a_row_is_about() {
    let text = "Tally,First name,Last name\n7,Ann,Lee\n";
    let map = "format = 1\n[columns]\n\"Tally no\" = \"employee_number\"\n";
    let map = Mapping::parse(map, Kind::People).unwrap();
    let options = ReadOptions::new().map(map);
    let (inspection, missing) =
        inspect_whatever(&source("x.csv", text), Kind::People, &options).unwrap();
    let missing = missing.expect("there is no key");
    assert!(
        missing.hints()[0].contains("`Tally no`, which the file has not"),
        "{:?}",
        missing.hints()
    );
    assert_eq!(inspection.layout.unknown, ["Tally"]);
    assert!(inspection.mapping.to_toml().unwrap().contains("Tally = \"\""));
}

#[test]
fn everything_else_that_can_be_imported_is_read() {
    let of =
        |kind: Kind, text: &str| read(&source("x.csv", text), kind, &ReadOptions::new()).unwrap();
    let completions = of(
        Kind::Completions,
        "Employee number;Kurs;Abschlussdatum;Ergebnis\n00104;GDPR-101;3.2.2026;85,5 %\n00105;;3.2.2026;\n",
    );
    let fields = ["employee_number", "training", "completed_on", "score"];
    assert_eq!(says(&completions[0], &fields), ["00104", "GDPR-101", "2026-02-03", "85.5"]);
    assert_eq!(wrong(&completions[1]), [("B", "import.row_required")]);
    let leaves = of(Kind::Leaves, "email,from,until,reason\na@x.org,2026-01-01,,parental\n");
    assert_eq!(says(&leaves[0], &["from", "until", "reason"]), ["2026-01-01", "-", "parental"]);
    let questions = of(
        Kind::Questions,
        "question,option 1,option 2,correct,points\n\"Two\nlines?\",yes,no,1|2,\"1,5\"\n",
    );
    assert_eq!(
        says(&questions[0], &["text", "option_2", "correct", "points"]),
        ["Two\nlines?", "no", "1+2", "1.5"]
    );
    let units = of(Kind::Departments, "code,name,parent\nENG,Engineering,\nQA,Quality,ENG\n");
    assert_eq!(says(&units[1], &["code", "parent"]), ["QA", "ENG"]);
    let missing = survey(
        &source("x.csv", "email,course\na@x.org,X\n"),
        Kind::Completions,
        &ReadOptions::new(),
    );
    assert!(missing.unwrap_err().message().contains("no column is `completed_on`"));
}
