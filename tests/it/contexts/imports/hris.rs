//! People come from the systems that keep them: what they answer, what they do when they are not well, and
//! what of it lands.

mod asking;
mod connections;
mod vendors;

use std::time::Duration;

use lms_core::testkit::TestLms;
use lms_core::{
    Engine, FileImported, ImportMode, NewConnection, PeopleImport, Pulled, Secret, StagedImport,
    Vendor,
};
use serde_json::{Value, json};

use super::{company, counts, person};
use crate::support::vendor::{Asked, KEY, Reply, VendorServer, fields_have, report, staff};

pub(super) fn key() -> Secret {
    Secret::new(KEY)
}

/// BambooHR with these people.
pub(super) fn bamboohr(people: Vec<Value>) -> VendorServer {
    VendorServer::start(move |asked| report(asked, &people))
}

/// The system is connected as `hr`.
pub(super) async fn connect(lms: &TestLms, server: &VendorServer) {
    connect_as(lms, bamboohr_at(server)).await;
}

pub(super) fn bamboohr_at(server: &VendorServer) -> NewConnection {
    let new = NewConnection::new("hr", Vendor::BambooHr).unwrap();
    new.option("company", "acme").base_url(&server.url())
}

pub(super) async fn connect_as(lms: &TestLms, new: NewConnection) {
    lms.hris().connect(&lms.admin(), new).await.unwrap();
}

pub(super) fn options() -> PeopleImport {
    PeopleImport::from_source("hr").unwrap().mode(ImportMode::Full)
}

pub(super) async fn pull(lms: &TestLms) -> lms_core::Result<Pulled> {
    // Who asks again waits as little as can be.
    let hris = lms.hris().first_wait(Duration::from_millis(1));
    hris.pull(&lms.admin(), "hr", &key(), &mut |_, _| {}).await
}

pub(super) async fn stage(
    lms: &TestLms,
    options: PeopleImport,
    pulled: &Pulled,
) -> lms_core::Result<StagedImport> {
    lms.hris().stage(&lms.admin(), options, pulled, &mut |_, _| {}).await
}

/// Pulled, staged and applied.
pub(super) async fn sync(lms: &TestLms, options: PeopleImport) -> lms_core::Result<FileImported> {
    let pulled = pull(lms).await?;
    let staged = stage(lms, options, &pulled).await?;
    lms.imports().apply(&lms.admin(), &staged, None).await
}

pub(super) async fn connected(engine: Engine, people: Vec<Value>) -> (TestLms, VendorServer) {
    let lms = company(engine).await;
    let server = bamboohr(people);
    connect(&lms, &server).await;
    (lms, server)
}
