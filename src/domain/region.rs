//! The regions of Italy and the provinces in them, by the two letters that stand on number plates and in `sources.toml`.

/// A region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// Small letters and hyphens: `emilia-romagna`.
    pub id: &'static str,
    /// As it is written: "Emilia-Romagna".
    pub name: &'static str,
    /// Its provinces, two letters each. Provinces that were abolished or set up again of late stand here too: pages still name them.
    pub provinces: &'static [&'static str],
}

const fn region(id: &'static str, name: &'static str, provinces: &'static [&'static str]) -> Region {
    Region { id, name, provinces }
}

/// All regions, in alphabetical order.
pub const REGIONS: [Region; 20] = [
    region("abruzzo", "Abruzzo", &["AQ", "CH", "PE", "TE"]),
    region("basilicata", "Basilicata", &["MT", "PZ"]),
    region("calabria", "Calabria", &["CS", "CZ", "KR", "RC", "VV"]),
    region("campania", "Campania", &["AV", "BN", "CE", "NA", "SA"]),
    region("emilia-romagna", "Emilia-Romagna", &["BO", "FC", "FE", "MO", "PC", "PR", "RA", "RE", "RN"]),
    region("friuli-venezia-giulia", "Friuli-Venezia Giulia", &["GO", "PN", "TS", "UD"]),
    region("lazio", "Lazio", &["FR", "LT", "RI", "RM", "VT"]),
    region("liguria", "Liguria", &["GE", "IM", "SP", "SV"]),
    region("lombardia", "Lombardia", &["BG", "BS", "CO", "CR", "LC", "LO", "MB", "MI", "MN", "PV", "SO", "VA"]),
    region("marche", "Marche", &["AN", "AP", "FM", "MC", "PU"]),
    region("molise", "Molise", &["CB", "IS"]),
    region("piemonte", "Piemonte", &["AL", "AT", "BI", "CN", "NO", "TO", "VB", "VC"]),
    region("puglia", "Puglia", &["BA", "BR", "BT", "FG", "LE", "TA"]),
    region("sardegna", "Sardegna", &["CA", "CI", "NU", "OG", "OR", "OT", "SS", "SU", "VS"]),
    region("sicilia", "Sicilia", &["AG", "CL", "CT", "EN", "ME", "PA", "RG", "SR", "TP"]),
    region("toscana", "Toscana", &["AR", "FI", "GR", "LI", "LU", "MS", "PI", "PO", "PT", "SI"]),
    region("trentino-alto-adige", "Trentino-Alto Adige", &["BZ", "TN"]),
    region("umbria", "Umbria", &["PG", "TR"]),
    region("valle-d-aosta", "Valle d’Aosta", &["AO"]),
    region("veneto", "Veneto", &["BL", "PD", "RO", "TV", "VE", "VI", "VR"]),
];

impl Region {
    /// The region of an id.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        REGIONS.iter().find(|region| region.id.eq_ignore_ascii_case(id))
    }

    /// The region that a province lies in; capital or small letters.
    pub fn of_province(province: &str) -> Option<&'static Self> {
        REGIONS.iter().find(|region| region.provinces.iter().any(|known| known.eq_ignore_ascii_case(province)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_province_lies_in_one_region() {
        let all: Vec<&str> = REGIONS.iter().flat_map(|region| region.provinces).copied().collect();
        let distinct: BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!(all.len(), distinct.len());
        assert!(all.len() >= 107, "{}", all.len());
        assert_eq!(Region::of_province("lu").map(|region| region.id), Some("toscana"));
        assert_eq!(Region::by_id("Toscana").map(|region| region.name), Some("Toscana"));
        assert!(REGIONS.iter().all(|region| crate::domain::Region::by_id(region.id).is_some()));
    }
}
