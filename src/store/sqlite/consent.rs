//! Requests, consent, leaving, being forgotten, bounces.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, named_params};

use super::columns::{At, Json, Word};
use super::{Sqlite, fault::Fault, outbox, statements, subscribers, upkeep};
use crate::alert::tokens::{Mark, mark};
use crate::domain::{About, DeliveryId, Frequency, Language, NewSubscription, PlannedDelivery, SubscriberId};
use crate::store::{
    Ask, AskLimits, Asked, Consent, Consents, Enrolled, Enrolment, Erased, Granted, How, LEFT, Request, Result, SubscriberState,
};

type Done<T> = std::result::Result<T, Fault>;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

statements! {
    N_FOR_ADDRESS = "SELECT count(*) FROM asked WHERE address = :address AND at > :since";
    N_FROM_NETWORK = "SELECT count(*) FROM asked WHERE network = :network AND at > :since";
    N_IN_ALL = "SELECT count(*) FROM asked WHERE at > :since";
    COUNT_IN = "INSERT INTO asked (at, address, network) VALUES (:now, :address, :network)";
    PUT_REQUEST = "
        INSERT INTO request (subscriber, wish, language, how, asked_at, asked_from, expires_at)
             VALUES (:subscriber, :wish, :language, :how, :now, :from, :until)
          RETURNING id";
    SPEAK = "UPDATE subscriber SET language = :language WHERE id = :id";
    SPEAK_WHILE_PENDING = "UPDATE subscriber SET language = :language WHERE id = :id AND state = 'pending'";
    REQUEST = "
        SELECT r.wish, r.language, s.email
          FROM request r JOIN subscriber s ON s.id = r.subscriber
         WHERE r.id = :request AND r.subscriber = :subscriber AND r.expires_at > :now";
    GRANT = "
        INSERT INTO consent (subscriber, request, wish, how, asked_at, asked_from, given_at, given_from)
             SELECT subscriber, id, wish, how, asked_at, asked_from, :now, :from
               FROM request
              WHERE id = :request AND subscriber = :subscriber AND expires_at > :now";
    WAS_GRANTED = "SELECT EXISTS (SELECT 1 FROM consent WHERE subscriber = :subscriber AND request = :request)";
    DROP_REQUEST = "DELETE FROM request WHERE id = :request";
    VOUCH = "
        INSERT INTO consent (subscriber, wish, how, asked_at, given_at) VALUES (:subscriber, :wish, :how, :now, :now)";
    CONSENTS = "
        SELECT wish, how, asked_at, asked_from, given_at, given_from FROM consent
         WHERE subscriber = :subscriber ORDER BY id";
    /// Two wishes that differ in nothing are one.
    CHANGE_WISH = "
        UPDATE OR REPLACE subscription SET frequency = :frequency, reminders = :reminders
         WHERE id = :subscription AND subscriber = :subscriber";
    DROP_WISH = "DELETE FROM subscription WHERE id = :subscription AND subscriber = :subscriber";
    N_WISHES = "SELECT count(*), coalesce(sum(reminders), 0) FROM subscription WHERE subscriber = :subscriber";
    N_OF_FREQUENCY = "SELECT count(*) FROM subscription WHERE subscriber = :subscriber AND frequency = :frequency";
    DROP_DIGESTS = "
        UPDATE delivery SET state = 'suspended', settled_at = :now
         WHERE subscriber = :subscriber AND state = 'queued' AND about LIKE 'digest % ' || :hour";
    DROP_REMINDERS = "
        UPDATE delivery SET state = 'suspended', settled_at = :now
         WHERE subscriber = :subscriber AND state = 'queued' AND about LIKE 'reminder %'";
    DROP_NEWS = "
        UPDATE delivery SET state = 'suspended', settled_at = :now
         WHERE subscriber = :subscriber AND state = 'queued' AND lane <> 'service'";
    LEAVE = "
        UPDATE subscriber SET state = 'suspended', reason = :reason, stopped_at = :now
         WHERE id = :id AND state = 'confirmed'";
    COME_BACK = "
        UPDATE subscriber SET state = 'confirmed', reason = NULL, stopped_at = NULL
         WHERE id = :id AND state = 'suspended' AND reason = :reason";
    FORGET = "INSERT INTO forgotten (mark, at) VALUES (:mark, :now) ON CONFLICT DO NOTHING";
    REMEMBER = "DELETE FROM forgotten WHERE mark = :mark";
    IS_FORGOTTEN = "SELECT EXISTS (SELECT 1 FROM forgotten WHERE mark = :mark)";
    ERASE_ASKED = "DELETE FROM asked WHERE at <= :before";
    /// A confirmation that could not be sent in time leads nowhere.
    DROP_CONFIRMATIONS = "
        UPDATE delivery SET state = 'suspended', settled_at = :now
         WHERE state = 'queued' AND lane = 'service'
           AND EXISTS (SELECT 1 FROM request r WHERE r.expires_at <= :now AND delivery.about = 'confirmation ' || r.id)";
    ERASE_REQUESTS = "DELETE FROM request WHERE expires_at <= :now";
    ERASE_UNCONFIRMED = "
        DELETE FROM subscriber
         WHERE state = 'pending' AND created_at <= :before
           AND NOT EXISTS (SELECT 1 FROM request WHERE request.subscriber = subscriber.id)";
    ERASE_LEFT = "DELETE FROM subscriber WHERE state = 'suspended' AND reason = 'left' AND stopped_at <= :before";
    CAME_BACK = "
        UPDATE delivery SET state = 'refused', settled_at = :now, answer = :answer
         WHERE id = :id AND state IN ('sent', 'sending', 'queued')";
    RECIPIENT = "SELECT subscriber FROM delivery WHERE id = :id";
    PUT_BOUNCE = "
        INSERT INTO bounce (subscriber, day, reason) VALUES (:subscriber, :day, :reason)
            ON CONFLICT (subscriber, day) DO NOTHING";
    BOUNCES = "SELECT day FROM bounce WHERE subscriber = :subscriber ORDER BY day";
}

/// The mark of an address, keyed with the secret of this database.
fn marked(conn: &Connection, what: Mark, text: &str) -> Done<[u8; 32]> {
    Ok(mark(&upkeep::secret(conn)?, what, text))
}

fn counted(conn: &Connection, sql: &str, args: &[(&str, &dyn rusqlite::ToSql)]) -> Done<u32> {
    let n: i64 = conn.prepare_cached(sql)?.query_row(args, |row| row.get(0))?;
    Ok(super::columns::small(n))
}

fn ask(tx: &Connection, ask: &Ask, limits: &AskLimits, until: Timestamp, now: Timestamp) -> Done<Asked> {
    let address = marked(tx, Mark::Asked, &subscribers::key(&ask.email))?;
    let network = ask.network.as_deref().map(|network| marked(tx, Mark::Asked, network)).transpose()?;
    let (hour, day) = (At(now - HOUR), At(now - DAY));
    // all are counted whatever they say, so that every answer costs the same
    let in_all = counted(tx, N_IN_ALL, &[(":since", &hour)])?;
    let from_network = counted(tx, N_FROM_NETWORK, &[(":network", &network), (":since", &hour)])?;
    let for_address = counted(tx, N_FOR_ADDRESS, &[(":address", &address), (":since", &day)])?;
    if network.is_some() && from_network >= limits.per_network {
        return Ok(Asked::EnoughFromNetwork);
    }
    if in_all >= limits.in_all {
        return Ok(Asked::EnoughInAll);
    }
    tx.prepare_cached(COUNT_IN)?.execute(named_params! { ":now": At(now), ":address": address, ":network": network })?;
    if for_address >= limits.per_address {
        return Ok(Asked::EnoughForAddress);
    }
    let subscriber = subscribers::add(tx, &ask.email, ask.language, SubscriberState::Pending, now)?;
    let args = named_params! { ":id": subscriber.0, ":language": Word(ask.language) };
    tx.prepare_cached(SPEAK_WHILE_PENDING)?.execute(args)?;
    let request: i64 = tx.prepare_cached(PUT_REQUEST)?.query_row(
        named_params! {
            ":subscriber": subscriber.0, ":wish": Json(&ask.wish), ":language": Word(ask.language), ":how": Word(ask.how),
            ":now": At(now), ":from": ask.from, ":until": At(until),
        },
        |row| row.get(0),
    )?;
    let mail = PlannedDelivery { subscriber, about: About::Confirmation(request), due_at: now, changes: Vec::new() };
    let delivery = outbox::insert(tx, &mail, &[], now)?;
    delivery.map(Asked::Written).ok_or_else(|| Fault::Unknown(format!("subscriber {}", subscriber.0)))
}

fn grant(tx: &Connection, subscriber: SubscriberId, request: i64, from: Option<&str>, now: Timestamp) -> Done<Granted> {
    let Some(found) = self::request(tx, subscriber, request, now)? else {
        let args = named_params! { ":subscriber": subscriber.0, ":request": request };
        let before: bool = tx.prepare_cached(WAS_GRANTED)?.query_row(args, |row| row.get(0))?;
        return Ok(if before { Granted::Before } else { Granted::Void });
    };
    let args = named_params! { ":subscriber": subscriber.0, ":request": request, ":from": from, ":now": At(now) };
    tx.prepare_cached(GRANT)?.execute(args)?;
    tx.prepare_cached(DROP_REQUEST)?.execute(named_params! { ":request": request })?;
    subscribers::confirm(tx, subscriber, now)?;
    tx.prepare_cached(SPEAK)?.execute(named_params! { ":id": subscriber.0, ":language": Word(found.language) })?;
    subscribers::subscribe(tx, subscriber, &found.wish, now)?;
    let mark = marked(tx, Mark::Forgotten, &subscribers::key(&found.email))?;
    tx.prepare_cached(REMEMBER)?.execute(named_params! { ":mark": mark })?;
    Ok(Granted::Now)
}

fn enrol(tx: &Connection, enrolment: &Enrolment, how: How, revive: bool, now: Timestamp) -> Done<Enrolled> {
    let mark = marked(tx, Mark::Forgotten, &subscribers::key(&enrolment.email))?;
    if tx.prepare_cached(IS_FORGOTTEN)?.query_row(named_params! { ":mark": mark }, |row| row.get(0))? {
        return Ok(Enrolled::Forgotten);
    }
    let known = subscribers::by_email(tx, &enrolment.email)?;
    if !revive && known.as_ref().is_some_and(|known| known.state == SubscriberState::Suspended) {
        return Ok(Enrolled::Stopped);
    }
    let subscriber = subscribers::add(tx, &enrolment.email, enrolment.language, SubscriberState::Confirmed, now)?;
    if known.as_ref().is_some_and(|known| known.state != SubscriberState::Confirmed) {
        subscribers::confirm(tx, subscriber, now)?;
    }
    let n_before = known.as_ref().map_or(0, |known| known.subscriptions.len());
    subscribers::subscribe(tx, subscriber, &enrolment.wish, now)?;
    let n_after = subscribers::one(tx, subscriber)?.map_or(0, |record| record.subscriptions.len());
    if n_after > n_before {
        let args = named_params! { ":subscriber": subscriber.0, ":wish": Json(&enrolment.wish), ":how": Word(how), ":now": At(now) };
        tx.prepare_cached(VOUCH)?.execute(args)?;
    }
    Ok(if known.is_some() { Enrolled::Known } else { Enrolled::Added })
}

fn request(conn: &Connection, subscriber: SubscriberId, request: i64, now: Timestamp) -> Done<Option<Request>> {
    let args = named_params! { ":subscriber": subscriber.0, ":request": request, ":now": At(now) };
    let read = |row: &rusqlite::Row<'_>| {
        let (wish, language) = (row.get::<_, Json<NewSubscription>>(0)?.0, row.get::<_, Word<_>>(1)?.0);
        Ok(Request { wish, language, email: row.get(2)? })
    };
    Ok(conn.prepare_cached(REQUEST)?.query_row(args, read).optional()?)
}

fn drop_wish(tx: &Connection, subscriber: SubscriberId, subscription: i64, now: Timestamp) -> Done<bool> {
    let Some(wish) = subscribers::wish(tx, subscription)?.filter(|wish| wish.subscriber == subscriber) else { return Ok(false) };
    let id = subscriber.0;
    tx.prepare_cached(DROP_WISH)?.execute(named_params! { ":subscriber": id, ":subscription": subscription })?;
    let (n_wishes, n_reminding): (i64, i64) =
        tx.prepare_cached(N_WISHES)?.query_row(named_params! { ":subscriber": id }, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let args = named_params! { ":subscriber": id, ":now": At(now) };
    if n_wishes == 0 {
        tx.prepare_cached(DROP_NEWS)?.execute(args)?;
        return Ok(true);
    }
    if n_reminding == 0 {
        tx.prepare_cached(DROP_REMINDERS)?.execute(args)?;
    }
    if let Frequency::Daily(hour) | Frequency::Weekly(hour) = wish.frequency
        && counted(tx, N_OF_FREQUENCY, &[(":subscriber", &id), (":frequency", &Json(wish.frequency))])? == 0
    {
        let hour = format!("{hour:02}");
        tx.prepare_cached(DROP_DIGESTS)?.execute(named_params! { ":subscriber": id, ":now": At(now), ":hour": hour })?;
    }
    Ok(true)
}

impl Consents for Sqlite {
    fn ask(&self, ask: &Ask, limits: &AskLimits, until: Timestamp, now: Timestamp) -> Result<Asked> {
        self.write("write down a request for consent", |tx| self::ask(tx, ask, limits, until, now))
    }

    fn request(&self, subscriber: SubscriberId, request: i64, now: Timestamp) -> Result<Option<Request>> {
        self.read("look up a request", |conn| self::request(conn, subscriber, request, now))
    }

    fn grant(&self, subscriber: SubscriberId, request: i64, from: Option<&str>, now: Timestamp) -> Result<Granted> {
        self.write("write down a consent", |tx| grant(tx, subscriber, request, from, now))
    }

    fn enrol(&self, enrolments: &[Enrolment], how: How, revive: bool, now: Timestamp) -> Result<Vec<Enrolled>> {
        self.write("add subscribers", |tx| enrolments.iter().map(|one| enrol(tx, one, how, revive, now)).collect())
    }

    fn consents(&self, subscriber: SubscriberId) -> Result<Vec<Consent>> {
        self.read("list consents", |conn| {
            let read = |row: &rusqlite::Row<'_>| {
                Ok(Consent {
                    wish: row.get::<_, Json<_>>(0)?.0,
                    how: row.get::<_, Word<_>>(1)?.0,
                    asked_at: row.get::<_, At>(2)?.0,
                    asked_from: row.get(3)?,
                    given_at: row.get::<_, At>(4)?.0,
                    given_from: row.get(5)?,
                })
            };
            let args = named_params! { ":subscriber": subscriber.0 };
            Ok(conn.prepare_cached(CONSENTS)?.query_map(args, read)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn change_wish(&self, subscriber: SubscriberId, subscription: i64, frequency: Frequency, reminders: bool) -> Result<bool> {
        self.write("change a subscription", |tx| {
            let args = named_params! {
                ":subscriber": subscriber.0, ":subscription": subscription, ":frequency": Json(frequency), ":reminders": reminders,
            };
            Ok(tx.prepare_cached(CHANGE_WISH)?.execute(args)? > 0)
        })
    }

    fn drop_wish(&self, subscriber: SubscriberId, subscription: i64, now: Timestamp) -> Result<bool> {
        self.write("take a subscription away", |tx| drop_wish(tx, subscriber, subscription, now))
    }

    fn set_language(&self, subscriber: SubscriberId, language: Language) -> Result<()> {
        self.write("change a subscriber's language", |tx| {
            tx.prepare_cached(SPEAK)?.execute(named_params! { ":id": subscriber.0, ":language": Word(language) })?;
            Ok(())
        })
    }

    fn leave(&self, subscriber: SubscriberId, now: Timestamp) -> Result<bool> {
        self.write("stop a subscriber's mails", |tx| {
            let left = tx.prepare_cached(LEAVE)?.execute(named_params! { ":id": subscriber.0, ":reason": LEFT, ":now": At(now) })? > 0;
            if left {
                tx.prepare_cached(DROP_NEWS)?.execute(named_params! { ":subscriber": subscriber.0, ":now": At(now) })?;
            }
            Ok(left)
        })
    }

    fn come_back(&self, subscriber: SubscriberId, _now: Timestamp) -> Result<bool> {
        self.write("take leaving back", |tx| {
            Ok(tx.prepare_cached(COME_BACK)?.execute(named_params! { ":id": subscriber.0, ":reason": LEFT })? > 0)
        })
    }

    fn forget(&self, subscriber: SubscriberId, now: Timestamp) -> Result<bool> {
        self.write("forget a subscriber", |tx| {
            let Some(key) = subscribers::key_of(tx, subscriber)? else { return Ok(false) };
            let mark = marked(tx, Mark::Forgotten, &key)?;
            tx.prepare_cached(FORGET)?.execute(named_params! { ":mark": mark, ":now": At(now) })?;
            subscribers::remove(tx, subscriber)
        })
    }

    fn is_forgotten(&self, email: &str) -> Result<bool> {
        self.read("look up whether an address is to stay forgotten", |conn| {
            let mark = marked(conn, Mark::Forgotten, &subscribers::key(email))?;
            Ok(conn.prepare_cached(IS_FORGOTTEN)?.query_row(named_params! { ":mark": mark }, |row| row.get(0))?)
        })
    }

    fn erase_expired(&self, left_before: Timestamp, now: Timestamp) -> Result<Erased> {
        self.write("erase what is to be kept no longer", |tx| {
            tx.prepare_cached(ERASE_ASKED)?.execute(named_params! { ":before": At(now - DAY) })?;
            tx.prepare_cached(DROP_CONFIRMATIONS)?.execute(named_params! { ":now": At(now) })?;
            let requests = tx.prepare_cached(ERASE_REQUESTS)?.execute(named_params! { ":now": At(now) })? as u64;
            // one who was added by another way than asking gets an hour
            let unconfirmed = tx.prepare_cached(ERASE_UNCONFIRMED)?.execute(named_params! { ":before": At(now - HOUR) })? as u64;
            let left = tx.prepare_cached(ERASE_LEFT)?.execute(named_params! { ":before": At(left_before) })? as u64;
            Ok(Erased { requests, unconfirmed, left })
        })
    }

    fn bounced(
        &self,
        delivery: DeliveryId,
        hard: bool,
        reason: &str,
        day: Date,
        now: Timestamp,
    ) -> Result<Option<(SubscriberId, Vec<Date>)>> {
        self.write("write down a bounce", |tx| {
            let args = named_params! { ":id": delivery.0 };
            let Some(subscriber) = tx.prepare_cached(RECIPIENT)?.query_row(args, |row| row.get::<_, i64>(0)).optional()? else {
                return Ok(None);
            };
            let answer = format!("came back: {reason}");
            tx.prepare_cached(CAME_BACK)?.execute(named_params! { ":id": delivery.0, ":now": At(now), ":answer": answer })?;
            if hard {
                let args = named_params! { ":subscriber": subscriber, ":day": day.to_string(), ":reason": reason };
                tx.prepare_cached(PUT_BOUNCE)?.execute(args)?;
            }
            let days: Vec<String> = tx
                .prepare_cached(BOUNCES)?
                .query_map(named_params! { ":subscriber": subscriber }, |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            Ok(Some((SubscriberId(subscriber), days.iter().filter_map(|day| day.parse().ok()).collect())))
        })
    }
}
