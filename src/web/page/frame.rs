//! What stands around every page: head, menu, foot, and the words in the visitor's language.

use std::borrow::Cow;
use std::fmt::Display;

use maud::{DOCTYPE, Markup, html};

use crate::settings::{Kind, Level, Own, Panel};
use crate::text::page as words;
use crate::text::page::fill;
use crate::text::{Language, Phrase};
use crate::web::Context;
use crate::web::access::{self, CSRF_FIELD, Visitor};
use crate::web::assets::{LOGO, SCRIPT, STYLE};
use crate::web::http::{Method, Request, Response, encode};
use crate::web::permit::{self, Verdict};
use crate::web::session::Note;

use super::menu;

/// One request's surroundings: what a page needs to show itself.
pub struct Frame<'a> {
    pub context: &'a Context<'a>,
    pub request: &'a Request,
    pub visitor: Option<&'a Visitor>,
    pub language: Language,
    csrf: String,
}

impl<'a> Frame<'a> {
    pub fn before_login(context: &'a Context<'a>, request: &'a Request) -> Frame<'a> {
        let csrf = access::form_token(context, request);
        Frame { context, request, visitor: None, language: access::language(request, None), csrf }
    }

    pub fn of(context: &'a Context<'a>, request: &'a Request, visitor: &'a Visitor) -> Frame<'a> {
        let language = access::language(request, Some(&visitor.user));
        Frame { context, request, visitor: Some(visitor), language, csrf: visitor.csrf.clone() }
    }

    /// Whether the visitor's role allows it.
    pub fn may(&self, panel: Panel, level: Level) -> bool {
        self.visitor.is_some_and(|visitor| visitor.rights.may(panel, level))
    }

    pub fn say(&self, phrase: Phrase) -> &'static str {
        phrase.in_language(self.language)
    }

    pub fn say_with(&self, phrase: Phrase, arguments: &[&dyn Display]) -> String {
        fill(self.say(phrase), arguments)
    }

    /// Every form holds it.
    pub fn csrf_field(&self) -> Markup {
        html! { input type="hidden" name=(CSRF_FIELD) value=(self.csrf); }
    }

    /// A number of a call as the visitor may see it; see [`permit::shown_number`].
    pub fn shown_number<'n>(&self, number: &'n str, is_inside: bool) -> Cow<'n, str> {
        match self.visitor {
            Some(visitor) => permit::shown_number(&visitor.rights, number, is_inside),
            None => "".into(),
        }
    }

    /// Whether the visitor may open that page of ours: no link leads where the answer is no.
    pub fn may_open(&self, path: &str) -> bool {
        let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        permit::decide(Method::Get, &segments, self.visitor.map(Visitor::asker)) == Verdict::Granted
    }

    /// Whether the visitor sees that entity at all.
    pub fn sees(&self, kind: Kind, own: &Own) -> bool {
        self.visitor.is_some_and(|visitor| permit::is_visible(&visitor.rights, kind, own))
    }

    pub fn leave_note(&self, note: Note) {
        if let Some(visitor) = self.visitor {
            visitor.leave_note(self.context.site, note);
        }
    }

    pub fn take_note(&self) -> Option<Note> {
        self.visitor?.take_note(self.context.site)
    }

    /// A page for one who is logged in.
    pub fn page(&self, status: u16, title: &str, content: Markup) -> Response {
        self.page_with_head(status, title, html! {}, content)
    }

    pub fn page_with_head(&self, status: u16, title: &str, head: Markup, content: Markup) -> Response {
        let body = html! {
            header.top {
                div.top-row {
                    a.brand href="/" { img src=(LOGO.path()) alt="" width="28" height="28"; span { "Trillo" } }
                    @if let Some(visitor) = self.visitor {
                        form.who method="post" action="/logout" {
                            (self.csrf_field())
                            a.muted href="/me" { (visitor.user.username) }
                            button.quiet type="submit" { (self.say(words::LOG_OUT)) }
                        }
                    }
                }
                @if self.visitor.is_some() { (menu::show(self)) }
            }
            main #main { (content) }
        };
        Response::page(status, self.document(title, head, body))
    }

    /// A page with one narrow card, before the login.
    pub fn card_page(&self, status: u16, title: &str, content: Markup) -> Response {
        let body = html! {
            main.narrow #main {
                p.brand { img src=(LOGO.path()) alt="" width="40" height="40"; span { "Trillo" } }
                section.card { h1 { (title) } (content) }
            }
        };
        let response = Response::page(status, self.document(title, html! {}, body));
        access::keep_form_token(self.request, &self.csrf, response)
    }

    fn document(&self, title: &str, head: Markup, body: Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang=(self.language.code()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (title) " · Trillo" }
                    link rel="icon" type="image/svg+xml" href=(LOGO.path());
                    link rel="stylesheet" href=(STYLE.path());
                    script src=(SCRIPT.path()) defer {}
                    (head)
                }
                body {
                    a.skip href="#main" { (self.say(words::SKIP_TO_CONTENT)) }
                    (body)
                    footer {
                        span {
                            (self.say_with(words::VERSION, &[&self.context.version]))
                            @if self.visitor.is_some() { " · " a href="/api" { (self.say(crate::text::api::TITLE)) } }
                        }
                        span {
                            @for language in Language::ALL {
                                @if language == self.language {
                                    span.chosen lang=(language.code()) { (language_name(language)) }
                                } @else {
                                    a href=(self.link_in(language)) lang=(language.code()) hreflang=(language.code()) { (language_name(language)) }
                                }
                                " "
                            }
                        }
                    }
                }
            }
        }
    }

    /// This page in another language. A page that answered a form is asked for anew.
    fn link_in(&self, language: Language) -> String {
        let mut link = format!("?lang={}", language.code());
        for (name, value) in self.request.query.0.iter().filter(|(name, _)| name != "lang") {
            link.push_str(&format!("&{}={}", encode(name), encode(value)));
        }
        link
    }
}

const fn language_name(language: Language) -> &'static str {
    match language {
        Language::English => "English",
        Language::Italian => "Italiano",
    }
}
