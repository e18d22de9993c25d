//! How requests of others were answered, counted for who watches the box.

use crate::sip::message::{Name, Response};

/// Those that we know, and all others.
const METHODS: [&str; 15] = [
    "INVITE",
    "ACK",
    "BYE",
    "CANCEL",
    "OPTIONS",
    "REGISTER",
    "PRACK",
    "UPDATE",
    "INFO",
    "SUBSCRIBE",
    "NOTIFY",
    "PUBLISH",
    "MESSAGE",
    "REFER",
    "other",
];

/// Final answers by method and class: 2 for 200 to 299.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answers([[u64; 5]; METHODS.len()]);

impl Answers {
    /// A response that is sent for the first time.
    pub fn count(&mut self, response: &Response) {
        let Some(class) = usize::from(response.status / 100).checked_sub(2).filter(|class| *class < 5) else { return };
        let method = response.headers.get(&Name::CSeq).and_then(|cseq| cseq.split_whitespace().nth(1)).unwrap_or_default();
        let method = METHODS.iter().position(|known| *known == method).unwrap_or(METHODS.len() - 1);
        self.0[method][class] += 1;
    }

    /// Method, first digit of the status, count; those that are none are left out.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, usize, u64)> {
        let counts = METHODS
            .iter()
            .zip(&self.0)
            .flat_map(|(method, classes)| classes.iter().enumerate().map(|(class, count)| (*method, class + 2, *count)));
        counts.filter(|(.., count)| *count > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn final_answers_are_counted_by_method_and_class() {
        let mut answers = Answers::default();
        for (status, cseq) in
            [(200, "1 REGISTER"), (401, "1 REGISTER"), (403, "2 REGISTER"), (180, "1 INVITE"), (486, "1 INVITE"), (405, "1 DANCE")]
        {
            let mut response = Response::new(status);
            response.headers.push(Name::CSeq, cseq);
            answers.count(&response);
        }
        let counted: Vec<_> = answers.iter().collect();
        assert_eq!(counted, [("INVITE", 4, 1), ("REGISTER", 2, 1), ("REGISTER", 4, 2), ("other", 4, 1)]);
    }
}
