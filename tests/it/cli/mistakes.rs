//! The likeliest mistakes: one clear line, a hint, and the exit code of its kind.

use lms_core::Engine;

use super::Shell;
use super::transcript::assert_transcript;
use crate::support::engines::on_both_engines;

on_both_engines! {
    names_that_do_not_exist,
    the_exit_codes,
    nothing_is_made_for_a_wrong_name,
}

#[test]
fn on_the_command_line() {
    assert_transcript(
        "mistakes-usage",
        &Shell::nowhere(),
        &[
            "lmsctl setings show",
            "lmsctl settings shw",
            "lmsctl settings show --outptu json",
            "lmsctl settings show --output jsn",
            "lmsctl settings set",
            "lmsctl settings set grace_days",
            "lmsctl settings set grace_days=soon",
            "lmsctl settings set gracedays=7",
            "lmsctl settings set --detailed-exitcode grace_days=7",
            "lmsctl access user edit ada",
            "lmsctl audit list --limit 0",
            "lmsctl audit list --limit 5 --all",
            "lmsctl audit export",
            "lmsctl audit verify --seal nowhere.json",
            "lmsctl db backup .",
            "lmsctl db restore nowhere.backup --database sqlite:new.db --yes",
            "echo text | lmsctl db restore - --database sqlite:new.db --yes",
            "lmsctl settings show --wait soon",
            "lmsctl --as ada",
        ],
    );
}

#[test]
fn in_the_configuration() {
    let shell = Shell::nowhere();
    let file = |name: &str, text: &str| shell.write(name, text);
    file("unknown.toml", "# ours\n[database]\n\nulr = \"sqlite:x\"\n");
    file("broken.toml", "[database]\nurl = \"sqlite:x\n");
    file("wrong.toml", "[output]\nformat = \"xml\"\n");
    file("secret.toml", "[database]\nurl = \"postgres://ada:s3cret@db/lms\"\n");
    file(
        "others.toml",
        "[database]\nurl = \"postgres://ada@db/lms\"\npassword_file = \"password\"\n",
    );
    file("password", "s3cret\n");
    assert_transcript(
        "mistakes-configuration",
        &shell,
        &[
            "lmsctl settings show --config nowhere.toml",
            "lmsctl settings show --config .",
            "lmsctl settings show --config unknown.toml",
            "LMS_CONFIG=broken.toml lmsctl config check",
            "lmsctl config show --config wrong.toml",
            "lmsctl config check --config secret.toml",
            "lmsctl settings show --database postgres://ada:s3cret@db/lms",
            "lmsctl settings show --database 'postgres://ada@db/lms?password=s3cret'",
            "chmod 644 password && lmsctl config check --config others.toml",
            "chmod 600 password && lmsctl config check --config others.toml",
            "lmsctl doctor --config unknown.toml",
        ],
    );
}

async fn names_that_do_not_exist(engine: Engine) {
    assert_transcript(
        "mistakes-names",
        &Shell::organisation(engine),
        &[
            "lmsctl settings set time_zone=Europe/Berlin",
            "lmsctl settings set timezone=Europe/Berln",
            "lmsctl settings show gracedays",
            "lmsctl access user add hanna --role auditr",
            "lmsctl access user show adda",
            "lmsctl access user edit nobody --add-role hr",
            "lmsctl access token create ada ci --permission setings.read",
            "lmsctl access token create nobody ci",
            "lmsctl access token revoke 01a1fb7a-09ef-7055-bbf6-03ab34c2321f",
            "lmsctl access token revoke payroll",
            "lmsctl audit show 99",
            "lmsctl audit show latest",
            "lmsctl audit list --from yesterday",
            "lmsctl audit list --cursor x",
            "lmsctl settings show --as nobody",
            "lmsctl access user show",
            "lmsctl access token revoke",
            "lmsctl audit show",
        ],
    );
}

/// What scripts rely on. Codes 3 and 5 have no command yet that ends with them without a race.
async fn the_exit_codes(engine: Engine) {
    let shell = Shell::organisation(engine);
    shell.must("lmsctl access user add omar --role auditor");
    shell.must("lmsctl settings set name Acme");
    let table = [
        (0, "lmsctl settings show"),
        (0, "lmsctl settings set name Acme"),
        (0, "lmsctl settings set name Acme --dry-run --detailed-exitcode"),
        (0, "lmsctl settings set name Other --dry-run"),
        (1, "lmsctl access user add ada"),
        (1, "lmsctl settings show --database sqlite:nowhere.db"),
        (2, "lmsctl settings"),
        (2, "lmsctl settings set grace_days=x"),
        (2, "lmsctl settings set name=A locale=de"),
        (2, "lmsctl settings show --database mysql://db/lms"),
        (4, "lmsctl --as omar settings set locale de"),
        (4, "lmsctl access user disable ada"),
        (4, "lmsctl db backup taken; touch taken; lmsctl db backup taken"),
        (6, "lmsctl doctor --database sqlite:nowhere.db"),
        (7, "lmsctl access user show nobody"),
        (7, "lmsctl --as nobody settings show"),
        (7, "lmsctl audit verify --seal nowhere.json"),
        (10, "lmsctl settings set name Other --dry-run --detailed-exitcode"),
    ];
    for (code, line) in table {
        let ran = shell.run(line);
        assert_eq!(ran.code, code, "{line}: {}", ran.stderr);
        assert_eq!(
            ran.stderr.contains("error: "),
            !matches!(code, 0 | 10),
            "{line}: {}",
            ran.stderr
        );
    }
}

async fn nothing_is_made_for_a_wrong_name(engine: Engine) {
    let shell = Shell::empty(engine);
    for line in [
        "lmsctl init ''",
        "lmsctl init Acme --admin 'ada lovelace'",
        "lmsctl init Acme --email ada",
        "lmsctl init Acme --timezone Berlin",
        "lmsctl init Acme --locale klingon-language",
        "lmsctl init",
    ] {
        let told = shell.fails(2, line);
        assert!(told.starts_with("error: "), "{line}: {told}");
        // Whatever had been made would be told by the next line.
        shell.fails(10, "lmsctl db migrate --dry-run --detailed-exitcode");
        assert_eq!(
            std::fs::read_dir(shell.place().folder()).expect("it is there").count(),
            0,
            "{line}"
        );
    }
}
