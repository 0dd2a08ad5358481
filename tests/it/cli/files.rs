//! Files of trainings in a bucket: keys from the environment alone, shown nowhere; a store that is
//! another database's; what is said where something is wrong.

use lms_core::Engine;

use super::Shell;
use super::transcript::assert_transcript;
use crate::support::engines::on_both_engines;
use crate::support::s3::{KEY_ID, S3Server, SECRET};

on_both_engines! {
    files_in_a_bucket,
}

/// What the shell finds in files to be read with `.`: the store with its key, with a wrong one, and
/// without any.
fn lay_out(shell: &Shell, server: &S3Server) {
    let store = "[files]\nurl = \"s3://files/acme\"\n";
    shell.write("lms.toml", store);
    shell.write("elsewhere.toml", "[files]\nurl = \"s3://nowhere\"\n");
    shell.write("leaky.toml", &format!("[files]\nurl = \"s3://{KEY_ID}:{SECRET}@files/acme\"\n"));
    shell.write("web.toml", &format!("[files]\nurl = \"https://files.example/?key={SECRET}\"\n"));
    let (endpoint, address) = (server.endpoint(), "export AWS_ENDPOINT_URL");
    let key = |id: &str, secret: &str| {
        format!(
            "{address}={endpoint}\nexport AWS_ACCESS_KEY_ID={id} AWS_SECRET_ACCESS_KEY={secret}\n"
        )
    };
    shell.write("key", &key(KEY_ID, SECRET));
    shell.write("wrong-key", &key(KEY_ID, "another"));
    shell.write("half-a-key", &key("", SECRET));
    // Nobody answers there: as on a machine that has no role of its own.
    let nobody = "export AWS_METADATA_ENDPOINT=http://127.0.0.1:1\n";
    shell.write("no-key", &format!("{address}={endpoint}\n{nobody}"));
    shell.write("far", "export AWS_ENDPOINT_URL=http://s3.example.com\n");
    shell.write("ways.txt", "Through the door, and down the stairs.\n");
}

async fn files_in_a_bucket(engine: Engine) {
    let server = S3Server::start();
    let shell = Shell::demo(engine);
    lay_out(&shell, &server);
    assert_transcript(
        "files",
        &shell,
        &[
            ". ./key; lmsctl config show -o csv | grep files.url",
            ". ./key; lmsctl config check",
            ". ./key; lmsctl training content adopt --dry-run -o csv",
            ". ./key; lmsctl training content add FIRE-SAFETY ways.txt --module alarm",
            ". ./key; lmsctl training content list -o csv | cut -d , -f 2-5",
            ". ./key; lmsctl training content list -o csv | tail -n 1 | cut -d , -f 1 > id",
            ". ./key; lmsctl training content get $(cat id) --out back.txt; cat back.txt",
            ". ./key; lmsctl training content sweep --yes",
            ". ./key; lmsctl training content adopt --yes",
            ". ./key; lmsctl doctor 2>&1 | grep files",
            ". ./wrong-key; lmsctl training content sweep --yes",
            ". ./half-a-key; lmsctl config check",
            ". ./no-key; lmsctl training content sweep --yes",
            ". ./far; lmsctl config check",
            ". ./key; lmsctl training content sweep --yes --config elsewhere.toml",
            "lmsctl config show --config leaky.toml -o csv | grep files.url",
            "lmsctl config check --config leaky.toml",
            "lmsctl config show --config web.toml -o csv | grep files.url",
            "lmsctl config check --config web.toml",
            ". ./key; lmsctl export warehouse s3://files/lake -q -o csv | cut -d , -f 1 | sed 's/day=[-0-9]*/day=DAY/'",
            ". ./wrong-key; lmsctl export warehouse s3://files/lake",
            "lmsctl export warehouse https://files.example/lake",
        ],
    );
    // A copy reads, and puts nothing in before it takes the place of the first.
    shell.must("lmsctl db backup lms.backup");
    let copy = "--database sqlite:copy.db";
    let told = shell.run(&format!(". ./key; lmsctl db restore lms.backup {copy} --yes")).stderr;
    assert!(told.contains("lmsctl training content adopt"), "{told}");
    shell.must(&format!(". ./key; lmsctl training content get $(cat id) --out 2.txt {copy}"));
    for line in ["sweep --yes", "add FIRE-SAFETY ways.txt --module alarm"] {
        let refused = shell.fails(1, &format!(". ./key; lmsctl training content {line} {copy}"));
        assert!(refused.contains("the database that this one was restored from"), "{refused}");
    }
    let examined = shell.run(&format!(". ./key; lmsctl doctor {copy}"));
    assert_eq!(examined.code, 6, "{}", examined.stdout);
    assert!(examined.stdout.contains("belongs to another database"), "{}", examined.stdout);
    shell.must(&format!(". ./key; lmsctl training content adopt --yes {copy}"));
    shell.must(&format!(". ./key; lmsctl training content sweep --yes {copy}"));
    let refused = shell.fails(1, ". ./key; lmsctl training content sweep --yes");
    assert!(refused.contains("a database that was restored from this one"), "{refused}");
}
