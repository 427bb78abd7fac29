//! The numbers of CRLs (RFC 5280 §5.2.3).

use super::der::whole_element;

const INTEGER: u8 = 0x02;

/// The number of a CRL. A CRL that was issued later has a higher number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CrlNumber {
    /// The length of `digits`, which is compared first.
    length: usize,
    /// Big-endian, without leading zeros.
    digits: Vec<u8>,
}

impl CrlNumber {
    /// Reads the value of an extension. Returns `None` if it is not an integer, or is negative.
    pub(super) fn from_der(value: &[u8]) -> Option<Self> {
        let (INTEGER, content @ [0x00..=0x7f, ..], []) = whole_element(value)? else {
            return None;
        };
        let digits = content.iter().copied().skip_while(|digit| *digit == 0);
        let digits: Vec<u8> = digits.collect();
        Some(Self {
            length: digits.len(),
            digits,
        })
    }
}
