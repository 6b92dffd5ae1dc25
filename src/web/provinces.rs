//! The names of Italy's provinces by the two letters that stand for them.

#[rustfmt::skip]
const PROVINCES: [(&str, &str); 110] = [
    ("AG", "Agrigento"), ("AL", "Alessandria"), ("AN", "Ancona"), ("AO", "Valle d'Aosta"), ("AP", "Ascoli Piceno"), ("AQ", "L'Aquila"),
    ("AR", "Arezzo"), ("AT", "Asti"), ("AV", "Avellino"), ("BA", "Bari"), ("BG", "Bergamo"), ("BI", "Biella"), ("BL", "Belluno"),
    ("BN", "Benevento"), ("BO", "Bologna"), ("BR", "Brindisi"), ("BS", "Brescia"), ("BT", "Barletta-Andria-Trani"), ("BZ", "Bolzano"),
    ("CA", "Cagliari"), ("CB", "Campobasso"), ("CE", "Caserta"), ("CH", "Chieti"), ("CL", "Caltanissetta"), ("CN", "Cuneo"), ("CO", "Como"),
    ("CR", "Cremona"), ("CS", "Cosenza"), ("CT", "Catania"), ("CZ", "Catanzaro"), ("EN", "Enna"), ("FC", "Forlì-Cesena"), ("FE", "Ferrara"),
    ("FG", "Foggia"), ("FI", "Firenze"), ("FM", "Fermo"), ("FR", "Frosinone"), ("GE", "Genova"), ("GO", "Gorizia"), ("GR", "Grosseto"),
    ("IM", "Imperia"), ("IS", "Isernia"), ("KR", "Crotone"), ("LC", "Lecco"), ("LE", "Lecce"), ("LI", "Livorno"), ("LO", "Lodi"),
    ("LT", "Latina"), ("LU", "Lucca"), ("MB", "Monza e Brianza"), ("MC", "Macerata"), ("ME", "Messina"), ("MI", "Milano"), ("MN", "Mantova"),
    ("MO", "Modena"), ("MS", "Massa-Carrara"), ("MT", "Matera"), ("NA", "Napoli"), ("NO", "Novara"), ("NU", "Nuoro"), ("OR", "Oristano"),
    ("PA", "Palermo"), ("PC", "Piacenza"), ("PD", "Padova"), ("PE", "Pescara"), ("PG", "Perugia"), ("PI", "Pisa"), ("PN", "Pordenone"),
    ("PO", "Prato"), ("PR", "Parma"), ("PT", "Pistoia"), ("PU", "Pesaro e Urbino"), ("PV", "Pavia"), ("PZ", "Potenza"), ("RA", "Ravenna"),
    ("RC", "Reggio Calabria"), ("RE", "Reggio Emilia"), ("RG", "Ragusa"), ("RI", "Rieti"), ("RM", "Roma"), ("RN", "Rimini"), ("RO", "Rovigo"),
    ("SA", "Salerno"), ("SI", "Siena"), ("SO", "Sondrio"), ("SP", "La Spezia"), ("SR", "Siracusa"), ("SS", "Sassari"), ("SU", "Sud Sardegna"),
    ("SV", "Savona"), ("TA", "Taranto"), ("TE", "Teramo"), ("TN", "Trento"), ("TO", "Torino"), ("TP", "Trapani"), ("TR", "Terni"),
    ("TS", "Trieste"), ("TV", "Treviso"), ("UD", "Udine"), ("VA", "Varese"), ("VB", "Verbano-Cusio-Ossola"), ("VC", "Vercelli"),
    ("VE", "Venezia"), ("VI", "Vicenza"), ("VR", "Verona"), ("VT", "Viterbo"), ("VV", "Vibo Valentia"),
    ("OT", "Olbia-Tempio"), ("OG", "Ogliastra"), ("CI", "Carbonia-Iglesias"),
];

/// The name of a province; its letters where they stand for none.
pub(super) fn name(code: &str) -> String {
    PROVINCES.iter().find(|(known, _)| *known == code).map_or_else(|| crate::alert::clean(code), |(_, name)| (*name).to_string())
}

/// "Lucca (LU)".
pub(super) fn title(code: &str) -> String {
    let name = name(code);
    if name == code { name } else { format!("{name} ({code})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_province_stands_once() {
        let mut codes: Vec<&str> = PROVINCES.iter().map(|(code, _)| *code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), PROVINCES.len());
        assert_eq!(title("LU"), "Lucca (LU)");
        assert_eq!(title("<b>"), "<b>");
    }
}
