//! From a certificate to the page that is printed.

#[cfg(not(feature = "certificates"))]
use super::NO_PRINTING;
use super::types::CertificatePdf;
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::error::Result;

#[cfg(not(feature = "certificates"))]
pub(super) async fn pdf(core: &Core, actor: &Actor, name: &str) -> Result<CertificatePdf> {
    let certificate = super::find::show(core, actor, name).await?;
    Err(NO_PRINTING
        .error(format!("certificate `{}` cannot be printed by this program", certificate.number))
        .with_hint("build it with the feature `certificates`"))
}

#[cfg(not(feature = "certificates"))]
#[expect(clippy::unnecessary_wraps, reason = "with the feature it may be refused")]
pub(super) fn check_logo(_: &str, _: &[u8]) -> Result<()> {
    Ok(())
}

#[cfg(feature = "certificates")]
pub(super) use printing::{check_logo, pdf};

#[cfg(feature = "certificates")]
mod printing {
    use super::{Actor, CertificatePdf, Core, Result};
    use crate::certificates::find::find_in;
    use crate::certificates::logo::{self, CertificateLogo, unprintable};
    use crate::certificates::print::{Colour, Logo, Sheet, Unprintable, Verification, draw};
    use crate::certificates::types::{Certificate, CertificateState};
    use crate::certificates::{ERASED, LETTER, READ, REVOKED};
    use crate::kernel::error::Error;
    use crate::people::reach::Reach;
    use crate::settings::{self, OrganisationSettings};

    /// What is printed where the organisation has chosen no colour.
    const COLOUR: Colour = Colour([0x1f, 0x4e, 0x79]);

    pub(in crate::certificates) async fn pdf(
        core: &Core,
        actor: &Actor,
        name: &str,
    ) -> Result<CertificatePdf> {
        let mut tx = core.db().begin_read().await?;
        let reach = Reach::of(&mut tx, actor, READ, core.now()).await?;
        let certificate = find_in(&mut tx, &reach, core.now(), name).await?;
        let settings = settings::current(&mut tx).await?;
        let (_, logo) = logo::present_in(&mut tx).await?;
        drop(tx);
        let number = certificate.number.clone();
        let sheet = sheet(certificate, &settings, logo)?;
        // Some milliseconds of computing, in which others are to be served.
        let drawn = tokio::task::spawn_blocking(move || draw(&sheet)).await;
        let drawn = drawn.map_err(|cause| {
            Error::internal("a certificate was not printed to its end").with_source(cause)
        })?;
        let bytes = drawn.map_err(|why| refusal(&number, why))?;
        Ok(CertificatePdf { number, bytes })
    }

    /// How many pixels a logo may have on a side: more than any printer shows.
    const LOGO_PIXELS_MAX: u32 = 4_000;

    /// Prints a page with the logo: what damage there is shows only then.
    pub(in crate::certificates) fn check_logo(media_type: &str, image: &[u8]) -> Result<()> {
        let logo = Logo { media_type: media_type.to_owned(), image: image.to_vec() };
        let damaged = || unprintable("the logo is damaged, or of a kind that is not printed");
        let (width, height) = logo.decoded().ok_or_else(damaged)?.size();
        if width.max(height) > LOGO_PIXELS_MAX {
            let sides = format!("the logo has {width} by {height} pixels");
            return Err(unprintable(&format!("{sides}, more than {LOGO_PIXELS_MAX} on a side")));
        }
        draw(&Sheet::of_logo(logo)).map(drop).map_err(|_| damaged())
    }

    fn refusal(number: &str, why: Unprintable) -> Error {
        match why {
            Unprintable::Letter(letter) => LETTER
                .error(format!(
                    "certificate `{number}` has the letter `{letter}`, which cannot be printed"
                ))
                .with_hint("Latin, Greek, Cyrillic, Hebrew, Arabic, Armenian and Georgian can; write the name in one of these and issue the certificate again"),
            Unprintable::Other(cause) => {
                Error::internal(format!("certificate `{number}` cannot be printed")).with_source(cause)
            }
        }
    }

    /// What is to stand on the page.
    fn sheet(
        certificate: Certificate,
        settings: &OrganisationSettings,
        logo: Option<CertificateLogo>,
    ) -> Result<Sheet> {
        let number = certificate.number;
        if certificate.state == CertificateState::Revoked {
            let on = certificate.revoked_on.map(|day| format!(" on {day}")).unwrap_or_default();
            return Err(REVOKED
                .error(format!("certificate `{number}` was revoked{on}"))
                .with_hint("it is not printed any more; `lmsctl certificate show` tells why"));
        }
        let holder = certificate.holder.ok_or_else(|| {
            ERASED
                .error(format!("the holder of certificate `{number}` was erased"))
                .with_hint("there is no name any more to print")
        })?;
        let words = certificate.language.words();
        let fact = |label: &str, value: String| (label.to_owned(), value);
        let valid_until =
            certificate.valid_until.map(|day| fact(words.valid_until, words.day(day)));
        let completed_on = fact(words.completed_on, words.day(certificate.completed_on));
        let facts = [Some(completed_on), valid_until, Some(fact(words.number, number))];
        let issued = certificate.issued_on.inner();
        let verification = certificate.verify_url.map(|address| {
            let page = address.rsplit_once('/').map_or(&*address, |(page, _)| page);
            let page = page.split_once("://").map_or(page, |(_, page)| page);
            let caption = words.verify.replace("{}", page);
            Verification { caption, address, code: certificate.code }
        });
        Ok(Sheet {
            language: certificate.language.as_str(),
            organisation: certificate.organisation,
            heading: words.heading.to_owned(),
            opening: words.opening.to_owned(),
            holder,
            statement: words.statement.to_owned(),
            title: certificate.title,
            facts: facts.into_iter().flatten().collect(),
            footer: words.footer.replace("{}", &words.day(certificate.issued_on)),
            verification,
            logo: logo.map(|logo| Logo { media_type: logo.media_type, image: logo.image }),
            colour: settings
                .certificate_colour
                .as_deref()
                .and_then(Colour::parse)
                .unwrap_or(COLOUR),
            created: (
                issued.year().unsigned_abs(),
                issued.month().unsigned_abs(),
                issued.day().unsigned_abs(),
            ),
        })
    }
}
