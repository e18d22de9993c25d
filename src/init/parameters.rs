//! What the boot script tells on the kernel's command line. Everything of ours begins with `trillo.`; the rest is the kernel's.

use std::time::Duration;

use super::bootstate::Slot;

/// The words that PID 1 understands. docs/box.md lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    pub slot: Option<Slot>,
    /// Both slots ran out of tries: only the web page.
    pub is_safe_mode: bool,
    /// Obey the test port. Never set by the images' own boot script.
    pub has_test_port: bool,
    /// Beating for this long is health; 60 s if not given.
    pub health: Option<Duration>,
    /// RTP ports, as FROM-TO, for networks that forward only some.
    pub rtp: Option<String>,
    /// The address under which the box is reached from outside a NAT, with the port of SIP if that is another one there.
    pub external: Option<String>,
}

impl Parameters {
    /// Words that are unknown or make no sense are passed over: a box that starts is worth more than a box that is right about a typing error.
    pub fn parse(command_line: &str) -> Parameters {
        let mut parameters = Parameters::default();
        for word in command_line.split_ascii_whitespace() {
            let Some((key, value)) = word.strip_prefix("trillo.").and_then(|word| word.split_once('=')) else { continue };
            match key {
                "slot" => parameters.slot = Slot::from_name(value),
                "safe" => parameters.is_safe_mode = value == "1",
                "test" => parameters.has_test_port = value == "1",
                "health" => parameters.health = value.parse().ok().map(Duration::from_secs),
                "rtp" => parameters.rtp = Some(value.to_owned()),
                "external" => parameters.external = Some(value.to_owned()),
                _ => {}
            }
        }
        parameters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_words_are_read_and_others_passed_over() {
        let parameters =
            Parameters::parse("console=ttyAMA0 trillo.slot=b trillo.health=5 trillo.rtp=10000-10039 trillo.what=1 trillo.test=0\n");
        let expected = Parameters {
            slot: Some(Slot::B),
            health: Some(Duration::from_secs(5)),
            rtp: Some("10000-10039".to_owned()),
            ..Parameters::default()
        };
        assert_eq!(parameters, expected);
        assert_eq!(Parameters::parse("trillo.slot=c trillo.health=x"), Parameters::default());
        assert!(Parameters::parse("trillo.safe=1").is_safe_mode && Parameters::parse("trillo.test=1").has_test_port);
    }
}
