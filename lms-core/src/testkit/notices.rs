//! Notices without what they tell of.

use crate::kernel::error::Result;
use crate::notifications::{Inbox, NoticeId, NoticeType, Told, queue};
use crate::operations::Write;
use crate::people::directory;
use crate::people::reach::Reach;
use crate::settings;
use crate::testkit::TestLms;

impl TestLms {
    /// Tells a person that a training is due, once for each word; says how many were told by it.
    pub async fn remind(&self, person: &str, training: &str, once: &str) -> Result<u64> {
        let mut write = Write::begin(self.core(), &self.admin()).await?;
        let to = directory::find(&mut write.tx, &Reach::everybody(), person).await?.uuid();
        let day = settings::today(&mut write.tx, write.ctx.now).await?;
        let told = Told {
            id: write.ctx.new_id(),
            to: Inbox::Person(to),
            notice_type: NoticeType::Reminder,
            once: once.to_owned(),
            training: None,
            assignment: None,
            n_people: 1,
            data: serde_json::json!({ "title": training, "due_on": day, "days_left": 0 }),
            day,
        };
        let n_new = queue(&mut write, &[told]).await?;
        write.commit_unrecorded().await?;
        Ok(n_new)
    }

    /// The notices of a person, the newest first.
    pub async fn inbox(&self, person: &str) -> Vec<NoticeId> {
        let filter = crate::NoticeFilter::new().person(person).limit(500);
        let page = self.notifications().list(&self.admin(), filter).await;
        page.expect("the inbox of somebody").items.into_iter().map(|notice| notice.id).collect()
    }
}
