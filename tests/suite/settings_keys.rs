//! `docs/settings-keys.md` is written by the field table. `TRILLO_BLESS=1` writes it anew.
#![allow(clippy::disallowed_methods)]

use std::fmt::Write as _;

use trillo::settings::{Default, Field, Kind, Shape};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/settings-keys.md");

const HEAD: &str = "# Keys of the settings

Every kind of entity with its settings. The keys are the same in the settings file, the API, CSV files and the forms. This page is written
by the field table (`TRILLO_BLESS=1 cargo test --test suite settings_keys`).
";

#[test]
fn the_page_of_keys_is_what_the_field_table_says() {
    let page = page();
    if std::env::var_os("TRILLO_BLESS").is_some() {
        std::fs::write(PATH, &page).expect("docs can be written");
    }
    let there = std::fs::read_to_string(PATH).unwrap_or_default();
    assert!(there == page, "docs/settings-keys.md is out of date: TRILLO_BLESS=1 cargo test --test suite settings_keys");
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for kind in Kind::ALL {
        let (open, close) = if kind.is_single() { ("[", "]") } else { ("[[", "]]") };
        let many = kind.words().many.english;
        let place = if kind.is_in_file() { format!("`{open}{}{close}` in the file", kind.name()) } else { "not in the file".to_owned() };
        let _ = writeln!(page, "\n## {} ({place})\n", capital(many));
        table(&mut page, kind.fields());
        for field in kind.fields() {
            if let Shape::Records(parts) = field.shape {
                let _ = writeln!(page, "\nEach of `{}`:\n", field.key);
                table(&mut page, parts);
            }
        }
    }
    let _ = writeln!(page, "\n## Actions\n\nWhere a call goes next, such as `{{ do = \"extension\", extension = \"102\" }}`.\n");
    table(&mut page, trillo::settings::action::FIELDS);
    page
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn table(page: &mut String, fields: &[Field]) {
    let _ = writeln!(page, "| key | value | default | |\n|---|---|---|---|");
    for field in fields {
        let mut remarks = vec![field.words.help.english.to_owned()];
        if field.is_inherited {
            remarks.push("Inherited.".to_owned());
        }
        if let Some(only_if) = field.only_if {
            remarks.push(format!("Only where `{}` is {}.", only_if.key, only_if.values.join(" or ")));
        }
        let _ = writeln!(page, "| `{}` | {} | {} | {} |", field.key, value(field.shape), default(field), remarks.join(" "));
    }
}

fn value(shape: Shape) -> String {
    let quoted = |choices: &[&str]| choices.iter().map(|choice| format!("`\"{choice}\"`")).collect::<Vec<_>>().join(", ");
    match shape {
        Shape::Bool => "true or false".to_owned(),
        Shape::Text => "text".to_owned(),
        Shape::Email => "e-mail address".to_owned(),
        Shape::Phone => "telephone number".to_owned(),
        Shape::Realm => "text without quotes and backslashes".to_owned(),
        Shape::Username => "1 to 64 of letters, digits, dot, underscore, hyphen".to_owned(),
        Shape::Digits { min, max } | Shape::SecretDigits { min, max } => format!("{min} to {max} digits, as a text"),
        Shape::Number { min, max } => format!("number, {min} to {max}"),
        Shape::Secret { min: 1 } => "text, a secret".to_owned(),
        Shape::Secret { min } => format!("text, a secret of at least {min} characters"),
        Shape::Statuses => "SIP codes from 400 to 699, with spaces between them".to_owned(),
        Shape::PasswordHash | Shape::TokenHash => "made by the box".to_owned(),
        Shape::FileHash => "SHA-256 of a file that was uploaded to the box, 64 hexadecimal digits".to_owned(),
        Shape::Fingerprint => "SHA-256 of a certificate, 64 hexadecimal digits, with or without colons".to_owned(),
        Shape::Choice(choices) => quoted(choices),
        Shape::Choices { of, min, is_ordered } => {
            let order = if is_ordered { ", the preferred first" } else { "" };
            format!("list{order}, {} of {}", if min == 0 { "any" } else { "at least one" }, quoted(of))
        }
        Shape::Reference(kind) => format!("{} of: {}", kind.name_key().unwrap_or("id"), kind.words().one.english),
        Shape::References(kind) => format!("list of {}", kind.words().many.english),
        Shape::Host => "host name or address".to_owned(),
        Shape::Dialled => "digits, `*`, `#`".to_owned(),
        Shape::Keys => "two to eight keys that begin with `*` or `#`; empty: off".to_owned(),
        Shape::Code => "digits, `*`, `#`, or a range of them; empty: off".to_owned(),
        Shape::Prefix => "digits, with `+` only in front".to_owned(),
        Shape::Action { .. } => "action".to_owned(),
        Shape::Record(_) => "table".to_owned(),
        Shape::Records(_) => "list of tables".to_owned(),
        Shape::Networks => "list of networks".to_owned(),
        Shape::Address => "IPv4 or IPv6 address".to_owned(),
        Shape::Mask => "mask or prefix length, as a text".to_owned(),
    }
}

fn default(field: &Field) -> String {
    match field.default {
        Default::Required => "must be given".to_owned(),
        Default::Empty => "none".to_owned(),
        Default::Generated => "generated".to_owned(),
        Default::DefaultTenant => "the oldest tenant".to_owned(),
        Default::Do(what) => format!("`{{ do = \"{what}\" }}`"),
        _ => format!("`{}`", field.preset()),
    }
}
