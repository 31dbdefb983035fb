//! Every provider's adapter, and the chain across them, against two independent programs that
//! speak the providers' protocols: real sockets, real streams, real pauses.

mod models;

use std::time::Duration;

use draftwell_core::{
    Code,
    polish::{ProviderId, Style},
};
use draftwell_providers::ai::check_key;
use futures_util::future::join_all;
use models::{ALL, GOOD, StandIn, aimock_base, llmock_base, model, model_name, model_with, polish};
use serde_json::{Value, json};

/// Answers by keyword; see the tests. Sequences are counted for each model apart.
fn fixtures() -> Value {
    let mut fixtures = vec![
        json!({ "match": { "userMessage": "STREAM-IT" },
            "response": { "content": GOOD, "usage": {
                "prompt_tokens": 321, "completion_tokens": 123, "total_tokens": 444, "cost": 0.0021 } },
            "chunkSize": 9, "latency": 5, "openRouterProcessing": true }),
        json!({ "match": { "userMessage": "REFUSE-IT" },
            "response": { "content": "I", "finishReason": "content_filter" } }),
        json!({ "match": { "userMessage": "TOO-MUCH" },
            "response": { "content": "{\"formal\": \"Dear", "finishReason": "length" } }),
        json!({ "match": { "userMessage": "OVERLOADED" },
            "response": { "error": { "message": "Overloaded", "type": "overloaded_error" }, "status": 529 } }),
        json!({ "match": { "userMessage": "UNAVAILABLE" },
            "response": { "error": { "message": "try later", "type": "server_error" }, "status": 503 } }),
        json!({ "match": { "userMessage": "LONG-LIMIT" },
            "response": { "error": { "message": "Rate limit", "type": "rate_limit_error" }, "status": 429, "retryAfter": 600 } }),
        json!({ "match": { "userMessage": "GARBLED" },
            "response": { "content": "x" }, "chaos": { "malformedRate": 1 } }),
        json!({ "match": { "userMessage": "CUT-EARLY" },
            "response": { "content": GOOD }, "chunkSize": 60, "latency": 30, "truncateAfterChunks": 7 }),
        json!({ "match": { "userMessage": "NO-JSON" }, "response": { "content": "I'd rather chat." } }),
    ];
    for provider in ALL {
        let model = model_name(provider);
        fixtures.push(json!({ "match": { "userMessage": "LIMITED", "model": model, "sequenceIndex": 0 },
            "response": { "error": { "message": "Rate limit", "type": "rate_limit_error", "code": "rate_limit_exceeded" },
                "status": 429, "retryAfter": 2 } }));
        fixtures.push(
            json!({ "match": { "userMessage": "LIMITED", "model": model },
            "response": { "content": GOOD } }),
        );
        fixtures.push(
            json!({ "match": { "userMessage": "REPAIR-ME", "model": model, "sequenceIndex": 0 },
            "response": { "content": "Sure! Here are four versions." } }),
        );
        fixtures.push(
            json!({ "match": { "userMessage": "REPAIR-ME", "model": model },
            "response": { "content": format!("```json\n{GOOD}\n```") } }),
        );
    }
    Value::Array(fixtures)
}

#[tokio::test]
async fn the_cards_fill_as_the_answer_streams() {
    let mock = StandIn::aimock(fixtures(), None);
    for provider in ALL {
        let polished = polish(
            &[model(&aimock_base(&mock, provider), provider)],
            "STREAM-IT",
        )
        .await;
        polished.is_good(provider);
        for style in Style::ALL {
            // How often depends on how quickly it comes: it is told at most every 25 ms.
            assert!(
                polished.steps(style) >= 1,
                "{provider:?} {style:?} was shown only when it was complete"
            );
        }
        assert!(!polished.told_a_failure());
        let remembered = polished.outcome.unwrap().remembered;
        assert_eq!(remembered.model, model_name(provider), "{provider:?}");
        if provider == ProviderId::Openrouter {
            assert_eq!(remembered.usage.cost_usd, Some(0.0021));
        }
        if matches!(
            provider,
            ProviderId::Openrouter | ProviderId::Openai | ProviderId::Local
        ) {
            assert_eq!(remembered.usage.input_tokens, Some(321), "{provider:?}");
            assert_eq!(remembered.usage.output_tokens, Some(123), "{provider:?}");
        }
    }
}

#[tokio::test]
async fn a_rate_limit_is_waited_out_as_long_as_asked() {
    let mock = StandIn::aimock(fixtures(), None);
    let asks = ALL.map(|provider| {
        let writers = [model(&aimock_base(&mock, provider), provider)];
        async move { (provider, polish(&writers, "LIMITED").await) }
    });
    for (provider, polished) in join_all(asks).await {
        polished.is_good(provider);
        assert_eq!(polished.slept, [Duration::from_secs(2)], "{provider:?}");
        assert!(!polished.told_a_failure(), "nothing had been shown");
    }
}

#[tokio::test]
async fn a_limit_too_long_to_wait_for_goes_to_the_next_at_once() {
    let mock = StandIn::aimock(fixtures(), None);
    let writers = ALL.map(|provider| model(&aimock_base(&mock, provider), provider));
    let polished = polish(&writers, "LONG-LIMIT").await;
    assert_eq!(polished.asked(), ALL, "each was asked once");
    assert_eq!(polished.slept, []);
    let error = polished.outcome.unwrap_err();
    assert_eq!(error.code, Code::AiServiceUnavailable);
    assert_eq!(error.retry_after_seconds, Some(600));
    for name in ["OpenRouter", "Gemini", "OpenAI", "Anthropic", "Local model"] {
        assert!(
            error
                .message
                .contains(&format!("{name}: Too many requests")),
            "{error}"
        );
    }
}

#[tokio::test]
async fn an_overloaded_provider_is_asked_twice_and_then_the_next() {
    let broken = StandIn::aimock(fixtures(), None);
    let working = StandIn::aimock(
        json!([{ "match": { "userMessage": "zoe" }, "response": { "content": GOOD } }]),
        None,
    );
    for (word, status) in [("OVERLOADED", "(529)"), ("UNAVAILABLE", "(503)")] {
        let asks = (0..ALL.len()).map(|index| {
            let (provider, next) = (ALL[index], ALL[(index + 1) % ALL.len()]);
            let writers = [
                model(&aimock_base(&broken, provider), provider),
                model(&aimock_base(&working, next), next),
            ];
            async move { (provider, next, polish(&writers, word).await) }
        });
        for (provider, next, polished) in join_all(asks).await {
            polished.is_good(next);
            assert_eq!(polished.asked(), [provider, provider, next]);
            let failed = polished.outcome.unwrap().failed_attempts;
            assert_eq!(failed.len(), 1);
            assert_eq!(failed[0].provider, provider);
            assert!(failed[0].reason.contains(status), "{}", failed[0].reason);
        }
    }
}

#[tokio::test]
async fn a_refusal_is_shown_and_never_worked_around() {
    let mock = StandIn::aimock(fixtures(), None);
    for (index, provider) in ALL.into_iter().enumerate() {
        let next = ALL[(index + 1) % ALL.len()];
        let writers = [
            model(&aimock_base(&mock, provider), provider),
            model(&aimock_base(&mock, next), next),
        ];
        let polished = polish(&writers, "REFUSE-IT").await;
        assert_eq!(polished.asked(), [provider]);
        let error = polished.outcome.unwrap_err();
        assert_eq!(error.code, Code::AiRefused, "{provider:?}");
        assert!(error.message.contains("declined"), "{error}");
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_off_or_no_json_is_never_taken() {
    let mock = StandIn::aimock(fixtures(), None);
    for provider in ALL {
        for word in ["TOO-MUCH", "NO-JSON"] {
            let writers = [model(&aimock_base(&mock, provider), provider)];
            let polished = polish(&writers, word).await;
            assert_eq!(polished.asked(), [provider; 2], "repaired once");
            let error = polished.outcome.unwrap_err();
            assert_eq!(error.code, Code::AiInvalidAnswer, "{provider:?} {word}");
        }
    }
}

#[tokio::test]
async fn an_answer_without_json_is_repaired_by_asking_once_more() {
    let mock = StandIn::aimock(fixtures(), None);
    for provider in ALL {
        let writers = [model(&aimock_base(&mock, provider), provider)];
        let polished = polish(&writers, "REPAIR-ME").await;
        polished.is_good(provider);
        assert_eq!(polished.asked(), [provider; 2]);
    }
}

#[tokio::test]
async fn malformed_json_from_the_service_is_trouble_on_the_way() {
    let mock = StandIn::aimock(fixtures(), None);
    let asks = ALL.map(|provider| {
        let writers = [model(&aimock_base(&mock, provider), provider)];
        async move { (provider, polish(&writers, "GARBLED").await) }
    });
    for (provider, polished) in join_all(asks).await {
        let error = polished.outcome.unwrap_err();
        assert_eq!(error.code, Code::AiServiceUnavailable, "{provider:?}");
    }
}

#[tokio::test]
async fn a_stream_cut_after_text_was_shown_is_taken_back_aloud() {
    let mock = StandIn::aimock(fixtures(), None);
    let asks = ALL.map(|provider| {
        let writers = [model(&aimock_base(&mock, provider), provider)];
        async move { (provider, polish(&writers, "CUT-EARLY").await) }
    });
    for (provider, polished) in join_all(asks).await {
        assert!(polished.steps(Style::Formal) > 0, "{provider:?}");
        assert!(polished.told_a_failure(), "{provider:?}");
        let error = polished.outcome.unwrap_err();
        assert_eq!(error.code, Code::AiServiceUnavailable, "{provider:?}");
        assert!(error.message.contains("broke off"), "{error}");
    }
}

#[tokio::test]
async fn a_wrong_key_is_found_out_by_the_check_and_by_asking() {
    let mock = StandIn::aimock(fixtures(), Some("good-key"));
    for provider in ALL {
        let base = aimock_base(&mock, provider);
        check_key(provider, &base, &"good-key".into())
            .await
            .unwrap_or_else(|error| panic!("{provider:?}: {error}"));
        let error = check_key(provider, &base, &"bad-key".into())
            .await
            .unwrap_err();
        assert_eq!(error.code, Code::ValidationError, "{provider:?}");
        assert_eq!(error.field.as_deref(), Some("key"));
        assert!(!error.message.contains("bad-key"), "{error}");

        let good = polish(&[model(&base, provider)], "STREAM-IT").await;
        good.is_good(provider);
        let bad = polish(&[model_with(&base, provider, "bad-key")], "STREAM-IT").await;
        assert_eq!(bad.asked(), [provider], "a refused key is not tried again");
        let error = bad.outcome.unwrap_err();
        assert_eq!(error.code, Code::AiServiceUnavailable);
        assert!(error.message.contains("key"), "{error}");
    }
}

#[tokio::test]
async fn a_check_that_reaches_nobody_says_so() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    for provider in ALL {
        let error = check_key(provider, &base, &"k".into()).await.unwrap_err();
        assert_eq!(error.code, Code::AiServiceUnavailable, "{provider:?}");
    }
}

/// The second program judges the client: whether it waits as asked, takes cut streams for answers,
/// repeats what can't succeed, or storms.
async fn verdict(mock: &StandIn) -> Vec<String> {
    let verdict = mock.get("/_llmock/verdict").await;
    assert!(
        verdict["attempts"].as_u64() >= Some(1),
        "it saw nothing: {verdict}"
    );
    verdict["findings"]
        .as_array()
        .unwrap_or_else(|| panic!("{verdict}"))
        .iter()
        .filter(|finding| finding["severity"] == "error")
        .map(Value::to_string)
        .collect()
}

fn says_good() -> Value {
    json!({ "type": "reply", "text": GOOD, "times": null })
}

#[tokio::test]
async fn a_second_program_finds_no_fault_with_how_we_ask() {
    // Side by side, because the pauses are real.
    join_all(ALL.map(faults_are_handled)).await;
}

async fn faults_are_handled(provider: ProviderId) {
    let mock = StandIn::llmock();
    let writers = [model(&llmock_base(&mock, provider), provider)];
    // A local server is asked once which models it hands on; no fault is meant for that.
    mock.behave(json!([says_good()])).await;
    polish(&writers, "anything").await.is_good(provider);
    let fault = |kind: &str, after: u32| json!({ "type": "stream_fault", "kind": kind, "after_chunks": after });
    for (what, trouble, failure_is_told) in [
        (
            "limit",
            json!({ "type": "fail", "status": 429, "retry_after": 1 }),
            false,
        ),
        ("down", json!({ "type": "fail", "status": 503 }), false),
        (
            "overloaded",
            json!({ "type": "fail", "status": 529 }),
            false,
        ),
        ("cut before any text", fault("disconnect", 0), false),
        ("cut after text", fault("disconnect", 14), true),
        ("ends early", fault("truncate", 14), true),
        ("corrupt chunk", fault("malformed", 14), true),
    ] {
        mock.behave(json!([says_good(), trouble])).await;
        let polished = polish(&writers, "anything").await;
        polished.is_good(provider);
        assert_eq!(polished.asked(), [provider; 2], "{provider:?}: {what}");
        assert_eq!(
            polished.told_a_failure(),
            failure_is_told,
            "{provider:?}: {what}"
        );
        let none: [String; 0] = [];
        assert_eq!(verdict(&mock).await, none, "{provider:?}: {what}");
    }
}

#[tokio::test]
async fn what_cannot_succeed_is_not_repeated() {
    let mock = StandIn::llmock();
    for provider in ALL {
        let writers = [model(&llmock_base(&mock, provider), provider)];
        for (status, word) in [(401, "key"), (403, "may not"), (404, "model")] {
            mock.behave(json!([says_good(), { "type": "fail", "status": status, "times": null }]))
                .await;
            let polished = polish(&writers, "anything").await;
            assert_eq!(polished.asked(), [provider], "{status}");
            let error = polished.outcome.unwrap_err();
            assert!(
                error.message.contains(word),
                "{provider:?} {status}: {error}"
            );
            assert_eq!(
                verdict(&mock).await,
                Vec::<String>::new(),
                "{provider:?} {status}"
            );
        }
    }
}

/// No scripted reply here: it makes its own answer from the JSON schema, if the schema reaches it
/// in the form the service reads.
#[tokio::test]
async fn the_schema_reaches_the_service_in_its_own_form() {
    let mock = StandIn::llmock();
    for provider in [
        ProviderId::Openrouter,
        ProviderId::Openai,
        ProviderId::Gemini,
        ProviderId::Local,
    ] {
        let writers = [model(&llmock_base(&mock, provider), provider)];
        let polished = polish(&writers, "anything").await;
        let outcome = polished
            .outcome
            .unwrap_or_else(|error| panic!("{provider:?}: {error}"));
        assert_eq!(outcome.versions.len(), 4);
    }
}
