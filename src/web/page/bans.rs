//! Who is kept out, why and until when, and lifting that.

use maud::{Markup, html};

use crate::entry::{Ban, BanReason, Banned};
use crate::exchange::command::Command;
use crate::settings::{Level, Panel};
use crate::text::{Phrase, ban as words};
use crate::web::http::Response;

use super::{Frame, part};

pub fn show(frame: &Frame<'_>) -> Response {
    let status = &frame.context.status;
    // The picture may be a moment older than what this visitor has just done.
    let lifted: Option<u64> = frame.request.query.text("lifted").parse().ok();
    let bans: Vec<&Ban> = status.bans.iter().filter(|ban| Some(ban.id) != lifted).collect();
    let content = html! {
        h1 { (frame.say(words::BAN_LIST)) }
        p.muted { (frame.say(words::INTRO)) }
        @if lifted.is_some() { (part::good(frame.say(words::LIFTED))) }
        section.card {
            @if !frame.context.settings.sip.ban.is_on {
                p.empty { (frame.say(words::IS_OFF)) }
            } @else if bans.is_empty() {
                p.empty { (frame.say(words::NOBODY)) }
            } @else {
                (table(frame, &bans))
            }
        }
        p.muted { (frame.say_with(words::COUNTERS, &[&status.counters.packets_of_banned, &status.counters.packets_slowed])) }
    };
    frame.page(200, frame.say(words::BAN_LIST), content)
}

fn table(frame: &Frame<'_>, bans: &[&Ban]) -> Markup {
    let may_lift = frame.may(Panel::Live, Level::Write);
    html! {
        table {
            thead { tr {
                th scope="col" { (frame.say(words::WHO)) }
                th scope="col" { (frame.say(words::REASON)) }
                th scope="col" { (frame.say(words::SINCE)) }
                th scope="col" { (frame.say(words::UNTIL)) }
                @if may_lift { th scope="col" { span.hidden { (frame.say(words::LIFT)) } } }
            } }
            tbody { @for ban in bans { tr {
                td data-label=(frame.say(words::WHO)) { strong { (whom(frame, ban)) } }
                td data-label=(frame.say(words::REASON)) { (frame.say(reason(ban.reason))) }
                td data-label=(frame.say(words::SINCE)) { (part::time(ban.since)) }
                td data-label=(frame.say(words::UNTIL)) { (part::time(ban.until)) }
                @if may_lift { td.end {
                    form method="post" action={ "/bans/" (ban.id) "/lift" } {
                        (frame.csrf_field())
                        button type="submit" aria-label=(frame.say_with(words::LIFT_OF, &[&whom(frame, ban)])) { (frame.say(words::LIFT)) }
                    }
                } }
            } } }
        }
    }
}

fn whom(frame: &Frame<'_>, ban: &Ban) -> String {
    match &ban.whom {
        Banned::Source(source) => frame.say_with(words::SOURCE, &[source]),
        Banned::Login { source, username } => frame.say_with(words::LOGIN, &[username, source]),
        Banned::Account { username } => frame.say_with(words::ACCOUNT, &[username]),
    }
}

const fn reason(reason: BanReason) -> Phrase {
    match reason {
        BanReason::WrongPasswords => words::WRONG_PASSWORDS,
        BanReason::ManyNames => words::MANY_NAMES,
        BanReason::Uninvited => words::UNINVITED,
        BanReason::Malformed => words::MALFORMED,
    }
}

pub fn lift(frame: &Frame<'_>, id: &str) -> Response {
    let Some(id) = id.parse().ok().filter(|id| frame.context.status.bans.iter().any(|ban| ban.id == *id)) else {
        return Response::redirect("/bans");
    };
    (frame.context.command)(Command::Pardon(id));
    Response::redirect(&format!("/bans?lifted={id}"))
}
