//! Where the site listens, and whose word about a reader's address is taken.

use core::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use crate::config::units::Complaint;

/// Where the site listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    /// An address and a port.
    Tcp(SocketAddr),
    /// A Unix socket, written `unix:/run/sportello/web.sock`.
    Unix(PathBuf),
}

impl std::fmt::Display for Listen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "{address}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// An address, or all that share its first bits: `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8, // at most 32 or 128
}

impl Network {
    /// Whether the address lies in it. An IPv4 address mapped into IPv6 counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        let number = |address: IpAddr| match address.to_canonical() {
            IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, true),
            IpAddr::V6(address) => (address.to_bits(), false),
        };
        let ((own, own_kind), (other, other_kind)) = (number(self.address), number(address));
        own_kind == other_kind && (own ^ other).checked_shr(128 - u32::from(self.bits)).unwrap_or(0) == 0
    }
}

/// The text is no address and no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an address or a network: {0:?}")]
pub struct ParseNetworkError(pub String);

impl std::str::FromStr for Network {
    type Err = ParseNetworkError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || ParseNetworkError(text.into());
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| wrong())?)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        if bits <= most { Ok(Self { address, bits }) } else { Err(wrong()) }
    }
}

pub(super) fn no_network(text: &str, _: &ParseNetworkError) -> Complaint {
    Complaint::new(format!("{text:?} is no address and no network"), "write it like \"127.0.0.1\", \"::1\" or \"10.0.0.0/8\"")
}

pub(super) fn listen(text: &str) -> Result<Listen, Complaint> {
    if let Some(path) = text.strip_prefix("unix:") {
        return if path.starts_with('/') {
            Ok(Listen::Unix(path.into()))
        } else {
            Err(Complaint::new(format!("{path:?} is no place for a socket"), "write it whole, like \"unix:/run/sportello/web.sock\""))
        };
    }
    text.parse().map(Listen::Tcp).map_err(|_| {
        let (host, port) = text.rsplit_once(':').unwrap_or((text, "8080"));
        let port = port.parse::<u16>().unwrap_or(8080);
        let suggestion = match host {
            "" | "*" => format!("write \"0.0.0.0:{port}\" for all addresses, or \"127.0.0.1:{port}\" for this machine alone"),
            _ if text.parse::<u16>().is_ok() => format!("write \"127.0.0.1:{text}\""),
            _ => format!("write it like \"127.0.0.1:{port}\"; \"\" switches the site off"),
        };
        Complaint::new(format!("{text:?} is no address to listen on"), suggestion)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_the_addresses_that_share_its_first_bits() {
        for (network, inside, outside) in [
            ("127.0.0.1", "127.0.0.1", "127.0.0.2"),
            ("10.0.0.0/8", "10.200.3.4", "11.0.0.1"),
            ("::1", "::1", "::2"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"),
            ("0.0.0.0/0", "203.0.113.7", "::1"),
            ("127.0.0.0/8", "::ffff:127.0.0.1", "::1"),
        ] {
            let network: Network = network.parse().unwrap();
            assert!(network.contains(inside.parse().unwrap()), "{network:?} {inside}");
            assert!(!network.contains(outside.parse().unwrap()), "{network:?} {outside}");
        }
        for wrong in ["", "localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::1/129"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }
}
