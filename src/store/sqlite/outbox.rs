//! The outbox.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::types::FromSqlError;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{At, Json, Word, count, small};
use super::{Sqlite, bodies, changes, fault::Fault, statements, trouble};
use crate::domain::{
    About, Body, BodyId, Change, ChangeId, Delivery, DeliveryId, Language, PlannedDelivery, Subscriber, SubscriberId, Verdict,
};
use crate::store::{DeliveryCounts, DeliveryRecord, DeliveryState, Outbox, Result};

type Done<T> = std::result::Result<T, Fault>;

statements! {
    FIND_WAITING = "
        SELECT id FROM delivery
         WHERE subscriber = :subscriber AND about = :about AND state = 'queued' AND attempts = 0";
    WAS_WRITTEN = "SELECT EXISTS (SELECT 1 FROM delivery WHERE subscriber = :subscriber AND about = :about)";
    INSERT = "
        INSERT INTO delivery (subscriber, about, created_at, due_at, first_due_at, lane)
             SELECT id, :about, :now, :due_at, :due_at, CASE way WHEN 'webhook' THEN 'webhook' ELSE :lane END
               FROM subscriber WHERE id = :subscriber AND (state = 'confirmed' OR :lane = 'service')
          RETURNING id";
    WAS_TOLD = "SELECT EXISTS (SELECT 1 FROM told WHERE subscriber = :subscriber AND change = :change AND occasion = :occasion)";
    TELL = "INSERT INTO told (subscriber, change, occasion, delivery) VALUES (:subscriber, :change, :occasion, :delivery)";
    DUE = "
        SELECT d.id, d.subscriber, d.about, d.attempts, coalesce(d.first_due_at, d.due_at) AS due_at, s.email, s.language,
               (SELECT json_group_array(change) FROM (SELECT change FROM told WHERE delivery = d.id ORDER BY change)) AS changes
          FROM delivery d INDEXED BY delivery_due JOIN subscriber s ON s.id = d.subscriber
         WHERE d.state = 'queued' AND d.lane = :lane AND d.due_at <= :now
         ORDER BY d.due_at, d.id
         LIMIT :limit";
    NEXT_DUE = "SELECT min(due_at) FROM delivery INDEXED BY delivery_due WHERE state = 'queued' AND lane = :lane";
    MARK = "UPDATE delivery SET state = 'sending', attempts = attempts + 1, taken_at = :now WHERE id = :id";
    SENT = "
        UPDATE delivery SET state = 'sent', settled_at = :now, answer = :answer
         WHERE id = :id AND state IN ('queued', 'sending')";
    /// Who was stopped while a mail was in hand is not tried again.
    LATER = "
        UPDATE delivery
           SET first_due_at = coalesce(first_due_at, due_at), due_at = :at, answer = :answer,
               state = CASE WHEN lane = 'service' OR (SELECT state FROM subscriber WHERE id = delivery.subscriber) = 'confirmed'
                            THEN 'queued' ELSE 'suspended' END
         WHERE id = :id AND state IN ('queued', 'sending')";
    REFUSED = "
        UPDATE delivery SET state = 'refused', settled_at = :now, answer = :answer
         WHERE id = :id AND state IN ('queued', 'sending')";
    REQUEUE = "
        UPDATE delivery
           SET state = CASE WHEN lane = 'service' OR (SELECT state FROM subscriber WHERE id = delivery.subscriber) = 'confirmed'
                            THEN 'queued' ELSE 'suspended' END
         WHERE state = 'sending' AND taken_at < :before";
    ONE = "
        SELECT d.id, d.subscriber, d.about, d.state, d.attempts, d.created_at, d.due_at, d.settled_at, d.answer, s.email, s.language,
               (SELECT json_group_array(change) FROM (SELECT change FROM told WHERE delivery = d.id ORDER BY change)) AS changes
          FROM delivery d JOIN subscriber s ON s.id = d.subscriber
         WHERE d.id = :id";
    IN_STATE = "
        SELECT d.id, d.subscriber, d.about, d.state, d.attempts, d.created_at, d.due_at, d.settled_at, d.answer, s.email, s.language,
               (SELECT json_group_array(change) FROM (SELECT change FROM told WHERE delivery = d.id ORDER BY change)) AS changes
          FROM delivery d JOIN subscriber s ON s.id = d.subscriber
         WHERE d.state = :state AND d.id < :before
         ORDER BY d.id DESC
         LIMIT :limit";
    TO = "
        SELECT d.id, d.subscriber, d.about, d.state, d.attempts, d.created_at, d.due_at, d.settled_at, d.answer, s.email, s.language,
               (SELECT json_group_array(change) FROM (SELECT change FROM told WHERE delivery = d.id ORDER BY change)) AS changes
          FROM delivery d JOIN subscriber s ON s.id = d.subscriber
         WHERE d.subscriber = :subscriber
         ORDER BY d.id DESC
         LIMIT :limit";
    /// Its three days begin anew.
    RETRY = "
        UPDATE delivery SET state = 'queued', due_at = :now, first_due_at = :now, settled_at = NULL
         WHERE id = :id AND state = 'refused'
           AND (lane = 'service' OR (SELECT state FROM subscriber WHERE id = delivery.subscriber) = 'confirmed')";
    COUNT = "SELECT count(*) FROM delivery WHERE state = :state";
    COUNT_ALL = "SELECT deliveries FROM total WHERE id = 1";
}

/// Writes a delivery, or adds its changes to one of the same matter that waits untried. `None` when nothing remains to be told.
/// `new_changes` are what the delivery's indices count.
pub(super) fn insert(tx: &Connection, delivery: &PlannedDelivery, new_changes: &[ChangeId], now: Timestamp) -> Done<Option<DeliveryId>> {
    let subscriber = delivery.subscriber.0;
    let (about, occasion) = (delivery.about.to_string(), delivery.about.occasion());
    let mut untold = Vec::new();
    for n in &delivery.changes {
        let change = new_changes.get(*n).ok_or_else(|| Fault::Unknown(format!("change number {n} of this visit")))?.0;
        let args = named_params! { ":subscriber": subscriber, ":change": change, ":occasion": occasion };
        let told: bool = tx.prepare_cached(WAS_TOLD)?.query_row(args, |row| row.get(0))?;
        if !told && !untold.contains(&change) {
            untold.push(change);
        }
    }
    let is_service = matches!(delivery.about, About::Confirmation(_) | About::Test(_) | About::Trouble(_));
    let args = named_params! { ":subscriber": subscriber, ":about": about };
    let waiting = if is_service {
        let was_written: bool = tx.prepare_cached(WAS_WRITTEN)?.query_row(args, |row| row.get(0))?;
        if was_written {
            return Ok(None);
        }
        None
    } else if untold.is_empty() {
        return Ok(None);
    } else {
        tx.prepare_cached(FIND_WAITING)?.query_row(args, |row| row.get(0)).optional()?
    };
    let id: Option<i64> = match waiting {
        Some(id) => Some(id),
        None => {
            let lane = if is_service { "service" } else { "news" };
            let args = named_params! { ":subscriber": subscriber, ":about": about, ":now": At(now), ":due_at": At(delivery.due_at), ":lane": lane };
            tx.prepare_cached(INSERT)?.query_row(args, |row| row.get(0)).optional()?
        }
    };
    // a subscriber who was erased or stopped since the plan was made gets nothing
    let Some(id) = id else { return Ok(None) };
    for change in untold {
        let args = named_params! { ":subscriber": subscriber, ":change": change, ":occasion": occasion, ":delivery": id };
        tx.prepare_cached(TELL)?.execute(args)?;
    }
    Ok(Some(DeliveryId(id)))
}

fn subscriber_from_row(row: &Row<'_>) -> rusqlite::Result<Subscriber> {
    Ok(Subscriber { id: SubscriberId(row.get("subscriber")?), email: row.get("email")?, language: row.get::<_, Word<_>>("language")?.0 })
}

fn change_ids(row: &Row<'_>) -> rusqlite::Result<Vec<ChangeId>> {
    Ok(row.get::<_, Json<Vec<i64>>>("changes")?.0.into_iter().map(ChangeId).collect())
}

fn record_from_row(row: &Row<'_>) -> rusqlite::Result<DeliveryRecord> {
    Ok(DeliveryRecord {
        id: DeliveryId(row.get("id")?),
        to: subscriber_from_row(row)?,
        about: row.get("about")?,
        changes: change_ids(row)?,
        state: row.get::<_, Word<_>>("state")?.0,
        attempts: small(row.get("attempts")?),
        created_at: row.get::<_, At>("created_at")?.0,
        due_at: row.get::<_, At>("due_at")?.0,
        settled_at: row.get::<_, Option<At>>("settled_at")?.map(|at| at.0),
        answer: row.get("answer")?,
    })
}

/// A due delivery with the ids of its changes, which are looked up once for all deliveries that share them.
fn due_from_row(row: &Row<'_>) -> rusqlite::Result<(Delivery, Vec<ChangeId>)> {
    let about: String = row.get("about")?;
    let about = about.parse::<About>().map_err(FromSqlError::other)?;
    let delivery = Delivery {
        id: DeliveryId(row.get("id")?),
        about,
        to: subscriber_from_row(row)?,
        changes: Vec::new(),
        bodies: Vec::new(),
        trouble: None,
        due_at: row.get::<_, At>("due_at")?.0,
        attempts: small(row.get("attempts")?),
    };
    Ok((delivery, change_ids(row)?))
}

/// Changes and bodies, each read once.
struct Shelf<'c> {
    conn: &'c Connection,
    changes: BTreeMap<ChangeId, Option<Arc<Change>>>,
    bodies: BTreeMap<BodyId, Option<Arc<Body>>>,
}

impl Shelf<'_> {
    fn fill(&mut self, delivery: &mut Delivery, ids: &[ChangeId]) -> Done<()> {
        for id in ids {
            let change = match self.changes.get(id) {
                Some(known) => known.clone(),
                None => self.changes.entry(*id).or_insert(changes::by_id(self.conn, *id)?.map(Arc::new)).clone(),
            };
            let Some(change) = change else { continue };
            let body = match self.bodies.get(&change.body) {
                Some(known) => known.clone(),
                None => {
                    let found = bodies::one_body(self.conn, &change.body)?.map(Arc::new);
                    self.bodies.entry(change.body.clone()).or_insert(found).clone()
                }
            };
            delivery.changes.push(change);
            delivery.bodies.extend(body.filter(|body| delivery.bodies.iter().all(|known| known.id != body.id)));
        }
        Ok(())
    }
}

/// Of the mails that are taken at once, one in so many may be a confirmation or a test, however many wait: an alert that falls due stands
/// behind few of them.
const SERVICE_SHARE: u32 = 10;

/// Marks what is due in a lane, and returns it.
fn take(tx: &Connection, lane: &str, now: Timestamp, limit: u32) -> Done<Vec<Delivery>> {
    let args = named_params! { ":now": At(now), ":lane": lane, ":limit": limit };
    let due: Vec<(Delivery, Vec<ChangeId>)> = tx.prepare_cached(DUE)?.query_map(args, due_from_row)?.collect::<rusqlite::Result<_>>()?;
    let mut shelf = Shelf { conn: tx, changes: BTreeMap::new(), bodies: BTreeMap::new() };
    let mut taken = Vec::with_capacity(due.len());
    for (mut delivery, changes) in due {
        tx.prepare_cached(MARK)?.execute(named_params! { ":id": delivery.id.0, ":now": At(now) })?;
        shelf.fill(&mut delivery, &changes)?;
        if let About::Trouble(report) = delivery.about {
            delivery.trouble = trouble::report(tx, report)?.map(Arc::new);
        }
        taken.push(delivery);
    }
    Ok(taken)
}

fn next_due(conn: &Connection, lane: &str) -> Done<Option<Timestamp>> {
    let args = named_params! { ":lane": lane };
    Ok(conn.prepare_cached(NEXT_DUE)?.query_row(args, |row| row.get::<_, Option<At>>(0))?.map(|at| at.0))
}

impl Outbox for Sqlite {
    fn enqueue(&self, deliveries: &[PlannedDelivery], changes: &[ChangeId], now: Timestamp) -> Result<Vec<DeliveryId>> {
        self.write("write deliveries", |tx| {
            let written = deliveries.iter().map(|delivery| insert(tx, delivery, changes, now)).collect::<Done<Vec<_>>>()?;
            Ok(written.into_iter().flatten().collect())
        })
    }

    fn tell_trouble(&self, to: &str, language: Language, failing_since: Timestamp, now: Timestamp) -> Result<Option<DeliveryId>> {
        // nearly always there is nothing: that takes no lock
        if self.read("look for trouble", |conn| Ok(trouble::news(conn, failing_since, now)?.is_empty()))? {
            return Ok(None);
        }
        self.write("tell the operator of trouble", |tx| trouble::tell(tx, to, language, failing_since, now))
    }

    fn take_due(&self, now: Timestamp, limit: u32) -> Result<Vec<Delivery>> {
        self.write("take the mails that are due", |tx| {
            let share = limit / SERVICE_SHARE;
            let mut taken = take(tx, "news", now, limit - share)?;
            let rest = limit.saturating_sub(u32::try_from(taken.len()).unwrap_or(limit));
            taken.extend(take(tx, "service", now, rest.min(share.max(1)))?);
            Ok(taken)
        })
    }

    fn take_hooks_due(&self, now: Timestamp, limit: u32) -> Result<Vec<Delivery>> {
        self.write("take the calls that are due", |tx| take(tx, "webhook", now, limit))
    }

    fn settle(&self, verdicts: &[(DeliveryId, Verdict)], now: Timestamp) -> Result<()> {
        self.write("settle deliveries", |tx| {
            for (id, verdict) in verdicts {
                match verdict {
                    Verdict::Sent(answer) => {
                        tx.prepare_cached(SENT)?.execute(named_params! { ":id": id.0, ":now": At(now), ":answer": answer })?
                    }
                    Verdict::Later(at, answer) => {
                        tx.prepare_cached(LATER)?.execute(named_params! { ":id": id.0, ":at": At(*at), ":answer": answer })?
                    }
                    Verdict::Refused(answer) => {
                        tx.prepare_cached(REFUSED)?.execute(named_params! { ":id": id.0, ":now": At(now), ":answer": answer })?
                    }
                };
            }
            Ok(())
        })
    }

    fn requeue_in_doubt(&self, before: Timestamp) -> Result<u64> {
        self.write("queue the deliveries that are in doubt", |tx| {
            Ok(tx.prepare_cached(REQUEUE)?.execute(named_params! { ":before": At(before) })? as u64)
        })
    }

    fn next_delivery_due(&self) -> Result<Option<Timestamp>> {
        self.read("find the next mail", |conn| Ok(next_due(conn, "news")?.into_iter().chain(next_due(conn, "service")?).min()))
    }

    fn next_hook_due(&self) -> Result<Option<Timestamp>> {
        self.read("find the next call", |conn| next_due(conn, "webhook"))
    }

    fn delivery(&self, delivery: DeliveryId) -> Result<Option<DeliveryRecord>> {
        self.read("look up a delivery", |conn| {
            Ok(conn.prepare_cached(ONE)?.query_row(named_params! { ":id": delivery.0 }, record_from_row).optional()?)
        })
    }

    fn deliveries(&self, state: DeliveryState, before: Option<DeliveryId>, limit: u32) -> Result<Vec<DeliveryRecord>> {
        self.read("list deliveries", |conn| {
            let before = before.map_or(i64::MAX, |before| before.0);
            let args = named_params! { ":state": state.as_str(), ":before": before, ":limit": limit };
            Ok(conn.prepare_cached(IN_STATE)?.query_map(args, record_from_row)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn deliveries_to(&self, subscriber: SubscriberId, limit: u32) -> Result<Vec<DeliveryRecord>> {
        self.read("list the deliveries of a subscriber", |conn| {
            let args = named_params! { ":subscriber": subscriber.0, ":limit": limit };
            Ok(conn.prepare_cached(TO)?.query_map(args, record_from_row)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn retry(&self, deliveries: &[DeliveryId], now: Timestamp) -> Result<u64> {
        self.write("queue refused deliveries again", |tx| {
            let mut n_queued = 0;
            for id in deliveries {
                n_queued += tx.prepare_cached(RETRY)?.execute(named_params! { ":id": id.0, ":now": At(now) })? as u64;
            }
            Ok(n_queued)
        })
    }

    fn n_queued(&self) -> Result<u64> {
        self.read("count the deliveries that wait", |conn| n_in(conn, DeliveryState::Queued))
    }

    fn delivery_counts(&self) -> Result<DeliveryCounts> {
        self.read("count deliveries", |conn| {
            let n_all = count(conn.prepare_cached(COUNT_ALL)?.query_row([], |row| row.get(0))?);
            let (queued, sending) = (n_in(conn, DeliveryState::Queued)?, n_in(conn, DeliveryState::Sending)?);
            let (refused, suspended) = (n_in(conn, DeliveryState::Refused)?, n_in(conn, DeliveryState::Suspended)?);
            // all but a few were sent: to count those would take longer from year to year
            let sent = n_all.saturating_sub(queued + sending + refused + suspended);
            Ok(DeliveryCounts { queued, sending, sent, refused, suspended })
        })
    }
}

fn n_in(conn: &Connection, state: DeliveryState) -> Done<u64> {
    Ok(count(conn.prepare_cached(COUNT)?.query_row(named_params! { ":state": state.as_str() }, |row| row.get(0))?))
}
