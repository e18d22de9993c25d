//! Numbers of people outside, as each may see them.

use std::borrow::Cow;

use crate::settings::Rights;

/// Numbers of so many digits belong to outsiders, unless an extension has them.
const OUTSIDE_DIGITS_MIN: usize = 7;
const MASKED_DIGITS: usize = 3;
const MASK: &str = "•••";

/// A number of a call as this visitor may see it: inside numbers in full, outside numbers without their last three digits unless the
/// visitor is a privacy officer. Pages, API, exports and events all show numbers of calls by it. `is_inside`: an extension has it.
pub fn shown_number<'a>(rights: &Rights, number: &'a str, is_inside: bool) -> Cow<'a, str> {
    if rights.is_private || is_inside { number.into() } else { masked_number(number) }
}

/// A number that nobody inside has, for who may not see it in full.
pub fn masked_number(number: &str) -> Cow<'_, str> {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    if digits < OUTSIDE_DIGITS_MIN {
        return number.into();
    }
    // Letters and signs between the digits go too: what follows the last digit shown tells nothing.
    let last_shown = digits - MASKED_DIGITS;
    let end = number.char_indices().filter(|(_, c)| c.is_ascii_digit()).nth(last_shown).map_or(number.len(), |(at, _)| at);
    format!("{}{MASK}", &number[..end]).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::UserId;
    use crate::settings::{Change, Edit, Kind, Own, Settings};

    #[test]
    fn outside_numbers_lose_their_last_digits_but_for_privacy_officers() {
        let user = |name: &str, role: &str| {
            let own = Own::default().with("username", name).with("password_hash", "$argon2id$x").with("role", role);
            Change::Put { kind: Kind::User, id: None, own }
        };
        let changes = vec![user("admin", "administrator"), user("privacy", "privacy_officer")];
        let settings = Settings::fresh().edited(&Edit { changes, based_on: None }, &mut || [0; 24]).expect("sound").settings;
        let check = |id, number, is_inside, expected| {
            assert_eq!(shown_number(&settings.rights(&settings.users[&UserId(id)]), number, is_inside), expected, "{number}");
        };
        check(1, "+390612345678", false, "+390612345•••");
        check(1, "06 1234-567 89", false, "06 1234-56•••");
        check(1, "101", false, "101");
        check(1, "12345678", true, "12345678");
        check(1, "anonymous", false, "anonymous");
        check(2, "+390612345678", false, "+390612345678");
    }
}
