//! The library alone: open a database, set the organisation up, change something, and see that the
//! change left an audit entry and an event behind. Run it twice: the second time changes nothing.
//!
//! ```sh
//! cargo run -p lms-examples --example quickstart
//! cargo run -p lms-examples --example quickstart postgres://localhost/lms?schema=acme
//! ```

use lms_core::{Actor, AuditFilter, EventFilter, Lms, Result, SchemaMode, SetUp, SettingsChange};

#[tokio::main]
async fn main() -> Result<()> {
    let url = std::env::args().nth(1).unwrap_or_else(|| {
        format!("sqlite:{}", std::env::temp_dir().join("lms-quickstart.db").display())
    });
    let lms = Lms::builder(&url).schema_mode(SchemaMode::Apply).open().await?;
    println!("opened {}", lms.url());

    // Every verb takes who acts. A program of the house has full rights; accounts have their roles.
    let actor = Actor::system("quickstart").with_reason("trying the library out");
    let set_up = lms.access().set_up(&actor, SetUp::new("Acme GmbH", "ada")).await?;
    match set_up.token {
        Some(token) => println!("set up; the API token of `ada`, shown once: {token}"),
        None => println!("set up before"),
    }

    let change = SettingsChange::new().set("timezone", "Europe/Berlin")?.set("grace_days", "3")?;
    let outcome = lms.settings().set(&actor, change).await?;
    if outcome.changed.is_empty() {
        println!("the settings were so already");
    }
    for field in &outcome.changed {
        let before = field.before.as_deref().unwrap_or("nothing");
        let after = field.after.as_deref().unwrap_or("nothing");
        println!("{}: {before} -> {after}", field.field);
    }

    // A wrong value is told in words that can be shown to a user.
    if let Err(error) = SettingsChange::new().set("time_zon", "Europe/Berlin") {
        println!("refused: {error} ({})", error.hints().join(" "));
    }

    println!("\naudit log, newest first:");
    for entry in lms.audit().list(&actor, AuditFilter::new().limit(5)).await?.items {
        println!("{:>4}  {}  {}  by {}", entry.seq, entry.recorded_at, entry.kind, entry.actor);
    }
    println!("\nevents, oldest first:");
    for event in lms.events().list(&actor, EventFilter::new().limit(5)).await?.items {
        let place = format!("{}.{}", event.seq, event.position);
        println!("{place:>4}  {}  {}", event.recorded_at, event.event_type);
    }
    lms.close().await;
    Ok(())
}
