//! "What happens if 101 dials 0612345?": the plan of a call that nobody makes. And where an extension's calls go, on its own page.

use maud::{Markup, html};

use crate::route::{self, From, Known, View};
use crate::settings::{Extension, Kind, Level, Line};
use crate::text::{Phrase, dial as words};
use crate::web::http::Response;

use super::{Frame, chain, part};

/// More digits than these nobody dials.
const DIALLED_CHARS_MAX: usize = 128;
const BY_PHONE: &str = "phone";
const BY_TRANSFER: &str = "transfer";

pub fn show(frame: &Frame<'_>) -> Response {
    let query = &frame.request.query;
    let dialled: String = query.text("dialled").trim().chars().take(DIALLED_CHARS_MAX).collect();
    let is_asked = !query.text("by").is_empty() || !dialled.is_empty();
    let result = if is_asked { Some(answer(frame, &dialled)) } else { None };
    let status = if matches!(result, Some(Err(_))) { 422 } else { 200 };
    let content = html! {
        h1 { (frame.say(words::TITLE)) }
        p.muted { (frame.say(words::INTRO)) }
        section.card { (form(frame, &dialled)) @if let Some(Err(fault)) = &result { (part::bad(fault)) } }
        @if let Some(Ok(answer)) = result { (answer) }
    };
    frame.page(status, frame.say(words::TITLE), content)
}

fn form(frame: &Frame<'_>, dialled: &str) -> Markup {
    let (query, extensions) = (&frame.request.query, frame.context.settings.extensions.values());
    let by = query.text("by");
    html! {
        form.try method="get" action="/dial" {
            div.fields {
                div.field {
                    label for="by" { (frame.say(words::WHO)) }
                    select #by name="by" {
                        @for (value, phrase) in [(BY_PHONE, words::BY_PHONE), (BY_TRANSFER, words::BY_TRANSFER)] {
                            option value=(value) selected[by == value] { (frame.say(phrase)) }
                        }
                        @for line in lines(frame) { option value=(line.id) selected[by == line.id.to_string()] { (frame.say_with(words::BY_LINE, &[&line.name])) } }
                    }
                }
                div.field {
                    label for="from" { (frame.say(words::FROM)) }
                    input #from name="from" value=(query.text("from")) list="extensions" inputmode="tel" autocomplete="off" spellcheck="false" maxlength="8";
                    datalist #extensions {
                        @for extension in extensions { option value=(extension.number) { (extension.display_name()) } }
                    }
                }
                div.field {
                    label for="dialled" { (frame.say(words::DIALLED)) }
                    input #dialled name="dialled" value=(dialled) inputmode="tel" autocomplete="off" spellcheck="false" maxlength=(DIALLED_CHARS_MAX)
                        aria-describedby="dialled-help";
                    p.help #dialled-help { (frame.say(words::DIALLED_HELP)) }
                }
            }
            div.actions { button.primary type="submit" { (frame.say(words::SHOW)) } }
        }
    }
}

/// The plan, or what is missing to make one.
fn answer(frame: &Frame<'_>, dialled: &str) -> Result<Markup, String> {
    if dialled.is_empty() {
        return Err(frame.say(words::NO_NUMBER).to_owned());
    }
    let by = frame.request.query.text("by");
    let line = lines(frame).find(|line| line.id.to_string() == by);
    let (from, title) = match line {
        Some(line) => (From::Line(line), frame.say_with(words::RESULT_OF_LINE, &[&dialled, &line.name])),
        None => {
            let number = frame.request.query.text("from").trim();
            let caller = extension(frame, number).ok_or_else(|| frame.say_with(words::NO_SUCH_EXTENSION, &[&number]))?;
            let is_transfer = by == BY_TRANSFER;
            let from = if is_transfer { From::Transferor(caller.id) } else { From::Extension(caller.id) };
            let phrase = if is_transfer { words::RESULT_OF_TRANSFER } else { words::RESULT };
            (from, frame.say_with(phrase, &[&caller.number, &dialled]))
        }
    };
    let plan = route::simulate(&view(frame), dialled, from);
    Ok(html! { section.card #result { h2 dir="auto" { (title) } (chain::show(frame, &plan)) } })
}

/// Of whatever tenant: of those with the number the first.
fn extension<'a>(frame: &'a Frame<'_>, number: &str) -> Option<&'a Extension> {
    frame.context.settings.extensions.values().find(|extension| extension.number == number)
}

fn view<'a>(frame: &'a Frame<'_>) -> View<'a> {
    View { settings: &frame.context.settings, switches: &frame.context.status.switches, at: frame.context.now.wall }
}

/// Where calls to an extension go, for one of the three columns of its failover.
pub fn card(frame: &Frame<'_>, extension: &Extension) -> Markup {
    const ORIGINS: [(&str, Phrase); 3] =
        [("internal", words::OF_INTERNAL), ("external", words::OF_EXTERNAL), ("transfer", words::OF_TRANSFER)];
    let asked = frame.request.query.text("origin");
    let origin = ORIGINS.iter().map(|(name, _)| *name).find(|name| *name == asked).unwrap_or("internal");
    let known = match origin {
        "external" => Known::EXTERNAL,
        // Whoever transferred it: a call that comes back comes back to this one.
        "transfer" => Known::transferred_by(extension.id),
        _ => Known::INTERNAL,
    };
    let plan = route::simulate_at(&view(frame), extension.id, &known);
    html! {
        section.card #chain {
            h2 { (frame.say(words::CHAIN)) }
            p.own-pages {
                @for (name, phrase) in ORIGINS {
                    a.button href={ "/extensions/" (extension.id) "?origin=" (name) "#chain" } aria-current=[(name == origin).then_some("true")] { (frame.say(phrase)) } " "
                }
            }
            (chain::show(frame, &plan))
            p { a href={ "/dial?by=phone&from=" (extension.number) } { (frame.say(words::TRY_MORE)) } }
        }
    }
}

/// Those that the visitor may know of.
fn lines<'a>(frame: &'a Frame<'_>) -> impl Iterator<Item = &'a Line> {
    let may_see = frame.may(Kind::Line.panel(), Level::List);
    frame.context.settings.lines.values().filter(move |_| may_see)
}
