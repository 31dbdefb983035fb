//! Contacts, completion, accounts, signatures, secrets and settings on a real file.

mod support;

use draftwell_core::{
    Code, Result, UnixMillis,
    account::{AccountKind, Alias, GMAIL_COMPOSE, GMAIL_READONLY},
    contact::{Contact, SaveContact, Stage},
    draft::SaveDraft,
    id::{AccountId, ContactId, SignatureId},
    patch::Patch,
    settings::{Preferences, Theme, UpdateSettings},
    signature::{CreateSignature, MAX_SIGNATURES, Signature, UpdateSignature},
    smtp::{Security, SmtpLogin, SmtpServer},
};
use draftwell_store::{NewAccount, SmtpAccount, Store};
use support::{House, at, body, draft_id, fresh, signed, typed, version_id};

fn contact(name: &str, email: &str) -> SaveContact {
    SaveContact {
        name: Some(name.to_owned()),
        email: Some(email.to_owned()),
        ..SaveContact::default()
    }
}

async fn save(store: &Store, edit: SaveContact) -> Result<Contact> {
    store.save_contact(edit, ContactId(fresh()), at(0)).await
}

#[tokio::test]
async fn a_contact_is_made_changed_and_found() {
    let mut house = House::new();
    let edit = SaveContact {
        company: Some("Österreichische Werke".to_owned()),
        ..contact("Jörg Müller", "Joerg@Example.ORG")
    };
    let made = save(&house.store, edit).await.unwrap();
    assert_eq!(made.first_name, "Jörg");
    let change = SaveContact {
        id: Some(made.id),
        stage: Some(Stage::Customer),
        priority: Some(3),
        ..SaveContact::default()
    };
    let changed = house
        .store
        .save_contact(change, ContactId(fresh()), at(9))
        .await
        .unwrap();
    assert_eq!(changed.id, made.id);
    house.reopen();
    assert_eq!(house.store.get_contact(made.id).await.unwrap(), changed);
    for found in [
        "jorg",
        "Mül",
        "österr",
        "oster wer",
        "example.org",
        "JOERG@",
    ] {
        let list = house.store.list_contacts(Some(found.to_owned())).await;
        assert_eq!(list.unwrap().len(), 1, "{found:?}");
    }
    for lost in ["rg", "ller", "%", "_", "müller x", "\\"] {
        let list = house.store.list_contacts(Some(lost.to_owned())).await;
        assert!(list.unwrap().is_empty(), "{lost:?}");
    }
}

#[tokio::test]
async fn an_address_belongs_to_one_contact() {
    let house = House::new();
    let ada = save(&house.store, contact("Ada", "ada@example.org"))
        .await
        .unwrap();
    let error = save(&house.store, contact("Eve", "ada@EXAMPLE.org"))
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::Conflict);
    assert_eq!(error.field.as_deref(), Some("email"));
    save(&house.store, contact("Other", "Ada@example.org"))
        .await
        .expect("only its own server knows whether that is the same person");
    let same = SaveContact {
        id: Some(ada.id),
        ..contact("Ada L", "ada@Example.org")
    };
    save(&house.store, same)
        .await
        .expect("her own address is no conflict");
}

#[tokio::test]
async fn contacts_come_by_name_whatever_its_accents() {
    let house = House::new();
    for (name, email) in [
        ("Zoë", "z@x.org"),
        ("Ärger", "b@x.org"),
        ("Bob", "c@x.org"),
        ("", "a@x.org"),
    ] {
        save(&house.store, contact(name, email)).await.unwrap();
    }
    let names: Vec<_> = house.store.list_contacts(None).await.unwrap();
    let names: Vec<_> = names.iter().map(|contact| contact.name.as_str()).collect();
    assert_eq!(names, ["", "Ärger", "Bob", "Zoë"]);
}

#[tokio::test]
async fn what_was_typed_completes_to_contacts() {
    let house = House::new();
    for number in 0..12 {
        let email = format!("p{number}@example.org");
        save(
            &house.store,
            contact(&format!("Person {number:02}"), &email),
        )
        .await
        .unwrap();
    }
    let suggest = async |prefix: &str| {
        house
            .store
            .suggest_recipients(prefix.to_owned())
            .await
            .unwrap()
    };
    assert_eq!(suggest("per").await.len(), 8);
    let exact = suggest("person 07").await;
    assert_eq!(exact.len(), 1);
    assert_eq!(exact[0].address, "p7@example.org");
    assert!(exact[0].contact_id.is_some());
    assert!(suggest("").await.is_empty());
    assert!(suggest("  ").await.is_empty());
}

fn account(subject: &str) -> NewAccount {
    NewAccount {
        kind: AccountKind::Gmail,
        subject: subject.to_owned(),
        email: format!("{subject}@gmail.com"),
        display_name: String::new(),
        scopes: vec![draftwell_core::account::GMAIL_COMPOSE.to_owned()],
    }
}

#[tokio::test]
async fn signing_in_again_is_the_same_account_and_heals_it() {
    let house = House::new();
    let store = &house.store;
    let first = store
        .upsert_account(account("a"), AccountId(fresh()), at(0))
        .await
        .unwrap();
    assert!(first.is_default && first.abilities.safe_send);
    store
        .set_needs_sign_in(first.id, Some("Google no longer lets us in.".to_owned()))
        .await
        .unwrap();
    assert!(store.get_account(first.id).await.unwrap().needs_sign_in);
    let again = NewAccount {
        scopes: vec![],
        ..account("a")
    };
    let again = store
        .upsert_account(again, AccountId(fresh()), at(1))
        .await
        .unwrap();
    assert_eq!(again.id, first.id);
    assert!(!again.needs_sign_in && !again.abilities.send);
    assert_eq!(store.list_accounts().await.unwrap().len(), 1);
}

#[tokio::test]
async fn there_is_one_default_account() {
    let house = House::new();
    let store = &house.store;
    let mut ids = Vec::new();
    for subject in ["a", "b", "c"] {
        let account = store
            .upsert_account(account(subject), AccountId(fresh()), at(0))
            .await;
        ids.push(account.unwrap().id);
    }
    store.set_default_account(ids[2]).await.unwrap();
    assert_eq!(store.default_account().await.unwrap().unwrap().id, ids[2]);
    let edit = SaveDraft {
        account_id: Patch::Set(ids[2]),
        ..SaveDraft::default()
    };
    let draft = store
        .save_draft(edit, draft_id(), version_id(), at(0))
        .await
        .unwrap();
    store.delete_account(ids[2]).await.unwrap();
    assert_eq!(store.default_account().await.unwrap().unwrap().id, ids[0]);
    assert_eq!(store.get_draft(draft.id).await.unwrap().account_id, None);
    let error = store.set_default_account(ids[2]).await.unwrap_err();
    assert_eq!(error.code, Code::NotFound);
    assert_eq!(store.default_account().await.unwrap().unwrap().id, ids[0]);
}

fn signature(name: &str) -> CreateSignature {
    CreateSignature {
        name: name.to_owned(),
        body: body(&format!("-- \n{name}")),
        ..CreateSignature::default()
    }
}

async fn create(store: &Store, new: CreateSignature) -> Result<Signature> {
    store
        .create_signature(new, SignatureId(fresh()), at(0))
        .await
}

#[tokio::test]
async fn ten_signatures_each_with_a_name_of_its_own() {
    let house = House::new();
    for number in 0..MAX_SIGNATURES - 1 {
        create(&house.store, signature(&format!("S{number}")))
            .await
            .unwrap();
    }
    let error = create(&house.store, signature("s0")).await.unwrap_err();
    assert_eq!(error.field.as_deref(), Some("name"));
    create(&house.store, signature("Zehn")).await.unwrap();
    let error = create(&house.store, signature("eleven")).await.unwrap_err();
    assert_eq!(error.code, Code::LimitReached);
    assert_eq!(
        house.store.list_signatures().await.unwrap().len(),
        MAX_SIGNATURES
    );
}

#[tokio::test]
async fn one_signature_is_the_default() {
    let house = House::new();
    let store = &house.store;
    let first = create(store, signature("A")).await.unwrap();
    assert!(first.is_default, "the first becomes it");
    let second = CreateSignature {
        is_default: true,
        is_formal_default: true,
        ..signature("B")
    };
    let second = create(store, second).await.unwrap();
    assert!(second.is_default && second.is_formal_default);
    assert!(!store.get_signature(first.id).await.unwrap().is_default);
    let update = UpdateSignature {
        id: first.id,
        name: Some("a".to_owned()),
        body: None,
        is_default: None,
        is_formal_default: Some(true),
        is_casual_default: Some(true),
    };
    let updated = store.update_signature(update, at(1)).await.unwrap();
    assert_eq!(updated.name, "a");
    assert!(updated.is_formal_default && updated.is_casual_default);
    assert!(
        !store
            .get_signature(second.id)
            .await
            .unwrap()
            .is_formal_default
    );
    store
        .delete_signature(second.id, false, at(2))
        .await
        .unwrap();
    assert!(store.get_signature(first.id).await.unwrap().is_default);
}

#[tokio::test]
async fn a_signature_in_use_is_deleted_only_with_its_uses() {
    let house = House::new();
    let store = &house.store;
    let signature = create(store, signature("Mine")).await.unwrap();
    assert!(signature.html.contains("Mine"));
    let (used, binned) = (draft_id(), draft_id());
    for id in [used, binned] {
        let edit = SaveDraft {
            body: Some(signed("text", signature.id)),
            ..typed(id, 0, "")
        };
        let saved = store
            .save_draft(edit, id, version_id(), at(0))
            .await
            .unwrap();
        assert_eq!(saved.signature_id, Some(signature.id));
    }
    store.delete_draft(binned, at(1)).await.unwrap();
    assert_eq!(store.list_signatures().await.unwrap()[0].used_by_drafts, 1);
    let error = store
        .delete_signature(signature.id, false, at(2))
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::SignatureInUse);
    assert!(error.message.starts_with("One draft"), "{error}");
    let changed = store
        .delete_signature(signature.id, true, at(3))
        .await
        .unwrap();
    assert_eq!(changed.len(), 2);
    assert!(changed.iter().all(|changed| changed.revision == 2));
    let draft = store.get_draft(used).await.unwrap();
    assert_eq!(draft.signature_id, None);
    assert_eq!(draft.body, body("text"));
}

#[tokio::test]
async fn a_window_that_does_not_know_of_a_deleted_signature_saves_its_text() {
    let house = House::new();
    let store = &house.store;
    let signature = create(store, signature("Mine")).await.unwrap();
    let id = draft_id();
    store
        .delete_signature(signature.id, true, at(1))
        .await
        .unwrap();
    let edit = SaveDraft {
        body: Some(signed("typed on", signature.id)),
        ..typed(id, 0, "")
    };
    let saved = store
        .save_draft(edit, id, version_id(), at(2))
        .await
        .unwrap();
    assert_eq!(saved.signature_id, None);
    assert_eq!(store.get_draft(id).await.unwrap().body, body("typed on"));
}

#[tokio::test]
async fn a_signature_is_chosen_through_the_save() {
    let house = House::new();
    let store = &house.store;
    let signature = create(store, signature("Mine")).await.unwrap();
    let id = draft_id();
    let save = async |edit| {
        store
            .save_draft(edit, id, version_id(), at(0))
            .await
            .unwrap()
    };
    save(typed(id, 0, "text")).await;
    let choose = SaveDraft {
        id: Some(id),
        signature_id: Patch::Set(signature.id),
        ..SaveDraft::default()
    };
    assert_eq!(save(choose).await.signature_id, Some(signature.id));
    let draft = store.get_draft(id).await.unwrap();
    assert_eq!(draft.body, signed("text", signature.id));
    assert!(draft.signature_chosen);
    let clear = SaveDraft {
        id: Some(id),
        signature_id: Patch::Clear,
        ..SaveDraft::default()
    };
    assert_eq!(save(clear).await.signature_id, None);
    assert_eq!(store.get_draft(id).await.unwrap().body, body("text"));
}

#[tokio::test]
async fn secrets_are_kept_replaced_and_forgotten() {
    let mut house = House::new();
    house
        .store
        .put_secret("a", vec![1, 2], at(0))
        .await
        .unwrap();
    house
        .store
        .put_secret("a", vec![3, 0, 255], at(1))
        .await
        .unwrap();
    house.store.put_secret("b", vec![], at(1)).await.unwrap();
    house.reopen();
    assert_eq!(
        house.store.get_secret("a").await.unwrap(),
        Some(vec![3, 0, 255])
    );
    assert_eq!(house.store.secret_names().await.unwrap(), ["a", "b"]);
    house.store.delete_secret("a").await.unwrap();
    house.store.delete_secret("a").await.unwrap();
    assert_eq!(house.store.get_secret("a").await.unwrap(), None);
    let moved = vec![("c".to_owned(), vec![9])];
    house
        .store
        .rekey_secrets(true, moved, Some("record".to_owned()), at(2))
        .await
        .unwrap();
    assert_eq!(house.store.secret_names().await.unwrap(), ["c"]);
    assert_eq!(
        house.store.vault_meta().await.unwrap().as_deref(),
        Some("record")
    );
    assert!(house.store.any_secret().await.unwrap());
}

#[tokio::test]
async fn a_folder_keeps_its_name() {
    let mut house = House::new();
    let first = house.store.folder_id(fresh()).unwrap();
    house.reopen();
    assert_eq!(house.store.folder_id(fresh()).unwrap(), first);
}

#[tokio::test]
async fn settings_are_kept_and_survive_what_is_unknown_or_damaged() {
    let mut house = House::new();
    assert_eq!(
        house.store.preferences().await.unwrap(),
        Preferences::default()
    );
    let dark = UpdateSettings {
        theme: Some(Theme::Dark),
        undo_seconds: Some(0),
        ..UpdateSettings::default()
    };
    house.store.update_settings(dark, at(0)).await.unwrap();
    house.reopen();
    let kept = house.store.preferences().await.unwrap();
    assert_eq!(
        (kept.theme, kept.undo_seconds, kept.daily_limit),
        (Theme::Dark, 0, 100)
    );
    house
        .sql()
        .execute(
            "UPDATE settings SET preferences = json_set(preferences, '$.fromLater', 5, '$.undoSeconds', 'x')",
            [],
        )
        .unwrap();
    let kept = house.store.preferences().await.unwrap();
    assert_eq!((kept.theme, kept.undo_seconds), (Theme::Dark, 10));
    let light = UpdateSettings {
        theme: Some(Theme::Light),
        ..UpdateSettings::default()
    };
    house.store.update_settings(light, at(0)).await.unwrap();
    let later: i64 = house
        .sql()
        .query_row(
            "SELECT preferences ->> '$.fromLater' FROM settings",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(later, 5, "a newer version finds its own again");
    house
        .sql()
        .execute("UPDATE settings SET preferences = '{'", [])
        .unwrap();
    assert_eq!(
        house.store.preferences().await.unwrap(),
        Preferences::default()
    );
}

#[tokio::test]
async fn an_account_at_a_mail_server_keeps_its_settings_and_new_ones_heal_it() {
    let house = House::new();
    let server = SmtpServer {
        host: "smtp.example.com".into(),
        port: 465,
        security: Security::Tls,
        login: SmtpLogin::Password,
        user_name: "ada".into(),
    };
    let account = |email: &str, port| SmtpAccount {
        email: email.into(),
        display_name: "Ada".into(),
        server: SmtpServer {
            port,
            ..server.clone()
        },
    };
    let [first, second] = [1, 2].map(|n| AccountId(uuid::Uuid::from_u128(n)));
    let store = &house.store;
    let kept = store
        .save_smtp_account(
            first,
            account("ada@example.com", 465),
            Some(("smtp/1".to_owned(), b"sealed".to_vec())),
            UnixMillis(1),
        )
        .await
        .unwrap();
    assert_eq!(kept.kind, AccountKind::Smtp);
    assert_eq!(kept.server, Some(server.clone()));
    assert!(kept.is_default, "the first one is");
    assert!(
        kept.abilities.send && !kept.abilities.safe_send,
        "what became of a mail can't be asked afterwards"
    );

    let error = store
        .save_smtp_account(
            second,
            account("ada@example.com", 465),
            Some(("smtp/1".to_owned(), b"another".to_vec())),
            UnixMillis(2),
        )
        .await
        .unwrap_err();
    assert_eq!(
        error.field.as_deref(),
        Some("email"),
        "one account an address"
    );
    assert_eq!(
        store.get_secret("smtp/1").await.unwrap().as_deref(),
        Some(&b"sealed"[..]),
        "the password of settings that are refused is not kept"
    );

    let reason = Some("wrong password".to_owned());
    store.set_needs_sign_in(first, reason).await.unwrap();
    let changed = store
        .save_smtp_account(first, account("ada@example.org", 587), None, UnixMillis(3))
        .await
        .unwrap();
    assert!(!changed.needs_sign_in && changed.is_default);
    assert_eq!(changed.email, "ada@example.org");
    assert_eq!(changed.server.unwrap().port, 587);
    assert_eq!(store.list_accounts().await.unwrap().len(), 1);
    let kept = store.get_secret("smtp/1").await.unwrap();
    assert!(kept.is_some(), "without a new password the old one stays");

    let gmail = NewAccount {
        kind: AccountKind::Gmail,
        subject: "1".into(),
        email: "ada@gmail.com".into(),
        display_name: String::new(),
        scopes: Vec::new(),
    };
    store
        .upsert_account(gmail, second, UnixMillis(4))
        .await
        .unwrap();
    let error = store
        .save_smtp_account(second, account("x@example.com", 465), None, UnixMillis(5))
        .await
        .unwrap_err();
    assert_eq!(error.field.as_deref(), Some("id"), "it is no mail server's");
}

#[tokio::test]
async fn a_draft_keeps_the_alias_it_is_to_leave_from() {
    let mut house = House::new();
    let store = house.store.clone();
    let ada = store
        .upsert_account(account("ada"), AccountId(fresh()), at(0))
        .await
        .unwrap();
    let alias = |address: &str| Alias {
        address: address.to_owned(),
        name: "Sales".to_owned(),
    };
    let aliases = vec![alias("sales@example.org")];
    assert!(store.set_aliases(ada.id, aliases.clone()).await.unwrap());
    assert!(
        !store.set_aliases(ada.id, aliases.clone()).await.unwrap(),
        "the same ones are no news"
    );
    assert_eq!(store.get_account(ada.id).await.unwrap().aliases, aliases);

    let from = |address: &str| SaveDraft {
        subject: Some("Hello".to_owned()),
        account_id: Patch::Set(ada.id),
        from_address: Patch::Set(address.to_owned()),
        ..SaveDraft::default()
    };
    let save = async |edit: SaveDraft| {
        store
            .save_draft(edit, draft_id(), version_id(), at(1))
            .await
    };
    let error = save(from("boss@example.org")).await.unwrap_err();
    assert_eq!(error.field.as_deref(), Some("fromAddress"));
    let id = save(from("Sales@Example.org")).await.unwrap().id;
    house.reopen();
    let store = &house.store;
    let draft = store.get_draft(id).await.unwrap();
    assert_eq!(draft.from_address.as_deref(), Some("Sales@Example.org"));

    // What names none leaves it, and null takes it away; both are saves of their own.
    let edit = |from_address| SaveDraft {
        id: Some(id),
        from_address,
        ..SaveDraft::default()
    };
    let save = async |edit: SaveDraft| {
        store
            .save_draft(edit, draft_id(), version_id(), at(2))
            .await
    };
    assert_eq!(save(edit(Patch::Keep)).await.unwrap().revision, 1);
    assert_eq!(save(edit(Patch::Clear)).await.unwrap().revision, 2);
    assert_eq!(store.get_draft(id).await.unwrap().from_address, None);

    // An account that may not read any more loses that, and nothing else.
    let scopes = vec![GMAIL_COMPOSE.to_owned(), GMAIL_READONLY.to_owned()];
    let reading = NewAccount {
        scopes,
        ..account("ada")
    };
    let ada = store
        .upsert_account(reading, AccountId(fresh()), at(3))
        .await
        .unwrap();
    assert_eq!(ada.aliases, aliases, "signing in again keeps them");
    assert!(ada.abilities.read);
    store.forget_reading(ada.id).await.unwrap();
    let ada = store.get_account(ada.id).await.unwrap();
    assert!(ada.abilities.safe_send && !ada.abilities.read);
}
