//! The outbox.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{At, Json, Word, count, small};
use super::{Sqlite, fault::Fault, statements};
use crate::domain::{ChangeId, Subscriber, SubscriberId};
use crate::store::{
    About, ChangeRef, Delivery, DeliveryCounts, DeliveryId, DeliveryKind, DeliveryState, NewDelivery, Outbox, Result, Verdict,
};

type Done<T> = std::result::Result<T, Fault>;

statements! {
    FIND = "SELECT id, state FROM delivery WHERE subscriber = :subscriber AND about = :about";
    INSERT = "
        INSERT INTO delivery (subscriber, kind, about, payload, created_at, due_at)
             SELECT id, :kind, :about, :payload, :now, :due_at FROM subscriber WHERE id = :subscriber
          RETURNING id";
    WAS_TOLD = "SELECT EXISTS (SELECT 1 FROM told WHERE subscriber = :subscriber AND change = :change AND role = :role)";
    TELL = "INSERT INTO told (subscriber, change, role, delivery) VALUES (:subscriber, :change, :role, :delivery)";
    DUE = "
        SELECT d.id, d.subscriber, d.kind, d.about, d.payload, d.state, d.attempts, d.created_at, d.due_at, d.settled_at, d.last_error,
               s.email, s.language, (SELECT instance FROM store WHERE id = 1) AS instance,
               (SELECT json_group_array(change) FROM (SELECT change FROM told WHERE delivery = d.id ORDER BY change)) AS changes
          FROM delivery d JOIN subscriber s ON s.id = d.subscriber
         WHERE d.state = 'queued' AND d.due_at <= :now
         ORDER BY d.due_at, d.id
         LIMIT :limit";
    NEXT_DUE = "SELECT due_at FROM delivery WHERE state = 'queued' ORDER BY due_at, id LIMIT 1";
    MARK = "UPDATE delivery SET state = 'sending', attempts = attempts + 1, marked_at = :now WHERE id = :id AND state = 'queued'";
    SENT = "
        UPDATE delivery SET state = 'sent', settled_at = :now, payload = NULL, last_error = NULL
         WHERE id = :id AND state IN ('queued', 'sending')";
    LATER = "UPDATE delivery SET state = 'queued', due_at = :at, last_error = :reason WHERE id = :id AND state IN ('queued', 'sending')";
    REFUSED = "
        UPDATE delivery SET state = 'refused', settled_at = :now, last_error = :reason
         WHERE id = :id AND state IN ('queued', 'sending')";
    REQUEUE = "UPDATE delivery SET state = 'queued' WHERE state = 'sending' AND marked_at < :before";
    ONE = "
        SELECT d.id, d.subscriber, d.kind, d.about, d.payload, d.state, d.attempts, d.created_at, d.due_at, d.settled_at, d.last_error,
               s.email, s.language, (SELECT instance FROM store WHERE id = 1) AS instance,
               (SELECT json_group_array(change) FROM (SELECT change FROM told WHERE delivery = d.id ORDER BY change)) AS changes
          FROM delivery d JOIN subscriber s ON s.id = d.subscriber
         WHERE d.id = :id";
    IN_STATE = "
        SELECT d.id, d.subscriber, d.kind, d.about, d.payload, d.state, d.attempts, d.created_at, d.due_at, d.settled_at, d.last_error,
               s.email, s.language, (SELECT instance FROM store WHERE id = 1) AS instance,
               (SELECT json_group_array(change) FROM (SELECT change FROM told WHERE delivery = d.id ORDER BY change)) AS changes
          FROM delivery d JOIN subscriber s ON s.id = d.subscriber
         WHERE d.state = :state AND d.id < :before
         ORDER BY d.id DESC
         LIMIT :limit";
    TO = "
        SELECT d.id, d.subscriber, d.kind, d.about, d.payload, d.state, d.attempts, d.created_at, d.due_at, d.settled_at, d.last_error,
               s.email, s.language, (SELECT instance FROM store WHERE id = 1) AS instance,
               (SELECT json_group_array(change) FROM (SELECT change FROM told WHERE delivery = d.id ORDER BY change)) AS changes
          FROM delivery d JOIN subscriber s ON s.id = d.subscriber
         WHERE d.subscriber = :subscriber
         ORDER BY d.id DESC
         LIMIT :limit";
    RETRY = "UPDATE delivery SET state = 'queued', due_at = :now, settled_at = NULL WHERE id = :id AND state = 'refused'";
    COUNT = "SELECT count(*) FROM delivery WHERE state = :state";
}

/// What a kind of mail counts as in the book of who was told of what.
fn role(kind: DeliveryKind) -> Option<&'static str> {
    match kind {
        DeliveryKind::Alert | DeliveryKind::Digest => Some("news"),
        DeliveryKind::Reminder => Some("reminder"),
        DeliveryKind::Service => None,
    }
}

/// Writes a delivery, or adds its changes to a queued one of the same name. `None` when nothing remains to be told.
/// `new_changes` are the ids behind [`ChangeRef::Nth`].
pub(super) fn insert(tx: &Connection, delivery: &NewDelivery, new_changes: &[ChangeId], now: Timestamp) -> Done<Option<DeliveryId>> {
    let subscriber = delivery.subscriber.0;
    let role = role(delivery.kind);
    let mut untold: Vec<i64> = Vec::new();
    for change in &delivery.changes {
        let change = match change {
            ChangeRef::Stored(change) => change.0,
            ChangeRef::Nth(n) => new_changes.get(*n).ok_or_else(|| Fault::Unknown(format!("change number {n} of this visit")))?.0,
        };
        let args = named_params! { ":subscriber": subscriber, ":change": change, ":role": role };
        let told: bool = role.is_some() && tx.prepare_cached(WAS_TOLD)?.query_row(args, |row| row.get(0))?;
        if !told && !untold.contains(&change) {
            untold.push(change);
        }
    }
    if untold.is_empty() && role.is_some() {
        return Ok(None);
    }
    untold.sort_unstable();
    let about = match &delivery.about {
        About::Named(name) => name.clone(),
        About::ItsChanges => {
            let ids: Vec<String> = untold.iter().map(i64::to_string).collect();
            format!("{} {}", if ids.len() == 1 { "change" } else { "changes" }, ids.join(","))
        }
    };
    let Some(id) = find_or_insert(tx, delivery, &about, now)? else { return Ok(None) };
    if let Some(role) = role {
        for change in untold {
            let args = named_params! { ":subscriber": subscriber, ":change": change, ":role": role, ":delivery": id.0 };
            tx.prepare_cached(TELL)?.execute(args)?;
        }
    }
    Ok(Some(id))
}

/// A queued delivery of that name, or a new one. Where one of that name went out already, news goes into a further one, "digest … (2)";
/// service mail is not repeated.
fn find_or_insert(tx: &Connection, delivery: &NewDelivery, about: &str, now: Timestamp) -> Done<Option<DeliveryId>> {
    let mut n = 1;
    loop {
        let name = if n == 1 { about.to_string() } else { format!("{about} ({n})") };
        let args = named_params! { ":subscriber": delivery.subscriber.0, ":about": name };
        let found: Option<(i64, Word<DeliveryState>)> =
            tx.prepare_cached(FIND)?.query_row(args, |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        match found {
            Some((id, Word(DeliveryState::Queued))) => return Ok(Some(DeliveryId(id))),
            Some(_) if delivery.kind == DeliveryKind::Service => return Ok(None),
            Some(_) => n += 1,
            None => {
                let args = named_params! {
                    ":subscriber": delivery.subscriber.0, ":kind": delivery.kind.as_str(), ":about": name,
                    ":payload": delivery.payload.as_ref().map(Json), ":now": At(now), ":due_at": At(delivery.due_at),
                };
                // a subscriber who was erased since the plan was made gets nothing
                return Ok(tx.prepare_cached(INSERT)?.query_row(args, |row| row.get(0).map(DeliveryId)).optional()?);
            }
        }
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    let id: i64 = row.get("id")?;
    let created_at = row.get::<_, At>("created_at")?.0;
    let instance: String = row.get("instance")?;
    Ok(Delivery {
        id: DeliveryId(id),
        // the time is in it because a restored backup gives out the same numbers again
        message_key: format!("{id}.{}.{instance}", created_at.as_millisecond()),
        to: Subscriber {
            id: SubscriberId(row.get("subscriber")?),
            email: row.get("email")?,
            language: row.get::<_, Word<_>>("language")?.0,
        },
        kind: row.get::<_, Word<_>>("kind")?.0,
        about: row.get("about")?,
        changes: row.get::<_, Json<Vec<i64>>>("changes")?.0.into_iter().map(ChangeId).collect(),
        payload: row.get::<_, Option<Json<_>>>("payload")?.map(|payload| payload.0),
        state: row.get::<_, Word<_>>("state")?.0,
        attempts: small(row.get("attempts")?),
        created_at,
        due_at: row.get::<_, At>("due_at")?.0,
        settled_at: row.get::<_, Option<At>>("settled_at")?.map(|at| at.0),
        last_error: row.get("last_error")?,
    })
}

impl Outbox for Sqlite {
    fn enqueue(&self, deliveries: &[NewDelivery], now: Timestamp) -> Result<Vec<DeliveryId>> {
        self.write("write deliveries", |tx| {
            let written = deliveries.iter().map(|delivery| insert(tx, delivery, &[], now)).collect::<Done<Vec<_>>>()?;
            Ok(written.into_iter().flatten().collect())
        })
    }

    fn due_deliveries(&self, now: Timestamp, limit: u32) -> Result<Vec<Delivery>> {
        self.read("list the deliveries that are due", |conn| {
            let args = named_params! { ":now": At(now), ":limit": limit };
            Ok(conn.prepare_cached(DUE)?.query_map(args, from_row)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn next_delivery_due(&self) -> Result<Option<Timestamp>> {
        self.read("find the next delivery", |conn| {
            Ok(conn.prepare_cached(NEXT_DUE)?.query_row([], |row| row.get::<_, At>(0)).optional()?.map(|at| at.0))
        })
    }

    fn mark_sending(&self, deliveries: &[DeliveryId], now: Timestamp) -> Result<Vec<DeliveryId>> {
        self.write("mark deliveries", |tx| {
            let mut taken = Vec::with_capacity(deliveries.len());
            for id in deliveries {
                if tx.prepare_cached(MARK)?.execute(named_params! { ":id": id.0, ":now": At(now) })? > 0 {
                    taken.push(*id);
                }
            }
            Ok(taken)
        })
    }

    fn settle(&self, verdicts: &[(DeliveryId, Verdict)], now: Timestamp) -> Result<()> {
        self.write("settle deliveries", |tx| {
            for (id, verdict) in verdicts {
                match verdict {
                    Verdict::Sent => tx.prepare_cached(SENT)?.execute(named_params! { ":id": id.0, ":now": At(now) })?,
                    Verdict::Later { at, reason } => {
                        tx.prepare_cached(LATER)?.execute(named_params! { ":id": id.0, ":at": At(*at), ":reason": reason })?
                    }
                    Verdict::Refused { reason } => {
                        tx.prepare_cached(REFUSED)?.execute(named_params! { ":id": id.0, ":now": At(now), ":reason": reason })?
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

    fn delivery(&self, delivery: DeliveryId) -> Result<Option<Delivery>> {
        self.read("look up a delivery", |conn| {
            Ok(conn.prepare_cached(ONE)?.query_row(named_params! { ":id": delivery.0 }, from_row).optional()?)
        })
    }

    fn deliveries(&self, state: DeliveryState, before: Option<DeliveryId>, limit: u32) -> Result<Vec<Delivery>> {
        self.read("list deliveries", |conn| {
            let before = before.map_or(i64::MAX, |before| before.0);
            let args = named_params! { ":state": state.as_str(), ":before": before, ":limit": limit };
            Ok(conn.prepare_cached(IN_STATE)?.query_map(args, from_row)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn deliveries_to(&self, subscriber: SubscriberId, limit: u32) -> Result<Vec<Delivery>> {
        self.read("list the deliveries of a subscriber", |conn| {
            let args = named_params! { ":subscriber": subscriber.0, ":limit": limit };
            Ok(conn.prepare_cached(TO)?.query_map(args, from_row)?.collect::<rusqlite::Result<_>>()?)
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

    fn delivery_counts(&self) -> Result<DeliveryCounts> {
        self.read("count deliveries", |conn| {
            let n_in = |state: DeliveryState| -> Done<u64> {
                Ok(count(conn.prepare_cached(COUNT)?.query_row(named_params! { ":state": state.as_str() }, |row| row.get(0))?))
            };
            Ok(DeliveryCounts {
                queued: n_in(DeliveryState::Queued)?,
                sending: n_in(DeliveryState::Sending)?,
                sent: n_in(DeliveryState::Sent)?,
                refused: n_in(DeliveryState::Refused)?,
                suspended: n_in(DeliveryState::Suspended)?,
            })
        })
    }
}
