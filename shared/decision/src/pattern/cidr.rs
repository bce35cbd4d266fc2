//! `cidr`: a block of IP addresses.

use alloc::format;
use alloc::string::String;
use core::net::IpAddr;

use serde_json::Value;

use super::refusal::{NotAPattern, quoted};

/// A block of addresses: those that agree with one in their first bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cidr {
    address: IpAddr,
    bits: u32,
}

impl Cidr {
    pub(super) fn read(value: &Value, path: &str) -> Result<Self, NotAPattern> {
        const HINT: &str = "write a block such as `10.0.0.0/24` or `2001:db8::/32`";
        let text = value.as_str().ok_or_else(|| NotAPattern::sort(path, value, "a string").hint(HINT))?;
        let refused =
            |problem: &str| NotAPattern::new(path, format!("is {}, {problem}", quoted(text))).hint(HINT);
        let (address, bits) = text.split_once('/').ok_or_else(|| refused("which has no `/`"))?;
        let address: IpAddr = address.parse().map_err(|_| refused("which begins with no IP address"))?;
        let bits: u32 = bits.parse().map_err(|_| refused("which does not end with a number of bits"))?;
        // As EventBridge has it: a block of one address is none.
        if bits >= width(address) {
            let most = width(address).saturating_sub(1);
            return Err(NotAPattern::new(path, format!("is {}, of more than {most} bits", quoted(text)))
                .hint("for one address write it as a plain string"));
        }
        Ok(Self { address, bits })
    }

    pub(super) fn matches(&self, value: &Value) -> bool {
        let Some(address) = value.as_str().and_then(|text| text.parse::<IpAddr>().ok()) else { return false };
        let differing = number(address) ^ number(self.address);
        let free = width(self.address).saturating_sub(self.bits);
        // All 128 bits are shifted out when none is asked for.
        address.is_ipv4() == self.address.is_ipv4() && differing.checked_shr(free).unwrap_or(0) == 0
    }

    pub(super) fn written(&self) -> String {
        format!("{}/{}", self.address, self.bits)
    }
}

fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}
