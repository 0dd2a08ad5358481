//! What a merge would do, as somebody who decides about it reads it.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::PersonId;
use super::ownership::PersonSource;
use super::types::{Employment, Leave, PersonStatus};
use crate::kernel::db::migrate::hex;
use crate::kernel::text::Day;

/// What merging a record into another would do.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MergePlan {
    /// The record that stays.
    pub keep: MergedRecord,
    /// The record that goes into it.
    pub other: MergedRecord,
    /// Names, addresses and keys in which the two differ.
    pub fields: Vec<MergedField>,
    /// The employments afterwards.
    pub employments: Vec<Employment>,
    /// The leaves afterwards.
    pub leaves: Vec<Leave>,
    /// The placements afterwards.
    pub placements: Vec<MergedPlacement>,
    /// How many report to the other, and would report to the one that stays.
    pub reports: i64,
    /// The codes of the departments that the other leads or is deputy of.
    pub leads: Vec<String>,
    /// The codes of the groups into which the one that stays would come.
    pub groups: Vec<String>,
    /// The keys by which feeds know the other.
    pub sources: Vec<PersonSource>,
    /// The account that would come along.
    pub account: Option<String>,
    /// What would find nobody any more.
    pub lost: Vec<String>,
    /// What a merge is asked for with, so that it does this or nothing.
    pub fingerprint: String,
}

/// One of the two records.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergedRecord {
    /// Its id.
    pub id: PersonId,
    /// What the person is called.
    pub name: String,
}

/// A field in which the two records differ.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergedField {
    /// The field.
    pub field: String,
    /// What the record says that stays.
    pub keep: Option<String>,
    /// What the other says.
    pub other: Option<String>,
    /// What is so afterwards.
    pub result: Option<String>,
}

/// A placement after the merge.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergedPlacement {
    /// The first day.
    pub from: Day,
    /// The first day on which it is no longer so.
    pub until: Option<Day>,
    /// How they stand to the organisation.
    pub status: PersonStatus,
    /// The code of their department.
    pub department: Option<String>,
    /// The code of their location.
    pub location: Option<String>,
    /// The code of their job role.
    pub job_role: Option<String>,
    /// The name of whom they report to.
    pub manager: Option<String>,
}

impl MergePlan {
    /// The plan with what tells it from every other.
    pub(super) fn sealed(mut self) -> Self {
        self.fingerprint.clear();
        let text = serde_json::to_string(&self).expect("a plan is plain data");
        let hash: [u8; 32] = Sha256::digest(text).into();
        hex(&hash)[..16].clone_into(&mut self.fingerprint);
        self
    }
}
