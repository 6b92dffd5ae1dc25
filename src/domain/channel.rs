//! A channel (*canale*, *recapito*): one way to reach an office other than its counter.

use serde::{Deserialize, Serialize};

/// The kind of a channel. Order is the order of display.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelKind {
    /// Telephone: landline, mobile, toll-free.
    Phone,
    /// Fax.
    Fax,
    /// Plain mail.
    Email,
    /// Certified mail (*posta elettronica certificata*).
    Pec,
    /// WhatsApp.
    Whatsapp,
    /// Skype.
    Skype,
    /// A web service: booking, portal, form.
    Web,
    /// A mobile application, by name.
    App,
}

impl ChannelKind {
    /// The lower-case word used in records: `phone`, `pec`, …
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Fax => "fax",
            Self::Email => "email",
            Self::Pec => "pec",
            Self::Whatsapp => "whatsapp",
            Self::Skype => "skype",
            Self::Web => "web",
            Self::App => "app",
        }
    }
}

/// One channel with its normalised value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Channel {
    /// Its kind.
    pub kind: ChannelKind,
    /// E.164 for numbers (short numbers as they are), lower-case address for mail, URL for `web`, name for `skype` and `app`;
    /// `None` for a channel that is announced without an address.
    pub value: Option<String>,
}

/// `phone:+390583216305`; `whatsapp` alone when no value is known.
impl std::fmt::Display for Channel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{}:{value}", self.kind.as_str()),
            None => f.write_str(self.kind.as_str()),
        }
    }
}
