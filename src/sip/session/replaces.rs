//! Which dialog a call is to take the place of (RFC 3891), as a header and as part of a Refer-To.

use crate::sip::message::Params;

/// The value of Replaces. The tags are those of the dialog at the end that receives it: `to_tag` is its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaces {
    pub call_id: String,
    pub to_tag: String,
    pub from_tag: String,
    /// Only if it has not been answered yet.
    pub early_only: bool,
}

impl Replaces {
    pub fn parse(value: &str) -> Option<Replaces> {
        let (call_id, params) = value.trim().split_at(value.trim().find(';')?);
        let params = Params::parse(params).ok()?;
        let tag = |name: &str| params.get(name).filter(|tag| !tag.is_empty()).map(str::to_owned);
        let call_id = call_id.trim_end().to_owned();
        let is_word = !call_id.is_empty() && call_id.bytes().all(|byte| byte.is_ascii_graphic());
        is_word.then_some(Replaces {
            call_id,
            to_tag: tag("to-tag")?,
            from_tag: tag("from-tag")?,
            early_only: params.contains("early-only"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_rfc_3891_are_read() {
        let replaces = Replaces::parse("425928@bobster.example.org;to-tag=7743;from-tag=6472").unwrap();
        assert_eq!(
            (replaces.call_id.as_str(), replaces.to_tag.as_str(), replaces.from_tag.as_str()),
            ("425928@bobster.example.org", "7743", "6472")
        );
        assert!(!replaces.early_only);
        assert!(Replaces::parse("98732@sip.example.com ; from-tag=r33th4x0r ;to-tag=ff87ff;early-only").unwrap().early_only);
        for wrong in ["", "x", "x;to-tag=1", "x;from-tag=1", ";to-tag=1;from-tag=2", "x;to-tag=;from-tag=2", "a b;to-tag=1;from-tag=2"] {
            assert_eq!(Replaces::parse(wrong), None, "{wrong}");
        }
    }
}
