//! The phonebook for phones that read XML: `/phonebook/yealink.xml`.
//!
//! Phones have no session: each request brings a name and a password (HTTP Basic, RFC 7617), of a phone's account or of a user, just as a
//! bind does in LDAP. In clear they are taken on the local networks only.

use crate::base::id::TenantId;
use crate::base::limits::PHONEBOOK_VERIFICATIONS_MAX;
use crate::phonebook::{Brand, Credentials, Identity, Query, Viewer, verify_phone, verify_user, xml};
use crate::secret::{Secret, base64};
use crate::text::phonebook as words;
use crate::text::{Language, Phrase};

use super::Context;
use super::access;
use super::http::{Request, Response};

const CHALLENGE: &str = "Basic realm=\"Trillo phonebook\", charset=\"UTF-8\"";

/// The brand whose file that is. Grandstream's phones put the name of the file behind the address by themselves.
pub fn brand_of(segments: &[&str]) -> Option<Brand> {
    match segments {
        ["phonebook", "grandstream", "phonebook.xml"] => Some(Brand::Grandstream),
        ["phonebook", file] => Brand::from_name(file.strip_suffix(".xml")?),
        _ => None,
    }
}

pub fn answer(context: &Context<'_>, request: &Request, brand: Brand) -> Response {
    let language = access::language(request, None);
    let (tenant, viewer) = match admit(context, request) {
        Ok(admitted) => admitted,
        Err(refused) => return refused.response(language),
    };
    let books = context.site.phonebooks.books(&context.settings);
    let Some(directory) = books.get(&tenant) else { return said(404, words::NO_PHONEBOOK, language) };
    // Yealink's #SEARCH and what others put into an address by hand.
    let typed = ["q", "search"].into_iter().find_map(|name| request.query.get(name)).unwrap_or("");
    let language = viewer.user.and_then(|user| context.settings.users.get(&user)?.language).unwrap_or(language);
    let text = xml(directory, brand, &Query { viewer, typed, language });
    let headers = vec![("Content-Type", "text/xml; charset=utf-8".to_owned()), ("Cache-Control", "no-store".to_owned())];
    Response { status: 200, headers, body: text.into_bytes(), delay: std::time::Duration::ZERO }
}

enum Refused {
    /// A password would cross a foreign network in clear.
    NotPrivate,
    NoCredentials,
    Wrong(std::time::Duration),
    Wait(std::time::Duration),
    /// As many passwords are verified as may be.
    Busy,
}

impl Refused {
    fn response(self, language: Language) -> Response {
        match self {
            Refused::NotPrivate => said(403, words::ONLY_HTTPS, language),
            Refused::NoCredentials => said(401, words::NAME_NEEDED, language).with_header("WWW-Authenticate", CHALLENGE),
            Refused::Wrong(delay) => said(401, words::NAME_WRONG, language).with_header("WWW-Authenticate", CHALLENGE).with_delay(delay),
            Refused::Busy => said(503, words::BUSY, language).with_header("Retry-After", "1"),
            Refused::Wait(wait) => said(429, words::WAIT, language).with_header("Retry-After", (wait.as_secs() + 1).to_string()),
        }
    }
}

/// Whose phonebook, seen by whom.
fn admit(context: &Context<'_>, request: &Request) -> Result<(TenantId, Viewer), Refused> {
    let (settings, now) = (&context.settings, context.now.mono);
    let is_local = settings.sip.local_networks.iter().any(|network| network.contains(request.peer.to_canonical()));
    if !request.is_secure && !is_local {
        return Err(Refused::NotPrivate);
    }
    let Some(credentials) = request.header("authorization").and_then(basic) else {
        let is_open = settings.phonebook.anonymous && is_local;
        return is_open.then(|| (settings.default_tenant(), Viewer::default())).ok_or(Refused::NoCredentials);
    };
    let wait = context.site.phonebook_tries().wait(now, request.peer);
    if !wait.is_zero() {
        return Err(Refused::Wait(wait));
    }
    let found = match verify_phone(settings, &credentials) {
        Some(phone) => Some(phone),
        None => {
            let _turn = context.site.phonebook_work.begin(PHONEBOOK_VERIFICATIONS_MAX).ok_or(Refused::Busy)?;
            verify_user(settings, &credentials)
        }
    };
    let Some(Identity { tenant, viewer, .. }) = found else {
        return Err(Refused::Wrong(context.site.phonebook_tries().failed(now, request.peer)));
    };
    context.site.phonebook_tries().succeeded(request.peer);
    Ok((tenant, viewer))
}

/// RFC 7617 2: the name has no colon, the password may have.
fn basic(authorization: &str) -> Option<Credentials> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(base64::decode(encoded.trim().trim_end_matches('='))?).ok()?;
    let (name, password) = text.split_once(':')?;
    Some(Credentials { name: name.to_owned(), password: Secret::new(password) })
}

fn said(status: u16, phrase: Phrase, language: Language) -> Response {
    let headers = vec![("Content-Type", "text/plain; charset=utf-8".to_owned()), ("Cache-Control", "no-store".to_owned())];
    let body = format!("{}\n", phrase.in_language(language)).into_bytes();
    Response { status, headers, body, delay: std::time::Duration::ZERO }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_read_as_rfc_7617_has_them() {
        let check = |header: &str, expected: Option<(&str, &str)>| {
            let read = basic(header).map(|read| (read.name, read.password.expose().to_owned()));
            let read = read.as_ref().map(|(name, password)| (name.as_str(), password.as_str()));
            assert_eq!(read, expected, "{header}");
        };
        check("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", Some(("Aladdin", "open sesame")));
        check("basic dGVzdDoxMjPCow==", Some(("test", "123£")));
        check("Basic YTpiOmM=", Some(("a", "b:c")));
        for wrong in ["Bearer abc", "Basic", "Basic !!!!", "Basic YWJj", "Basic //8="] {
            check(wrong, None);
        }
    }

    #[test]
    fn addresses_name_a_brand() {
        assert_eq!(brand_of(&["phonebook", "yealink.xml"]), Some(Brand::Yealink));
        assert_eq!(brand_of(&["phonebook", "grandstream", "phonebook.xml"]), Some(Brand::Grandstream));
        for none in
            [&["phonebook"] as &[&str], &["phonebook", "yealink"], &["phonebook", "nokia.xml"], &["phonebook", "snom", "phonebook.xml"]]
        {
            assert_eq!(brand_of(none), None, "{none:?}");
        }
    }
}
