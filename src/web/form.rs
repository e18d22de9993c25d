//! Forms out of the field table: a label, an input, a line of help and the fault beside it, for every setting of a kind.

use maud::{Markup, html};

use crate::settings::{Change, Default as Preset, Edit, Fault, Field, Kind, Settings, Shape};
use crate::store::EditRefused;
use crate::text::Phrase;
use crate::text::page as words;
use crate::text::page::sentence;

use super::http::Pairs;
use super::page::Frame;
use super::values::{self, HAS};

/// The settings under one heading. Those that no section names come last, under "More settings".
pub struct Section {
    pub title: Phrase,
    pub keys: &'static [&'static str],
}

/// One entity in a form.
pub struct Form<'a> {
    pub frame: &'a Frame<'a>,
    pub kind: Kind,
    pub id: Option<i64>,
    /// Before every name, where a form holds two entities.
    pub prefix: &'static str,
    /// Which change of the edit this entity is.
    pub change: usize,
    /// What is shown: the entity as it is, or what was typed.
    pub pairs: &'a Pairs,
    pub refused: &'a Refused,
}

/// Why a form was not saved; empty before it was sent.
#[derive(Debug, Default)]
pub struct Refused {
    pub faults: Vec<Fault>,
    /// What is not about a field.
    pub messages: Vec<String>,
}

impl Refused {
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty() && self.messages.is_empty()
    }

    /// Above the form: that it was not saved, and what has no field to stand beside.
    pub fn show(&self, frame: &Frame<'_>) -> Markup {
        let placeless = self.faults.iter().filter(|fault| fault.field.is_empty() || fault.change.is_none());
        html! {
            @if !self.faults.is_empty() { p.note.bad role="alert" { (frame.say(words::PLEASE_CORRECT)) } }
            @for message in &self.messages { p.note.bad role="alert" { (message) } }
            @for fault in placeless { p.note.bad { (sentence(&format!("{}: {}", fault.place, fault.say(frame.language)))) } }
        }
    }
}

/// The revision that the form was made of, so that two who edit the same thing do not undo each other unseen.
pub fn revision_field(frame: &Frame<'_>) -> Markup {
    html! { input type="hidden" name="revision" value=(frame.context.settings.revision); }
}

/// Sends the changes to the store as the visitor's.
pub fn save(frame: &Frame<'_>, changes: Vec<Change>) -> Result<std::sync::Arc<Settings>, Refused> {
    let Some(visitor) = frame.visitor else { return Err(Refused::default()) };
    let based_on = frame.request.form.get("revision").and_then(|revision| revision.parse().ok());
    let saved = visitor.edit(frame.context, frame.request, Edit { changes, based_on });
    saved.map_err(|refused| refused_of(frame, refused))
}

pub fn refused_of(frame: &Frame<'_>, refused: EditRefused) -> Refused {
    match refused {
        EditRefused::Faults(faults) => Refused { faults, messages: Vec::new() },
        EditRefused::Conflict(conflict) => {
            let message = frame.say_with(words::CHANGED_MEANWHILE, &[&conflict.revision.author.name]);
            Refused { faults: Vec::new(), messages: vec![message] }
        }
        EditRefused::Trouble(trouble) => {
            let message = frame.say_with(words::NOT_KEPT, &[&trouble]);
            Refused { faults: Vec::new(), messages: vec![message] }
        }
    }
}

impl Form<'_> {
    /// All fields of the kind, in sections, without those of `hidden`.
    pub fn sections(&self, sections: &[Section], hidden: &[&str]) -> Markup {
        let is_named = |field: &Field| sections.iter().any(|section| section.keys.contains(&field.key));
        let rest: Vec<&Field> = self.kind.fields().iter().filter(|field| !is_named(field) && self.is_shown(field, hidden)).collect();
        html! {
            @for section in sections {
                fieldset.section {
                    legend { (self.frame.say(section.title)) }
                    div.fields {
                        @for field in section.keys.iter().filter_map(|key| self.kind.field(key)).filter(|field| self.is_shown(field, hidden)) {
                            (self.field(field))
                        }
                    }
                }
            }
            @if !rest.is_empty() {
                fieldset.section {
                    legend { (self.frame.say(words::MORE_SETTINGS)) }
                    div.fields { @for field in rest { (self.field(field)) } }
                }
            }
        }
    }

    fn is_shown(&self, field: &Field, hidden: &[&str]) -> bool {
        let is_only_tenant = field.shape == Shape::Reference(Kind::Tenant) && self.frame.context.settings.tenants.len() < 2;
        let is_of_one_line = !matches!(field.shape, Shape::References(_) | Shape::Action { .. } | Shape::Record(_) | Shape::Records(_));
        !hidden.contains(&field.key) && field.shape != Shape::PasswordHash && !is_only_tenant && is_of_one_line
    }

    /// One setting with its words and faults.
    pub fn field(&self, field: &Field) -> Markup {
        let name = format!("{}{}", self.prefix, field.key);
        let id = format!("f-{}", name.replace('.', "-"));
        let faults: Vec<String> =
            values::faults_of(&self.refused.faults, self.change, field.key).map(|reason| reason.say(self.frame.language)).collect();
        let label = self.frame.say(field.words.label);
        let about = Input {
            name: &name,
            id: &id,
            described_by: if faults.is_empty() { format!("{id}-help") } else { format!("{id}-help {id}-fault") },
            is_invalid: !faults.is_empty(),
        };
        let class = if faults.is_empty() { "field" } else { "field has-fault" };
        // What a secret's table row says of an empty one is for those that have none.
        let of_table = if self.has_secret(field) { "" } else { self.frame.say(field.words.help) };
        let help = html! { p.help id={ (id) "-help" } { (of_table) " " (self.more_help(field)) } };
        let fault = html! {
            @if !faults.is_empty() { p.fault id={ (id) "-fault" } { @for fault in &faults { (sentence(fault)) " " } } }
        };
        match field.shape {
            Shape::Bool => html! {
                div class=(class) {
                    input type="hidden" name=(HAS) value=(name);
                    label.check {
                        input type="checkbox" name=(name) checked[self.pairs.get(&name).is_some()] aria-describedby=(about.described_by);
                        span { (label) }
                    }
                    (help) (fault)
                }
            },
            Shape::Choices { of, .. } => html! {
                fieldset class={ (class) " wide" } aria-describedby=(about.described_by) {
                    legend.label { (label) }
                    input type="hidden" name=(HAS) value=(name);
                    (self.choices(&about, field, of))
                    (help) (fault)
                }
            },
            _ => html! {
                div class=(class) {
                    label for=(id) { (label) }
                    (self.input(&about, field))
                    (help) (fault)
                }
            },
        }
    }

    fn more_help(&self, field: &Field) -> String {
        match field.shape {
            Shape::Number { min, max } => format!("({})", self.frame.say_with(words::BETWEEN, &[&min, &max])),
            Shape::Networks => self.frame.say(words::ONE_A_LINE).to_owned(),
            Shape::Choices { is_ordered: true, .. } => self.frame.say(words::POSITION_HELP).to_owned(),
            Shape::Secret | Shape::SecretDigits { .. } if self.has_secret(field) => self.frame.say(words::LEAVE_EMPTY).to_owned(),
            _ => String::new(),
        }
    }

    fn has_secret(&self, field: &Field) -> bool {
        field.is_secret()
            && values::value_of(&self.frame.context.settings, self.kind, self.id, field).as_str().is_some_and(|secret| !secret.is_empty())
    }

    fn input(&self, about: &Input<'_>, field: &Field) -> Markup {
        let value = self.pairs.text(about.name);
        match field.shape {
            Shape::Networks => html! {
                textarea id=(about.id) name=(about.name) rows="5" spellcheck="false" aria-describedby=(about.described_by)
                    aria-invalid=[about.invalid()] { (value) }
            },
            Shape::Choice(choices) => html! {
                select id=(about.id) name=(about.name) aria-describedby=(about.described_by) aria-invalid=[about.invalid()] {
                    @for choice in choices { option value=(choice) selected[*choice == value] { (choice) } }
                }
            },
            Shape::Reference(kind) => html! {
                select id=(about.id) name=(about.name) aria-describedby=(about.described_by) aria-invalid=[about.invalid()] {
                    option value="" { (self.frame.say(if kind == Kind::Tenant { words::FIRST_TENANT } else { words::NONE })) }
                    @for (id, name) in entities(&self.frame.context.settings, kind) {
                        option value=(id) selected[id.to_string() == value] { (name) }
                    }
                }
            },
            Shape::Secret | Shape::SecretDigits { .. } => html! {
                input id=(about.id) name=(about.name) value=(value) autocomplete="off" spellcheck="false" autocapitalize="none"
                    inputmode=[matches!(field.shape, Shape::SecretDigits { .. }).then_some("numeric")]
                    aria-describedby=(about.described_by) aria-invalid=[about.invalid()];
                @if self.has_secret(field) {
                    label.check {
                        input type="checkbox" name={ (about.name) ".reset" } checked[self.pairs.get(&format!("{}.reset", about.name)).is_some()];
                        @let is_generated = matches!(field.default, Preset::Generated);
                        span { (self.frame.say(if is_generated { words::GENERATE_NEW } else { words::REMOVE_SECRET })) }
                    }
                }
            },
            shape => {
                let (kind, mode) = match shape {
                    Shape::Email => ("email", "email"),
                    Shape::Phone => ("tel", "tel"),
                    Shape::Number { .. } | Shape::Digits { .. } => ("text", "numeric"),
                    _ => ("text", "text"),
                };
                html! {
                    input id=(about.id) name=(about.name) type=(kind) inputmode=(mode) value=(value) autocomplete="off"
                        spellcheck="false" aria-describedby=(about.described_by) aria-invalid=[about.invalid()]
                        aria-required=[matches!(field.default, Preset::Required).then_some("true")];
                }
            }
        }
    }

    /// Boxes to tick; where the order means something, with a place beside each. The ticked ones stand first, in their order.
    fn choices(&self, about: &Input<'_>, field: &Field, choices: &'static [&'static str]) -> Markup {
        let chosen = values::chosen(self.pairs, about.name);
        let offered = |choice: &&str| {
            let is_codec_of_account = self.kind == Kind::Account && field.key == "codecs";
            !is_codec_of_account
                || chosen.contains(choice)
                || self.frame.context.settings.sip.codecs.iter().any(|codec| codec.name() == *choice)
        };
        let rest = choices.iter().copied().filter(|choice| !chosen.contains(choice)).filter(offered);
        let known = chosen.iter().filter_map(|chosen| choices.iter().copied().find(|choice| choice == chosen));
        let rows: Vec<&str> = known.chain(rest).collect();
        let is_ordered = matches!(field.shape, Shape::Choices { is_ordered: true, .. });
        html! {
            div class=(if is_ordered { "choices ordered" } else { "choices" }) {
                @for (at, choice) in rows.iter().enumerate() {
                    div.choice {
                        @if is_ordered {
                            select name={ (about.name) ".order." (choice) } aria-label=(self.frame.say_with(words::POSITION, &[choice])) {
                                @for place in 1..=rows.len() { option value=(place) selected[place == at + 1] { (place) } }
                            }
                        }
                        label.check {
                            input type="checkbox" name=(about.name) value=(choice) checked[chosen.contains(choice)];
                            span { (choice_name(choice)) }
                        }
                    }
                }
            }
        }
    }
}

struct Input<'a> {
    name: &'a str,
    id: &'a str,
    described_by: String,
    is_invalid: bool,
}

impl Input<'_> {
    fn invalid(&self) -> Option<&'static str> {
        self.is_invalid.then_some("true")
    }
}

/// As people write it: `pcma` is PCMA, `g722` is G.722.
pub fn choice_name(choice: &str) -> String {
    match choice.strip_prefix('g').filter(|rest| rest.starts_with('7')) {
        Some(digits) => format!("G.{digits}"),
        None if choice == "opus" => "Opus".to_owned(),
        None => choice.to_uppercase(),
    }
}

fn entities(settings: &Settings, kind: Kind) -> Vec<(i64, String)> {
    if kind == Kind::Extension {
        let mut all: Vec<_> = settings.extensions.values().collect();
        all.sort_by(|a, b| a.number.cmp(&b.number));
        return all.into_iter().map(|extension| (extension.id.0, format!("{} {}", extension.number, extension.display_name()))).collect();
    }
    settings.rows_of(kind).map(|(id, _)| (id, settings.name_of(kind, id))).collect()
}
