//! The text of a piece of HTML: paragraphs become lines, marks of style go.

/// Letters that have a name, of those that questions are written with.
const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("auml", 'ä'),
    ("ouml", 'ö'),
    ("uuml", 'ü'),
    ("Auml", 'Ä'),
    ("Ouml", 'Ö'),
    ("Uuml", 'Ü'),
    ("szlig", 'ß'),
    ("eacute", 'é'),
    ("egrave", 'è'),
    ("ecirc", 'ê'),
    ("agrave", 'à'),
    ("aacute", 'á'),
    ("acirc", 'â'),
    ("ccedil", 'ç'),
    ("iacute", 'í'),
    ("ntilde", 'ñ'),
    ("oacute", 'ó'),
    ("ocirc", 'ô'),
    ("uacute", 'ú'),
    ("ugrave", 'ù'),
    ("aring", 'å'),
    ("aelig", 'æ'),
    ("oslash", 'ø'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hellip", '…'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("euro", '€'),
    ("pound", '£'),
    ("deg", '°'),
    ("micro", 'µ'),
    ("times", '×'),
    ("divide", '÷'),
    ("plusmn", '±'),
    ("le", '≤'),
    ("ge", '≥'),
    ("ne", '≠'),
    ("rarr", '→'),
    ("larr", '←'),
    ("middot", '·'),
    ("bull", '•'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("frac12", '½'),
    ("sup2", '²'),
    ("sup3", '³'),
    ("sect", '§'),
];
/// What cannot be told in words.
const SHOWN: &[&str] =
    &["img", "audio", "video", "iframe", "object", "embed", "svg", "canvas", "math"];
/// What begins on a line of its own.
const BLOCKS: &[&str] = &[
    "br",
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "pre",
    "blockquote",
    "section",
    "hr",
];
const NAME_CHARS_MAX: usize = 10;

/// The text, or what it shows that is none.
pub(super) fn text_of(html: &str) -> Result<String, &str> {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        push_words(&mut text, &rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('&') {
            let (letter, behind) = letter(rest);
            text.push(letter);
            rest = behind;
            continue;
        }
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, behind)| behind);
            continue;
        }
        let inside = &rest[1..];
        let is_tag = inside.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        let Some(end) = inside.find('>').filter(|_| is_tag) else {
            text.push('<');
            rest = inside;
            continue;
        };
        let (is_end, tag) = match inside[..end].strip_prefix('/') {
            Some(tag) => (true, tag),
            None => (false, &inside[..end]),
        };
        let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        rest = &inside[end + 1..];
        let is_one = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        if is_one(SHOWN) {
            return Err(name);
        }
        if is_one(BLOCKS) {
            text.push('\n');
        } else if is_one(&["script", "style"]) && !is_end {
            let closing = format!("</{}", name.to_ascii_lowercase());
            let at = rest.to_ascii_lowercase().find(&closing).unwrap_or(rest.len());
            rest = &rest[at..];
        } else if is_one(&["sup"]) && !is_end {
            text.push('^');
        } else if is_one(&["sub"]) && !is_end {
            text.push('_');
        } else if is_one(&["td", "th"]) && is_end {
            text.push(' ');
        }
    }
    push_words(&mut text, rest);
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    Ok(lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n"))
}

/// Breaks of lines are no breaks in HTML.
fn push_words(text: &mut String, words: &str) {
    text.extend(words.chars().map(|c| if c.is_whitespace() { ' ' } else { c }));
}

/// The letter that a text begins with, which is written by its name or number, and what is behind it.
fn letter(text: &str) -> (char, &str) {
    let named = text[1..].char_indices().take(NAME_CHARS_MAX).find(|(_, c)| *c == ';');
    let found = named.and_then(|(at, _)| {
        let name = &text[1..=at];
        let letter = match name.strip_prefix('#') {
            Some(number) => {
                let number = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => number.parse(),
                };
                number.ok().and_then(char::from_u32)
            }
            None => NAMED.iter().find(|(known, _)| *known == name).map(|(_, letter)| *letter),
        };
        Some((letter?, &text[at + 2..]))
    });
    found.unwrap_or(('&', &text[1..]))
}

#[cfg(test)]
mod tests {
    use super::text_of;

    #[test]
    fn paragraphs_become_lines_and_style_goes() {
        for (html, text) in [
            (
                "<p>Which <b>one</b>\n is it?</p><p>Say&nbsp;it &amp; why.</p>",
                "Which one is it?\nSay it & why.",
            ),
            ("5 &lt; 6 &#x2192; 7<br/>8 < 9 &unknown;", "5 < 6 → 7\n8 < 9 &unknown;"),
            ("10<sup>3</sup> m<!-- x --> H<sub>2</sub>O", "10^3 m H_2O"),
            ("<style>p { color: red }</style><ul><li>a</li><li>b</li></ul>", "a\nb"),
            ("<p", "<p"),
        ] {
            assert_eq!(text_of(html), Ok(text.to_owned()), "{html}");
        }
        assert_eq!(text_of("<p>Look: <IMG src='@@PLUGINFILE@@/a.png'></p>"), Err("IMG"));
    }
}
