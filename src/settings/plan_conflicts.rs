//! Numbers of the numbering plan that would hide each other: service codes, custom selections, extensions, boxes. Whoever comes with the edit is at
//! fault; the fault names the other.

use serde_json::Value;

use crate::base::id::TenantId;
use crate::text::fault::{Owner, Reason};

use super::draft::{Draft, RowKey};
use super::own::Values;
use super::relations::describe;
use super::snapshot::{Rows, rows_of};
use super::{CustomSelection, Kind, Numbering, Own};

/// The numbering plan of these rows.
pub(super) fn numbering_of(rows: &Rows) -> Numbering {
    let none = Own::default();
    let own = rows.get(&(Kind::Numbering, 1)).map_or(&none, |own| &**own);
    Numbering::new(&Values::new(Kind::Numbering, own))
}

/// Two features cannot have one code, nor a feature one that an extension or a box has, or an emergency number. What the edit leaves as it
/// was is no fault of it, and what it sets back to its default is as new as what it sets.
pub(super) fn of_codes(draft: &mut Draft) {
    let key = (Kind::Numbering, 1);
    let numbering = numbering_of(&draft.rows);
    let codes = &numbering.codes;
    let changed: Vec<_> = codes.all().filter(|(code, digits)| draft.codes_before.digits(code.service) != Some(*digits)).collect();
    if changed.is_empty() && numbering.talk_codes == draft.talk_codes_before {
        return;
    }
    let is_changed = |key: &str| changed.iter().any(|(code, _)| code.key == key);
    let mut faults = Vec::new();
    if let Some((code, other)) = codes.twice() {
        // The one that was changed is at fault.
        let (faulty, owner) = if is_changed(code.key) { (code, other) } else { (other, code) };
        let digits = codes.digits(faulty.service).map(ToString::to_string).unwrap_or_default();
        faults.push((faulty.key, Reason::CodeTwice { digits, feature: owner.feature }));
    }
    for (code, digits) in &changed {
        if numbering.is_emergency(&digits.to_string()) {
            faults.push((code.key, Reason::IsEmergency));
        }
    }
    if let Some((code, other)) = numbering.talk_codes.clash().filter(|_| numbering.talk_codes != draft.talk_codes_before) {
        faults.push((
            code.key,
            Reason::CodeTwice { digits: numbering.talk_codes.keys_of(other.does).unwrap_or_default().to_owned(), feature: other.feature },
        ));
    }
    for kind in [Kind::Extension, Kind::Mailbox] {
        for (id, own) in rows_of(&draft.rows, kind) {
            let hiding = own.text("number").and_then(|number| codes.collision(number)).filter(|(code, _)| is_changed(code.key));
            if let Some((code, _)) = hiding {
                let owner = Owner { kind: kind.words().one, name: describe(draft, kind, id) };
                faults.push((code.key, Reason::Taken { owner }));
            }
        }
    }
    for (code, reason) in faults {
        if !draft.is_refused(key, code) {
            draft.refuse(key, code, reason);
        }
    }
}

/// Services come first in the numbering plan, so nobody could dial such a number. One that was there before the code stays.
pub(super) fn of_row(draft: &mut Draft, key: RowKey) {
    if key.0 == Kind::Selection {
        return selection_digits(draft, key);
    }
    if !matches!(key.0, Kind::Extension | Kind::Mailbox) || !draft.renamed.contains(&key) {
        return;
    }
    let Some(number) = draft.rows.get(&key).and_then(|own| own.text("number")).map(str::to_owned) else { return };
    let numbering = numbering_of(&draft.rows);
    if let Some((code, digits)) = numbering.codes.collision(&number) {
        draft.refuse(key, "number", Reason::IsServiceCode { code: digits.to_string(), feature: code.feature });
    } else if key.0 == Kind::Extension && numbering.prefers_selections() {
        // Nobody would get there by dialling it.
        let selections = rows_of(&draft.rows, Kind::Selection);
        let hiding =
            selections.filter(|(id, _)| !draft.is_refused((Kind::Selection, *id), "digits")).map(|(id, own)| selection_of(id, own));
        let hiding =
            hiding.filter(|selection| selection.is_internal && selection.matched(&number).is_some()).map(|selection| selection.name);
        if let Some(name) = hiding.min() {
            draft.refuse(key, "number", Reason::Taken { owner: Owner { kind: Kind::Selection.words().one, name } });
        }
    }
}

fn selection_of(id: i64, own: &Own) -> CustomSelection {
    CustomSelection::new(id, TenantId(own.id("tenant").unwrap_or(0)), &Values::new(Kind::Selection, own))
}

/// What a custom selection is dialled by belongs to no service, to no extension that would be behind it, and to no other selection.
fn selection_digits(draft: &mut Draft, key: RowKey) {
    let Some(own) = draft.rows.get(&key).filter(|own| own.text("digits").is_some()) else { return };
    let (ours, tenant) = (selection_of(key.1, own), own.id("tenant"));
    let numbering = numbering_of(&draft.rows);
    let is_ours = |own: &Own| own.id("tenant") == tenant;
    let service = ours.exact().and_then(|digits| numbering.codes.collision(digits));
    if let Some((code, of)) = service {
        let reason = Reason::IsServiceCode { code: of.to_string(), feature: code.feature };
        return draft.refuse(key, "digits", reason);
    }
    let is_hidden = |own: &Own| is_ours(own) && own.text("number").is_some_and(|number| ours.matched(number).is_some());
    let is_first = ours.exact().is_some() || ours.is_internal && numbering.prefers_selections();
    let hidden = rows_of(&draft.rows, Kind::Extension).find(|(_, own)| is_first && is_hidden(own)).map(|(id, _)| (Kind::Extension, id));
    let twin = || {
        let mut others = rows_of(&draft.rows, Kind::Selection).filter(|(id, own)| *id != key.1 && is_ours(own));
        others.find(|(id, own)| selection_of(*id, own).dialled == ours.dialled).map(|(id, _)| (Kind::Selection, id))
    };
    if let Some((kind, id)) = hidden.or_else(twin) {
        let owner = Owner { kind: kind.words().one, name: describe(draft, kind, id) };
        draft.refuse(key, "digits", Reason::Taken { owner });
    }
}

/// A custom selection: a range that runs backwards, an action that leads back to a selection.
pub(super) fn selection(draft: &mut Draft, key: RowKey) {
    let Some(own) = draft.rows.get(&key) else { return };
    let text = |key: &str| own.text(key).unwrap_or_default();
    let is_backwards =
        text("match") == "range" && !text("to").is_empty() && (text("digits").len() != text("to").len() || text("digits") > text("to"));
    let leads_to = own.get("action").and_then(|action| action.get("do")).and_then(Value::as_str).unwrap_or_default();
    let is_circle = leads_to == "custom_selection";
    if is_backwards {
        draft.refuse(key, "to", Reason::RangeBackwards);
    }
    if is_circle {
        draft.refuse(key, "action", Reason::SelectionOfSelection);
    }
}
