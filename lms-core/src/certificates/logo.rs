//! The logo on certificates. It is kept in the database, so that a backup holds all that a certificate
//! is printed from.

use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::LOGO;
use super::sql::{self, LogoRow};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::migrate::hex;
use crate::kernel::db::schema::CERTIFICATE_LOGOS;
use crate::kernel::db::{Field, Tx, bulk};
use crate::kernel::error::{Error, Result};
use crate::operations::{Changed, FieldChange, Operation, Write};

const BYTES_MAX: usize = 512 * 1024;

/// The logo that is printed on certificates.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CertificateLogo {
    /// `image/png` or `image/jpeg`.
    pub media_type: String,
    /// How many bytes it has.
    pub size: i64,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
    /// Since when it is printed.
    pub recorded_at: Timestamp,
    /// The bytes.
    #[serde(skip)]
    pub image: Vec<u8>,
}

pub(super) async fn present(core: &Core) -> Result<Option<CertificateLogo>> {
    Ok(present_in(&mut core.db().begin_read().await?).await?.1)
}

/// The newest version, and the logo that it has.
pub(super) async fn present_in(tx: &mut Tx) -> Result<(i64, Option<CertificateLogo>)> {
    let row: Option<LogoRow> = tx.sql(&sql::NEWEST_LOGO).opt().await?;
    Ok(match row {
        Some(LogoRow {
            version,
            media_type: Some(media_type),
            image: Some(image),
            recorded_at,
        }) => (version, Some(logo(&media_type, image, recorded_at))),
        Some(row) => (row.version, None),
        None => (0, None),
    })
}

fn logo(media_type: &str, image: Vec<u8>, recorded_at: Timestamp) -> CertificateLogo {
    CertificateLogo {
        media_type: media_type.to_owned(),
        size: i64::try_from(image.len()).unwrap_or(i64::MAX),
        sha256: hex(&Sha256::digest(&image)),
        recorded_at,
        image,
    }
}

pub(super) async fn set(
    core: &Core,
    actor: &Actor,
    image: Option<&[u8]>,
) -> Result<Changed<Option<CertificateLogo>>> {
    let media_type = image.map(checked).transpose()?;
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let (version, before) = present_in(&mut write.tx).await?;
    if before.as_ref().map(|logo| logo.image.as_slice()) == image {
        return Ok(Changed { value: before, changed: Vec::new(), operation: None });
    }
    let row = vec![
        (version + 1).into_value(),
        media_type.map(str::to_owned).into_value(),
        image.map(<[u8]>::to_vec).into_value(),
        now.into_value(),
    ];
    bulk::insert(&mut write.tx, &CERTIFICATE_LOGOS, [row]).await?;
    let after =
        media_type.zip(image).map(|(media_type, image)| logo(media_type, image.to_vec(), now));
    let digest = |logo: &Option<CertificateLogo>| logo.as_ref().map(|logo| logo.sha256.clone());
    let operation = write.record(
        Operation::new("certificate.logo_changed")
            .count("changed", 1)
            .change(
                "settings",
                None,
                Some(&json!({ "certificate_logo": digest(&before) })),
                Some(&json!({ "certificate_logo": digest(&after) })),
            )
            .event(
                "settings.changed",
                Some("settings".to_owned()),
                json!({ "fields": ["certificate_logo"] }),
            ),
    );
    write.commit().await?;
    let changed = FieldChange::between([("certificate_logo", digest(&before), digest(&after))]);
    Ok(Changed { value: after, changed, operation: Some(operation) })
}

/// What it is, by its first bytes; refused, unless it can be printed.
fn checked(image: &[u8]) -> Result<&'static str> {
    if image.len() > BYTES_MAX {
        return Err(LOGO
            .error(format!("the logo has more than {} KiB", BYTES_MAX / 1024))
            .with_field("logo")
            .with_hint("make it smaller: 1200 pixels are wide enough for print"));
    }
    let media_type = if image.starts_with(b"\x89PNG\r\n\x1a\n") {
        "image/png"
    } else if image.starts_with(b"\xff\xd8\xff") {
        "image/jpeg"
    } else {
        return Err(unprintable("the logo is neither a PNG nor a JPEG"));
    };
    super::pdf::check_logo(media_type, image)?;
    Ok(media_type)
}

pub(super) fn unprintable(message: &str) -> Error {
    LOGO.error(message)
        .with_field("logo")
        .with_hint("save it as a PNG or a JPEG; of an SVG, export a PNG that is 1200 pixels wide")
}
