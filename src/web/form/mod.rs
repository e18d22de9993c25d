//! Forms out of the field table: a label, an input, a line of help and the fault beside it, for every setting of a kind.
//!
//! In flow the names and values to show ([`values::pairs_of`], or what was typed) and the faults of a refused save; out flows the
//! page. What a sent form means is read by [`values::own_of`].

mod failover;
mod input;
mod levels;
mod password;
mod pin;
mod record;
mod save;
mod sections;

use maud::{Markup, html};

use crate::settings::{Field, Kind, Shape};
use crate::text::Phrase;
use crate::text::fault::Reason;
use crate::text::page as words;
use crate::text::settings::CODE_HELP;

use super::http::Pairs;
use super::page::Frame;
use super::shown::{Shown, capital};
use super::values::{self, HAS};

pub use input::entities;
pub use save::{Refused, carried, refused_of, revision_field, save, save_edit};

/// The settings under one heading. Those that no section names come last, under "More settings".
pub struct Section {
    pub title: Phrase,
    pub keys: &'static [&'static str],
    /// What most people never touch is folded away.
    pub is_folded: bool,
}

/// One entity in a form.
pub struct Form<'a> {
    pub frame: &'a Frame<'a>,
    pub kind: Kind,
    pub id: Option<i64>,
    /// Before every name, where a form holds two entities.
    pub prefix: &'static str,
    /// What is shown: the entity as it is, or what was typed.
    pub pairs: &'a Pairs,
    /// What is wrong, with the name of the input.
    faults: Vec<(String, &'a Reason)>,
}

impl<'a> Form<'a> {
    pub fn new(frame: &'a Frame<'a>, kind: Kind, id: Option<i64>, pairs: &'a Pairs, refused: &'a Refused) -> Form<'a> {
        Form { frame, kind, id, prefix: "", pairs, faults: values::faults_by_name(&refused.faults, 0, "") }
    }

    /// Of an entity beside others in the form. `change` is its place in the edit.
    pub fn part(frame: &'a Frame<'a>, kind: Kind, prefix: &'static str, change: usize, pairs: &'a Pairs, refused: &'a Refused) -> Form<'a> {
        Form { frame, kind, id: None, prefix, pairs, faults: values::faults_by_name(&refused.faults, change, prefix) }
    }

    fn shown(&self) -> Shown<'_> {
        Shown { settings: &self.frame.context.settings, language: self.frame.language }
    }

    /// All fields of the kind, in their sections, without those of `hidden`.
    pub fn sections(&self, hidden: &[&str]) -> Markup {
        self.sections_with(hidden, &html! {})
    }

    /// Those settings alone, without a heading.
    pub fn fields(&self, keys: &[&str]) -> Markup {
        html! { @for field in keys.iter().filter_map(|key| self.kind.field(key)) { (self.field(field)) } }
    }

    /// The sections, and `more` behind the first.
    pub fn sections_with(&self, hidden: &[&str], more: &Markup) -> Markup {
        let sections = sections::of(self.kind);
        let is_named = |field: &Field| sections.iter().any(|section| section.keys.contains(&field.key));
        let rest: Vec<&Field> = self.kind.fields().iter().filter(|field| !is_named(field) && self.is_shown(field, hidden)).collect();
        html! {
            // A line break in a field sends the form by its first button: this one, which saves.
            button.hidden type="submit" tabindex="-1" aria-hidden="true" { (self.frame.say(words::SAVE)) }
            @for (at, section) in sections.iter().enumerate() {
                @if at == 1 { (more) }
                @let fields: Vec<&Field> =
                    section.keys.iter().filter_map(|key| self.kind.field(key)).filter(|field| self.is_shown(field, hidden)).collect();
                @if !fields.is_empty() { (self.section(section, &fields)) }
            }
            @if !rest.is_empty() {
                fieldset.section {
                    @if !sections.is_empty() { legend { (self.frame.say(sections::rest(self.kind))) } }
                    // Once, and not under each of them.
                    @if rest.iter().any(|field| is_plain_code(field)) { p.help { (self.frame.say(CODE_HELP)) } }
                    div.fields { @for field in rest { (self.field(field)) } }
                }
            }
            (self.suggestions())
        }
    }

    fn section(&self, section: &Section, fields: &[&Field]) -> Markup {
        let title = self.frame.say(section.title);
        let has_fault = |field: &&Field| {
            let name = format!("{}{}", self.prefix, field.key);
            self.faults.iter().any(|(of, _)| of.strip_prefix(&name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
        };
        let content = html! {
            @if section.keys == failover::KEYS { (self.failover()) } @else if section.keys == levels::KEYS { (self.levels()) } @else {
                div.fields { @for field in fields { (self.field(field)) } }
            }
        };
        if !section.is_folded {
            return html! { fieldset.section { legend { (title) } (content) } };
        }
        let own = fields.iter().filter(|field| self.is_pinned(field)).count();
        html! {
            details.section open[fields.iter().any(has_fault)] {
                summary { span { (title) } @if own > 0 { " " span.badge.off { (self.pinned_count(own)) } } }
                fieldset aria-label=(title) { (content) }
            }
        }
    }

    fn is_shown(&self, field: &Field, hidden: &[&str]) -> bool {
        let is_only_tenant = field.shape == Shape::Reference(Kind::Tenant) && self.frame.context.settings.tenants.len() < 2;
        !hidden.contains(&field.key) && !matches!(field.shape, Shape::TokenHash | Shape::FileHash) && !is_only_tenant
    }

    /// One setting with its words, where it comes from, and its faults.
    pub fn field(&self, field: &Field) -> Markup {
        if field.shape == Shape::PasswordHash {
            return self.password(field);
        }
        let name = format!("{}{}", self.prefix, field.key);
        let more = html! { (self.was(&name)) (self.pin(field, &name)) };
        self.field_called(field, &name, self.prefix, !is_plain_code(field), &more)
    }

    /// The same under another name: a part of a record. `start`: of the names beside it. `more` stands at its end.
    fn field_called(&self, field: &Field, name: &str, start: &str, has_help: bool, more: &Markup) -> Markup {
        let about = self.about(name, has_help);
        let label = capital(self.frame.say(field.words.label));
        let faulty = if about.faults.is_empty() { "" } else { " has-fault" };
        let only_if = field.only_if.map(|only_if| (format!("{start}{}", only_if.key), only_if.values.join(" ")));
        let (key, values) = only_if.unzip();
        let help = html! { @if has_help { p.help id={ (about.id) "-help" } { (self.help(field)) } } };
        match field.shape {
            Shape::Bool => html! {
                div class={ "field" (faulty) } data-if=[key] data-is=[values] {
                    input type="hidden" name=(HAS) value=(name);
                    label.check {
                        input type="checkbox" name=(name) checked[self.pairs.get(name).is_some()] aria-describedby=[&about.described_by];
                        span { (label) }
                    }
                    (help) (about.fault()) (more)
                }
            },
            Shape::Choices { .. } | Shape::References(_) => html! {
                fieldset class={ "field" (faulty) " wide" } aria-describedby=[&about.described_by] data-if=[key] data-is=[values] {
                    legend.label { (label) }
                    (self.boxes(&about, field))
                    (help) (about.fault()) (more)
                }
            },
            Shape::Action { is_transfer } => html! {
                fieldset class={ "field" (faulty) } aria-describedby=[&about.described_by] data-if=[key] data-is=[values] {
                    legend.label { (label) }
                    (self.action(name, is_transfer, &label))
                    (help) (about.fault()) (more)
                }
            },
            Shape::Records(fields) => html! {
                fieldset class={ "field" (faulty) " wide" } aria-describedby=[&about.described_by] data-if=[key] data-is=[values] {
                    legend.label { (label) }
                    (help) (about.fault())
                    (self.records(name, fields))
                    (more)
                }
            },
            _ => html! {
                div class={ "field" (faulty) } data-if=[key] data-is=[values] {
                    label for=(about.id) { (label) }
                    (self.input(&about, field))
                    (help) (about.fault()) (more)
                }
            },
        }
    }

    /// What was shown, so that what a person typed can be told from what stood there.
    fn was(&self, name: &str) -> Markup {
        html! {
            @for name in [format!("{name}.was"), format!("{name}.pinned")] {
                @if let Some(value) = self.pairs.get(&name) { input type="hidden" name=(name) value=(value); }
            }
        }
    }

    fn help(&self, field: &Field) -> String {
        let frame = self.frame;
        // What a secret's table row says of an empty one is for those that have none.
        let of_table = if self.has_secret(field) { "" } else { frame.say(field.words.help) };
        let more = match field.shape {
            Shape::Number { min, max } => format!("({})", frame.say_with(words::BETWEEN, &[&min, &max])),
            Shape::Networks => frame.say(words::ONE_A_LINE).to_owned(),
            Shape::Choices { is_ordered: true, .. } => frame.say(words::POSITION_HELP).to_owned(),
            Shape::Secret { .. } | Shape::SecretDigits { .. } if self.has_secret(field) => frame.say(words::LEAVE_EMPTY).to_owned(),
            _ => String::new(),
        };
        format!("{of_table} {more}").trim().to_owned()
    }
}

/// A code of which there is nothing to say but what all of them have in common.
fn is_plain_code(field: &Field) -> bool {
    field.shape == Shape::Code && field.words.help == CODE_HELP
}
