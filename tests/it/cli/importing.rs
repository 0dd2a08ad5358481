//! Files of other systems, as somebody at a shell looks into them. No database is opened.

use std::path::{Path, PathBuf};

use super::Shell;
use super::transcript::assert_transcript;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imports").join(name)
}

fn shell_with(names: &[&str]) -> Shell {
    let shell = Shell::nowhere();
    for name in names {
        std::fs::copy(fixture(name), shell.file(name)).expect("the folder can be written to");
    }
    shell
}

#[test]
fn inspecting() {
    let shell = shell_with(&["people_messy.csv", "people_messy.xlsx"]);
    shell.write("unclear.csv", "email,hire date\nann@acme.example,03/04/2026\n");
    shell.write("twice.csv", "E-Mail;Mail;Name\na@acme.example;b@acme.example;Ann Lee\n");
    shell.write("wrong.toml", "format = 1\n[columns]\n\"Mail\" = \"e_mail\"\n");
    assert_transcript(
        "inspecting",
        &shell,
        &[
            "lmsctl import inspect people_messy.csv",
            "lmsctl import inspect people_messy.csv --save-map map.toml --quiet -o ndjson | head -c 60; cat map.toml",
            "lmsctl import inspect people_messy.csv --save-map map.toml --quiet",
            "lmsctl import inspect people_messy.csv --map map.toml -o csv | head -n 3",
            "lmsctl import inspect people_messy.xlsx",
            "lmsctl import inspect people_messy.xlsx --sheet Staf",
            "lmsctl import inspect unclear.csv",
            "lmsctl import inspect unclear.csv --date-format DD/MM/YYYY --quiet",
            "lmsctl import inspect twice.csv",
            "lmsctl import inspect twice.csv --map wrong.toml",
            "lmsctl import inspect nowhere.csv",
            "printf 'code;name\\nQA;Quality\\n' | lmsctl import inspect - --kind departments -o json",
        ],
    );
}

#[test]
fn what_is_wrong_is_said_where_it_stands() {
    let shell = Shell::organisation(lms_core::Engine::Sqlite);
    shell.write(
        "ragged.csv",
        "employee number,first name,last name,department,job title\n\
         W1,Ann,Lee,Enginering,Head of Sales, EMEA\nW2,Bo,Fox,Enginering,Clerk\nW3,Cy,Ray,,Clerk\n",
    );
    shell.write("nobody.csv", "Badge,First name,Last name\n7,Ann,Lee\n");
    shell.write("bad.toml", "x");
    shell.write(
        "choice.csv",
        "code,text,option 1,option 2,correct\nQ1,Which?,this,that,\nQ2,Which?,this,that,B\n",
    );
    assert_transcript(
        "importing_mistakes",
        &shell,
        &[
            "lmsctl department add ENG Engineering --quiet",
            "lmsctl import people ragged.csv --yes",
            "lmsctl import show last",
            "cat ragged.rejects.csv",
            "lmsctl import people ragged.rejects.csv --rejects - --yes --quiet -o json | grep -A 14 '\"counts\"'",
            "lmsctl import people ragged.csv --plan-out plan.json --quiet > plan.txt; lmsctl import people ragged.csv --plan-out plan.json",
            "lmsctl import people ragged.csv --map bad.toml --dry-run",
            "lmsctl import inspect nobody.csv --save-map map.toml; cat map.toml",
            "lmsctl import questions choice.csv --rejects - --dry-run",
            "lmsctl import undo $(lmsctl import list -o csv | tail -n 1 | cut -d, -f1) --yes --quiet; lmsctl import list",
        ],
    );
}

#[test]
fn questions() {
    let shell = Shell::organisation(lms_core::Engine::Sqlite);
    for name in ["questions.gift", "questions.xml", "questions.csv"] {
        std::fs::copy(fixture(name), shell.file(name)).expect("the folder can be written to");
    }
    assert_transcript(
        "importing_questions",
        &shell,
        &[
            "lmsctl import inspect questions.gift --kind questions",
            "lmsctl import questions questions.gift --dry-run",
            "lmsctl import questions questions.gift --yes --quiet",
            "cat questions.rejects.gift",
            "lmsctl import questions questions.gift --rejects - --yes -o json | grep -A 14 '\"counts\"'",
            "lmsctl import questions questions.xml --yes --quiet; cat questions.rejects.xml",
            "lmsctl import questions questions.csv --yes --quiet; cat questions.rejects.csv",
            "lmsctl question export --format gift --tag escape",
            "lmsctl question export --out bank.gift --quiet",
            "lmsctl question export --out bank.csv",
            "lmsctl question export --out bank.xml && lmsctl import questions bank.xml --dry-run",
            "lmsctl import undo last --dry-run | head -n 12",
        ],
    );
}

/// A file as payroll sends it, from the first look to the way back.
#[test]
fn payroll() {
    let shell = Shell::organisation(lms_core::Engine::Sqlite);
    for name in ["payroll.csv", "payroll.xlsx"] {
        std::fs::copy(fixture(name), shell.file(name)).expect("the folder can be written to");
    }
    assert_transcript(
        "payroll",
        &shell,
        &[
            "lmsctl department add VT Vertrieb --quiet; lmsctl department add EK Einkauf --quiet",
            "lmsctl import people payroll.csv --dry-run",
            "lmsctl import people payroll.csv --yes",
            "cat payroll.rejects.csv",
            "sed 's/dora at acme/dora@acme.example/; s/31.02.2022/28.02.2022/; s/vielleicht/ja/; \
             s/Vertreib/Vertrieb/' payroll.rejects.csv > mended.csv; lmsctl import people mended.csv --yes",
            "lmsctl import people payroll.csv --rejects - --yes --quiet -o json | grep -A 12 '\"counts\"'",
            "lmsctl person list -o csv --fields employee_number,last_name,department,manager_name,status",
            "lmsctl import people payroll.xlsx --dry-run",
            "lmsctl import list",
            "lmsctl import undo $(lmsctl import list -o csv | sed -n 3p | cut -d, -f1) --yes",
            "lmsctl import undo $(lmsctl import list -o csv | tail -n 1 | cut -d, -f1) --yes",
            "lmsctl person list -o csv --fields employee_number,last_name,status",
        ],
    );
}

/// The shell refuses more memory than this, of which the program itself takes some.
const MEMORY_KB: u64 = 400_000;

#[test]
fn no_file_makes_it_ask_for_memory_without_end() {
    let shell = shell_with(&["far_apart.xls"]);
    let bounded = |line: &str| format!("ulimit -v {MEMORY_KB}; {line}");
    let line = "lmsctl import inspect - --quiet";
    for (made, told) in [
        ("head -c 300000000 /dev/zero | tr '\\0' 'x'", "has more than 1024 kB"),
        (
            "{ printf 'email,name\\na@x.org,\"'; head -c 300000000 /dev/zero | tr '\\0' '\\n'; }",
            "1024 kB",
        ),
        (
            "{ printf 'email\\n'; head -c 300000000 /dev/zero | tr '\\0' ','; }",
            "more than 1000 columns",
        ),
        ("cat far_apart.xls", "cells, from the first value to the last"),
    ] {
        let complaint = shell.fails(2, &bounded(&format!("{made} | {line}")));
        assert!(complaint.contains(told), "{complaint}");
    }
}
