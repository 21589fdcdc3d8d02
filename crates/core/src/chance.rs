//! Chance, from a seed that the shell drew: for upload IDs and for the spreading of retries. The
//! same seed gives the same run, in tests as in a replay. Not for secrets.

/// xoroshiro128++: small, fast, and 128 bits of state, as many as an upload ID has.
#[derive(Clone, Debug)]
pub(crate) struct Chance([u64; 2]);

impl Chance {
    pub fn new(seed: [u64; 2]) -> Self {
        // All zeros would stay all zeros.
        Self(if seed == [0, 0] {
            [0x9e37_79b9_7f4a_7c15, 1]
        } else {
            seed
        })
    }

    pub fn next(&mut self) -> u64 {
        let [a, mut b] = self.0;
        let result = a.wrapping_add(b).rotate_left(17).wrapping_add(a);
        b ^= a;
        self.0 = [a.rotate_left(49) ^ b ^ (b << 21), b.rotate_left(28)];
        result
    }

    /// A number from 0 to `max`. The bias of the remainder is below 2^-40 for our small numbers.
    pub fn up_to(&mut self, max: u32) -> u64 {
        self.next() % (u64::from(max) + 1)
    }

    pub fn bits(&mut self) -> [u64; 2] {
        [self.next(), self.next()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_another_seed_others() {
        let draw = |seed| Chance::new(seed).bits();
        assert_eq!(draw([1, 2]), draw([1, 2]));
        assert_ne!(draw([1, 2]), draw([1, 3]));
        assert_ne!(draw([0, 0]), [0, 0]);
    }

    #[test]
    fn numbers_reach_both_ends_of_their_range() {
        let mut chance = Chance::new([7, 7]);
        let mut seen = [false; 4];
        for _ in 0..200 {
            seen[usize::try_from(chance.up_to(3)).unwrap()] = true;
        }
        assert_eq!(seen, [true; 4]);
    }
}
