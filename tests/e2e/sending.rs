//! Killed while mails leave, with a network that loses answers: each mail arrives, and arrives
//! once. The program is killed at a request it was about to make or in the midst of one, over and
//! over; Google's emulator, or the mailbox behind Microsoft Graph, keeps what really was sent.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::json;

use crate::support::{
    App, Desk,
    counterparts::{Google, Outlook},
    faults::Faults,
    process,
    wait::{until, within},
};

/// Kills on one desk, and mails that leave meanwhile.
pub(crate) const KILLS: usize = 10;
pub(crate) const MAILS: usize = 24;
/// What each mail may need at most once nothing goes wrong any more: two looks half a minute
/// apart, and a wait between tries before.
pub(crate) const TO_REST: Duration = Duration::from_secs(240);

/// `DRAFTWELL_TEST_SEED` replays one round of kills; `DRAFTWELL_TEST_ROUNDS` says how many there
/// are.
pub(crate) fn seeds() -> Vec<u64> {
    let number = |name| {
        let value: Option<String> = std::env::var(name).ok();
        value.and_then(|value| value.parse().ok())
    };
    if let Some(seed) = number("DRAFTWELL_TEST_SEED") {
        return vec![seed];
    }
    let soak = std::env::var_os("DRAFTWELL_SOAK").is_some();
    let rounds = number("DRAFTWELL_TEST_ROUNDS").unwrap_or(if soak { 20 } else { 1 });
    (1..=rounds).collect()
}

/// The provider on the other end of the wire.
enum Provider {
    Google(Google),
    Outlook(Outlook),
}

impl Provider {
    /// Starts it with somebody in between.
    fn start(desk: &mut Desk, name: &str, seed: u64) -> (Self, Faults) {
        if name == "gmail" {
            let google = Google::start(desk);
            let faults = Faults::before(google.port(), "/users/me/drafts", seed);
            desk.set("DRAFTWELL_GOOGLE_GMAIL_URL", faults.base());
            return (Self::Google(google), faults);
        }
        let outlook = Outlook::start(desk);
        let faults = Faults::before(outlook.port(), "/me/messages", seed);
        desk.set("DRAFTWELL_MICROSOFT_GRAPH_URL", faults.base());
        desk.set(
            "DRAFTWELL_MICROSOFT_CLIENT_ID",
            "1a2b3c4d-0000-4000-8000-123456789abc",
        );
        (Self::Outlook(outlook), faults)
    }

    /// How often each subject was sent.
    fn arrived(&self, desk: &Desk) -> BTreeMap<String, usize> {
        let mut times = BTreeMap::new();
        match self {
            Self::Google(google) => {
                for mail in google.mailbox(desk)["sent"]
                    .as_array()
                    .into_iter()
                    .flatten()
                {
                    let subject = mail["subject"].as_str().unwrap_or_default().to_owned();
                    *times.entry(subject).or_default() += 1;
                }
            }
            Self::Outlook(outlook) => {
                for message in outlook.messages() {
                    let subject = message["subject"].as_str().unwrap_or_default().to_owned();
                    let sent = message["sent"].as_u64().unwrap_or_default();
                    *times.entry(subject).or_default() += usize::try_from(sent).unwrap();
                }
            }
        }
        times
    }
}

#[tokio::test]
async fn killed_while_mails_leave_each_arrives_once() {
    rounds("gmail").await;
}

#[tokio::test]
async fn killed_while_mails_leave_through_outlook_each_arrives_once() {
    rounds("outlook").await;
}

async fn rounds(provider: &str) {
    let (mut lost_replies, mut tried_again) = (0, 0);
    for seed in seeds() {
        let (lost, again) = round(provider, seed).await;
        lost_replies += lost;
        tried_again += again;
    }
    println!("{lost_replies} answers lost, {tried_again} mails taken up more than once");
    assert!(lost_replies > 0, "no answer was lost, so nothing was shown");
    assert!(tried_again > 0, "nothing was interrupted");
}

/// Ten kills; answers how often a request was carried out and its answer lost, and how many mails
/// were taken up more than once.
async fn round(name: &str, seed: u64) -> (usize, usize) {
    let replay = format!("DRAFTWELL_TEST_SEED={seed}");
    let mut desk = Desk::new(&format!("killed_while_mails_leave_{name}_{seed}"));
    let (provider, faults) = Provider::start(&mut desk, name, seed);
    desk.bus().show_trays();

    let app = desk.start().await;
    app.get("textbox", "Message").await;
    let connect = format!("connect_{name}");
    app.call(&connect, json!({})).await.unwrap();
    for number in 0..MAILS {
        queue(&app, number).await;
    }
    app.kill().await;

    let mut dice = seed;
    for _ in 0..KILLS {
        let before = faults.seen();
        let program = desk.launch(&["--background"]);
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let requests = 1 + (dice >> 33) as usize % 4;
        // It may be waiting for half a minute to look again: then it is killed all the same.
        within(Duration::from_secs(4), async || {
            (faults.seen() >= before + requests).then_some(())
        })
        .await;
        process::kill(program.pid());
    }
    faults.calm();
    let program = desk.launch(&["--background"]);
    let unsettled = "SELECT count(*) FROM emails
                     WHERE status IN ('scheduled', 'queued', 'transmitting')";
    let settled = within(TO_REST, async || {
        (count(&desk, unsettled) == 0).then_some(())
    })
    .await;
    assert_eq!(settled, Some(()), "{replay}: {:?}", states(&desk));
    drop(program);

    let states = states(&desk);
    assert_eq!(states.len(), MAILS, "{replay}: a mail is lost: {states:?}");
    let arrived = provider.arrived(&desk);
    for (subject, status) in &states {
        let times = arrived.get(subject).copied().unwrap_or_default();
        assert_eq!(
            (status.as_str(), times),
            ("sent", 1),
            "{replay}: {subject} is said to be {status} and arrived {times} times"
        );
    }
    let entries = count(&desk, "SELECT count(*) FROM history");
    assert_eq!(entries, MAILS, "{replay}: entries in the history");
    let again = count(&desk, "SELECT count(*) FROM emails WHERE attempts > 1");
    (faults.lost_replies(), again)
}

/// Writes a mail that is to leave soon, one after the other.
pub(crate) async fn queue(app: &App, number: usize) {
    let draft = json!({
        "to": [{ "name": "Zoë", "address": "zoe@example.org" }],
        "subject": format!("Mail {number}"),
        "body": { "type": "doc", "content": [{ "type": "paragraph", "content": [
            { "type": "text", "text": format!("This is mail {number}.") }
        ]}]},
    });
    let saved = app.call("save_draft", draft).await.unwrap();
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_millis() as i64;
    let at = now + 3_000 + 400 * number as i64;
    let send = json!({ "draftId": saved["id"], "at": at });
    until("the mail to be queued", async || {
        app.call("queue_send", send.clone()).await.ok()
    })
    .await;
}

/// What a question that counts answers.
pub(crate) fn count(desk: &Desk, sql: &str) -> usize {
    let number: i64 = desk
        .database()
        .query_row(sql, [], |row| row.get(0))
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    usize::try_from(number).expect("a count")
}

/// Subjects and states of all mails.
pub(crate) fn states(desk: &Desk) -> BTreeMap<String, String> {
    let database = desk.database();
    let mut select = database
        .prepare("SELECT subject, status FROM emails")
        .unwrap();
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}
