//! The catalog: written, published, looked at, taken out into a file and in again.

use lms_core::Engine;

use super::Shell;
use super::transcript::assert_transcript;
use crate::support::engines::on_both_engines;

on_both_engines! {
    trainings,
}

async fn trainings(engine: Engine) {
    let shell = Shell::demo(engine);
    shell
        .write("bad.toml", "format = 1\ncode = \"X\"\ntitle = \"x\"\n[[modules]]\ntitel = \"m\"\n");
    shell.write("wide.json", &"[".repeat(10_000));
    assert_transcript(
        "trainings",
        &shell,
        &[
            "lmsctl training list --category safety --by-code",
            "lmsctl training list --search 'dat prot' -o csv",
            "lmsctl training show FIRE-WARDEN | grep -v '^version'",
            "lmsctl training show GDPR-11",
            "lmsctl training publish LADDERS",
            "lmsctl training module add LADDERS 'Before you climb' --minutes 5 --text 'Look at it.'",
            "lmsctl training item put LADDERS before-you-climb Law --link http://example.com",
            "lmsctl training submit LADDERS",
            "lmsctl training publish LADDERS --dry-run --detailed-exitcode",
            "lmsctl training publish LADDERS",
            "lmsctl training publish LADDERS",
            "lmsctl training edit LADDERS --title Ladders --prerequisites FIRE-WARDEN",
            "lmsctl training publish LADDERS --major --require-retraining-by 2030-01-01",
            "lmsctl training versions LADDERS -o csv | cut -d , -f 1,2,3,5",
            "lmsctl training archive ONBOARDING",
            "lmsctl training remove LADDERS",
            "lmsctl training export LADDERS",
            "lmsctl training export LADDERS --out ladders.json",
            "lmsctl training import ladders.json --publish",
            "sed -i s/Look/Climb/ ladders.json; lmsctl training import ladders.json --dry-run",
            "lmsctl training import bad.toml",
            "lmsctl training import wide.json",
            "lmsctl --as ines training archive LADDERS",
        ],
    );
}

/// Files that were made to break what reads them, and such as people save by mistake.
#[test]
fn hostile_files_are_refused() {
    let shell = Shell::demo(Engine::Sqlite);
    let deep = "[".repeat(200_000);
    let keys = "a.".repeat(100_000);
    let head = "format = 1\ncode = \"X\"\n";
    let modules = "[[modules]]\ntitle = \"m\"\n".repeat(100_000);
    let marked = format!("\u{feff}{head}");
    let utf_16: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes, told) in [
        ("deep.toml", format!("{head}title = {deep}").into_bytes(), "deeper than anything does"),
        ("deep.json", format!(r#"{{"code": "X", "title": {deep}"#).into_bytes(), "line 1, column"),
        ("ignored.json", format!(r#"{{"no_such": {deep}"#).into_bytes(), "line 1"),
        ("keys.toml", format!("{head}{keys}b = 1").into_bytes(), "deeper than anything does"),
        ("table.toml", format!("{head}[{keys}b]").into_bytes(), "deeper than anything does"),
        (
            "many.toml",
            format!("{head}title = \"x\"\n{modules}").into_bytes(),
            "more than 2097152 bytes",
        ),
        ("utf-16.toml", utf_16, "is not text in UTF-8"),
        ("empty.toml", Vec::new(), "does not say of which format"),
        ("null.json", b"null".to_vec(), "line 1"),
    ] {
        std::fs::write(shell.file(name), bytes).expect("it can be written");
        let refused =
            shell.fails(2, &format!("ulimit -v 2000000; lmsctl training import {name} --yes"));
        assert!(refused.contains(told), "{name}: {refused}");
        assert!(refused.len() < 1_000, "{name}: {} bytes", refused.len());
    }
    assert_eq!(shell.fails(7, "lmsctl training show X").lines().count(), 2);
}
