//! The usual way through every command. The two engines share a transcript, so that whatever they
//! answered differently would fail.

use lms_core::Engine;

use super::Shell;
use super::transcript::assert_transcript;
use crate::support::engines::on_both_engines;

on_both_engines! {
    beginning,
    settings,
    accounts,
    tokens,
    the_audit_log,
    events,
    the_database,
    a_demo,
    audiences, groups, batches,
    formats,
}

async fn beginning(engine: Engine) {
    let shell = Shell::empty(engine);
    assert_transcript(
        "beginning",
        &shell,
        &[
            "lmsctl init 'Acme GmbH' --admin ada --timezone Europe/Berlin --dry-run",
            "lmsctl init 'Acme GmbH' --admin ada --dry-run --detailed-exitcode --quiet -o json",
            "lmsctl init 'Acme GmbH' --admin ada --email ada@acme.example --timezone Europe/Berlin",
            "lmsctl init 'Acme GmbH'",
            "lmsctl init --dry-run --detailed-exitcode",
            "lmsctl doctor --quiet | grep -v '^disk'",
        ],
    );
}

async fn settings(engine: Engine) {
    let shell = Shell::organisation(engine);
    assert_transcript(
        "settings",
        &shell,
        &[
            "lmsctl settings show",
            "lmsctl settings set grace_days 7",
            "lmsctl settings set grace_days=7",
            "lmsctl settings set 'grace_days= 7 ' --dry-run --detailed-exitcode",
            "lmsctl settings set locale=DE quiet_hours=20:00-07:00 grace_days=007 --dry-run",
            "lmsctl settings set locale=de quiet_hours=20:00-07:00 --dry-run --detailed-exitcode",
            "lmsctl settings set locale=de quiet_hours=20:00-07:00",
            "lmsctl settings set locale=de quiet_hours=20:00-07:00 --yes",
            "lmsctl settings set quiet_hours=",
            "lmsctl settings show locale",
            "lmsctl settings show version",
        ],
    );
}

async fn accounts(engine: Engine) {
    let shell = Shell::organisation(engine);
    assert_transcript(
        "accounts",
        &shell,
        &[
            "lmsctl access role list",
            "lmsctl access user add omar --role auditor --email omar@acme.example",
            "lmsctl access user add hanna",
            "lmsctl access user list",
            "lmsctl access user list --limit 1",
            "lmsctl access user show OMAR@acme.example",
            "lmsctl access user edit hanna --display-name 'Hanna Vogel' --add-role HR",
            "lmsctl access user edit hanna --add-role hr",
            "lmsctl access user disable hanna",
            "lmsctl access user list --status disabled",
            "lmsctl access user enable hanna",
            "lmsctl access user add Omar",
            "lmsctl access user disable ada",
        ],
    );
}

async fn tokens(engine: Engine) {
    let shell = Shell::organisation(engine);
    assert_transcript(
        "tokens",
        &shell,
        &[
            "lmsctl access token create ada payroll",
            "lmsctl access token create ada dashboard --permission settings.read --quiet",
            "lmsctl access token list",
            "lmsctl access token list -o ndjson | head -n 1 | cut -d '\"' -f 4 > id",
            "lmsctl access token revoke $(cat id)",
            "lmsctl access token revoke $(cat id)",
            "lmsctl access token list",
            "lmsctl access token list --revoked --account ada --limit 1",
        ],
    );
}

async fn the_audit_log(engine: Engine) {
    let shell = Shell::organisation(engine);
    shell.must("lmsctl settings set grace_days 7");
    assert_transcript(
        "audit",
        &shell,
        &[
            "lmsctl audit list",
            "lmsctl audit list --kind settings.changed --limit 1",
            "lmsctl audit list --from today --until +1d --kind account.created",
            "lmsctl audit list --until -1d",
            "lmsctl audit show 6",
            "lmsctl audit verify",
            "lmsctl audit seal > seal.json",
            "lmsctl audit verify --seal seal.json --quiet",
            "lmsctl audit export audit.ndjson",
            "lmsctl audit verify --export audit.ndjson --seal seal.json",
        ],
    );
}

async fn events(engine: Engine) {
    let shell = Shell::organisation(engine);
    assert_transcript(
        "events",
        &shell,
        &[
            "lmsctl events list",
            "lmsctl events list --newest --limit 2",
            "lmsctl events list --type account.created",
            "lmsctl events list --type organisation.created -o ndjson",
        ],
    );
}

async fn the_database(engine: Engine) {
    let shell = Shell::empty(engine);
    assert_transcript(
        &format!("database-{}", engine.as_str()),
        &shell,
        &[
            "lmsctl db migrate --dry-run --detailed-exitcode",
            "lmsctl db migrate",
            "lmsctl db migrate",
            "lmsctl db status | grep -v 'server version' | grep -v 'size bytes'",
            "lmsctl init Acme --admin ada --quiet",
            "lmsctl db check --quiet | sed 's/[0-9][0-9]*/N/g'",
            "lmsctl db backup acme.backup",
            "lmsctl db backup acme.backup",
            "lmsctl db backup acme.backup --force --quiet",
            "lmsctl db restore acme.backup --yes",
            "lmsctl db restore acme.backup --database sqlite:copy.db --dry-run --detailed-exitcode",
            "lmsctl db restore acme.backup --database sqlite:copy.db",
            "lmsctl db restore acme.backup --database sqlite:copy.db --yes",
            "lmsctl db backup - | lmsctl db restore - --database sqlite:other.db --yes --quiet",
            "lmsctl audit verify --database sqlite:other.db",
        ],
    );
}

async fn a_demo(engine: Engine) {
    let shell = Shell::empty(engine);
    let demo = "lmsctl demo --years 0 --database \"$LMS_DATABASE_URL\"";
    assert_transcript("demo", &shell, &[demo, &format!("{demo} | tail -n 3")]);
}

async fn audiences(engine: Engine) {
    let shell = Shell::demo(engine);
    assert_transcript(
        "audiences",
        &shell,
        &[
            "lmsctl person list --department Engineering --not-job-role LEAD --location 'b*'",
            "lmsctl person list --manager ada@demo.example --all-reports --fields last_name,department",
            "lmsctl person list --group WORKS-COUNCIL --sort -hired_on --limit 2 --total --fields employee_number,hired_on -q",
            "lmsctl person list --status '*' --not-status active --fields last_name,status -o csv",
            "lmsctl person list --person 00104 --fields last_name,manager_name -o json",
            "lmsctl person list --department Enginering",
            "lmsctl person list --job-title Wizard",
            "lmsctl person list --location 'X*'",
            "lmsctl person list --exact",
            "lmsctl person list --attribute cost_centre",
            "lmsctl person list --sort hired",
            "lmsctl person list --fields nmae",
            "lmsctl department list --fields name,code -o csv | head -n 2",
        ],
    );
}

async fn groups(engine: Engine) {
    let shell = Shell::demo(engine);
    shell.must("printf 'E-mail;Name\nzoe@demo.example;Zoë\n00105;Chidi\n' > people.csv");
    assert_transcript(
        "groups",
        &shell,
        &[
            "lmsctl group list",
            "lmsctl group add FIRST-AID 'First aiders' --from people.csv --quiet | grep kind",
            "lmsctl group add LISBON Lisbon --location LIS --not-group first-aid --quiet | grep audience",
            "lmsctl group members lisbon --fields last_name,location",
            "lmsctl group edit FIRST-AID --add 00103 --remove-from people.csv --dry-run",
            "lmsctl group edit FIRST-AID --add 00103 --add 00106",
            "lmsctl group edit FIRST-AID --add 00103 --add 00106 --yes",
            "lmsctl group edit FIRST-AID --add 00103 --add 00106 --yes",
            "lmsctl group members FIRST-AID --fields last_name --sort employee_number",
            "lmsctl group edit LISBON --location Lisbon --department SALES",
            "lmsctl group show lisbon | grep -v created | grep -v '^id'",
            "lmsctl group edit LISBON --group LISBON",
            "lmsctl group add lisbon Again",
            "lmsctl group add BOTH Both --member 00103 --location LIS",
            "lmsctl group members FIRST-AIDE",
            "lmsctl group add ALL All --group FIRST-AID --quiet | grep audience",
            "lmsctl group remove FIRST-AID",
            "lmsctl group remove ALL",
            "lmsctl person list --group ALL 2>&1 | sed 's/ on 2.*/ on DAY/'",
            "lmsctl group list --closed --fields code,open",
        ],
    );
}

async fn formats(engine: Engine) {
    let shell = Shell::demo(engine);
    assert_transcript(
        "formats",
        &shell,
        &[
            "lmsctl settings show -o json",
            "lmsctl settings show name -o json",
            "lmsctl settings set grace_days 3 -o json",
            "lmsctl access user list --limit 1 -o json",
            "lmsctl access user list -o csv",
            "lmsctl audit list --limit 2 -o ndjson",
            "lmsctl audit verify -o json",
            "lmsctl audit verify -o csv",
            "lmsctl access role list -o csv | head -n 5",
            "lmsctl settings set grace_days 4 --log-format json",
            "lmsctl settings set grace_dais 4 --log-format json",
        ],
    );
}

#[test]
fn the_configuration() {
    let shell = Shell::nowhere();
    assert_transcript(
        "configuration",
        &shell,
        &[
            "lmsctl config path",
            "lmsctl config show",
            "lmsctl config check",
            "printf '[database]\\nurl = \"sqlite:lms.db\"\\n[output]\\ncolor = \"never\"\\n' > lms.toml",
            "lmsctl config path",
            "lmsctl config show",
            "lmsctl config show --database postgres://lms@db/lms --color always -o csv",
            "LMS_DATABASE_URL=postgres://lms:open@db/lms lmsctl config show -o csv | head -n 2",
            "lmsctl config check",
        ],
    );
}

#[test]
fn this_program() {
    let shell = Shell::nowhere();
    assert_transcript(
        "program",
        &shell,
        &[
            "lmsctl --version",
            "lmsctl",
            "lmsctl --help",
            "lmsctl settings set --help",
            "lmsctl man | head -n 3 | tail -n 1",
            "lmsctl man --dir pages",
            "ls pages | head -n 3",
        ],
    );
}

async fn batches(engine: Engine) {
    let shell = Shell::organisation(engine);
    for line in [
        "lmsctl department add ENG Engineering",
        "lmsctl department add WEB Web --parent ENG",
        "lmsctl department add SALES Sales",
        "lmsctl location add BER Berlin",
        "lmsctl location add LIS Lisbon",
        "lmsctl person add Ada Lovelace --email ada@acme.example --department WEB --location BER",
        "lmsctl person add Bo Baker --email bo@acme.example --department WEB --location LIS",
        "lmsctl person add Cy Fox --email cy@acme.example --department ENG --location BER",
    ] {
        shell.must(line);
    }
    let lisbon = "lmsctl person edit --where department=ENG --location LIS --from 2099-01-01";
    assert_transcript(
        "batches",
        &shell,
        &[
            &format!("{lisbon} --dry-run --detailed-exitcode"),
            lisbon,
            &format!("{lisbon} --yes"),
            &format!("{lisbon} --yes"),
            "lmsctl person edit --where departmnet=ENG --location LIS",
            "lmsctl person edit --where department=ENG --email all@acme.example",
            "lmsctl department merge WEB --into SALES --from 2099-01-01 --dry-run",
            "lmsctl department remove WEB --from 2099-01-01",
            "lmsctl department merge WEB --into SALES --from 2099-01-01 --yes --quiet",
            "lmsctl person edit ada@acme.example --location '' --from 2099-02-01 --quiet",
            "lmsctl batch list --limit 3",
            "lmsctl batch undo 14 --dry-run",
            "lmsctl batch undo 14",
            "lmsctl batch undo 14 --yes",
            "lmsctl batch undo 14 --yes",
            "lmsctl batch undo 15 --yes -o csv | cut -d , -f 1-9",
            "lmsctl batch show 15 | grep -v 'operation id'",
            "lmsctl batch undo 1",
            "lmsctl batch undo 99",
        ],
    );
}
