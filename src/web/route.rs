//! Which page answers which address.

use crate::settings::{Level, Panel};

use super::access::{self, Visitor};
use super::http::{Method, Request, Response};
use super::page::certificate::NAME;
use super::page::sheet::Sheet;
use super::page::{self, Frame};
use super::permit::{self, Verdict};
use super::{Context, api, assets, metrics, phonebook};

pub fn route(context: &Context<'_>, request: &Request) -> Response {
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    if let (Method::Get, ["assets", version, name]) = (request.method, segments.as_slice())
        && let Some(response) = assets::find(version, name)
    {
        return response;
    }
    if let ["api", "v1", rest @ ..] = segments.as_slice() {
        return api::answer(context, request, rest);
    }
    if segments == ["metrics"] {
        return metrics::answer(context, request);
    }
    if let Some(brand) = phonebook::brand_of(&segments)
        && permit::decide(request.method, &segments, None) == Verdict::Granted
    {
        return phonebook::answer(context, request, brand);
    }
    // Settings that came by a file make the box work, yet name nobody who could log in: the setup code still does.
    let has_owner = context.settings.has_administrator();
    let response = if has_owner { claimed(context, request, &segments) } else { unclaimed(context, request, &segments) };
    access::keep_language(request, response)
}

/// A box that belongs to nobody shows how to make it one's own, and nothing else.
fn unclaimed(context: &Context<'_>, request: &Request, segments: &[&str]) -> Response {
    let frame = Frame::before_login(context, request);
    match (request.method, segments) {
        (Method::Get, ["claim"]) => page::claim::show(&frame),
        (Method::Post, ["claim"]) => page::claim::try_code(&frame),
        (Method::Post, ["claim", "administrator"]) => page::claim::create_administrator(&frame),
        (Method::Get, _) => Response::redirect("/claim"),
        _ => page::error::forbidden(&frame),
    }
}

fn claimed(context: &Context<'_>, request: &Request, segments: &[&str]) -> Response {
    match (request.method, segments) {
        (Method::Get, ["login"]) => return page::login::show(&Frame::before_login(context, request)),
        (Method::Post, ["login"]) => return page::login::try_login(&Frame::before_login(context, request)),
        (_, ["claim", ..]) => return Response::redirect("/login"),
        _ => {}
    }
    // What a page asks by itself keeps no session alive.
    let is_refresh = segments == ["live"] || request.is_refresh();
    let visitor = Visitor::find(context, request, !is_refresh);
    let verdict = permit::decide(request.method, segments, visitor.as_ref().map(Visitor::asker));
    let Some(visitor) = visitor else {
        let frame = Frame::before_login(context, request);
        return match request.method {
            Method::Get if is_refresh => page::error::forbidden(&frame),
            Method::Get => page::login::redirect(request),
            _ => page::error::session_ended(&frame),
        };
    };
    let (visitor, cookie) = visitor.renewed(context, request);
    let mut response = granted(context, request, segments, &visitor, verdict);
    if let Some(cookie) = cookie {
        // In front: where the answer brings a cookie of its own, that one holds.
        response.headers.insert(0, ("Set-Cookie", cookie));
    }
    response
}

/// The pages of who is logged in, if the table of routes has them for this visitor.
fn granted(context: &Context<'_>, request: &Request, segments: &[&str], visitor: &Visitor, verdict: Verdict) -> Response {
    let frame = Frame::of(context, request, visitor);
    match verdict {
        Verdict::Granted => {}
        Verdict::LogIn | Verdict::Forbidden => return page::error::not_allowed(&frame),
        Verdict::Unknown => return page::error::not_found(&frame),
        Verdict::WrongMethod => return page::error::wrong_method(&frame),
    }
    if request.method != Method::Get && !access::is_form_of(visitor, request) {
        return page::error::forbidden(&frame);
    }
    match (request.method, segments) {
        (Method::Get, []) if !visitor.rights.may(Panel::Live, Level::List) => Response::redirect("/me"),
        (Method::Get, []) => page::dashboard::show(&frame),
        (method, ["me", rest @ ..]) => page::me::route(&frame, method, rest),
        (Method::Get, ["live"]) => page::dashboard::live(&frame),
        (Method::Post, ["logout"]) => visitor.log_out(context.site, request, Response::redirect("/login?out")),
        (Method::Get, ["calls"]) => page::calls::show(&frame),
        (Method::Get, ["calls", "export"]) => page::calls::export(&frame),
        (Method::Get, ["calls", key]) => page::call::show(&frame, key),
        (Method::Get, ["calls", key, "pcap"]) => page::call::download(&frame, key),
        (Method::Get, ["dial"]) => page::dial::show(&frame),
        (Method::Get, ["bans"]) => page::bans::show(&frame),
        (Method::Post, ["bans", id, "lift"]) => page::bans::lift(&frame, id),
        (Method::Get, ["certificate", NAME]) => page::certificate::download(&frame),
        (Method::Get, ["api"]) => page::api::show(&frame),
        (method, ["history", rest @ ..]) => page::history::route(&frame, method, rest),
        (method, [path, rest @ ..]) => match Sheet::by_path(path) {
            Some(sheet) => page::entity::route(&frame, method, sheet, rest),
            None => page::error::not_found(&frame),
        },
        _ => page::error::not_found(&frame),
    }
}
