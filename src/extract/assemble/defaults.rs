//! What a list says once for all of its offices: hours, an address, a way of receiving, contacts.

use std::collections::BTreeSet;

use super::Assembler;
use crate::domain::Access;
use crate::extract::draft::{Facts, Flags, Subject};
use crate::extract::scan::Mark;
use crate::extract::segment::{Role, Segment};

impl Assembler<'_> {
    /// What a list says once for all holds for each office that says nothing else.
    pub(super) fn apply_defaults(&mut self) {
        for draft in &mut self.drafts {
            if draft.subject.office.is_all() {
                continue;
            }
            if let Some((_, flags)) =
                self.branch_rule.as_ref().filter(|(office, _)| draft.subject.site.is_some() && draft.subject.office == *office)
                && !draft.flags.closed
            {
                let counter = draft.weeks.contains_key(&Access::WalkIn);
                draft.flags = draft.flags.or(*flags);
                (draft.flags.appointment, draft.flags.strict) = (true, true);
                draft.flags.remote &= !counter;
            }
            // "CARTA D'IDENTITÀ: SI FA SU APPUNTAMENTO" above hours of which nothing else is said
            let counter = draft.weeks.contains_key(&Access::WalkIn) && !draft.weeks.contains_key(&Access::Appointment);
            let said = Flags { appointment: false, strict: false, ..draft.flags };
            if counter && said == Flags::default() && self.booked_by_title.contains(&draft.subject.office) {
                (draft.flags.appointment, draft.flags.strict) = (true, true);
            }
            if draft.address.is_none() && draft.subject.site.is_none() {
                draft.address.clone_from(&self.default_address);
            }
            for channel in &self.default_channels {
                if !draft.channels.contains(channel) {
                    draft.channels.push(channel.clone());
                }
            }
            // "riceve soltanto il martedì", below what holds for the others: its own hours, and no fewer than before
            if !self.default_hours.is_empty() && draft.flags == (Flags { reduced: true, ..Flags::default() }) {
                draft.flags.reduced = false;
            }
            // hours of its telephone alone say nothing of the counter
            let counter = draft.weeks.keys().any(|access| *access != Access::Phone);
            let own = counter || draft.flags.appointment || draft.flags.remote || draft.flags.closed;
            if !own || draft.also {
                for (access, chunk) in &self.default_hours {
                    // "il lunedì è chiuso; negli altri giorni si segue l'orario generale"
                    let mut chunk = chunk.clone();
                    chunk.days.retain(|day| !draft.weeks.values().any(|week| is_off(week, day)));
                    if chunk.days.is_empty() {
                        continue;
                    }
                    let chunk = &chunk;
                    crate::extract::grammar::weeks::lay(draft.weeks.entry(*access).or_default(), chunk);
                }
            }
            // hours of the telephone at which one books say nothing of the counter
            let each = self.default_each.is_some();
            let by_phone = draft.weeks.keys().all(|access| *access == Access::Phone);
            // "appuntamenti solo martedì e giovedì" in a row of those who receive by appointment
            let fewer = draft.flags == (Flags { reduced: true, ..Flags::default() })
                && (!each || self.each.contains(&draft.subject.office))
                && self.default_flags.is_some_and(|(flags, _)| flags.strict);
            if let Some((flags, period)) = self.default_flags
                && (!draft.flags.any() || fewer)
                && !draft.unchanged
                && (!each || fewer || by_phone && !draft.channels.is_empty() && self.each.contains(&draft.subject.office))
            {
                draft.flags = draft.flags.or(flags);
                if let Some(period) = period.filter(|_| each && draft.period.is_open()) {
                    draft.period = period;
                }
                if each {
                    for (access, week) in &self.default_weeks {
                        draft.weeks.entry(*access).or_insert_with(|| week.clone());
                    }
                }
            }
        }
    }

    /// "Le assistenti sociali delle tre zone ricevono esclusivamente su appuntamento", above the table of the zones: so does each of them.
    pub(super) fn note_branch_rule(&mut self, segment: &Segment, whom: &[Subject], facts: &mut Facts) {
        const BRANCHES: [&str; 9] = ["zone", "sedi", "delegazioni", "sportelli", "circoscrizioni", "quartieri", "poli", "punti", "presidi"];
        const OF: [&str; 8] = ["delle", "dei", "degli", "nelle", "nei", "negli", "le", "i"];
        let [Subject { office, site: None, .. }] = whom else { return };
        let alone = facts.hours.is_empty() && facts.channels.is_empty() && facts.closures.is_empty() && facts.openings.is_empty();
        let counted = |three: &[crate::text::Token]| {
            OF.contains(&three[0].text.as_str())
                && self.lexicon.cardinal(&three[1].text).is_some()
                && BRANCHES.contains(&three[2].text.as_str())
        };
        if self.sites && alone && facts.flags.appointment && facts.period.is_none() && segment.tokens.windows(3).any(counted) {
            self.branch_rule = Some((office.clone(), facts.flags));
            facts.flags = Flags::default();
        }
    }

    /// "Ubicazione: via Umberto 112" as a row above the rows of several offices: each of them is there.
    pub(super) fn note_place_of_table(&mut self, index: usize, explicit: bool, facts: &mut Facts) {
        let segment = &self.segments[index];
        let label = segment.folded.text.split(':').next().unwrap_or_default().trim();
        let place = ["sede", "sedi", "ubicazione", "indirizzo", "dove siamo", "dove", "dove si trovano"].contains(&label);
        let same = |i: &usize| self.segments[*i].block == segment.block && self.segments[*i].role == Role::Row;
        // below the row of an office it is that office's
        let owned = (0..index).rev().take_while(same).any(|i| !self.names.within(i..i + 1).is_empty());
        if explicit || segment.role != Role::Row || !place || owned || self.default_address.is_some() {
            return;
        }
        let rows: Vec<usize> = (index + 1..self.segments.len()).take_while(same).collect();
        let offices: BTreeSet<String> =
            rows.iter().flat_map(|i| self.names.within(*i..*i + 1)).map(|named| named.office.0.clone()).collect();
        if offices.len() >= 2 {
            let marks = &self.scans[index];
            let told = marks.iter().find_map(|m| if let Mark::Address(address) = &m.mark { Some(address.clone()) } else { None });
            self.default_address = facts.address.take().or(told);
        }
    }

    /// Rules that a list says once above its offices.
    pub(super) fn note_defaults(&mut self, segment: &Segment, whom: &[Subject], facts: &mut Facts) {
        let each = segment.folded.has_any(&[
            "ognuno ai propri",
            "ciascuno ai propri",
            "ognuno al proprio",
            "ciascuno al proprio",
            "ognuno con i propri",
            "ai numeri di ciascun",
            "ai rispettivi",
            "ai numeri che seguono",
        ]);
        if each && facts.flags.appointment && !whom.is_empty() && whom.iter().all(|s| s.office.is_all()) {
            (self.default_flags, self.default_each) = (Some((facts.flags, facts.period)), Some(segment.block));
        }
        // "Gli uffici ricevono su appuntamento, lunedì 9-12. L'appuntamento si chiede direttamente al servizio interessato:"
        const OF_EACH: [&str; 8] =
            ["singoli", "singole", "interessato", "interessata", "direttamente", "ciascun", "rispettiv", "competente"];
        let asks =
            segment.announces() && segment.folded.has_any(&["appuntament", "prenotazion", "prenotare"]) && segment.folded.has_any(&OF_EACH);
        let of_all = |d: &&crate::extract::draft::Draft| d.subject.office.is_all() && d.flags.appointment;
        if asks && let Some(all) = self.drafts.iter().rev().find(of_all) {
            (self.default_flags, self.default_each) = (Some((all.flags, Some(all.period))), Some(segment.block));
            self.default_weeks.clone_from(&all.weeks);
        }
        let in_table = segment.folded.has_any(&["in tabella", "in elenco", "di questa pagina"]);
        let of_area = segment.folded.has_any(&["uffici dell'area", "uffici del settore", "servizi dell'area", "servizi del settore"]);
        let generic = in_table || of_area || whom.is_empty() || whom.iter().all(|s| s.office.is_all());
        let listed = segment.folded.has_any(&[
            "che seguono",
            "qui elencat",
            "elencati sotto",
            "riportati sotto",
            "indicati sotto",
            "sotto riportat",
            "sotto elencat",
            "sottoelencat",
            "di seguito",
            "seguenti",
            "elencati",
            "sotto indicat",
            "sottoindicat",
            "elenco seguente",
            "elenco che segue",
            "compresi nell'elenco",
            "inclusi nell'elenco",
        ]);
        let own_numbers = segment.folded.has_any(&[
            "propri numeri",
            "propri recapiti",
            "rispettivi numeri",
            "rispettivi recapiti",
            "numeri che seguono",
            "recapiti che seguono",
        ]);
        let listed = listed || own_numbers;
        let unless = is_unless_told(segment);
        let together = segment.folded.has_any(&["uffici", "servizi", "sportelli"])
            && segment.folded.has_any(&[
                "tutti in ",
                "tutti sede",
                "tutte sede",
                "tutti nel",
                "tutti al ",
                "tutti presso",
                "tutte in ",
                "tutte nel",
                "si trovano",
                " sono in ",
                " sono al ",
                " sono nel",
                "hanno sede",
                "sono ubicat",
                "sono situat",
                "trovano posto",
            ]);
        // "Indirizzo di posta unico per tutti gli sportelli", below the table of them
        let of_branches = self.sites
            && segment.folded.has_any(&["tutti gli sportelli", "tutte le sedi", "tutte le delegazioni", "unico per le", "unica per le"]);
        let of_page = segment.folded.has_any(&[
            "di questa pagina",
            "in tabella",
            "della tabella",
            "in elenco",
            "dell'elenco",
            "sopra elencat",
            "sopraelencat",
            "sopra indicat",
            "suddett",
            "qui elencat",
            "qualunque servizio",
            "qualunque ufficio",
            "qualsiasi servizio",
            "qualsiasi ufficio",
            "dell'area",
            "del settore",
        ]);
        let of_page = of_page && (segment.folded.has("uffic") || segment.folded.has("serviz")) && self.names.several;
        if generic && (of_page || of_branches) && !facts.channels.is_empty() {
            self.default_channels.append(&mut facts.channels);
        }
        // "dove non è indicato diversamente, l'ufficio si trova in …"
        let each_there = unless && segment.folded.has_any(&["l'ufficio", "lo sportello", "il servizio", "ogni ", "ciascun"]);
        let together = together || each_there && segment.folded.has_any(&["si trova", "ha sede", "e in "]);
        if together && (generic || segment.folded.has("uffici, tutti")) && facts.address.is_some() && self.names.several {
            self.default_address = facts.address.take();
            if !unless || facts.hours.is_empty() {
                return;
            }
        }
        if !generic || !(listed || unless) || segment.announces() && !unless {
            return;
        }
        if !facts.hours.is_empty() && !segment.announces() {
            self.default_hours = std::mem::take(&mut facts.hours);
            facts.flags.open = false;
        }
        if facts.flags.appointment || facts.flags.remote {
            self.default_flags = Some((facts.flags, facts.period));
            if self.document_period.is_none() {
                self.document_period = facts.period;
            }
            if own_numbers {
                return; // said of all, and of each of them with its number
            }
            *facts = Facts::default();
        } else if let Some(address) = facts.address.take() {
            self.default_address = Some(address);
        }
    }
}

/// "salvo diversa indicazione", "dove non è specificato altrimenti", "se nulla è detto": whether a rule holds for whoever says nothing else.
fn is_unless_told(segment: &Segment) -> bool {
    const REACH: usize = 8;
    const TOLD: [&str; 9] = ["dett", "indica", "divers", "specificat", "segnalat", "precisat", "altriment", "altra", "eccezion"];
    let word = |i: usize| segment.tokens.get(i).map_or("", |t| t.text.as_str());
    let leads = |i: usize| match word(i) {
        "salvo" | "tranne" | "eccetto" => true,
        "se" | "dove" | "ove" | "laddove" | "quando" => (i + 1..i + 4).any(|j| matches!(word(j), "non" | "nulla")),
        _ => false,
    };
    let told = |i: usize| (i + 1..i + 1 + REACH).any(|j| TOLD.iter().any(|stem| word(j).starts_with(stem)));
    (0..segment.tokens.len()).any(|i| leads(i) && told(i)) || segment.folded.has("salvo che")
}

/// Whether a week says of a day that it is shut.
fn is_off(week: &crate::domain::Week, day: &crate::domain::DaySelector) -> bool {
    week.iter().any(|(_, other, slot)| other == day && *slot == crate::domain::Slot::Off)
}
