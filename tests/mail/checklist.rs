//! Every kind of mail, in both languages, against the list of what a mail must be.

use mail_parser::{MessageParser, MimeHeaders};
use sportello::domain::Language;
use sportello::mail::compose;

use crate::samples::{all_kinds, mail};

#[test]
fn every_mail_passes_the_list() {
    for language in [Language::It, Language::En] {
        for delivery in all_kinds(language) {
            let mail = mail(&delivery);
            let sealed = compose(&mail).unwrap();
            if let Ok(folder) = std::env::var("SPORTELLO_SAMPLES") {
                let name = format!("{folder}/{:?}-{:02}-{}", language, delivery.id.0, delivery.about.kind());
                std::fs::write(format!("{name}.html"), &mail.html).unwrap();
                std::fs::write(format!("{name}.txt"), &mail.text).unwrap();
                std::fs::write(format!("{name}.eml"), &sealed.bytes).unwrap();
            }
            let parsed = MessageParser::default().parse(&sealed.bytes).unwrap();
            assert_eq!(parsed.subject(), Some(mail.subject.as_str()));
            assert_eq!(parsed.message_id(), Some(mail.message_id.as_str()));
            assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), mail.text.trim_end());
            assert_eq!(parsed.attachment(0).and_then(|part| part.attachment_name()), mail.calendar.as_ref().map(|_| "chiusure.ics"));
        }
    }
}
