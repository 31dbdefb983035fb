//! Killed while mails leave through Postfix, over a line that breaks around the dot that ends a
//! mail. A mail server can't be asked what became of a mail, so here not each one arrives by
//! itself; but none arrives twice, and none is lost without a word: what is *sent* arrived, what
//! may or may not have arrived is *unknown*, and nothing else did.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use serde_json::json;

use crate::{
    sending::{KILLS, MAILS, TO_REST, count, queue, seeds, states},
    support::{Desk, line::Line, postfix::Postfix, process, wait::within},
};

#[tokio::test]
async fn killed_while_mails_leave_by_smtp_none_arrives_twice_and_none_is_lost() {
    let mut totals = BTreeMap::<String, usize>::new();
    for seed in seeds() {
        for (what, times) in round(seed).await {
            *totals.entry(what).or_default() += times;
        }
    }
    println!("{totals:?}");
    for what in ["sent", "answers lost", "taken up again", "unknown"] {
        let times = totals.get(what).copied().unwrap_or_default();
        assert!(times > 0, "nothing was shown about {what}: {totals:?}");
    }
}

/// Ten kills; answers how many mails came to which end, and what happened meanwhile.
async fn round(seed: u64) -> BTreeMap<String, usize> {
    let replay = format!("DRAFTWELL_TEST_SEED={seed}");
    println!("{replay}");
    let desk = Desk::new(&format!("killed_while_mails_leave_smtp_{seed}"));
    let folder = desk.folder("postfix").join("servers");
    let postfix = Postfix::start(folder.clone(), [""; 0]);
    let line = Line::to(postfix.port("clear"), seed);
    desk.bus().show_trays();

    let app = desk.start().await;
    app.get("textbox", "Message").await;
    let account = json!({
        "email": "ada@example.com",
        "server": { "host": "127.0.0.1", "port": line.port(), "security": "none",
                    "login": "password", "userName": "ada@example.com" },
        "secret": "sesame",
    });
    app.call("save_smtp_account", account).await.unwrap();
    for number in 0..MAILS {
        queue(&app, number).await;
    }
    line.storm();
    app.kill().await;

    let mut dice = seed;
    for _ in 0..KILLS {
        let before = line.seen();
        let program = desk.launch(&["--background"]);
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        // A mail takes some ten of them.
        let commands = 1 + (dice >> 33) as usize % 24;
        // The line may be held: then it is killed all the same.
        within(Duration::from_secs(4), async || {
            (line.seen() >= before + commands).then_some(())
        })
        .await;
        process::kill(program.pid());
    }
    let program = desk.launch(&["--background"]);
    let waiting = "SELECT count(*) FROM emails
                   WHERE status IN ('scheduled', 'queued', 'transmitting')";
    // Where each program was killed before an answer could be lost, this one meets that.
    within(TO_REST, async || {
        (line.lost_answers() > 0 || count(&desk, waiting) == 0).then_some(())
    })
    .await;
    line.calm();
    let settled = within(TO_REST, async || {
        (count(&desk, waiting) == 0 && is_empty(&folder)).then_some(())
    })
    .await;
    assert_eq!(settled, Some(()), "{replay}: {:?}", states(&desk));
    drop(program);

    let states = states(&desk);
    assert_eq!(states.len(), MAILS, "{replay}: a mail is lost: {states:?}");
    let arrived = arrived(&postfix);
    let mut ends = BTreeMap::new();
    for (subject, status) in &states {
        let times = arrived.get(subject).copied().unwrap_or_default();
        let is_true = match status.as_str() {
            "sent" => times == 1,
            "unknown" => times <= 1,
            _ => false,
        };
        assert!(
            is_true,
            "{replay}: {subject} is said to be {status} and arrived {times} times"
        );
        *ends.entry(status.clone()).or_default() += 1;
    }
    let sent = ends.get("sent").copied().unwrap_or_default();
    let told = count(&desk, "SELECT count(*) FROM history");
    assert_eq!(told, sent, "{replay}: entries in the history");
    let again = count(&desk, "SELECT count(*) FROM emails WHERE attempts > 1");
    ends.insert("taken up again".into(), again);
    ends.insert("answers lost".into(), line.lost_answers());
    ends
}

/// Whether nothing waits in Postfix's own queues.
fn is_empty(servers: &Path) -> bool {
    fn files(place: &Path) -> usize {
        let entries = fs::read_dir(place).into_iter().flatten().flatten();
        let count = |entry: fs::DirEntry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => files(&entry.path()),
            _ => 1,
        };
        entries.map(count).sum()
    }
    let queues = ["maildrop", "incoming", "active", "deferred"];
    queues
        .iter()
        .all(|queue| files(&servers.join("spool").join(queue)) == 0)
}

/// How often each subject was delivered.
fn arrived(postfix: &Postfix) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for copy in postfix.copies() {
        let mail = String::from_utf8_lossy(&copy.mail);
        assert_eq!(copy.recipient, "zoe@example.org", "{}", copy.queue_id);
        let subject = mail.lines().find_map(|line| line.strip_prefix("Subject: "));
        *times
            .entry(subject.expect("a subject").to_owned())
            .or_default() += 1;
    }
    times
}
