//! Who calls the API: the bearer of a token (RFC 6750), or a browser that is logged in.

use crate::secret::constant_time_eq;
use crate::settings::{Rights, Token, User};
use crate::store::Author;
use crate::text::{Language, api as words};
use crate::web::Context;
use crate::web::access::{self, Visitor};
use crate::web::http::{Method, Request};
use crate::web::permit::Asker;
use crate::web::token::hash_of;

use super::problem::{Answer, Problem, Said};

const CSRF_HEADER: &str = "x-csrf-token";
const CHALLENGE: &str = "Bearer realm=\"Trillo\"";

/// One who may ask something.
pub struct Caller {
    pub rights: Rights,
    pub author: Author,
    is_token: bool,
}

impl Caller {
    pub fn find(context: &Context<'_>, request: &Request) -> Answer<Caller> {
        match request.header("authorization").and_then(bearer) {
            Some(token) => by_token(context, request, token),
            None => by_session(context, request),
        }
    }

    /// As the table of routes wants to know it.
    pub fn asker(&self) -> Asker<'_> {
        Asker { rights: &self.rights, is_token: self.is_token }
    }
}

fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn by_token(context: &Context<'_>, request: &Request, token: &str) -> Answer<Caller> {
    let (settings, now) = (&context.settings, context.now);
    let hash = hash_of(token);
    // All are looked at, so that the time tells nothing of where a hash begins to differ.
    let is_same = |token: &Token| constant_time_eq(token.hash.to_ascii_lowercase().as_bytes(), hash.as_bytes());
    let found = settings.tokens.values().fold(None, |found, token| if is_same(token) { Some(token) } else { found });
    let Some((token, user)) = found.and_then(|token| Some((token, settings.users.get(&token.user)?))) else {
        // A right token is never kept waiting: it is nothing that could be guessed.
        let wait = context.site.token_tries().wait(now.mono, request.peer);
        if !wait.is_zero() {
            let seconds = wait.as_secs() + 1;
            let problem = Problem::new(429, Said::with(words::TOKEN_WAIT, &[&seconds]));
            return Err(problem.with_header("Retry-After", seconds.to_string()));
        }
        let delay = context.site.token_tries().failed(now.mono, request.peer);
        return Err(refused(words::WRONG_TOKEN.into()).with_delay(delay));
    };
    if token.expires.is_some_and(|expires| expires <= now.wall) {
        return Err(refused(words::TOKEN_EXPIRED.into()));
    }
    context.site.token_used(token.id, now.wall);
    let rights = settings.rights(user).until(token.expires);
    Ok(Caller {
        rights: if token.is_read_only { rights.read_only() } else { rights },
        author: Author { name: user.username.clone(), source: format!("{}, token {}", request.peer, token.name) },
        is_token: true,
    })
}

fn refused(said: Said) -> Box<Problem> {
    Problem::new(401, said).with_header("WWW-Authenticate", format!("{CHALLENGE}, error=\"invalid_token\""))
}

fn by_session(context: &Context<'_>, request: &Request) -> Answer<Caller> {
    // A stream of events is opened anew by the browser for as long as a page is open; that is not somebody who works.
    let is_by_itself = request.segments.last().is_some_and(|last| last == "events");
    let Some(visitor) = Visitor::find(context, request, !is_by_itself) else {
        return Err(Problem::new(401, words::NOT_LOGGED_IN).with_header("WWW-Authenticate", CHALLENGE));
    };
    let is_believed = || access::is_change_of(&visitor, request, request.header(CSRF_HEADER).unwrap_or_default());
    if request.method != Method::Get && !is_believed() {
        return Err(Problem::new(403, words::CSRF_MISSING));
    }
    Ok(Caller { author: visitor.author(request), rights: visitor.rights, is_token: false })
}

/// What the request asks for, else the user's own.
pub fn language(request: &Request, user: Option<&User>) -> Language {
    match request.header("accept-language") {
        Some(header) => access::preferred_language(header),
        None => user.and_then(|user| user.language).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_is_read_in_any_case() {
        assert_eq!(bearer("bearer  abc"), Some("abc"));
        assert_eq!(bearer("Basic abc"), None);
        assert_eq!(bearer("Bearer"), None);
    }
}
