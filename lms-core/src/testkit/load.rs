//! Much at once, for benchmarks and for tests that need a large database: through the same unit of
//! work as every verb.

use serde_json::{Value as Json, json};

use crate::kernel::error::Result;
use crate::operations::{Operation, Write};
use crate::testkit::TestLms;

const KIND: &str = "test.loaded";

impl TestLms {
    /// One operation with this many changes, each to a subject of its own.
    pub async fn record_changes(&self, count: u32) -> Result<()> {
        let mut write = Write::begin(self.core(), &self.admin()).await?;
        let mut operation = Operation::new(KIND).count("changed", count.into());
        for number in 0..count {
            operation = changing(operation, &write, number);
        }
        write.record(operation);
        write.commit().await
    }

    /// This many operations with one change each, in one transaction.
    pub async fn record_operations(&self, count: u32) -> Result<()> {
        let mut write = Write::begin(self.core(), &self.admin()).await?;
        for number in 0..count {
            let operation = changing(Operation::new(KIND), &write, number);
            write.record(operation);
        }
        write.commit().await
    }
}

/// A change of about the size that a person of an import has.
fn changing(operation: Operation, write: &Write, number: u32) -> Operation {
    let after = json!({
        "department": format!("D-{:04}", number % 500),
        "email": format!("person.{number}@example.com"),
        "name": format!("Person {number}"),
    });
    operation.change("person", Some(write.ctx.new_id()), None::<&Json>, Some(&after))
}
