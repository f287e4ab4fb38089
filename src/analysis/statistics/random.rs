//! Numbers that look random and are the same on every machine, in every version.

/// SplitMix64 (Steele, Lea and Flood 2014): what is drawn depends on the seed alone, which no
/// general crate of random numbers promises across its versions.
pub(super) struct Draws(u64);

impl Draws {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Two places below a length, each as likely as any other to within length / 2³².
    pub(super) fn two_below(&mut self, length: u32) -> [usize; 2] {
        let drawn = self.next();
        // The upper half of a product: no division, the bias is below what a bootstrap resolves.
        let place = |half: u64| ((half * u64::from(length)) >> 32) as usize;
        [place(drawn >> 32), place(drawn & 0xFFFF_FFFF)]
    }
}
