//! Whose skills somebody sees: their own, those of their reports, or everybody's.

use lms_core::{Actor, Engine, ErrorKind, GapFilter, HolderFilter, PersonChange, PersonField};

use super::{company, day, done, require, training};
use crate::support::engines::on_both_engines;
use crate::support::learning::learner;

on_both_engines! {
    employees_see_their_own_and_managers_those_of_their_reports,
}

async fn employees_see_their_own_and_managers_those_of_their_reports(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", "AID=1", &[]).await;
    require(&lms, "DRIVER", "AID", 2, "2026-01-01").await;
    let kim = learner(&lms, "kim", "manager").await;
    let lee = learner(&lms, "lee", "employee").await;
    let driver = PersonChange::new().set(PersonField::JobRole, "DRIVER");
    for name in ["kim", "lee"] {
        lms.people().edit(&lms.admin(), name, driver.clone()).await.unwrap();
    }
    let reports = PersonChange::new().set(PersonField::Manager, "kim");
    lms.people().edit(&lms.admin(), "ada", reports).await.unwrap();
    for name in ["Ada", "Bo", "lee"] {
        done(&lms, name, "A", "2026-03-30").await;
    }
    let gaps = async |actor: &Actor| -> Vec<String> {
        let filter = GapFilter::new();
        let count = lms.readiness().count_gaps(actor, filter.clone()).await.unwrap();
        let page = lms.readiness().gaps(actor, filter).await.unwrap();
        assert_eq!(i64::try_from(page.items.len()).unwrap(), count);
        let rows = lms.readiness().by_job_role(actor, GapFilter::new()).await.unwrap().items;
        assert_eq!(rows.iter().map(|row| row.missed).sum::<i64>(), count);
        page.items.into_iter().map(|gap| gap.person).collect()
    };
    assert_eq!(gaps(&lee).await, ["Kim lee"]);
    assert_eq!(gaps(&kim).await, ["Ada Example", "Kim kim"]);
    assert_eq!(gaps(&lms.admin()).await.len(), 4);
    let held = async |actor: &Actor| {
        let filter = HolderFilter::new().as_of(Some(day("2026-03-31")));
        lms.readiness().holders(actor, "AID", filter).await.unwrap().items.len()
    };
    assert_eq!((held(&lee).await, held(&kim).await, held(&lms.admin()).await), (1, 1, 3));
    let readiness = lms.readiness();
    assert_eq!(readiness.of(&lee, "lee", None).await.unwrap().skills[0].missing, 1);
    let hidden = readiness.of(&lee, "ada", None).await.unwrap_err();
    let nobody = readiness.of(&lee, "nobody", None).await.unwrap_err();
    assert_eq!((hidden.kind(), hidden.code()), (ErrorKind::NotFound, nobody.code()));
    assert!(readiness.of(&kim, "ada", None).await.is_ok());
    assert!(readiness.of(&kim, "bo", None).await.is_err());
    let by_name = GapFilter::new().audience(super::person("Bo"));
    assert_eq!(readiness.gaps(&kim, by_name).await.unwrap_err().kind(), ErrorKind::NotFound);
}
