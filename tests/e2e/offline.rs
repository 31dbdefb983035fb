//! The very first start, without a key and without a network: it polishes all the same.

use crate::support::Desk;
use crate::window::Tripwire;

#[tokio::test]
async fn the_first_start_polishes_without_a_key_and_without_a_network() {
    let mut desk = Desk::new("the_first_start_polishes_offline");
    // Whoever tried to reach a service would be seen here, and get no answer.
    let outside = Tripwire::new();
    let address = format!("http://127.0.0.1:{}", outside.port);
    for provider in ["OPENROUTER", "GEMINI", "OPENAI", "ANTHROPIC"] {
        desk.set(&format!("DRAFTWELL_{provider}_BASE_URL"), &address);
    }
    for service in ["AUTH", "TOKEN", "REVOKE", "USERINFO", "GMAIL"] {
        desk.set(&format!("DRAFTWELL_GOOGLE_{service}_URL"), &address);
    }
    let app = desk.start().await;
    app.write("Subject", "Meeting").await;
    app.write(
        "Message",
        "hi ana, i cant make it on 10 March at 14:00, because the train is late. \
         could you please send me the notes afterwards? thx, max",
    )
    .await;
    app.until_saved().await;
    app.click("button", "Polish").await;
    for name in ["Formal", "Casual", "Elaborate", "Concise"] {
        let card = app.get("region", name).await;
        app.get_ready_in(&card, "button", "Use this version").await;
        let text = card.text().await.unwrap();
        for fact in ["10 March", "14:00"] {
            assert!(text.contains(fact), "{name} lost {fact:?}: {text}");
        }
    }
    let card = app.get("region", "Formal").await;
    app.click_in(&card, "button", "Use this version").await;
    app.until_gone("region", "Formal").await;
    let text = app.text("Message").await;
    assert!(text.contains("10 March at 14:00"), "{text}");
    app.until_saved().await;
    assert_eq!(outside.visitors(), 0, "somebody tried to reach a service");
}
