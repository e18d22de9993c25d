//! Who asks, in which language, and whether a form may be believed.

use std::sync::Arc;

use crate::secret::constant_time_eq;
use crate::settings::{Edit, Rights, Settings, User};
use crate::store::{Applied, Author, EditRefused, hash_passwords};
use crate::text::Language;

use super::device::device;
use super::http::{Request, Response};
use super::permit::{AskedRevert, Asker, Permitted};
use super::session::{Note, Opening, Session, hex};
use super::{Context, Site};

/// A year.
const LANGUAGE_SECONDS: u32 = 31_536_000;
const LANGUAGE_COOKIE: &str = "trillo-language";
/// What the forms before a login must send along. The cookie's twin in the form shows that the form is ours.
const FORM_COOKIE: &str = "trillo-form";
pub const CSRF_FIELD: &str = "csrf";

/// Over TLS the name pins it to this host, path and TLS; a cookie of plain HTTP must not shadow it.
const fn session_cookie(is_secure: bool) -> &'static str {
    if is_secure { "__Host-trillo-session" } else { "trillo-session" }
}

/// One who is logged in.
pub struct Visitor {
    pub user: User,
    pub rights: Rights,
    pub csrf: String,
    /// The number of the session.
    pub session: u64,
    token: String,
    /// The session was given its token with other rights.
    is_old: bool,
}

impl Visitor {
    /// `touch`: a person asked, not a page that refreshes itself. What a user may is looked up each time, so who is deleted, loses the
    /// web access or gets another role has that at once.
    pub fn find(context: &Context<'_>, request: &Request, touch: bool) -> Option<Visitor> {
        let token = request.cookie(session_cookie(request.is_secure))?;
        let session: Session = context.site.sessions().find(context.now, token, touch)?;
        let user = context.settings.users.get(&session.user)?;
        if !user.web_access || !session.is_of_password(&user.password_hash) {
            return None;
        }
        let rights = context.settings.rights(user);
        let is_old = rights != session.rights;
        Some(Visitor { user: user.clone(), rights, csrf: session.csrf, session: session.number, token: token.to_owned(), is_old })
    }

    /// With a new token if the rights are others than when the session got the one it has; the response then has to carry the cookie.
    pub fn renewed(mut self, context: &Context<'_>, request: &Request) -> (Visitor, Option<String>) {
        if !self.is_old {
            return (self, None);
        }
        let cookie = self.rotate(context, request, &self.user.password_hash);
        if let Some((token, _)) = &cookie {
            self.token.clone_from(token);
        }
        (self, cookie.map(|(_, cookie)| cookie))
    }

    /// A new token, and the cookie that brings it. `None`: another request of the browser was first.
    fn rotate(&self, context: &Context<'_>, request: &Request, password_hash: &str) -> Option<(String, String)> {
        let (now, new) = (context.now.mono, context.random_bytes());
        let token = context.site.sessions().rotate(now, &self.token, &self.rights, password_hash, new)?;
        let cookie = cookie(request, &token);
        Some((token, cookie))
    }

    /// As the table of routes wants to know it.
    pub fn asker(&self) -> Asker<'_> {
        Asker { rights: &self.rights, is_token: false }
    }

    /// The way to the store of every edit that a visitor makes: only if the visitor may.
    pub fn edit(&self, context: &Context<'_>, request: &Request, mut edit: Edit) -> Result<Arc<Settings>, EditRefused> {
        hash_passwords(&mut edit)?;
        let permitted = Permitted::edit(&context.settings, &self.rights, edit).map_err(EditRefused::Faults)?;
        context.store.edit(permitted, self.author(request))
    }

    /// The same after the visitor has typed the password: it may change the password and the second factor.
    pub fn edit_in_person(&self, context: &Context<'_>, request: &Request, mut edit: Edit) -> Result<Arc<Settings>, EditRefused> {
        hash_passwords(&mut edit)?;
        let permitted = Permitted::edit_in_person(&context.settings, &self.rights, edit).map_err(EditRefused::Faults)?;
        context.store.edit(permitted, self.author(request))
    }

    /// Undoes that save, if the visitor may; with `is_trial` it only tells what that would do.
    pub fn revert(&self, context: &Context<'_>, request: &Request, id: u64, is_trial: bool) -> Result<Applied, EditRefused> {
        context.store.revert(AskedRevert::new(id, self.rights.clone()), is_trial, self.author(request))
    }

    pub fn author(&self, request: &Request) -> Author {
        Author { name: self.user.username.clone(), source: request.peer.to_string() }
    }

    pub fn leave_note(&self, site: &Site, note: Note) {
        site.sessions().leave_note(&self.token, note);
    }

    pub fn take_note(&self, site: &Site) -> Option<Note> {
        site.sessions().take_note(&self.token)
    }

    pub fn log_out(&self, site: &Site, request: &Request, response: Response) -> Response {
        site.sessions().close(&self.token);
        let name = session_cookie(request.is_secure);
        let secure = secure_attribute(request);
        response.with_header("Set-Cookie", format!("{name}=; Path=/; HttpOnly; SameSite=Strict{secure}; Max-Age=0"))
    }
}

/// The response that also logs the user in: a new session under a new token.
pub fn log_in(context: &Context<'_>, request: &Request, user: &User, response: Response) -> Response {
    if let Some(before) = request.cookie(session_cookie(request.is_secure)) {
        context.site.sessions().close(before);
    }
    let opening = Opening {
        user: user.id,
        password_hash: &user.password_hash,
        rights: context.settings.rights(user),
        address: request.peer,
        device: device(request.header("user-agent").unwrap_or("")),
    };
    let token = context.site.sessions().open(context.now, opening, context.random_bytes(), context.random_bytes());
    response.with_header("Set-Cookie", cookie(request, &token))
}

/// After a change of one's own password: this session goes on under a new token, and all others of the user end, for their password is old.
pub fn keep_after_password(context: &Context<'_>, request: &Request, visitor: &Visitor, saved: &Settings, response: Response) -> Response {
    let Some(user) = saved.users.get(&visitor.user.id) else { return response };
    match visitor.rotate(context, request, &user.password_hash) {
        Some((_, cookie)) => response.with_header("Set-Cookie", cookie),
        None => response,
    }
}

fn cookie(request: &Request, token: &str) -> String {
    let (name, secure) = (session_cookie(request.is_secure), secure_attribute(request));
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict{secure}")
}

fn secure_attribute(request: &Request) -> &'static str {
    if request.is_secure { "; Secure" } else { "" }
}

/// The token for a form before the login: the one that the browser has, or a new one that [`keep_form_token`] gives it.
pub fn form_token(context: &Context<'_>, request: &Request) -> String {
    match request.cookie(FORM_COOKIE) {
        Some(token) if token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit()) => token.to_owned(),
        _ => hex(&context.random_bytes::<16>()),
    }
}

pub fn keep_form_token(request: &Request, token: &str, response: Response) -> Response {
    let secure = secure_attribute(request);
    response.with_header("Set-Cookie", format!("{FORM_COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict{secure}"))
}

/// A form from before the login: it holds the twin of the cookie and comes from our own page.
pub fn is_own_form(request: &Request) -> bool {
    let (sent, kept) = (request.form.text(CSRF_FIELD), request.cookie(FORM_COOKIE).unwrap_or(""));
    kept.len() == 32 && constant_time_eq(sent.as_bytes(), kept.as_bytes()) && is_from_here(request)
}

/// A form of one who is logged in: it holds the session's token and comes from our own page.
pub fn is_form_of(visitor: &Visitor, request: &Request) -> bool {
    is_change_of(visitor, request, request.form.text(CSRF_FIELD))
}

/// The same of whatever changes something and has the session's token with it.
pub fn is_change_of(visitor: &Visitor, request: &Request, token: &str) -> bool {
    constant_time_eq(token.as_bytes(), visitor.csrf.as_bytes()) && is_from_here(request)
}

/// What the browser says about where the form stood. A browser that says nothing is judged by the token alone.
fn is_from_here(request: &Request) -> bool {
    if request.header("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
        return false;
    }
    let own = request.own_origin();
    match (request.header("origin"), request.header("referer")) {
        (Some(origin), _) => origin.eq_ignore_ascii_case(&own),
        (None, Some(referer)) => {
            let rest = referer.get(..own.len()).filter(|start| start.eq_ignore_ascii_case(&own)).map(|_| &referer[own.len()..]);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
        (None, None) => true,
    }
}

/// What was chosen on the page, else the user's own, else what the browser prefers.
pub fn language(request: &Request, user: Option<&User>) -> Language {
    let chosen = chosen_language(request).or_else(|| Language::from_code(request.cookie(LANGUAGE_COOKIE)?));
    chosen.or_else(|| user?.language).unwrap_or_else(|| preferred_language(request.header("accept-language").unwrap_or("")))
}

fn chosen_language(request: &Request) -> Option<Language> {
    Language::from_code(request.query.get("lang")?)
}

/// A language that was chosen in the address is kept for the pages after it.
pub fn keep_language(request: &Request, response: Response) -> Response {
    match chosen_language(request) {
        Some(language) => {
            let code = language.code();
            response.with_header("Set-Cookie", format!("{LANGUAGE_COOKIE}={code}; Path=/; SameSite=Lax; Max-Age={LANGUAGE_SECONDS}"))
        }
        None => response,
    }
}

/// RFC 9110 12.5.4: the known language with the highest weight, the first of equals.
pub fn preferred_language(header: &str) -> Language {
    let mut best = (Language::default(), 0.0);
    for range in header.split(',').take(20) {
        let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
        let weight: f32 = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse().ok()).unwrap_or(0.0);
        let code = tag.trim().split('-').next().unwrap_or("").to_ascii_lowercase();
        if let Some(language) = Language::from_code(&code)
            && weight > best.1
        {
            best = (language, weight);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_chooses_the_language() {
        let check = |header, language: Language| assert_eq!(preferred_language(header), language, "{header}");
        check("", Language::English);
        check("it", Language::Italian);
        check("it-CH,it;q=0.9,en;q=0.8", Language::Italian);
        check("de,en;q=0.7,it;q=0.3", Language::English);
        check("de, fr", Language::English);
        check("en;q=x,it;q=0.1", Language::Italian);
    }

    #[test]
    fn a_form_from_elsewhere_is_not_believed() {
        let check = |headers: &[(&str, &str)], expected: bool| {
            let headers = [("host", "box:8080")].iter().chain(headers).map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            let request = Request::new("POST", "/", headers, b"", [127, 0, 0, 1].into(), false);
            assert_eq!(is_from_here(&request), expected, "{:?}", request);
        };
        check(&[], true);
        check(&[("origin", "http://box:8080")], true);
        check(&[("origin", "https://box:8080")], false);
        check(&[("origin", "http://box")], false);
        check(&[("origin", "null")], false);
        check(&[("origin", "http://box:8080.evil")], false);
        check(&[("referer", "http://box:8080/x")], true);
        check(&[("referer", "http://box:80801/x")], false);
        check(&[("referer", "http://evil/http://box:8080/")], false);
        check(&[("sec-fetch-site", "cross-site")], false);
        check(&[("sec-fetch-site", "same-site"), ("origin", "http://box:8080")], false);
        check(&[("sec-fetch-site", "same-origin"), ("origin", "http://box:8080")], true);
    }
}
