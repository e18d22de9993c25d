//! How texts are prepared before they are compared, after RFC 4518: case, accents and spaces do not matter.
//!
//! RFC 4518 keeps accents. People who type on twelve keys don't, so "zoe" finds "Zoë" and "muller" finds "Müller".

/// A text as shown, beside the key that it is found by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    pub shown: String,
    pub key: String,
}

impl Text {
    pub fn name(shown: impl Into<String>) -> Text {
        let shown = shown.into();
        Text { key: fold(&shown), shown }
    }

    pub fn number(shown: impl Into<String>) -> Text {
        let shown = shown.into();
        Text { key: squeeze(&shown), shown }
    }

    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }
}

/// The key of a whole name.
pub fn fold(text: &str) -> String {
    let mut key = fold_part(text);
    key.truncate(key.trim_end_matches(' ').len());
    let leading = key.len() - key.trim_start_matches(' ').len();
    key.drain(..leading);
    key
}

/// The key of a part of a name: spaces at its ends stay, for they may stand between two words.
pub fn fold_part(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            push(&mut key, character.to_ascii_lowercase());
        } else {
            for lower in character.to_lowercase() {
                match base_of(lower) {
                    Some(base) => key.push_str(base),
                    None => push(&mut key, lower),
                }
            }
        }
    }
    key
}

/// The key of a telephone number: RFC 4517 4.2.30 ignores spaces and hyphens; the other signs that people write between digits go too.
pub fn squeeze(number: &str) -> String {
    number.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}' | '(' | ')' | '.' | '/')).collect()
}

fn push(key: &mut String, character: char) {
    // RFC 4518 2.2: what separates becomes a space, other control characters nothing.
    if character.is_whitespace() {
        if !key.ends_with(' ') {
            key.push(' ');
        }
    } else if !character.is_control() {
        key.push(character);
    }
}

/// The letters that a lower-case letter is written with when there is no key for it; nothing for marks that stand on another letter.
fn base_of(letter: char) -> Option<&'static str> {
    Some(match letter {
        // Combining marks, soft hyphen, zero-width spaces and joiners.
        '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => "",
        '\u{e0}'..='\u{e5}' | 'ā' | 'ă' | 'ą' | 'ǎ' | '\u{1ea1}'..='\u{1eb7}' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        '\u{e8}'..='\u{eb}' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | '\u{1eb9}'..='\u{1ec7}' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' | 'ǧ' => "g",
        'ĥ' | 'ħ' => "h",
        '\u{ec}'..='\u{ef}' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ǐ' | 'ỉ' | 'ị' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        '\u{f2}'..='\u{f6}' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ơ' | 'ǒ' | '\u{1ecd}'..='\u{1ee3}' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'þ' => "th",
        '\u{f9}'..='\u{fc}' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ư' | 'ǔ' | '\u{1ee5}'..='\u{1ef1}' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' | '\u{1ef3}'..='\u{1ef9}' => "y",
        'ź' | 'ż' | 'ž' => "z",
        '\u{2018}' | '\u{2019}' => "'",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_spaces_do_not_matter() {
        let check = |text: &str, key: &str| assert_eq!(fold(text), key, "{text:?}");
        check("Zoë", "zoe");
        check("Zoe\u{308}", "zoe");
        check("  MÜLLER \t Groß ", "muller gross");
        check("D\u{2019}Àngelo", "d'angelo");
        check("Łukasz Nguyễn Đặng", "lukasz nguyen dang");
        check("İpek Ærø", "ipek aero");
        check("Анна", "анна");
        check("a\0b\u{85}c", "ab c");
        check("", "");
        assert_eq!(fold_part("Anna  "), "anna ");
        assert_eq!(fold_part(" B"), " b");
    }

    #[test]
    fn numbers_are_compared_without_what_stands_between_digits() {
        assert_eq!(squeeze("+39 (02) 12-34.56/7"), "+39021234567");
        assert_eq!(squeeze("*43#"), "*43#");
    }
}
