//! How fast the audit log is verified, and how that grows.

use lms_core::testkit::{TestLms, engines};
use tokio::runtime::Runtime;

use crate::engines::runtime;
use crate::harness::{Case, Options, heading, line, measure, seconds};

pub(crate) fn run(options: &Options) {
    let n_entries = if options.quick { 2_000 } else { 20_000 };
    heading(&format!(
        "verify: {n_entries} entries with a change each, seconds, median (least–most) of {} rounds",
        options.rounds()
    ));
    let runtime = runtime();
    for engine in engines() {
        let load = |n_entries| {
            let lms = runtime.block_on(TestLms::fresh(engine));
            runtime.block_on(lms.record_operations(n_entries)).expect("they can be recorded");
            lms
        };
        let (whole, tenth) = (load(n_entries), load(n_entries / 10));
        let [took, took_tenth] = measure(
            options.rounds(),
            [
                Case::new("whole", || verify(&runtime, &whole, n_entries)),
                Case::new("a tenth", || verify(&runtime, &tenth, n_entries / 10)),
            ],
        );
        line(
            &engine.to_string(),
            &format!("{}, {:.0} entries/s", took.spread(3), f64::from(n_entries) / took.median()),
        );
        line(
            &format!("{engine}: {} entries", n_entries / 10),
            &format!("{}, growth {:.1}", took_tenth.spread(3), took.median() / took_tenth.median()),
        );
    }
}

fn verify(runtime: &Runtime, lms: &TestLms, n_entries: u32) -> f64 {
    seconds(|| {
        let verified = runtime.block_on(lms.audit().verify(&lms.admin(), None, &mut |_, _| ()));
        let verified = verified.expect("the log can be read");
        assert!(verified.ok, "{:?}", verified.findings);
        // One more: that of the migration.
        assert_eq!(verified.entries, i64::from(n_entries) + 1);
    })
}
