//! What digits mean: services, custom selections, extensions, numbers outside, in the order of the numbering plan. Between kinds the order
//! decides, within a kind the longest match.

use crate::base::id::TenantId;
use crate::settings::codes::Service;
use crate::settings::{CustomSelection, Extension, Line, Meaning, Settings};

/// From where somebody dials: each entry of the plan is open to the one or the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Internal,
    External,
}

/// What was found in the plan.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meant<'a> {
    Emergency(&'a str),
    /// With what was dialled behind the code.
    Service(Service, &'a str),
    Selection(&'a CustomSelection),
    Extension(&'a Extension),
    /// An extension of another site, and its number.
    Remote(&'a Line, &'a str),
    /// Without the prefix for outside lines.
    Outside(&'a str),
    Nothing,
}

/// What an extension, or a caller on a line, gets for digits. A number that is no emergency number to anybody but an extension is the
/// extension's.
pub(super) fn meant<'a>(settings: &'a Settings, tenant: TenantId, dialled: &'a str, column: Column) -> Meant<'a> {
    let numbering = &settings.numbering;
    let is_extension = settings.extension_by_number(tenant, dialled).is_some();
    if let (Column::Internal, false, Some(number)) = (column, is_extension, numbering.emergency(dialled)) {
        return Meant::Emergency(number);
    }
    let found = numbering.order.iter().find_map(|meaning| match meaning {
        // Callers on lines run no services.
        Meaning::Service if column == Column::External => None,
        Meaning::Service => numbering.codes.find(dialled).map(|(code, rest)| Meant::Service(code.service, rest)),
        Meaning::Selection => selection(settings, tenant, dialled, column).map(Meant::Selection),
        Meaning::Extension => match settings.extension_by_number(tenant, dialled) {
            None if column == Column::Internal => remote(settings, tenant, dialled).map(|line| Meant::Remote(line, dialled)),
            extension => extension.map(Meant::Extension),
        },
        // Nor do they call out again.
        Meaning::Outside if column == Column::External => None,
        Meaning::Outside => outside(&numbering.outside_prefix, dialled).map(Meant::Outside),
    });
    found.unwrap_or(Meant::Nothing)
}

fn selection<'a>(settings: &'a Settings, tenant: TenantId, dialled: &str, column: Column) -> Option<&'a CustomSelection> {
    let is_open = |selection: &&CustomSelection| match column {
        Column::Internal => selection.is_internal,
        Column::External => selection.is_external,
    };
    let all = settings.selections.values().filter(|selection| selection.tenant == tenant).filter(is_open);
    let matched = all.filter_map(|selection| Some((selection.matched(dialled)?, selection)));
    // Of equally long ones the oldest.
    matched.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, selection)| selection)
}

/// The site that has an extension of that number. Callers on lines are not sent on there.
fn remote<'a>(settings: &'a Settings, tenant: TenantId, dialled: &str) -> Option<&'a Line> {
    settings.lines.values().find(|line| line.enabled && line.tenant == tenant && line.is_remote_extension(dialled))
}

/// The number outside that was dialled, if it can be one.
fn outside<'a>(prefix: &str, dialled: &'a str) -> Option<&'a str> {
    let number = dialled.strip_prefix(prefix)?;
    let digits = number.strip_prefix('+').unwrap_or(number);
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(number)
}

/// More digits would make it the number of something: what was dialled is only begun.
pub(super) fn is_begun(settings: &Settings, tenant: TenantId, dialled: &str) -> bool {
    let is_longer = |digits: &str| digits.len() > dialled.len() && digits.starts_with(dialled);
    let selections = settings.selections.values().filter(|selection| selection.tenant == tenant && selection.is_internal);
    !dialled.is_empty()
        && (settings.numbering.codes.is_begun_by(dialled)
            || selections.filter_map(CustomSelection::exact).any(is_longer)
            || settings.extensions.values().any(|extension| extension.tenant == tenant && is_longer(&extension.number)))
}
