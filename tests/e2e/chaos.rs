//! Chaos: five providers that fail in every way there is, in every order.
//!
//! What goes wrong is drawn from a seed and queued in llmock. However it goes, the desk ends in a
//! state that is true: four cards with the answer that came whole at last, a provider's word that it
//! won't or can't, or an error with each one's reason that offers to polish offline. And the draft is as it was.
//! `DRAFTWELL_CHAOS_SEED=7 cargo test --test e2e -- chaos --nocapture` plays another one.

use serde_json::{Value, json};

use super::providers::{WRITTEN, leave_desk, polish, written_by};
use crate::support::{
    App, Desk,
    counterparts::{Llmock, four_styles},
    dice::Dice,
    wait::until,
};

const IDS: [&str; 5] = ["openrouter", "gemini", "openai", "anthropic", "local"];

/// Fewer than are allowed in a minute.
const ROUNDS: usize = 16;

fn good() -> String {
    let version = |style: &str| format!("{style} words, written by llmock.");
    four_styles(
        &version("Formal"),
        &version("Casual"),
        &version("Elaborate"),
        &version("Concise"),
    )
}

/// One thing that goes wrong with one request; some of them stop everything.
fn fault(dice: &mut Dice, may_stop: bool) -> Value {
    const STATUSES: [u16; 12] = [400, 401, 402, 403, 404, 408, 409, 422, 500, 502, 503, 529];
    let reply = |text: &str| json!({ "type": "reply", "text": text });
    let stream = |kind: &str, after: u64| json!({ "type": "stream_fault", "kind": kind, "after_chunks": after });
    let after = dice.roll(24);
    let kind = if may_stop {
        dice.roll(12)
    } else {
        2 + dice.roll(10)
    };
    match kind {
        // These two stop everything: going around them would be against somebody's will.
        0 => json!({ "type": "reply", "text": "I", "finish_reason": "content_filter" }),
        1 => json!({ "type": "fail", "status": 413 }),
        2 => json!({ "type": "fail", "status": 429, "retry_after": 1 }),
        3..=6 => json!({ "type": "fail", "status": dice.choose(&STATUSES) }),
        7 => stream("disconnect", after),
        8 => stream("truncate", after),
        9 => stream("malformed", after),
        10 => reply("I would rather talk about the weather."),
        _ => reply(r#"{"formal":"Only this, and nothing more of it"#),
    }
}

/// How a round ended.
#[derive(Debug, PartialEq)]
enum End {
    Cards,
    Problem(String),
}

async fn end(app: &App) -> End {
    let state = "const cards = [...document.querySelectorAll('section[data-style]')];
        const problem = document.querySelector('.desk .problem');
        if (problem) return problem.innerText;
        return cards.length === 4 && cards.every((card) => card.classList.contains('done')) || null;";
    until("the desk to come to an end", async || {
        match app.run(state, vec![]).await {
            Value::Bool(true) => Some(End::Cards),
            Value::String(text) => Some(End::Problem(text)),
            _ => None,
        }
    })
    .await
}

/// Takes what is offered instead.
async fn polish_offline(app: &App, what: &str) {
    app.click("button", "Polish offline").await;
    assert_eq!(end(app).await, End::Cards, "offline; {what}");
    let by = "return document.querySelector('section[data-style=formal]').innerText";
    let by = app.run(by, vec![]).await;
    assert!(by.to_string().contains("Offline"), "{by}; {what}");
}

#[tokio::test]
async fn whatever_goes_wrong_the_desk_ends_in_a_true_state_and_the_draft_is_untouched() {
    let seed = std::env::var("DRAFTWELL_CHAOS_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(1);
    let mut dice = Dice::new(seed);
    let mut desk = Desk::new("chaos");
    let llmock = Llmock::start(&mut desk);
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    let (mut answered, mut stopped, mut failed) = (0, 0, 0);
    for round in 0..ROUNDS {
        // Whom it is begun with; set anew, so that what failed before is forgotten.
        let mut order = IDS;
        order.rotate_left(round % IDS.len());
        let settings = json!({ "providerOrder": order });
        app.call("update_settings", settings).await.unwrap();
        // From nothing at all to more than all of them together can take.
        let count = [0, 1, 2, 3, 4, 40][round % 6];
        let faults: Vec<Value> = (0..count).map(|_| fault(&mut dice, count < 40)).collect();
        let mut behaviors = faults.clone();
        behaviors.push(json!({ "type": "reply", "text": good(), "times": null }));
        llmock.behaves(&behaviors);
        let what = format!("seed {seed}, round {round}, from {}: {faults:?}", order[0]);
        let word = format!("round {round}");
        polish(&app, &word).await;
        match end(&app).await {
            End::Cards => {
                answered += 1;
                written_by(&app, "llmock").await;
            }
            End::Problem(text) if text.contains("too long") => {
                stopped += 1;
                assert!(
                    faults.iter().any(|fault| fault["status"] == 413),
                    "{text}; {what}"
                );
                polish_offline(&app, &what).await;
            }
            End::Problem(text) if text.contains("declined") => {
                stopped += 1;
                let is_refusal = |fault: &Value| fault["finish_reason"] == "content_filter";
                assert!(faults.iter().any(is_refusal), "{text}; {what}");
            }
            End::Problem(text) => {
                failed += 1;
                // Each fault is one request's: with fewer than there are providers, one of them
                // is asked that answers well.
                assert!(count >= IDS.len(), "nobody was left to ask? {text}; {what}");
                for name in ["OpenRouter", "Gemini", "OpenAI", "Anthropic", "Local model"] {
                    assert!(text.contains(name), "{name} has no reason: {text}; {what}");
                }
                polish_offline(&app, &what).await;
            }
        }
        leave_desk(&app).await;
        let text = app.text("Message").await;
        let wrote = format!("hi zoe, the {WRITTEN} is {word}, ok?");
        assert_eq!(text.trim().replace('\u{a0}', " "), wrote, "{what}");
    }
    assert!(
        answered >= 3 && failed >= 1,
        "{answered} answered, {stopped} stopped, {failed} failed, seed {seed}"
    );
    println!("chaos, seed {seed}: {answered} answered, {stopped} stopped, {failed} failed");
    let drafts = app
        .call("list_drafts", json!({ "limit": 100 }))
        .await
        .unwrap();
    let drafts = drafts["items"].as_array().unwrap().clone();
    assert_eq!(drafts.len(), ROUNDS, "one draft a round");
    for draft in drafts {
        let versions = app
            .call("list_versions", json!({ "id": draft["id"] }))
            .await
            .unwrap();
        assert!(
            !versions.to_string().contains("\"polish\""),
            "nothing was taken: {versions}"
        );
    }
}
