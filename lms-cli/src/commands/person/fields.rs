//! The fields of a person as options, for `add` and `edit`.

use clap::Args;
use lms_core::PersonField;

use crate::error::{Result, USAGE};

/// Every field that can be set. An empty value clears one.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Fields (an empty value clears one)")]
pub(crate) struct FieldArgs {
    /// As the payroll has it; leading zeros are kept
    #[arg(long, value_name = "NUMBER")]
    employee_number: Option<String>,
    /// E-mail address
    #[arg(long)]
    email: Option<String>,
    /// User name in other systems
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// What they are called
    #[arg(long, value_name = "NAME")]
    preferred_name: Option<String>,
    /// Department, by code or name
    #[arg(long)]
    department: Option<String>,
    /// Location, by code or name
    #[arg(long)]
    location: Option<String>,
    /// Job role, by code or name
    #[arg(long, value_name = "ROLE")]
    job_role: Option<String>,
    /// What stands on their door
    #[arg(long, value_name = "TITLE")]
    job_title: Option<String>,
    /// Manager: e-mail, employee number, user name or id
    #[arg(long, value_name = "PERSON")]
    manager: Option<String>,
    /// Country of work, as its two-letter code
    #[arg(long, value_name = "CODE")]
    country: Option<String>,
    /// Such as permanent or temporary
    #[arg(long, value_name = "TYPE")]
    employment_type: Option<String>,
    /// Language, such as de-AT
    #[arg(long)]
    locale: Option<String>,
    /// Time zone, such as Europe/Berlin
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// Anything else, as KEY=VALUE; repeat for several
    #[arg(long = "attribute", value_name = "KEY=VALUE")]
    attributes: Vec<String>,
}

impl FieldArgs {
    /// The fields that were given.
    pub(crate) fn given(&self) -> Vec<(PersonField, &str)> {
        let all = [
            (PersonField::EmployeeNumber, &self.employee_number),
            (PersonField::Email, &self.email),
            (PersonField::Username, &self.username),
            (PersonField::PreferredName, &self.preferred_name),
            (PersonField::Department, &self.department),
            (PersonField::Location, &self.location),
            (PersonField::JobRole, &self.job_role),
            (PersonField::JobTitle, &self.job_title),
            (PersonField::Manager, &self.manager),
            (PersonField::Country, &self.country),
            (PersonField::EmploymentType, &self.employment_type),
            (PersonField::Locale, &self.locale),
            (PersonField::TimeZone, &self.timezone),
        ];
        all.into_iter().filter_map(|(field, value)| Some((field, value.as_deref()?))).collect()
    }

    /// The free attributes that were given.
    pub(crate) fn attributes(&self) -> Result<Vec<(&str, &str)>> {
        let pair = |text: &'_ String| {
            text.split_once('=').map(|(key, value)| (key.trim().to_owned(), value.to_owned()))
        };
        if let Some(wrong) = self.attributes.iter().find(|text| pair(text).is_none()) {
            return Err(USAGE
                .error(format!("the attribute `{wrong}` has no value"))
                .with_hint(format!("write `--attribute {wrong}=VALUE`; an empty value removes it"))
                .into());
        }
        Ok(self.attributes.iter().filter_map(|text| text.split_once('=')).collect())
    }
}
