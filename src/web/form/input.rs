//! One input for each shape of a value.

use maud::{Markup, html};
use serde_json::Value;

use crate::settings::{Default as Preset, Field, Kind, Settings, Shape};
use crate::text::directory as words;
use crate::text::page;
use crate::text::page::sentence;
use crate::web::shown::Shown;
use crate::web::values::{self, HAS};

use super::Form;

/// More entities to choose from than this are not a list to scroll but a name to type, with suggestions.
const SELECT_MAX: usize = 40;
/// More boxes than this get a search above them.
const BOXES_MAX: usize = 12;

/// What an input is called, and what belongs to it.
pub(super) struct Input<'a> {
    pub name: &'a str,
    pub id: String,
    pub described_by: Option<String>,
    pub faults: Vec<String>,
    /// For an input whose label is not to be seen, such as a cell of a table.
    pub label: Option<&'a str>,
}

impl Input<'_> {
    fn invalid(&self) -> Option<&'static str> {
        (!self.faults.is_empty()).then_some("true")
    }

    pub fn fault(&self) -> Markup {
        html! { @if !self.faults.is_empty() { p.fault id={ (self.id) "-fault" } { @for fault in &self.faults { (sentence(fault)) " " } } } }
    }
}

impl Form<'_> {
    /// `help`: a line of help stands beside it under the id `…-help`.
    pub(super) fn about<'a>(&self, name: &'a str, has_help: bool) -> Input<'a> {
        let id = format!("f-{}", name.replace(['.', '+'], "-"));
        let faults: Vec<String> =
            self.faults.iter().filter(|(of, _)| of == name).map(|(_, reason)| reason.say(self.frame.language)).collect();
        let described_by = [has_help.then(|| format!("{id}-help")), (!faults.is_empty()).then(|| format!("{id}-fault"))];
        let described_by = described_by.into_iter().flatten().collect::<Vec<_>>().join(" ");
        Input { name, id, described_by: Some(described_by).filter(|ids| !ids.is_empty()), faults, label: None }
    }

    pub(super) fn input(&self, about: &Input<'_>, field: &Field) -> Markup {
        let preset = || match field.preset() {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        // A row that was just added has no value yet.
        let value = self.pairs.get(about.name).map_or_else(preset, str::to_owned);
        match field.shape {
            Shape::Networks => html! {
                textarea id=(about.id) name=(about.name) rows="5" spellcheck="false" aria-describedby=[&about.described_by]
                    aria-invalid=[about.invalid()] { (value) }
            },
            Shape::Choice(choices) => self.select(about, field, choices.iter().copied(), &value),
            Shape::Reference(kind) => self.reference(about, kind, &value),
            Shape::Secret { .. } | Shape::SecretDigits { .. } => self.secret(about, field),
            shape => {
                let (kind, mode) = match shape {
                    Shape::Email => ("email", "email"),
                    Shape::Phone | Shape::Prefix | Shape::Dialled | Shape::Code | Shape::Keys => ("tel", "tel"),
                    Shape::Number { .. } | Shape::Digits { .. } => ("text", "numeric"),
                    Shape::Host | Shape::Address | Shape::Mask => ("text", "url"),
                    _ => ("text", "text"),
                };
                let is_bare = !matches!(shape, Shape::Text | Shape::Email);
                html! {
                    input id=(about.id) name=(about.name) type=(kind) inputmode=(mode) value=(value) autocomplete="off"
                        dir=[matches!(shape, Shape::Text).then_some("auto")] autocapitalize=[is_bare.then_some("none")]
                        list=[self.is_new_number(field).then_some("free-numbers")] spellcheck="false" aria-label=[about.label] aria-describedby=[&about.described_by] aria-invalid=[about.invalid()]
                        aria-required=[matches!(field.default, Preset::Required).then_some("true")];
                }
            }
        }
    }

    pub(super) fn select(&self, about: &Input<'_>, field: &Field, choices: impl Iterator<Item = &'static str>, value: &str) -> Markup {
        let shown = Shown { settings: &self.frame.context.settings, language: self.frame.language };
        let is_optional = field.default == Preset::Empty;
        html! {
            select id=(about.id) name=(about.name) aria-label=[about.label] aria-describedby=[&about.described_by] aria-invalid=[about.invalid()] {
                @if is_optional { option value="" { "–" } }
                @for choice in choices.filter(|choice| *choice == value || self.is_offered(field, choice)) {
                    option value=(choice) selected[choice == value] { (shown.choice(field.key, choice)) }
                }
            }
        }
    }

    fn reference(&self, about: &Input<'_>, kind: Kind, value: &str) -> Markup {
        let settings = &self.frame.context.settings;
        let typed = format!("{}.name", about.name);
        if settings.rows_of(kind).count() > SELECT_MAX {
            let known = value.parse().map_or_else(|_| String::new(), |id| settings.name_of(kind, id));
            let value = self.pairs.get(&typed).map_or(known, str::to_owned);
            return html! {
                input id=(about.id) name=(typed) value=(value) list={ "all-" (kind.name()) } autocomplete="off" autocapitalize="none"
                    spellcheck="false" aria-describedby=[&about.described_by] aria-invalid=[about.invalid()];
            };
        }
        let nothing = if kind == Kind::Tenant { page::FIRST_TENANT } else { page::NONE };
        html! {
            select id=(about.id) name=(about.name) aria-describedby=[&about.described_by] aria-invalid=[about.invalid()] {
                option value="" { (self.frame.say(nothing)) }
                @for (id, name) in entities(self.shown(), kind) {
                    option value=(id) selected[id.to_string() == value] { (name) }
                }
            }
        }
    }

    /// The suggestions of all inputs that take a name, once a page.
    pub fn suggestions(&self) -> Markup {
        let settings = &self.frame.context.settings;
        let mut kinds = Vec::new();
        for field in self.kind.fields() {
            referred(field.shape, &mut kinds);
        }
        html! {
            @for kind in kinds.into_iter().filter(|kind| settings.rows_of(*kind).count() > SELECT_MAX) {
                datalist id={ "all-" (kind.name()) } {
                    @for (id, name) in entities(self.shown(), kind) { option value=(settings.name_of(kind, id)) { (name) } }
                }
            }
        }
    }

    fn secret(&self, about: &Input<'_>, field: &Field) -> Markup {
        let is_of_digits = matches!(field.shape, Shape::SecretDigits { .. });
        let reset = format!("{}.reset", about.name);
        html! {
            input id=(about.id) name=(about.name) value=(self.pairs.text(about.name)) autocomplete="off" spellcheck="false"
                autocapitalize="none" inputmode=[is_of_digits.then_some("numeric")]
                aria-describedby=[&about.described_by] aria-invalid=[about.invalid()];
            @if self.has_secret(field) {
                label.check {
                    input type="checkbox" name=(reset) checked[self.pairs.get(&reset).is_some()];
                    span { (self.frame.say(if field.default == Preset::Generated { page::GENERATE_NEW } else { page::REMOVE_SECRET })) }
                }
            }
        }
    }

    /// Boxes to tick; where the order means something, with a place beside each. The ticked ones stand first, in their order.
    pub(super) fn boxes(&self, about: &Input<'_>, field: &Field) -> Markup {
        let chosen = values::chosen(self.pairs, about.name);
        let shown = self.shown();
        let (all, is_ordered): (Vec<(String, String)>, bool) = match field.shape {
            Shape::Choices { of, is_ordered, .. } => {
                let offered = of.iter().filter(|choice| chosen.contains(choice) || self.is_offered(field, choice));
                (offered.map(|choice| ((*choice).to_owned(), shown.choice(field.key, choice))).collect(), is_ordered)
            }
            // Lines are tried in order.
            Shape::References(kind) => {
                (entities(shown, kind).into_iter().map(|(id, name)| (id.to_string(), name)).collect(), kind == Kind::Line)
            }
            _ => (Vec::new(), false),
        };
        let first = chosen.iter().filter_map(|chosen| all.iter().find(|(choice, _)| choice == chosen));
        let rest = all.iter().filter(|(choice, _)| !chosen.contains(&choice.as_str()));
        let rows: Vec<&(String, String)> = first.chain(rest).collect();
        let is_ordered = is_ordered && rows.len() > 1;
        html! {
            input type="hidden" name=(HAS) value=(about.name);
            @if rows.is_empty() { p.empty { (self.frame.say(words::NOTHING_TO_CHOOSE)) } }
            @if rows.len() > BOXES_MAX {
                input.narrowing type="search" data-narrows={ (about.id) "-boxes" } hidden aria-label=(self.frame.say(page::SEARCH))
                    placeholder=(self.frame.say(page::SEARCH));
            }
            div id={ (about.id) "-boxes" } class=(match (is_ordered, rows.len() > BOXES_MAX) {
                (true, _) => "choices ordered",
                (false, true) => "choices long",
                (false, false) => "choices",
            }) {
                @for (at, (choice, name)) in rows.iter().enumerate() {
                    div.choice {
                        @if is_ordered {
                            select name={ (about.name) ".order." (choice) } aria-label=(self.frame.say_with(page::POSITION, &[name])) {
                                @for place in 1..=rows.len() { option value=(place) selected[place == at + 1] { (place) } }
                            }
                        }
                        label.check {
                            input type="checkbox" name=(about.name) value=(choice) checked[chosen.contains(&choice.as_str())];
                            span dir="auto" { (name) }
                        }
                    }
                }
            }
        }
    }

    /// The page of a new extension suggests free ones.
    fn is_new_number(&self, field: &Field) -> bool {
        self.kind == Kind::Extension && self.id.is_none() && field.key == "number"
    }

    /// What the SIP settings do not enable is not offered to accounts.
    fn is_offered(&self, field: &Field, choice: &str) -> bool {
        let sip = &self.frame.context.settings.sip;
        match (self.kind, field.key) {
            (Kind::Account | Kind::AccountTemplate, "codecs") => sip.codecs.iter().any(|codec| codec.name() == choice),
            (Kind::Account | Kind::AccountTemplate, "transports" | "outbound_proxy_transport") => {
                sip.transports.iter().any(|transport| transport.name() == choice)
            }
            _ => true,
        }
    }

    pub(super) fn has_secret(&self, field: &Field) -> bool {
        let settings: &Settings = &self.frame.context.settings;
        field.is_secret() && values::value_of(settings, self.kind, self.id, field).as_str().is_some_and(|secret| !secret.is_empty())
    }
}

/// All entities of a kind with what people call them, in the order of that.
pub fn entities(shown: Shown<'_>, kind: Kind) -> Vec<(i64, String)> {
    let mut all: Vec<_> = shown.settings.rows_of(kind).map(|(id, _)| (id, shown.entity(kind, id))).collect();
    all.sort_by_cached_key(|(id, name)| (name.to_lowercase(), *id));
    all
}

/// The kinds that a value of this shape refers to one by one.
fn referred(shape: Shape, kinds: &mut Vec<Kind>) {
    match shape {
        Shape::Reference(kind) if !kinds.contains(&kind) => kinds.push(kind),
        Shape::Action { .. } => crate::settings::action::FIELDS.iter().for_each(|field| referred(field.shape, kinds)),
        Shape::Record(fields) | Shape::Records(fields) => fields.iter().for_each(|field| referred(field.shape, kinds)),
        _ => {}
    }
}
