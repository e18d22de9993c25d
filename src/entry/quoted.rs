use crate::base::limits::QUOTED_CHARS_MAX;

/// A peer's own words as they are kept: no longer than the limit, and without what moves a terminal's cursor.
pub fn quoted(words: &str) -> String {
    words.chars().filter(|c| !c.is_control()).take(QUOTED_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_peers_words() {
        assert_eq!(quoted("Phone 1.2 (\u{e8})"), "Phone 1.2 (\u{e8})");
        assert_eq!(quoted("\u{1b}[31mred\u{7}\u{85}\0"), "[31mred");
        assert_eq!(quoted(&"\u{e8}".repeat(60_000)), "\u{e8}".repeat(QUOTED_CHARS_MAX));
    }
}
