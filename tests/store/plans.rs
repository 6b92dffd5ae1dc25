//! Every query finds its rows through an index.

use rusqlite::Connection;
use sportello::store::sqlite::{all_statements, migrate::MIGRATIONS};

/// Statements that walk a whole table because that is what they are for.
const WALKS: &[(&str, &str)] = &[
    ("bodies", "ALL_BODIES"),      // lists all bodies
    ("bodies", "ALL_SOURCES"),     // lists all sources
    ("bodies", "WATCHED_SOURCES"), // compares all with the operator's file
    ("upkeep", "CHAIN_ENDS"),      // one hash over all chains
    ("verify", "SOURCES"),         // verification
    ("restore", "SKIP_IDS"),       // SQLite's own table of a few rows
];

fn plan(conn: &Connection, sql: &str) -> Vec<String> {
    let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap_or_else(|e| panic!("{e}: {sql}"));
    let nulls = vec![rusqlite::types::Null; statement.parameter_count()];
    let lines = statement.query_map(rusqlite::params_from_iter(nulls), |row| row.get::<_, String>("detail")).unwrap();
    lines.map(Result::unwrap).collect()
}

fn schema() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    for migration in MIGRATIONS {
        conn.execute_batch(migration).unwrap();
    }
    conn
}

/// The rows of a subquery, of a recursion or of json_each are no table; an index of words is entered by its words (`M`) or by a row (`=`).
fn is_harmless(line: &str) -> bool {
    let entry = line.split_once("VIRTUAL TABLE INDEX ").and_then(|(_, entry)| entry.split_once(':'));
    let is_entered = entry.is_some_and(|(_, by)| by.starts_with(['M', '=']));
    line.contains("(subquery") || line.contains("CONSTANT ROW") || line == "SCAN found" || is_entered
}

#[test]
fn no_statement_reads_a_whole_table() {
    let conn = schema();
    let mut n_statements = 0;
    let mut wrong = Vec::new();
    for (file, name, sql) in all_statements() {
        n_statements += 1;
        let plan = plan(&conn, sql);
        // the rows of a subquery or of json_each are no table
        let scans: Vec<&String> = plan.iter().filter(|line| line.starts_with("SCAN ") && !is_harmless(line)).collect();
        let may_walk = WALKS.contains(&(file, name));
        if scans.is_empty() == may_walk {
            wrong.push(format!("{file} {name}: {plan:#?}"));
        }
        // a list that is cut must come sorted from its index, or all of it is read to be sorted
        if sql.contains("LIMIT") {
            wrong.extend(plan.iter().filter(|line| line.contains("TEMP B-TREE")).map(|line| format!("{file} {name}: {line}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(n_statements > 80, "{n_statements}");
}

#[test]
fn lists_of_changes_walk_the_index_that_narrows_most() {
    let conn = schema();
    for (name, index) in [
        ("ALL", "change_by_time"),
        ("OF_BODY", "change_by_body"),
        ("OF_OFFICE", "change_by_office"),
        ("OF_BODY_AND_OFFICE", "change_by_body_office"),
        ("OF_PROVINCE", "change_by_province"),
        ("OF_ASPECT", "change_by_aspect"),
        ("OF_OFFICE_AND_ASPECT", "change_by_office_aspect"),
        ("OF_PROVINCE_AND_ASPECT", "change_by_province_aspect"),
        ("OF_PROVINCE_AND_OFFICE", "change_by_province_office"),
    ] {
        let (_, _, sql) = all_statements().find(|(file, found, _)| *file == "changes" && *found == name).unwrap();
        let plan = plan(&conn, sql);
        assert!(plan.iter().any(|line| line.contains(&format!("USING INDEX {index} "))), "{name}: {plan:?}");
    }
}

#[test]
fn a_scan_would_be_seen() {
    let plan = plan(&schema(), "SELECT id FROM change WHERE made + 1 = :made");
    assert!(plan.iter().any(|line| line.starts_with("SCAN change")), "{plan:?}");
}

#[test]
fn no_statement_hides_from_the_list() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/sqlite");
    let calls = ["prepare(", "prepare_cached(", "query_row(", "execute(", "execute_batch("];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        if path.ends_with("migrate.rs") {
            continue; // reads and writes what opening a file needs, before there is a schema
        }
        for call in calls {
            for (at, _) in text.match_indices(call) {
                let argument = text[at + call.len()..].trim_start();
                let has_plan = !["\"PRAGMA", "\"BEGIN", "\"COMMIT"].iter().any(|word| argument.starts_with(word));
                let is_literal = argument.starts_with('"') && has_plan;
                assert!(!is_literal, "{}: SQL outside of statements!: {}", path.display(), argument.lines().next().unwrap_or_default());
            }
        }
    }
}
