//! Which commands and events exist, and their TypeScript description.

use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

use crate::commands::{
    accounts, contacts, drafts, images, outbox, polish, settings, signatures, windows,
};

/// Every command and event of the program.
pub fn builder() -> Builder<tauri::Wry> {
    Builder::<tauri::Wry>::new()
        .error_handling(ErrorHandlingMode::Throw)
        .commands(collect_commands![
            accounts::cancel_connect,
            accounts::connect_gmail,
            accounts::delete_google_client,
            accounts::disconnect_account,
            accounts::list_accounts,
            accounts::set_default_account,
            accounts::set_google_client,
            contacts::list_contacts,
            contacts::save_contact,
            contacts::suggest_recipients,
            drafts::compose_to_contact,
            drafts::delete_draft,
            drafts::get_draft,
            drafts::list_drafts,
            drafts::list_versions,
            drafts::reconcile_journal,
            drafts::restore_draft,
            drafts::restore_version,
            drafts::save_draft,
            images::add_image,
            outbox::check_send,
            outbox::list_history,
            outbox::list_outbox,
            outbox::queue_send,
            outbox::resolve_unknown,
            outbox::undo_send,
            polish::cancel_polish,
            polish::polish_draft,
            settings::choose_vault,
            settings::delete_api_key,
            settings::find_local_servers,
            settings::get_settings,
            settings::set_api_key,
            settings::unlock_vault,
            settings::update_settings,
            signatures::create_signature,
            signatures::delete_signature,
            signatures::list_signatures,
            signatures::update_signature,
            windows::close_ready,
            windows::open_compose_window,
            windows::open_main_window,
            windows::page_ready,
        ])
        .events(collect_events![
            accounts::AccountsChanged,
            accounts::ConnectStarted,
            outbox::OutboxChanged,
            polish::PolishProgress,
            settings::SettingsChanged,
            windows::CloseRequested,
            windows::DraftChanged,
            windows::ShowDraft,
        ])
}
