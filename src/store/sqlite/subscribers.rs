//! Subscribers and subscriptions.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{At, Json, Word};
use super::{Sqlite, fault::Fault, statements};
use crate::domain::{Body, Filter, Language, Subscriber, SubscriberId, Subscription};
use crate::store::{NewSubscription, Result, SubscriberRecord, SubscriberState, Subscribers};

type Done<T> = std::result::Result<T, Fault>;

statements! {
    ADD = "
        INSERT INTO subscriber (email, email_key, language, state, created_at, confirmed_at)
             VALUES (:email, :key, :language, :state, :now, CASE WHEN :state = 'confirmed' THEN :now END)
                 ON CONFLICT (email_key) DO NOTHING";
    ID_BY_EMAIL = "SELECT id FROM subscriber WHERE email_key = :key";
    ONE = "SELECT id, email, language, state, reason, created_at, confirmed_at FROM subscriber WHERE id = :id";
    AFTER = "
        SELECT id, email, language, state, reason, created_at, confirmed_at FROM subscriber
         WHERE id > :after ORDER BY id LIMIT :limit";
    SUBSCRIBE = "
        INSERT INTO subscription (subscriber, filter, frequency, reminders, created_at)
             VALUES (:subscriber, :filter, :frequency, :reminders, :now)
                 ON CONFLICT (subscriber, filter, frequency, reminders) DO NOTHING
          RETURNING id";
    FIND_WISH = "
        SELECT id FROM subscription
         WHERE subscriber = :subscriber AND filter = :filter AND frequency = :frequency AND reminders = :reminders";
    PUT_PLACE = "INSERT INTO subscription_place (subscription, kind, place) VALUES (:subscription, :kind, :place) ON CONFLICT DO NOTHING";
    WISHES = "SELECT id, subscriber, filter, frequency, reminders FROM subscription WHERE subscriber = :subscriber ORDER BY id";
    UNSUBSCRIBE = "DELETE FROM subscription WHERE id = :id";
    UNSUBSCRIBE_ALL = "DELETE FROM subscription WHERE subscriber = :subscriber";
    SUSPEND = "UPDATE subscriber SET state = 'suspended', reason = :reason WHERE id = :id";
    DROP_QUEUED = "
        UPDATE delivery SET state = 'suspended', settled_at = :now
         WHERE subscriber = :subscriber AND state = 'queued'";
    CONFIRM = "
        UPDATE subscriber SET state = 'confirmed', reason = NULL, confirmed_at = :now
         WHERE id = :id AND state <> 'confirmed'";
    REMOVE = "DELETE FROM subscriber WHERE id = :id";
    WISHES_FOR = "
        SELECT n.id, n.subscriber, n.filter, n.frequency, n.reminders, s.email, s.language
          FROM subscription_place p JOIN subscription n ON n.id = p.subscription JOIN subscriber s ON s.id = n.subscriber
         WHERE p.kind = :kind AND p.place = :place AND s.state = 'confirmed'
         ORDER BY n.id";
}

fn wish_from_row(row: &Row<'_>) -> rusqlite::Result<Subscription> {
    Ok(Subscription {
        id: row.get("id")?,
        subscriber: SubscriberId(row.get("subscriber")?),
        filter: row.get::<_, Json<_>>("filter")?.0,
        frequency: row.get::<_, Json<_>>("frequency")?.0,
        reminders: row.get("reminders")?,
    })
}

fn record_from_row(row: &Row<'_>) -> rusqlite::Result<SubscriberRecord> {
    Ok(SubscriberRecord {
        subscriber: Subscriber {
            id: SubscriberId(row.get("id")?),
            email: row.get("email")?,
            language: row.get::<_, Word<_>>("language")?.0,
        },
        state: row.get::<_, Word<_>>("state")?.0,
        reason: row.get("reason")?,
        created_at: row.get::<_, At>("created_at")?.0,
        confirmed_at: row.get::<_, Option<At>>("confirmed_at")?.map(|at| at.0),
        subscriptions: Vec::new(),
    })
}

fn with_wishes(conn: &Connection, mut record: SubscriberRecord) -> Done<SubscriberRecord> {
    let args = named_params! { ":subscriber": record.subscriber.id.0 };
    record.subscriptions = conn.prepare_cached(WISHES)?.query_map(args, wish_from_row)?.collect::<rusqlite::Result<_>>()?;
    Ok(record)
}

fn one(conn: &Connection, subscriber: SubscriberId) -> Done<Option<SubscriberRecord>> {
    let found = conn.prepare_cached(ONE)?.query_row(named_params! { ":id": subscriber.0 }, record_from_row).optional()?;
    found.map(|record| with_wishes(conn, record)).transpose()
}

/// Two spellings of an address that differ in case only reach the same person in practice.
fn key(email: &str) -> String {
    email.trim().to_lowercase()
}

fn id_by_email(conn: &Connection, email: &str) -> Done<Option<SubscriberId>> {
    let args = named_params! { ":key": key(email) };
    Ok(conn.prepare_cached(ID_BY_EMAIL)?.query_row(args, |row| row.get(0).map(SubscriberId)).optional()?)
}

/// The places that a filter names. A body and a province together must both match, so either finds it: the body is the rarer.
fn places(filter: &Filter) -> Vec<(&'static str, &str)> {
    if !filter.bodies.is_empty() {
        filter.bodies.iter().map(|body| ("body", body.0.as_str())).collect()
    } else if !filter.provinces.is_empty() {
        filter.provinces.iter().map(|province| ("province", province.as_str())).collect()
    } else {
        vec![("any", "")]
    }
}

fn unknown(subscriber: SubscriberId) -> Fault {
    Fault::Unknown(format!("subscriber {}", subscriber.0))
}

pub(super) fn add(tx: &Connection, email: &str, language: Language, state: SubscriberState, now: Timestamp) -> Done<SubscriberId> {
    tx.prepare_cached(ADD)?.execute(named_params! {
        ":email": email.trim(), ":key": key(email), ":language": Word(language), ":state": state.as_str(), ":now": At(now),
    })?;
    id_by_email(tx, email)?.ok_or_else(|| Fault::Unknown("subscriber just added".into()))
}

impl Subscribers for Sqlite {
    fn add_subscriber(&self, email: &str, language: Language, state: SubscriberState, now: Timestamp) -> Result<SubscriberId> {
        self.write("add a subscriber", |tx| add(tx, email, language, state, now))
    }

    fn subscribe(&self, subscriber: SubscriberId, wish: &NewSubscription, now: Timestamp) -> Result<i64> {
        self.write("add a subscription", |tx| {
            let (filter, frequency) = (Json(&wish.filter), Json(&wish.frequency));
            if one(tx, subscriber)?.is_none() {
                return Err(unknown(subscriber));
            }
            let new: Option<i64> = tx
                .prepare_cached(SUBSCRIBE)?
                .query_row(
                    named_params! {
                        ":subscriber": subscriber.0, ":filter": filter, ":frequency": frequency, ":reminders": wish.reminders,
                        ":now": At(now),
                    },
                    |row| row.get(0),
                )
                .optional()?;
            let Some(id) = new else {
                let args = named_params! {
                    ":subscriber": subscriber.0, ":filter": filter, ":frequency": frequency, ":reminders": wish.reminders,
                };
                return Ok(tx.prepare_cached(FIND_WISH)?.query_row(args, |row| row.get(0))?);
            };
            for (kind, place) in places(&wish.filter) {
                tx.prepare_cached(PUT_PLACE)?.execute(named_params! { ":subscription": id, ":kind": kind, ":place": place })?;
            }
            Ok(id)
        })
    }

    fn unsubscribe(&self, subscription: i64) -> Result<bool> {
        self.write("take a subscription away", |tx| Ok(tx.prepare_cached(UNSUBSCRIBE)?.execute(named_params! { ":id": subscription })? > 0))
    }

    fn suspend(&self, subscriber: SubscriberId, reason: &str, now: Timestamp) -> Result<()> {
        self.write("suspend a subscriber", |tx| {
            if tx.prepare_cached(SUSPEND)?.execute(named_params! { ":id": subscriber.0, ":reason": reason })? == 0 {
                return Err(unknown(subscriber));
            }
            tx.prepare_cached(UNSUBSCRIBE_ALL)?.execute(named_params! { ":subscriber": subscriber.0 })?;
            tx.prepare_cached(DROP_QUEUED)?.execute(named_params! { ":subscriber": subscriber.0, ":now": At(now) })?;
            Ok(())
        })
    }

    fn confirm(&self, subscriber: SubscriberId, now: Timestamp) -> Result<()> {
        self.write("confirm a subscriber", |tx| {
            tx.prepare_cached(CONFIRM)?.execute(named_params! { ":id": subscriber.0, ":now": At(now) })?;
            one(tx, subscriber)?.map(drop).ok_or_else(|| unknown(subscriber))
        })
    }

    fn remove_subscriber(&self, subscriber: SubscriberId) -> Result<bool> {
        self.write("erase a subscriber", |tx| Ok(tx.prepare_cached(REMOVE)?.execute(named_params! { ":id": subscriber.0 })? > 0))
    }

    fn subscriber_by_email(&self, email: &str) -> Result<Option<SubscriberRecord>> {
        self.read("look up a subscriber", |conn| match id_by_email(conn, email)? {
            Some(id) => one(conn, id),
            None => Ok(None),
        })
    }

    fn subscriber(&self, subscriber: SubscriberId) -> Result<Option<SubscriberRecord>> {
        self.read("look up a subscriber", |conn| one(conn, subscriber))
    }

    fn subscribers(&self, after: Option<SubscriberId>, limit: u32) -> Result<Vec<SubscriberRecord>> {
        self.read("list the subscribers", |conn| {
            let args = named_params! { ":after": after.map_or(0, |after| after.0), ":limit": limit };
            let found: Vec<SubscriberRecord> =
                conn.prepare_cached(AFTER)?.query_map(args, record_from_row)?.collect::<rusqlite::Result<_>>()?;
            found.into_iter().map(|record| with_wishes(conn, record)).collect()
        })
    }

    fn subscriptions_for(&self, body: &Body) -> Result<Vec<(Subscriber, Subscription)>> {
        self.read("list the subscriptions for a body", |conn| {
            let mut found = Vec::new();
            let province = body.province.as_deref().unwrap_or_default();
            for (kind, place) in [("any", ""), ("province", province), ("body", body.id.0.as_str())] {
                let mut statement = conn.prepare_cached(WISHES_FOR)?;
                let rows = statement.query_map(named_params! { ":kind": kind, ":place": place }, |row| {
                    let wish = wish_from_row(row)?;
                    let language = row.get::<_, Word<_>>("language")?.0;
                    Ok((Subscriber { id: wish.subscriber, email: row.get("email")?, language }, wish))
                })?;
                for row in rows {
                    found.push(row?);
                }
            }
            found.sort_by_key(|(_, wish): &(Subscriber, Subscription)| wish.id);
            Ok(found)
        })
    }
}
