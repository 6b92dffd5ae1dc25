//! Which network addresses may be asked. Names are resolved here, and what they lead to is filtered before a connection is made,
//! so that a page cannot make us talk to the machines around us (a router, a cloud's metadata service).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// A name led to addresses that are all refused; carries one of them.
#[derive(Debug, thiserror::Error)]
#[error("{0} is a private address")]
pub struct PrivateAddress(pub IpAddr);

/// How reachable an address is meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Anybody's: may be asked.
    Public,
    /// Loopback and private networks: asked only with `allow_private`.
    Private,
    /// Link-local, metadata, multicast, unspecified: no office lives there, never asked.
    Never,
}

/// Classifies an address by the registries of special-purpose addresses (RFC 6890 and its updates).
pub fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(v4) => reach_v4(v4),
        IpAddr::V6(v6) => reach_v6(v6),
    }
}

fn reach_v4(address: Ipv4Addr) -> Reach {
    let [a, b, c, _] = address.octets();
    if address == Ipv4Addr::new(168, 63, 129, 16) || address == Ipv4Addr::new(100, 100, 100, 200) {
        return Reach::Never; // metadata services outside the link-local range
    }
    match (a, b, c) {
        (0, ..) | (169, 254, _) | (224..=255, ..) => Reach::Never,
        (10 | 127, ..) | (172, 16..=31, _) | (192, 168, _) | (100, 64..=127, _) => Reach::Private,
        (192, 0, 0 | 2) | (198, 18..=19, _) | (198, 51, 100) | (203, 0, 113) => Reach::Private,
        _ => Reach::Public,
    }
}

fn reach_v6(address: Ipv6Addr) -> Reach {
    if let Some(v4) = embedded_v4(address) {
        return reach_v4(v4);
    }
    let segments = address.segments();
    if address.is_loopback() {
        return Reach::Private;
    }
    if segments[..4] == [0xfd00, 0x0ec2, 0, 0] {
        return Reach::Never; // the metadata service of a large cloud
    }
    match segments[0] {
        0 => Reach::Never,
        0xfe80..=0xfebf | 0xff00..=0xffff => Reach::Never,
        0xfc00..=0xfdff | 0xfec0..=0xfeff => Reach::Private,
        0x2001 if segments[1] < 0x0200 || segments[1] == 0x0db8 => Reach::Private,
        _ => Reach::Public,
    }
}

/// An IPv4 address in IPv6 clothes reaches what the IPv4 address reaches: mapped, compatible, NAT64 (RFC 6052), 6to4 (RFC 3056).
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = address.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match s {
        [0, 0, 0, 0, 0, 0xffff, high, low] => Some(v4(high, low)),
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0, high, low] => Some(v4(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(v4(high, low)),
        [0x2002, high, low, ..] => Some(v4(high, low)),
        _ => None,
    }
}

/// Whether an address may be asked.
pub fn may_ask(address: IpAddr, allow_private: bool) -> bool {
    match reach(address) {
        Reach::Public => true,
        Reach::Private => allow_private,
        Reach::Never => false,
    }
}

/// The literal address of a URL that must not be asked, if its host is one. The resolver never sees literals.
pub fn refused_literal(url: &Url, allow_private: bool) -> Option<IpAddr> {
    let address = match url.host()? {
        Host::Ipv4(v4) => IpAddr::V4(v4),
        Host::Ipv6(v6) => IpAddr::V6(v6),
        Host::Domain(_) => return None,
    };
    (!may_ask(address, allow_private)).then_some(address)
}

/// Resolves names with the system's resolver and keeps the addresses that may be asked.
#[derive(Debug, Clone)]
pub struct Guard {
    /// Loopback and private addresses may be asked.
    pub allow_private: bool,
}

impl Guard {
    /// The addresses of `host` that may be asked. Errors: `PrivateAddress` if there are only others, else the system's.
    pub async fn addresses(&self, host: &str) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
        let all: Vec<SocketAddr> = tokio::net::lookup_host((host, 0)).await?.collect();
        let refused = all.iter().map(SocketAddr::ip).find(|ip| !may_ask(*ip, self.allow_private));
        let kept: Vec<SocketAddr> = all.into_iter().filter(|address| may_ask(address.ip(), self.allow_private)).collect();
        match refused {
            Some(ip) if kept.is_empty() => Err(Box::new(PrivateAddress(ip))),
            _ => Ok(kept),
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let addresses = guard.addresses(name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machines_around_us_are_not_asked() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "::1",
            "fd12::1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:c0a8:101::1",
        ] {
            let address: IpAddr = private.parse().unwrap();
            assert!(!may_ask(address, false), "{private}");
            assert!(may_ask(address, true), "{private}");
        }
        for never in [
            "169.254.169.254",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "fe80::1",
            "::",
            "fd00:ec2::254",
            "::ffff:169.254.169.254",
            "100.100.100.200",
            "168.63.129.16",
            "64:ff9b::a9fe:a9fe",
        ] {
            assert!(!may_ask(never.parse().unwrap(), true), "{never}");
        }
        for public in ["1.1.1.1", "172.32.0.1", "93.62.1.1", "2a00:1450:4002::1", "100.128.0.1", "192.169.0.1"] {
            assert!(may_ask(public.parse().unwrap(), false), "{public}");
        }
    }

    #[test]
    fn literals_in_any_spelling_are_seen() {
        for spelling in ["http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://[::ffff:127.0.0.1]/", "http://017700000001/"] {
            let url = Url::parse(spelling).unwrap();
            assert!(refused_literal(&url, false).is_some(), "{spelling}");
        }
        assert!(refused_literal(&Url::parse("http://www.comune.example.it/").unwrap(), false).is_none());
    }
}
