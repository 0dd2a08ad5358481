//! Making an organisation of an empty database.

use serde::Serialize;
use serde_json::json;

use super::roles::SUPER_ADMIN;
use super::{Account, NewAccount, NewToken, accounts, tokens};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::error::Result;
use crate::kernel::text::{Locale, Name, TimeZoneName};
use crate::operations::{Operation, Write};
use crate::settings::{self, Document, OrganisationSettings};

/// What an organisation begins with.
#[derive(Debug, Clone)]
pub struct SetUp {
    organisation: String,
    admin: NewAccount,
    timezone: Option<String>,
    locale: Option<String>,
}

impl SetUp {
    /// Its name, and the user name of its first super admin.
    #[must_use]
    pub fn new(organisation: &str, admin: &str) -> Self {
        Self {
            organisation: organisation.to_owned(),
            admin: NewAccount::new(admin).role(SUPER_ADMIN),
            timezone: None,
            locale: None,
        }
    }

    /// The e-mail address of the super admin.
    #[must_use]
    pub fn email(mut self, email: &str) -> Self {
        self.admin = self.admin.email(email);
        self
    }

    /// Where its days begin and end; UTC unless said.
    #[must_use]
    pub fn timezone(mut self, timezone: &str) -> Self {
        self.timezone = Some(timezone.to_owned());
        self
    }

    /// The language of mails and reports; English unless said.
    #[must_use]
    pub fn locale(mut self, locale: &str) -> Self {
        self.locale = Some(locale.to_owned());
        self
    }

    /// Says what is wrong with it, before there is a database.
    pub fn check(&self) -> Result<()> {
        self.document()?;
        accounts::check(&self.admin)
    }

    fn document(&self) -> Result<Document> {
        let mut document = Document::new(Name::parse(&self.organisation)?)?;
        if let Some(timezone) = &self.timezone {
            document.timezone = TimeZoneName::parse(timezone)?;
        }
        if let Some(locale) = &self.locale {
            document.locale = Locale::parse(locale)?;
        }
        Ok(document)
    }
}

/// What setting up did.
#[non_exhaustive]
#[derive(Clone, Serialize)]
pub struct SetUpOutcome {
    /// False where the organisation was there already.
    pub created: bool,
    /// The first super admin, where one was made.
    pub account: Option<Account>,
    /// The secret of its first API token: it cannot be shown again.
    pub token: Option<String>,
    /// The settings of the organisation.
    pub settings: OrganisationSettings,
}

impl std::fmt::Debug for SetUpOutcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SetUpOutcome")
            .field("created", &self.created)
            .field("account", &self.account)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

pub(super) async fn set_up(core: &Core, actor: &Actor, set_up: SetUp) -> Result<SetUpOutcome> {
    let document = set_up.document()?;
    let mut write = Write::begin(core, actor).await?;
    if let Some(settings) = settings::newest(&mut write.tx).await? {
        return Ok(SetUpOutcome { created: false, account: None, token: None, settings });
    }
    write.record(Operation::new("organisation.created").event(
        "organisation.created",
        None,
        json!({}),
    ));
    let settings = settings::establish_in(&mut write, document).await?;
    let account = accounts::add_in(&mut write, set_up.admin, None).await?;
    let first = NewToken::new(&account.username, "first token");
    let created = tokens::create_in(&mut write, first).await?;
    write.commit().await?;
    Ok(SetUpOutcome {
        created: true,
        account: Some(account),
        token: Some(created.secret),
        settings,
    })
}
