//! The list of a kind: search, order, fifty a page.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::Value;

use crate::base::id::{AccountId, ExtensionId};
use crate::exchange::status::Registration;
use crate::settings::{Kind, Level, Own, Shape};
use crate::text::directory as words;
use crate::text::page;
use crate::web::http::{Response, encode};
use crate::web::shown::{Shown, capital};
use crate::web::uses;

use super::sheet::{Column, Sheet};
use super::{Frame, audio, bulk, import, part};

const ROWS_PER_PAGE: usize = 50;

pub fn show(frame: &Frame<'_>, sheet: &'static Sheet) -> Response {
    let list = List::new(frame, sheet);
    let title = capital(frame.say(sheet.kind.words().many));
    let may_write = frame.may(sheet.kind.panel(), Level::Write);
    let found = list.found(frame.request.query.text("q"));
    let pages = found.len().div_ceil(ROWS_PER_PAGE).max(1);
    let number = frame.request.query.text("page").parse::<usize>().unwrap_or(1).clamp(1, pages);
    let shown: Vec<(i64, &Own)> = found.iter().copied().skip((number - 1) * ROWS_PER_PAGE).take(ROWS_PER_PAGE).collect();
    let total = frame.context.settings.rows_of(sheet.kind).filter(|(_, own)| frame.sees(sheet.kind, own)).count();
    let content = html! {
        div.title {
            h1 { (title) }
            @if may_write {
                div.title-actions {
                    @if import::is_for(sheet.kind) { a.button.quiet href={ (sheet.link()) "/import" } { (frame.say(words::IMPORT)) } }
                    a.button.primary href={ (sheet.link()) "/new" } { (frame.say(sheet.new)) }
                }
            }
        }
        (part::note(frame, frame.take_note().as_ref()))
        @if total == 0 {
            section.card { p.empty { (frame.say(sheet.empty)) } }
        } @else {
            (part::search(frame, words::SEARCH_HINT))
            section.card #live data-refresh=[shows_phones(sheet).then_some("")] data-topics=[part::live_topics(frame, "registrations").filter(|_| shows_phones(sheet))] {
                @if found.is_empty() { p.empty { (frame.say(page::NOTHING_FOUND)) } } @else { (list.table(&shown, may_write)) }
            }
            @if pages > 1 { (list.pager(number, pages, found.len())) }
        }
    };
    frame.page(200, &title, content)
}

/// Whether a phone that registers changes what the list shows.
fn shows_phones(sheet: &Sheet) -> bool {
    sheet.columns.iter().any(|column| matches!(column, Column::Phones | Column::Device))
}

/// The entities that a search finds, for what is done with all of them.
pub fn found_by(frame: &Frame<'_>, sheet: &'static Sheet, search: &str) -> Vec<i64> {
    List::new(frame, sheet).found(search).into_iter().map(|(id, _)| id).collect()
}

struct List<'a> {
    frame: &'a Frame<'a>,
    sheet: &'static Sheet,
    registrations: BTreeMap<AccountId, &'a Registration>,
    uses: BTreeMap<i64, usize>,
}

impl<'a> List<'a> {
    fn new(frame: &'a Frame<'a>, sheet: &'static Sheet) -> List<'a> {
        let registrations = frame.context.status.registrations.iter().map(|registration| (registration.account, registration)).collect();
        let has_uses = sheet.columns.contains(&Column::Uses);
        let uses = if has_uses { uses::counts(&frame.context.settings, sheet.kind) } else { BTreeMap::new() };
        List { frame, sheet, registrations, uses }
    }

    fn shown(&self) -> Shown<'a> {
        Shown { settings: &self.frame.context.settings, language: self.frame.language }
    }

    /// Those that hold every word of the search, in the order that was asked for.
    fn found(&self, search: &str) -> Vec<(i64, &'a Own)> {
        let query = &self.frame.request.query;
        let rows = self.frame.context.settings.rows_of(self.sheet.kind).filter(|(_, own)| self.frame.sees(self.sheet.kind, own));
        let mut found: Vec<(i64, &Own)> =
            rows.filter(|(id, own)| search.is_empty() || part::matches(search, &self.haystack(*id, own))).collect();
        let column = self.sheet.columns.get(query.text("sort").parse::<usize>().unwrap_or(0)).or(self.sheet.columns.first());
        if let Some(column) = column {
            found.sort_by_cached_key(|(id, own)| order(&self.text(*id, own, *column)));
        }
        if query.get("down").is_some() {
            found.reverse();
        }
        found
    }

    /// All that a search looks at: what the entity says of itself, and those it is linked with.
    fn haystack<'b>(&self, id: i64, own: &'b Own) -> Vec<std::borrow::Cow<'b, str>> {
        let kind = self.sheet.kind;
        let settings = &self.frame.context.settings;
        let texts = kind.fields().iter().filter(|field| !field.is_secret() && !matches!(field.shape, Shape::Choice(_)));
        let mut texts: Vec<std::borrow::Cow<'b, str>> =
            texts.filter_map(|field| own.get(field.key)?.as_str()).map(std::borrow::Cow::Borrowed).collect();
        let linked = |key: &str, kind: Kind| own.get(key).and_then(Value::as_i64).map(|id| self.shown().entity(kind, id));
        texts.extend(linked("extension", Kind::Extension).map(Into::into));
        texts.extend(kind.template().and_then(|template| linked("template", template)).map(Into::into));
        if kind == Kind::Extension {
            let accounts = settings.accounts_of(ExtensionId(id)).iter().filter_map(|id| settings.accounts.get(id));
            texts.extend(accounts.map(|account| account.username.clone().into()));
        }
        texts
    }

    /// A cell as plain text: what it is sorted by, and what it shows unless it has more to show.
    fn text(&self, id: i64, own: &Own, column: Column) -> String {
        let kind = self.sheet.kind;
        match column {
            Column::Field(key) => kind.field(key).map_or_else(String::new, |field| {
                let effective = self.frame.context.settings.effective_of(kind, Some(own), field);
                match self.shown().value(field, &effective.value) {
                    text if text == "–" => String::new(),
                    text => text,
                }
            }),
            Column::Person => {
                let names = ["first_name", "last_name"].iter().filter_map(|key| own.get(key)?.as_str()).collect::<Vec<_>>();
                if names.is_empty() && kind == Kind::Contact { self.frame.context.settings.name_of(kind, id) } else { names.join(" ") }
            }
            Column::Phones => {
                let accounts = self.frame.context.settings.accounts_of(ExtensionId(id));
                format!("{} / {}", self.registered(id), accounts.len())
            }
            Column::State => match (own.get("enabled"), kind) {
                (Some(Value::Bool(false)), _) => "0".to_owned(),
                (_, Kind::Extension) => (1 + self.registered(id).min(1)).to_string(),
                _ => (1 + usize::from(self.registrations.contains_key(&AccountId(id)))).to_string(),
            },
            Column::Device => self.registrations.get(&AccountId(id)).map_or_else(String::new, |found| found.user_agent.clone()),
            Column::Uses => self.uses.get(&id).copied().unwrap_or(0).to_string(),
            Column::Count(key) => own.get(key).and_then(Value::as_array).map_or(0, Vec::len).to_string(),
            // To be heard, not read.
            Column::Sound => String::new(),
        }
    }

    fn registered(&self, extension: i64) -> usize {
        let accounts = self.frame.context.settings.accounts_of(ExtensionId(extension));
        accounts.iter().filter(|account| self.registrations.contains_key(account)).count()
    }

    fn cell(&self, id: i64, own: &Own, at: usize, column: Column) -> Markup {
        let frame = self.frame;
        let text = self.text(id, own, column);
        let may_read = frame.may(self.sheet.kind.panel(), Level::Read);
        match column {
            _ if at == 0 && may_read => html! {
                a.long[is_long(&text)] href=(self.sheet.link_to(id)) dir="auto" { strong { @if text.is_empty() { "#" (id) } @else { (text) } } }
            },
            Column::State if own.get("enabled") == Some(&Value::Bool(false)) => part::badge(frame, "off", page::DISABLED),
            Column::State if self.sheet.kind == Kind::Extension => match self.registered(id) {
                0 => part::badge(frame, "warn", page::NOT_REGISTERED),
                _ => part::badge(frame, "on", page::REGISTERED),
            },
            Column::State => part::registration_state(frame, self.registrations.get(&AccountId(id)).copied()),
            Column::Sound if may_read => audio::player(id),
            Column::Field("extension") if text.is_empty() && self.sheet.kind == Kind::Account => {
                html! { span.muted { (frame.say(page::FREE_ACCOUNT)) } }
            }
            Column::Field("extension") if frame.may(Kind::Extension.panel(), Level::Read) => {
                let link = own.get("extension").and_then(Value::as_i64).map(|id| Sheet::of(Kind::Extension).link_to(id));
                html! { a href=[link] dir="auto" { (text) } }
            }
            _ => html! { @if !text.is_empty() { span.long[is_long(&text)] dir="auto" { (text) } } },
        }
    }

    fn heading(&self, column: Column) -> String {
        let phrase = match column {
            Column::Field(key) => self.sheet.kind.field(key).map_or(page::NAME, |field| field.words.label),
            Column::Person => page::NAME,
            Column::Phones => page::PHONES,
            Column::State => page::STATE,
            Column::Device => page::PHONE,
            Column::Uses => words::USED_BY,
            Column::Sound => words::SOUND,
            Column::Count(key) => self.sheet.kind.field(key).map_or(page::NAME, |field| field.words.label),
        };
        self.frame.say(phrase).to_owned()
    }

    fn table(&self, rows: &[(i64, &Own)], may_write: bool) -> Markup {
        let frame = self.frame;
        let query = &frame.request.query;
        let sorted = query.text("sort").parse::<usize>().unwrap_or(0);
        let is_down = query.get("down").is_some();
        let has_ticks = may_write && bulk::is_for(self.sheet.kind);
        let table = html! {
            table {
                thead { tr {
                    @if has_ticks { th scope="col" { span.hidden { (frame.say(words::TICK)) } } }
                    @for (at, column) in self.sheet.columns.iter().enumerate() {
                        th scope="col" aria-sort=[(at == sorted).then_some(if is_down { "descending" } else { "ascending" })] {
                            a.sort href=(self.link(at, at == sorted && !is_down, 1)) {
                                (self.heading(*column))
                                @if at == sorted { span aria-hidden="true" { (if is_down { " ↓" } else { " ↑" }) } }
                            }
                        }
                    }
                } }
                tbody { @for (id, own) in rows { tr {
                    @if has_ticks {
                        td.tick { input type="checkbox" name="id" value=(id) aria-label=(frame.say_with(words::TICK_ONE, &[&self.shown().entity(self.sheet.kind, *id)])); }
                    }
                    @for (at, column) in self.sheet.columns.iter().enumerate() {
                        td data-label=(self.heading(*column)) { (self.cell(*id, own, at, *column)) }
                    }
                } } }
            }
        };
        if !has_ticks {
            return table;
        }
        html! {
            form method="get" action={ (self.sheet.link()) "/many" } {
                (table)
                div.actions {
                    button type="submit" { (frame.say(words::CHANGE_TICKED)) }
                    button.quiet type="submit" name="all" value=(query.text("q")) { (frame.say(words::CHANGE_ALL_FOUND)) }
                }
            }
        }
    }

    fn link(&self, sort: usize, is_down: bool, number: usize) -> String {
        let mut link = format!("?sort={sort}");
        if is_down {
            link.push_str("&down=1");
        }
        if number > 1 {
            link.push_str(&format!("&page={number}"));
        }
        match self.frame.request.query.text("q") {
            "" => link,
            search => format!("{link}&q={}", encode(search)),
        }
    }

    fn pager(&self, number: usize, pages: usize, found: usize) -> Markup {
        let query = &self.frame.request.query;
        let sort = query.text("sort").parse::<usize>().unwrap_or(0);
        let link = |number| self.link(sort, query.get("down").is_some(), number);
        part::pager(self.frame, (number, pages), ROWS_PER_PAGE, found, &link)
    }
}

/// A word that would push all other columns aside.
fn is_long(text: &str) -> bool {
    text.split_whitespace().any(|word| word.chars().count() > 30)
}

/// Numbers by their size, texts without regard to case; what is empty comes last.
fn order(text: &str) -> (bool, bool, usize, String) {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (text.is_empty(), !is_number, if is_number { text.len() } else { 0 }, text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn numbers_stand_by_their_size_and_nothing_comes_last() {
        let mut texts = ["b", "1000", "", "A", "101", "99"];
        texts.sort_by_key(|text| order(text));
        assert_eq!(texts, ["99", "101", "1000", "A", "b", ""]);
    }
}
