//! Subscribers and subscriptions.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{At, Json, Word, small};
use super::{Sqlite, fault::Fault, statements};
use crate::domain::{Body, Filter, Language, NewSubscription, Subscriber, SubscriberId, Subscription, Way};
use crate::store::{Result, SubscriberRecord, SubscriberState, Subscribers};

type Done<T> = std::result::Result<T, Fault>;

statements! {
    ADD = "
        INSERT INTO subscriber (email, email_key, way, language, state, created_at, confirmed_at)
             VALUES (:email, :key, :way, :language, :state, :now, CASE WHEN :state = 'confirmed' THEN :now END)
                 ON CONFLICT (email_key) DO NOTHING";
    ID_BY_EMAIL = "SELECT id FROM subscriber WHERE email_key = :key";
    KEY = "SELECT email_key FROM subscriber WHERE id = :id";
    ONE = "
        SELECT id, email, way, language, state, reason, created_at, confirmed_at, stopped_at,
               (SELECT count(*) FROM bounce WHERE bounce.subscriber = subscriber.id) AS n_bounces
          FROM subscriber WHERE id = :id";
    AFTER = "
        SELECT id, email, way, language, state, reason, created_at, confirmed_at, stopped_at,
               (SELECT count(*) FROM bounce WHERE bounce.subscriber = subscriber.id) AS n_bounces
          FROM subscriber
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
    WISH = "SELECT id, subscriber, filter, frequency, reminders FROM subscription WHERE id = :id";
    WISHES = "SELECT id, subscriber, filter, frequency, reminders FROM subscription WHERE subscriber = :subscriber ORDER BY id";
    UNSUBSCRIBE = "DELETE FROM subscription WHERE id = :id";
    SUSPEND = "UPDATE subscriber SET state = 'suspended', reason = :reason, stopped_at = :now WHERE id = :id";
    DROP_QUEUED = "
        UPDATE delivery SET state = 'suspended', settled_at = :now
         WHERE subscriber = :subscriber AND state = 'queued'";
    CONFIRM = "
        UPDATE subscriber SET state = 'confirmed', reason = NULL, stopped_at = NULL, confirmed_at = :now
         WHERE id = :id AND state <> 'confirmed'";
    FORGIVE = "DELETE FROM bounce WHERE subscriber = :id";
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
        way: row.get::<_, Word<_>>("way")?.0,
        state: row.get::<_, Word<_>>("state")?.0,
        reason: row.get("reason")?,
        created_at: row.get::<_, At>("created_at")?.0,
        confirmed_at: row.get::<_, Option<At>>("confirmed_at")?.map(|at| at.0),
        stopped_at: row.get::<_, Option<At>>("stopped_at")?.map(|at| at.0),
        n_bounces: small(row.get("n_bounces")?),
        subscriptions: Vec::new(),
    })
}

fn with_wishes(conn: &Connection, mut record: SubscriberRecord) -> Done<SubscriberRecord> {
    let args = named_params! { ":subscriber": record.subscriber.id.0 };
    record.subscriptions = conn.prepare_cached(WISHES)?.query_map(args, wish_from_row)?.collect::<rusqlite::Result<_>>()?;
    Ok(record)
}

pub(super) fn one(conn: &Connection, subscriber: SubscriberId) -> Done<Option<SubscriberRecord>> {
    let found = conn.prepare_cached(ONE)?.query_row(named_params! { ":id": subscriber.0 }, record_from_row).optional()?;
    found.map(|record| with_wishes(conn, record)).transpose()
}

/// Two spellings of an address that differ in case only reach the same person in practice; of a URL they may reach two programs.
pub(super) fn key(email: &str) -> String {
    match Way::of(email) {
        Way::Mail => email.trim().to_lowercase(),
        Way::Webhook => email.trim().to_string(),
    }
}

/// The key of a subscriber's address.
pub(super) fn key_of(conn: &Connection, subscriber: SubscriberId) -> Done<Option<String>> {
    Ok(conn.prepare_cached(KEY)?.query_row(named_params! { ":id": subscriber.0 }, |row| row.get(0)).optional()?)
}

/// One wish.
pub(super) fn wish(conn: &Connection, subscription: i64) -> Done<Option<Subscription>> {
    Ok(conn.prepare_cached(WISH)?.query_row(named_params! { ":id": subscription }, wish_from_row).optional()?)
}

fn id_by_email(conn: &Connection, email: &str) -> Done<Option<SubscriberId>> {
    let args = named_params! { ":key": key(email) };
    Ok(conn.prepare_cached(ID_BY_EMAIL)?.query_row(args, |row| row.get(0).map(SubscriberId)).optional()?)
}

/// The subscriber with an address.
pub(super) fn by_email(conn: &Connection, email: &str) -> Done<Option<SubscriberRecord>> {
    match id_by_email(conn, email)? {
        Some(id) => one(conn, id),
        None => Ok(None),
    }
}

/// The places that a filter names; a region stands as its provinces. A body and a province together must both match, so either finds it:
/// the body is the rarer.
fn places(filter: &Filter) -> Vec<(&'static str, String)> {
    let provinces = filter.all_provinces();
    if !filter.bodies.is_empty() {
        filter.bodies.iter().map(|body| ("body", body.0.clone())).collect()
    } else if !provinces.is_empty() {
        provinces.into_iter().map(|province| ("province", province)).collect()
    } else if !filter.regions.is_empty() {
        Vec::new() // regions that there are not
    } else {
        vec![("any", String::new())]
    }
}

/// Adds an address, or finds it.
pub(super) fn add(tx: &Connection, email: &str, language: Language, state: SubscriberState, now: Timestamp) -> Done<SubscriberId> {
    tx.prepare_cached(ADD)?.execute(named_params! {
        ":email": email.trim(), ":key": key(email), ":way": Word(Way::of(email)), ":language": Word(language), ":state": state.as_str(),
        ":now": At(now),
    })?;
    id_by_email(tx, email)?.ok_or_else(|| Fault::Unknown("subscriber just added".into()))
}

/// Adds a wish, or finds it.
pub(super) fn subscribe(tx: &Connection, subscriber: SubscriberId, wish: &NewSubscription, now: Timestamp) -> Done<i64> {
    let (filter, frequency) = (Json(&wish.filter), Json(&wish.frequency));
    if key_of(tx, subscriber)?.is_none() {
        return Err(unknown(subscriber));
    }
    let args = named_params! {
        ":subscriber": subscriber.0, ":filter": filter, ":frequency": frequency, ":reminders": wish.reminders, ":now": At(now),
    };
    let new: Option<i64> = tx.prepare_cached(SUBSCRIBE)?.query_row(args, |row| row.get(0)).optional()?;
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
}

/// Makes a subscriber a confirmed one, with a clean slate.
pub(super) fn confirm(tx: &Connection, subscriber: SubscriberId, now: Timestamp) -> Done<()> {
    tx.prepare_cached(CONFIRM)?.execute(named_params! { ":id": subscriber.0, ":now": At(now) })?;
    tx.prepare_cached(FORGIVE)?.execute(named_params! { ":id": subscriber.0 })?;
    key_of(tx, subscriber)?.map(drop).ok_or_else(|| unknown(subscriber))
}

/// Erases a subscriber; says whether it was there.
pub(super) fn remove(tx: &Connection, subscriber: SubscriberId) -> Done<bool> {
    Ok(tx.prepare_cached(REMOVE)?.execute(named_params! { ":id": subscriber.0 })? > 0)
}

fn unknown(subscriber: SubscriberId) -> Fault {
    Fault::Unknown(format!("subscriber {}", subscriber.0))
}

impl Subscribers for Sqlite {
    fn add_subscriber(&self, email: &str, language: Language, state: SubscriberState, now: Timestamp) -> Result<SubscriberId> {
        self.write("add a subscriber", |tx| add(tx, email, language, state, now))
    }

    fn subscribe(&self, subscriber: SubscriberId, wish: &NewSubscription, now: Timestamp) -> Result<i64> {
        self.write("add a subscription", |tx| subscribe(tx, subscriber, wish, now))
    }

    fn unsubscribe(&self, subscription: i64) -> Result<bool> {
        self.write("take a subscription away", |tx| Ok(tx.prepare_cached(UNSUBSCRIBE)?.execute(named_params! { ":id": subscription })? > 0))
    }

    fn suspend(&self, subscriber: SubscriberId, reason: &str, now: Timestamp) -> Result<()> {
        self.write("suspend a subscriber", |tx| {
            let args = named_params! { ":id": subscriber.0, ":reason": reason, ":now": At(now) };
            if tx.prepare_cached(SUSPEND)?.execute(args)? == 0 {
                return Err(unknown(subscriber));
            }
            tx.prepare_cached(DROP_QUEUED)?.execute(named_params! { ":subscriber": subscriber.0, ":now": At(now) })?;
            Ok(())
        })
    }

    fn confirm(&self, subscriber: SubscriberId, now: Timestamp) -> Result<()> {
        self.write("confirm a subscriber", |tx| confirm(tx, subscriber, now))
    }

    fn remove_subscriber(&self, subscriber: SubscriberId) -> Result<bool> {
        self.write("erase a subscriber", |tx| remove(tx, subscriber))
    }

    fn subscriber_by_email(&self, email: &str) -> Result<Option<SubscriberRecord>> {
        self.read("look up a subscriber", |conn| by_email(conn, email))
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
