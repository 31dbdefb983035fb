//! Which commands and events exist, and their TypeScript description.

use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

use crate::commands::{
    accounts, attachments, contacts, drafts, history, images, mail_files, outbox, polish, settings,
    signatures, storage, versions, windows,
};

/// Every command and event of the program.
pub fn builder() -> Builder<tauri::Wry> {
    Builder::<tauri::Wry>::new()
        .error_handling(ErrorHandlingMode::Throw)
        .commands(collect_commands![
            accounts::add_practice_account,
            accounts::cancel_connect,
            accounts::check_smtp_account,
            accounts::connect_gmail,
            accounts::connect_outlook,
            accounts::delete_google_client,
            accounts::delete_microsoft_client,
            accounts::disconnect_account,
            accounts::list_accounts,
            accounts::save_smtp_account,
            accounts::set_default_account,
            accounts::set_google_client,
            accounts::set_microsoft_client,
            attachments::add_attachment_data,
            attachments::add_dropped_files,
            attachments::add_dropped_images,
            attachments::cancel_attachments,
            attachments::open_attachment,
            attachments::pick_attachments,
            attachments::save_attachment,
            contacts::list_contacts,
            contacts::save_contact,
            contacts::suggest_recipients,
            drafts::compose_to_contact,
            drafts::delete_draft,
            drafts::get_draft,
            drafts::list_bin,
            drafts::list_drafts,
            drafts::purge_draft,
            drafts::reconcile_journal,
            drafts::restore_draft,
            drafts::save_draft,
            history::answer_history,
            history::list_history,
            history::look_for_replies,
            history::read_history_text,
            images::add_image,
            images::clean_paste,
            images::clean_slice,
            images::image_sizes,
            mail_files::export_draft,
            mail_files::import_drafts,
            mail_files::import_dropped_drafts,
            outbox::check_send,
            outbox::hide_email,
            outbox::list_emails,
            outbox::list_outbox,
            outbox::list_sending_limits,
            outbox::queue_send,
            outbox::reschedule_send,
            outbox::resolve_unknown,
            outbox::send_now,
            outbox::show_practice_mail,
            outbox::undo_send,
            polish::cancel_polish,
            polish::compose_polish,
            polish::note_taken,
            polish::polish_draft,
            polish::preview_polish,
            polish::sent_polish,
            settings::choose_vault,
            settings::delete_api_key,
            settings::find_local_servers,
            settings::get_settings,
            settings::list_models,
            settings::set_api_key,
            settings::unlock_vault,
            settings::update_settings,
            signatures::create_signature,
            signatures::delete_signature,
            signatures::list_signatures,
            signatures::update_signature,
            storage::forget_recovery,
            storage::forget_unsaved,
            storage::get_storage_state,
            storage::keep_unsaved,
            versions::compare_versions,
            versions::get_version,
            versions::list_versions,
            versions::restore_version,
            windows::close_ready,
            windows::open_compose_window,
            windows::open_link,
            windows::open_main_window,
            windows::page_ready,
        ])
        .events(collect_events![
            accounts::AccountsChanged,
            accounts::ConnectStarted,
            attachments::AttachmentProgress,
            attachments::FilesDragged,
            history::MailArrived,
            outbox::OutboxChanged,
            polish::PolishProgress,
            settings::SettingsChanged,
            storage::StorageChanged,
            windows::CloseRequested,
            windows::DraftChanged,
            windows::ShowDraft,
        ])
}

#[cfg(test)]
mod tests {
    /// The committed bindings are the generated ones. `UPDATE_BINDINGS=1 cargo test bindings`
    /// writes them anew.
    #[test]
    fn the_committed_bindings_are_up_to_date() {
        let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/ipc/bindings.ts");
        let folder = tempfile::tempdir().unwrap();
        let generated = folder.path().join("bindings.ts");
        super::builder()
            .export(specta_typescript::Typescript::default(), &generated)
            .unwrap();
        if std::env::var_os("UPDATE_BINDINGS").is_some() {
            std::fs::copy(&generated, committed).unwrap();
        }
        assert!(
            std::fs::read(&generated).unwrap() == std::fs::read(committed).unwrap(),
            "ui/src/ipc/bindings.ts is stale: run UPDATE_BINDINGS=1 cargo test --lib bindings"
        );
    }
}
