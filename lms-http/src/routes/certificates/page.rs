//! The page on which somebody sees whether a certificate holds.

use std::fmt::Write;

use lms_core::{CertificateVerification, VerifiedState};

/// The words of the page in one language.
struct Words {
    title: &'static str,
    valid: &'static str,
    expired: &'static str,
    revoked: &'static str,
    unknown: &'static str,
    holder: &'static str,
    training: &'static str,
    organisation: &'static str,
    completed_on: &'static str,
    valid_until: &'static str,
    revoked_on: &'static str,
    number: &'static str,
    code: &'static str,
    check: &'static str,
}

const ENGLISH: Words = Words {
    title: "Verify a certificate",
    valid: "This certificate is valid",
    expired: "This certificate has expired",
    revoked: "This certificate was revoked",
    unknown: "There is no certificate with this code",
    holder: "Holder",
    training: "Training",
    organisation: "Issued by",
    completed_on: "Completed on",
    valid_until: "Valid until",
    revoked_on: "Revoked on",
    number: "Number",
    code: "Code on the certificate",
    check: "Verify",
};

const GERMAN: Words = Words {
    title: "Zertifikat prüfen",
    valid: "Dieses Zertifikat ist gültig",
    expired: "Dieses Zertifikat ist abgelaufen",
    revoked: "Dieses Zertifikat wurde widerrufen",
    unknown: "Zu diesem Code gibt es kein Zertifikat",
    holder: "Inhaber/in",
    training: "Schulung",
    organisation: "Ausgestellt von",
    completed_on: "Abgeschlossen am",
    valid_until: "Gültig bis",
    revoked_on: "Widerrufen am",
    number: "Nummer",
    code: "Code auf dem Zertifikat",
    check: "Prüfen",
};

const FRENCH: Words = Words {
    title: "Vérifier un certificat",
    valid: "Ce certificat est valable",
    expired: "Ce certificat a expiré",
    revoked: "Ce certificat a été révoqué",
    unknown: "Aucun certificat ne porte ce code",
    holder: "Titulaire",
    training: "Formation",
    organisation: "Délivré par",
    completed_on: "Achevée le",
    valid_until: "Valable jusqu’au",
    revoked_on: "Révoqué le",
    number: "Numéro",
    code: "Code figurant sur le certificat",
    check: "Vérifier",
};

const SPANISH: Words = Words {
    title: "Verificar un certificado",
    valid: "Este certificado es válido",
    expired: "Este certificado ha caducado",
    revoked: "Este certificado fue revocado",
    unknown: "No hay ningún certificado con este código",
    holder: "Titular",
    training: "Formación",
    organisation: "Emitido por",
    completed_on: "Finalizada el",
    valid_until: "Válido hasta el",
    revoked_on: "Revocado el",
    number: "Número",
    code: "Código del certificado",
    check: "Verificar",
};

/// The words of a language, and which one it is: English, where there are none of it.
fn words(language: &str) -> (&'static str, &'static Words) {
    match language.to_lowercase().as_str() {
        "de" => ("de", &GERMAN),
        "fr" => ("fr", &FRENCH),
        "es" => ("es", &SPANISH),
        _ => ("en", &ENGLISH),
    }
}

/// The page: what is known of a code, where one was asked for, and a place to enter another.
/// `here` leads from the page to where codes are entered.
pub(super) fn html(
    verified: Option<&CertificateVerification>,
    language: &str,
    here: &str,
) -> String {
    let (language, words) = words(language);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{0}</title>\n\
         <link rel=\"stylesheet\" href=\"{here}.css\">\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n",
        words.title
    );
    if let Some(verified) = verified {
        told(&mut page, verified, words);
    }
    let _ = write!(
        page,
        "<form action=\"{here}\" method=\"get\">\n<label for=\"code\">{}</label>\n\
         <input id=\"code\" name=\"code\" required autocomplete=\"off\" spellcheck=\"false\" \
         maxlength=\"80\">\n<button>{}</button>\n</form>\n</main>\n</body>\n</html>\n",
        words.code, words.check
    );
    page
}

fn told(page: &mut String, verified: &CertificateVerification, words: &Words) {
    let verdict = match verified.state {
        VerifiedState::Valid => words.valid,
        VerifiedState::Expired => words.expired,
        VerifiedState::Revoked => words.revoked,
        _ => words.unknown,
    };
    let state = verified.state.as_str();
    let _ = writeln!(page, "<p class=\"verdict {state}\" role=\"status\">{verdict}</p>");
    let day = |day: Option<lms_core::Day>| day.map(|day| day.to_string());
    let facts = [
        (words.holder, verified.holder.clone()),
        (words.training, verified.title.clone()),
        (words.organisation, verified.organisation.clone()),
        (words.completed_on, day(verified.completed_on)),
        (words.valid_until, day(verified.valid_until)),
        (words.revoked_on, day(verified.revoked_on)),
        (words.number, verified.number.clone()),
    ];
    let mut list = String::new();
    for (label, value) in facts.into_iter().filter_map(|(label, value)| Some((label, value?))) {
        let _ = writeln!(list, "<dt>{label}</dt><dd>{}</dd>", escaped(&value));
    }
    if !list.is_empty() {
        let _ = write!(page, "<dl>\n{list}</dl>\n");
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_by_people_is_text_and_nothing_else() {
        assert_eq!(escaped("<b>&\"x\"'</b>"), "&lt;b&gt;&amp;&quot;x&quot;&#39;&lt;/b&gt;");
    }

    #[test]
    fn the_page_is_in_the_language_of_its_reader() {
        assert!(html(None, "de", "verify").contains("<html lang=\"de\">"));
        assert!(html(None, "FR", "verify").contains("Vérifier un certificat"));
        assert!(html(None, "fi", "verify").contains("Verify a certificate"));
        assert!(!html(None, "en", "verify").contains("verdict"));
    }
}
