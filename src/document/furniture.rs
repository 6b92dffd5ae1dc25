//! Page furniture told from content once the blocks are known: what stands outside the `<main>`, under titles of related matter,
//! in lists of bare links, in closing lines. Landmarks and structure come first; words only where the page has neither.

use super::{Block, BlockKind, Document, Region, headlines};

/// Titles that open related matter in any site, in lower case; a title matches if it begins with one of them.
const RELATED: &[&str] = &[
    "vedi anche",
    "leggi anche",
    "potrebbe interessar",
    "potrebbero interessar",
    "ti potrebbe",
    "notizie correlate",
    "contenuti correlati",
    "articoli correlati",
    "servizi correlati",
    "pagine correlate",
    "eventi correlati",
    "elementi correlati",
    "ultime notizie",
    "ultime news",
    "altre notizie",
    "altre news",
    "post precedenti",
    "messaggi precedenti",
    "notizie precedenti",
    "ultimi comunicati",
    "altri comunicati",
    "comunicati precedenti",
    "comunicati recenti",
    "altri avvisi",
    "avvisi precedenti",
    "lettere precedenti",
    "articoli precedenti",
    "altri articoli",
    "articoli recenti",
    "notizie recenti",
    "ultimi articoli",
    "le più lette",
    "i più letti",
    "più letti",
    "in evidenza nel sito",
    "contenuti recenti",
    "condividi",
    "seguici su",
    "tag",
    "contatta il comune",
    "problemi in città",
    "contatta la provincia",
    "contatta la città",
    "contatta l'unione",
    "contatta l'ente",
    "contattaci per",
    "link utili",
    "previsioni meteo",
    "meteo",
    "il tempo a ",
    "prossimi eventi",
    "calendario eventi",
];

/// Titles of forms that ask the reader something.
const ASKING: &[&str] = &[
    "quanto sono chiare",
    "come valuti",
    "valuta la chiarezza",
    "valuta da 1 a 5",
    "valuta questa pagina",
    "valuta questo sito",
    "questa pagina ti è stata utile",
    "questa pagina è stata utile",
    "è stata utile",
    "grazie, il tuo parere",
    "grazie per il tuo parere",
    "aiutaci a migliorare",
    "lascia un commento",
    "lascia un feedback",
    "preferenze cookie",
    "gestione dei cookie",
    "informativa sui cookie",
    "questo sito utilizza i cookie",
    "questo sito usa i cookie",
];

/// Names and commands that stand alone in share menus and tool bars.
const BUTTONS: &[&str] = &[
    "condividi",
    "facebook",
    "twitter",
    "x",
    "whatsapp",
    "telegram",
    "linkedin",
    "instagram",
    "youtube",
    "stampa",
    "ascolta",
    "invia",
    "vedi azioni",
    "rss",
    "torna su",
    "torna indietro",
    "indietro",
    "menu",
    "cerca",
    "chiudi",
    "copia link",
    "scarica pdf",
    "vai al contenuto",
];

/// Words of closing lines.
const CLOSING: &[&str] = &[
    "p.iva",
    "p. iva",
    "partita iva",
    "tutti i diritti riservati",
    "copyright",
    "©",
    "visitatore n",
    "sei il visitatore",
    "ottimizzato per",
    "powered by",
    "realizzato da",
    "realizzazione sito",
    "realizzazione del sito",
    "webmaster",
    "note legali",
    "privacy policy",
    "dichiarazione di accessibilità",
    "credits",
];

/// Corrects the regions that landmarks alone gave.
pub(super) fn mark(document: &mut Document) {
    let landmark = outside_main(document);
    under_titles(document);
    lone_lines(document);
    if !landmark {
        bare_links(document);
    }
    headlines::mark(document, is_home(document));
    headed_foot(document);
    closing_lines(document);
    never_nothing(document);
}

/// Where a page marks its matter with `<main>`, the rest is beside it. Says whether it does.
fn outside_main(document: &mut Document) -> bool {
    let mut inside = vec![false; document.containers.len()];
    // A container is made after the one around it, so one pass reaches all.
    for (index, container) in document.containers.iter().enumerate() {
        let above = container.parent.and_then(|parent| inside.get(parent).copied()).unwrap_or(false);
        if let Some(slot) = inside.get_mut(index) {
            // A box that calls for attention is matter wherever it stands: sites put it above everything.
            *slot = above || container.tag == "main" || container.mark.as_deref() == Some("alert");
        }
    }
    let has_main = document.containers.iter().any(|container| container.tag == "main");
    let within = |block: &Block| inside.get(block.container).copied().unwrap_or(false);
    let speaks = document.blocks.iter().filter(|block| block.region == Region::Main && within(block)).map(size).sum::<usize>() > 40;
    if speaks && has_main {
        for block in &mut document.blocks {
            if block.region == Region::Main
                && !inside.get(block.container).copied().unwrap_or(false)
                && !matches!(block.kind, BlockKind::Heading(1))
            {
                block.region = Region::Aside;
            }
        }
    }
    speaks && has_main
}

fn size(block: &Block) -> usize {
    match &block.kind {
        BlockKind::Table(table) => table.rows.iter().flatten().map(|cell| cell.text.len()).sum(),
        _ => block.text.len(),
    }
}

/// What stands under "Vedi anche" is about something else; what stands under "Quanto sono chiare …" is a form.
fn under_titles(document: &mut Document) {
    let mut regions: Vec<Option<Region>> = Vec::with_capacity(document.blocks.len());
    for index in 0..document.blocks.len() {
        let Some(block) = document.blocks.get(index) else { break };
        let above = block.headings.iter().find_map(|heading| regions.get(*heading).copied().flatten());
        let own = match block.kind {
            BlockKind::Heading(level) if level > 1 && !heads_list(document, &block.text) => of_title(&block.text),
            _ => None,
        };
        let found = above.or(own);
        regions.push(if matches!(block.kind, BlockKind::Heading(_)) { found } else { None });
        if let Some(region) = found
            && let Some(block) = document.blocks.get_mut(index)
            && block.region == Region::Main
        {
            block.region = region;
        }
    }
}

/// Titles of related matter which, on a page that lists news instead of being one, head its own matter.
const LATEST: &[&str] = &["ultime notizie", "ultime news", "notizie recenti", "articoli recenti", "ultimi articoli"];

/// Whether a title heads the list that the page is: "Ultime notizie" on a home page, or on the page that is called so.
fn heads_list(document: &Document, title: &str) -> bool {
    let title = title.trim().to_lowercase();
    LATEST.iter().any(|name| title.starts_with(name)) && (is_home(document) || page_title(document).contains(&title))
}

fn page_title(document: &Document) -> String {
    document.title.as_deref().unwrap_or_default().trim().to_lowercase()
}

/// Whether the title of the page is the body's name, or says that it is the home page.
fn is_home(document: &Document) -> bool {
    let page = page_title(document);
    let body = ["comune di ", "città di ", "provincia di ", "unione "].iter().any(|name| page.starts_with(name));
    // "Comune di Montebello - sito ufficiale"
    let page = ["sito ufficiale", "sito istituzionale", "portale istituzionale", "home page", "home"]
        .iter()
        .find_map(|name| page.strip_suffix(name))
        .map_or(page.as_str(), |rest| rest.trim_end_matches([' ', '-', '|', ':', '–', '—']));
    let bare = body && page.split_whitespace().count() <= 6 && !page.contains([':', '|', '–', '—']) && !page.contains(" - ");
    page.starts_with("home") || bare
}

fn of_title(title: &str) -> Option<Region> {
    let title = title.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let begins = |names: &[&str]| {
        names.iter().any(|name| title.strip_prefix(name).is_some_and(|rest| name.len() > 4 || !rest.starts_with(char::is_alphanumeric)))
    };
    if begins(ASKING) {
        Some(Region::Banner)
    } else if begins(RELATED) {
        Some(Region::Aside)
    } else {
        None
    }
}

/// "Facebook", "Stampa" and the like alone in their block, and short notices about cookies.
fn lone_lines(document: &mut Document) {
    for block in document.blocks.iter_mut().filter(|block| block.region == Region::Main) {
        if matches!(block.kind, BlockKind::Heading(_) | BlockKind::Table(_)) {
            continue;
        }
        if block.text.len() <= 20 && BUTTONS.iter().any(|name| block.text.eq_ignore_ascii_case(name)) {
            block.region = Region::Aside;
        } else if block.text.len() < 600 && asks_for_cookies(&block.text) {
            block.region = Region::Banner;
        }
    }
}

fn asks_for_cookies(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.contains("cookie")
        && ["utilizza", "usiamo", "utilizziamo", "accett", "consens", "navigazion"].iter().any(|word| lower.contains(word))
}

/// Pages without landmarks: lists and lines of nothing but short links are menus.
fn bare_links(document: &mut Document) {
    let mut from = 0;
    while from < document.blocks.len() {
        let run = document.blocks.iter().skip(from).take_while(|block| is_bare(block)).count();
        let blocks = document.blocks.get_mut(from..from + run).unwrap_or_default();
        let links: usize = blocks.iter().map(|block| block.links.len()).sum();
        let length: usize = blocks.iter().map(|block| block.text.len()).sum();
        if links >= 4 && length / links < 40 {
            for block in blocks {
                block.region = Region::Navigation;
            }
        }
        from += run.max(1);
    }
}

/// Whether a block is links and hardly anything else, none of them an address to write to or call.
fn is_bare(block: &Block) -> bool {
    let linked: usize = block.links.iter().map(|link| link.range.len()).sum();
    block.region == Region::Main
        && !matches!(block.kind, BlockKind::Heading(_) | BlockKind::Table(_))
        && !block.links.is_empty()
        && block.text.len() <= linked + 3 * block.links.len()
        && !block.links.iter().any(|link| ["mailto:", "tel:", "https://wa.me"].iter().any(|scheme| link.href.starts_with(scheme)))
        && block.text.bytes().filter(u8::is_ascii_digit).count() < 5
}

/// The last part of a page, where it is headed by the body's name and gives the body's own address and numbers: its foot, whatever the site calls it.
fn headed_foot(document: &mut Document) {
    const BODIES: [&str; 5] = ["comune di ", "città di ", "provincia di ", "unione dei comuni", "unione di comuni"];
    const LONGEST_NAME: usize = 8;
    const LONGEST_LINE: usize = 200;
    let names_body = |block: &Block| {
        let name = block.text.to_lowercase();
        let below = matches!(block.kind, BlockKind::Heading(level) if level > 1) && block.region == Region::Main;
        let bare = !name.contains([':', ',', '–', '—']) && !name.contains(" - ") && name.split_whitespace().count() <= LONGEST_NAME;
        below && bare && BODIES.iter().any(|body| name.starts_with(body))
    };
    // a union's page tells of its members one after the other
    let mut names = document.blocks.iter().filter(|block| names_body(block)).map(|block| &block.text);
    let first = names.next();
    if names.any(|name| Some(name) != first) {
        return;
    }
    let Some(at) = document.blocks.iter().rposition(names_body) else { return };
    // there the body's own numbers are the matter
    let page = page_title(document);
    let is_about = |name: &str| ["contatti", "recapiti", "dove siamo", "come contattar"].iter().any(|word| name.contains(word));
    let heading = document.blocks.iter().find(|block| matches!(block.kind, BlockKind::Heading(1))).map(|block| block.text.to_lowercase());
    if is_home(document) || is_about(&page) || heading.is_some_and(|heading| is_about(&heading)) {
        return;
    }
    let Some((before, foot)) = document.blocks.split_at_mut_checked(at) else { return };
    let told = |block: &&Block| block.region == Region::Main && !matches!(block.kind, BlockKind::Heading(_));
    let matter: usize = before.iter().filter(told).map(size).sum();
    // hours are matter wherever they stand
    let names_days = |text: &str| ["luned", "marted", "mercoled", "gioved", "venerd"].iter().any(|day| text.to_lowercase().contains(day));
    let is_matter = |block: &Block| matches!(block.kind, BlockKind::Table(_)) || block.text.len() > LONGEST_LINE || names_days(&block.text);
    let tells = foot.iter().filter(told).any(is_matter);
    let numbers: usize = foot.iter().filter(told).map(|block| block.text.bytes().filter(u8::is_ascii_digit).count()).sum();
    if matter < LONGEST_LINE || tells || numbers < 8 {
        return;
    }
    for block in foot.iter_mut().filter(|block| block.region == Region::Main) {
        block.region = Region::Footer;
    }
}

/// The last lines of a page without a `<footer>`.
fn closing_lines(document: &mut Document) {
    if document.blocks.iter().any(|block| block.region == Region::Footer) || document.blocks.len() < 4 {
        return;
    }
    for block in document.blocks.iter_mut().rev().filter(|block| block.region == Region::Main).take(2) {
        let lower = block.text.to_lowercase();
        if matches!(block.kind, BlockKind::Table(_)) || block.text.len() > 400 || !CLOSING.iter().any(|word| lower.contains(word)) {
            return;
        }
        block.region = Region::Footer;
    }
}

/// A page whose every block is furniture has been misunderstood: the least unlikely part is its matter.
fn never_nothing(document: &mut Document) {
    let long = |block: &Block| matches!(block.kind, BlockKind::Table(_)) || block.text.len() > 60;
    if document.blocks.iter().any(|block| block.region == Region::Main && size(block) > 20) {
        return;
    }
    for region in [Region::Aside, Region::Navigation, Region::Banner] {
        if document.blocks.iter().any(|block| block.region == region && long(block) && !asks_for_cookies(&block.text)) {
            for block in document.blocks.iter_mut().filter(|block| block.region == region) {
                block.region = Region::Main;
            }
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Input, read};
    use super::*;

    fn region_of(page: &str, text: &str) -> Region {
        let document = read(&Input { bytes: page.as_bytes(), ..Input::default() });
        document.blocks.iter().find(|block| block.text.contains(text)).map(|block| block.region).unwrap()
    }

    #[test]
    fn what_stands_outside_main_is_beside_it() {
        let page = "<body><div><p>Orari della sede</p></div><main><h1>Anagrafe</h1><p>Lo sportello riceve ogni mattina dalle 9 alle 12.</p></main>\
                    <div><h2>Chiama</h2><p>centralino</p></div>";
        assert_eq!(region_of(page, "ogni mattina"), Region::Main);
        assert_eq!(region_of(page, "Orari della sede"), Region::Aside);
        assert_eq!(region_of(page, "centralino"), Region::Aside);
    }

    #[test]
    fn related_matter_ends_with_its_section() {
        let page =
            "<main><section><h2>Leggi anche</h2><p>Chiusura della biblioteca</p></section><p>Il tributi riceve il martedì.</p></main>";
        assert_eq!(region_of(page, "Chiusura"), Region::Aside);
        assert_eq!(region_of(page, "martedì"), Region::Main);
    }

    #[test]
    fn an_old_page_without_landmarks_has_a_menu_and_a_last_line() {
        let page = "<TABLE><TR><TD><A HREF=a>Home</A><BR><A HREF=b>Giunta</A><BR><A HREF=c>Uffici</A><BR><A HREF=d>Foto</A></TD>\
                    <TD><P>Anagrafe aperta il lunedì<P>Tel. <A HREF='tel:058312345'>0583 12345</A></TD></TR></TABLE>\
                    <P>Comune di Prova - P.IVA 00000000000";
        assert_eq!(region_of(page, "Giunta"), Region::Navigation);
        assert_eq!(region_of(page, "0583"), Region::Main);
        assert_eq!(region_of(page, "P.IVA"), Region::Footer);
    }

    #[test]
    fn the_foot_of_a_page_is_headed_by_the_body() {
        let matter = "Lo sportello riceve ogni mattina dalle 9 alle 12. ".repeat(6);
        let head = "<h3>Comune di Prova</h3>";
        let foot = "<div id=pie><h4>Comune di Prova</h4><p>Piazza Roma 1<br>Tel. 0583 123450</p><h4>Seguici</h4><p>Albo</p></div>";
        assert_eq!(region_of(&format!("{head}<h1>Anagrafe</h1><p>{matter}</p>{foot}"), "0583"), Region::Footer);
        assert_eq!(region_of(&format!("<h1>Anagrafe</h1><p>{matter}</p>{foot}"), "mattina"), Region::Main);
        // there it is the matter
        assert_eq!(region_of(&format!("<h1>Contatti</h1><p>{matter}</p>{foot}"), "0583"), Region::Main);
        assert_eq!(region_of(&format!("<h1>Anagrafe</h1><p>breve</p>{foot}"), "0583"), Region::Main);
        let hours = "<h4>Comune di Prova</h4><p>Piazza Roma 1, tel. 0583 123450</p><p>luned&igrave; 9-12</p>";
        assert_eq!(region_of(&format!("<h1>Anagrafe</h1><p>{matter}</p>{hours}"), "0583"), Region::Main);
        let members = "<h3>Comune di Borgo</h3><p>Tel. 0583 123451</p>";
        assert_eq!(region_of(&format!("<h1>Anagrafe</h1><p>{matter}</p>{foot}{members}"), "123450"), Region::Main);
    }

    #[test]
    fn a_title_that_only_begins_alike_is_content() {
        assert_eq!(of_title("Tagliandi e permessi"), None);
        assert_eq!(of_title("TAG"), Some(Region::Aside));
        assert_eq!(of_title("Quanto sono chiare le informazioni?"), Some(Region::Banner));
    }

    #[test]
    fn a_page_is_never_all_furniture() {
        let page = "<div class='sidebar'><p>L'ufficio tecnico riceve su appuntamento il giovedì pomeriggio, dalle 15 alle 17.</p></div>";
        assert_eq!(region_of(page, "appuntamento"), Region::Main);
    }
}
