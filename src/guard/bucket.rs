//! A bucket of tokens in eight bytes. A packet takes one; they come back at a rate that may change.

/// Thousandths, so that a slow rate and a short time still give something.
const TOKEN: u32 = 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// When it was last filled, in milliseconds. Goes round after 49 days; what was quiet for so long is as full as it gets by then.
    at: u32,
    level: u32,
}

impl Bucket {
    pub const fn new(at: u32, tokens: u32) -> Bucket {
        Bucket { at, level: tokens * TOKEN }
    }

    /// Gives back what has come since the last time: `rate` tokens a second, up to `tokens_max`.
    pub fn refill(&mut self, at: u32, rate: u32, tokens_max: u32) {
        // Tokens a second times milliseconds are thousandths of tokens.
        let gained = u64::from(self.age(at)) * u64::from(rate);
        self.at = at;
        self.level = (u64::from(self.level) + gained).min(u64::from(tokens_max * TOKEN)) as u32;
    }

    pub const fn take(&mut self) -> bool {
        let has_one = self.level >= TOKEN;
        if has_one {
            self.level -= TOKEN;
        }
        has_one
    }

    /// A reward.
    pub const fn give(&mut self, tokens: u32, tokens_max: u32) {
        let level = self.level + tokens * TOKEN;
        self.level = if level < tokens_max * TOKEN { level } else { tokens_max * TOKEN };
    }

    /// Milliseconds since it was last used.
    pub const fn age(&self, at: u32) -> u32 {
        at.wrapping_sub(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(bucket: &mut Bucket, tries: u32) -> u32 {
        (0..tries).filter(|_| bucket.take()).count() as u32
    }

    #[test]
    fn what_is_taken_comes_back_at_its_rate_and_no_more_than_it_holds() {
        let mut bucket = Bucket::new(0, 3);
        assert_eq!(taken(&mut bucket, 10), 3);
        bucket.refill(500, 4, 3);
        assert_eq!(taken(&mut bucket, 10), 2);
        (501..1001).for_each(|at| bucket.refill(at, 4, 3));
        assert_eq!(taken(&mut bucket, 10), 2, "many short times are as good as a long one");
        bucket.refill(100_000, 4, 3);
        assert_eq!(taken(&mut bucket, 10), 3);
        bucket.give(9, 3);
        assert_eq!(taken(&mut bucket, 10), 3);
    }

    #[test]
    fn the_clock_may_go_round() {
        let mut bucket = Bucket::new(u32::MAX - 499, 0);
        bucket.refill(500, 1, 3);
        assert_eq!(taken(&mut bucket, 10), 1);
    }
}
