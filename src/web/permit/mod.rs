//! Who may do what, decided in one place.
//!
//! In flow a request's method and path, or an edit, with the [`Rights`] of who asks; out flows a verdict. The router asks [`decide`]
//! before any page or API handler runs, and what the table of `routes` does not list is refused: a handler that nobody listed is
//! unreachable. Edits pass [`edit`], wherever they come from.

mod changes;
mod number;
mod permitted;
mod personal;
pub mod routes;

use crate::settings::{Kind, Level, Panel, Rights};

use super::http::Method;

pub use changes::{edit, edit_in_person};
pub use number::{masked_number, shown_number};
pub use permitted::{AskedRevert, Permitted};
pub use personal::{is_of_another, is_visible};

/// What a route asks of who wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing: it is for before the login.
    Public,
    /// Nothing of a session: the handler asks for a name and a password of its own, as phones send them.
    OwnLogin,
    /// Anybody who is logged in. The handler shows what is everybody's, or the asker's own.
    LoggedIn,
    /// Who is logged in by password; no token. Passwords, second factors, sessions and tokens are a person's affair.
    InPerson,
    Panel(Panel, Level),
    /// The level, in the panel of the kind that the path names.
    OfKind(Level),
    /// The level in the panel of extensions, or that the extension which the path names is one's own.
    OfExtension(Level),
}

/// Who asks, as far as it matters here.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    pub rights: &'a Rights,
    /// By a token of the API, not by password.
    pub is_token: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Granted,
    /// Who asks is not logged in, and so is not told whether the route exists.
    LogIn,
    Forbidden,
    Unknown,
    /// The path is there, but not for this method.
    WrongMethod,
}

/// The one decision on every route.
pub fn decide(method: Method, segments: &[&str], asker: Option<Asker<'_>>) -> Verdict {
    let route = routes::find(method, segments);
    let asker = match (route.map(|(need, _)| need), asker) {
        (Some(Need::Public | Need::OwnLogin), _) => return Verdict::Granted,
        (_, None) => return Verdict::LogIn,
        (_, Some(asker)) => asker,
    };
    let Some((need, kind)) = route else {
        return if routes::has_path(segments) { Verdict::WrongMethod } else { Verdict::Unknown };
    };
    let rights = asker.rights;
    let may = match need {
        Need::Public | Need::OwnLogin | Need::LoggedIn => true,
        Need::InPerson => !asker.is_token,
        Need::Panel(panel, level) => rights.may(panel, level),
        Need::OfKind(level) => kind.is_some_and(|kind| rights.may(kind.panel(), level)),
        Need::OfExtension(level) => rights.may(Kind::Extension.panel(), level) || is_own_extension(rights, segments),
    };
    // Whatever the route asks: a token that only reads changes nothing.
    let reads = method == Method::Get || !rights.is_read_only;
    if may && reads { Verdict::Granted } else { Verdict::Forbidden }
}

/// `…/extensions/7/…`, where 7 is the asker's.
fn is_own_extension(rights: &Rights, segments: &[&str]) -> bool {
    let mut rest = segments.iter().skip_while(|segment| **segment != Kind::Extension.path()).skip(1);
    rights.extension.is_some_and(|own| rest.next().is_some_and(|id| *id == own.0.to_string()))
}
