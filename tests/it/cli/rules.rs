//! Rules: written, looked over, tried out, put into force and out of it.

use lms_core::Engine;

use super::Shell;
use super::transcript::assert_transcript;
use crate::support::engines::on_both_engines;

on_both_engines! {
    rules,
    a_plan_is_done_exactly_or_not_at_all,
}

const EXAMPLES: &str = "format = 1\\nrule = \"GDPR\"\\n[[examples]]\\nname = \"Joins\"\\non = 2026-03-20\\n\
                        person = { department = \"Sales\", hired_on = 2026-03-01 }\\n\
                        expect = { status = \"overdue\", due_on = 2026-03-31 }\\n";

async fn rules(engine: Engine) {
    let shell = Shell::demo(engine);
    let tried = format!("printf '{EXAMPLES}' | lmsctl rule test -");
    let right = format!("printf '{EXAMPLES}' | sed s/overdue/due_soon/ | lmsctl rule test -");
    assert_transcript(
        "rules",
        &shell,
        &[
            "lmsctl rule list --search nothing",
            "lmsctl rule add GDPR \"Data protection\" --training GDPR-101 --department Sales --due \"after joining + 30d\" --renew-every 12m --window 2m",
            "lmsctl rule add GDPR \"Again\" --training GDPR-101 --everybody",
            "lmsctl rule add SEC \"Security\" --training SEC-110 --department Saels",
            "lmsctl rule add SEC \"Security\" --training SEC-101",
            "lmsctl rule add SEC \"Security\" --training SEC-101 --everybody --due +30d",
            "lmsctl rule add SEC \"Security\" --training SEC-101 --everybody --window 2m",
            "lmsctl rule edit GDPR --grace 7 --tell-manager-after 3 --remind=-7,1",
            "lmsctl rule edit GDPR --grace 7",
            "lmsctl rule show GDPR | grep -v -e version",
            "lmsctl rule show GDRP",
            "lmsctl history GDPR --fields kind,changed",
            "lmsctl history GDPR-101 --fields kind,reason",
            "lmsctl history GDPR-102",
            "lmsctl history GDPR --of training",
            "lmsctl rule export GDPR",
            "lmsctl rule export GDPR | sed -e 's/title/titel/' | lmsctl rule check -",
            "lmsctl rule export GDPR | sed -e 's/window_months = 2/window_months = 12/' | lmsctl rule check -",
            "lmsctl rule check GDPR --output json",
            &tried,
            &right,
            "lmsctl rule pause GDPR",
            "lmsctl rule apply GDPR --version 3",
            "lmsctl rule simulate GDPR --over 2027",
            "lmsctl rule edit GDPR --drop-draft",
            "lmsctl rule export",
            "lmsctl --as ines rule list",
        ],
    );
}

async fn a_plan_is_done_exactly_or_not_at_all(engine: Engine) {
    let shell = Shell::demo(engine);
    shell.must("lmsctl rule add FIRE Fire --training FIRE-SAFETY --department Sales --due \"after assignment + 30d\"");
    let planned = shell.must("lmsctl rule plan FIRE -o json");
    let plan: serde_json::Value = serde_json::from_str(&planned).unwrap();
    let hash = plan["fingerprint"].as_str().unwrap();
    assert!(plan["counts"]["assigned"].as_u64().unwrap() > 0, "{planned}");
    assert_eq!(shell.run("lmsctl rule plan FIRE --detailed-exitcode").code, 10);
    assert_eq!(shell.run("lmsctl rule apply FIRE").code, 2, "nobody is there to be asked");
    assert_eq!(shell.run("lmsctl rule apply FIRE --yes --plan 0123").code, 5);
    assert_eq!(shell.run(&format!("lmsctl rule apply FIRE --yes --plan {hash}")).code, 0);
    assert_eq!(shell.run("lmsctl rule export FIRE > fire.toml; lmsctl rule plan fire.toml --detailed-exitcode").code, 0);
    let again = shell.run("lmsctl rule apply fire.toml --yes");
    assert!(again.stderr.contains("nothing to change"), "{}", again.stderr);
    assert_eq!(shell.run("lmsctl rule pause FIRE --dry-run --detailed-exitcode").code, 10);
    for act in ["pause", "activate", "remove"] {
        shell.must(&format!("lmsctl rule {act} FIRE --yes"));
    }
    assert!(shell.must("lmsctl rule list --removed -o csv").contains("FIRE"));
    assert!(!shell.must("lmsctl rule list -o csv").contains("FIRE"));
}
