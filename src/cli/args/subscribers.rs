//! `sportello subscribers …` on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{aspect, language};
use crate::domain::{Aspect, Frequency, Language};

const SUBSCRIBE_HELP: &str = "\
Examples:
  sportello subscribers add ada@example.org --body comune-prato --office anagrafe
  sportello subscribers add ada@example.org --region toscana --aspect closures --frequency weekly-08
  sportello subscribers add https://example.org/hook --province LU

You answer for their consent: it is written down that it came by you. A web address is called with JSON (a webhook); its key is shown
once more by adding the same again.";

const IMPORT_HELP: &str = "\
The first line names the columns: email and, in any order and as far as needed, language, frequency, reminders, regions, provinces, bodies,
offices, aspects, words. Several values in one field are separated by semicolons. If any line has an error, nothing is taken.
Addresses that are stopped, and those whose owners wanted to be forgotten, are passed over.";

/// `sportello subscribers …`
#[derive(Debug, Subcommand)]
pub enum SubscribersCommand {
    /// Add a subscriber, who counts as confirmed, or one more subscription for a known one; a stopped one counts again
    #[command(after_help = SUBSCRIBE_HELP)]
    Add(SubscribeArgs),
    /// List the subscribers and what they want
    List {
        /// One subscriber a line, as JSON
        #[arg(long)]
        json: bool,
        /// Only those that are stopped: by themselves, by bounces, by a complaint
        #[arg(long)]
        suspended: bool,
        /// Only those whose mails came back for good
        #[arg(long)]
        bouncing: bool,
    },
    /// Remove a subscriber and all that is kept about them
    Remove {
        /// Their address
        email: String,
        /// Keep a keyed hash of the address, so that no import brings it back
        #[arg(long)]
        forget: bool,
    },
    /// Read subscribers from a file with comma-separated values
    #[command(after_help = IMPORT_HELP)]
    Import {
        /// The file, or `-` for standard input
        #[arg(value_name = "FILE|-")]
        file: PathBuf,
    },
    /// Write all subscriptions as comma-separated values, one a line
    Export,
}

/// `sportello subscribers add`
#[derive(Debug, Args)]
pub struct SubscribeArgs {
    /// Their mail address, or the URL of a webhook
    pub address: String,
    /// Only this region: toscana, emilia-romagna, …; may be given more than once
    #[arg(long, value_name = "ID")]
    pub region: Vec<String>,
    /// Only this province, two letters; may be given more than once
    #[arg(long, value_name = "XX")]
    pub province: Vec<String>,
    /// Only this body; may be given more than once
    #[arg(long, value_name = "ID")]
    pub body: Vec<String>,
    /// Only this office; may be given more than once
    #[arg(long, value_name = "ID")]
    pub office: Vec<String>,
    /// Only this aspect: hours, status, channels, address, closures, openings; may be given more than once
    #[arg(long, value_name = "ASPECT", value_parser = aspect)]
    pub aspect: Vec<Aspect>,
    /// Only changes in whose evidence this word or phrase occurs; may be given more than once
    #[arg(long, value_name = "WORD")]
    pub word: Vec<String>,
    /// Everything that is watched
    #[arg(long, conflicts_with_all = ["region", "province", "body", "office", "aspect", "word"],
          required_unless_present_any = ["region", "province", "body", "office", "aspect", "word"])]
    pub all: bool,
    /// How often: at-once, daily-08 (every day at eight), weekly-08 (Mondays at eight)
    #[arg(long, value_name = "FREQUENCY", default_value = "at-once")]
    pub frequency: Frequency,
    /// The language of their mails: it, en
    #[arg(long, value_name = "LANGUAGE", default_value = "it", value_parser = language)]
    pub language: Language,
    /// Remind them the evening before a closure or new hours begin
    #[arg(long)]
    pub reminders: bool,
}
